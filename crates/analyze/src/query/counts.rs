//! How many partners each span has.

use super::found::Spans;
use super::ground::{Ground, LinkIds};
use super::moments::{group, Moments};
use super::plan::Related;
use super::syntax::RelationKind as Kind;

/// By span `x`: how many other spans `y` of a set are in this relation to it.
pub(super) fn counts(
    related: &Related,
    set: usize,
    sets: &[Spans],
    ground: &Ground<'_>,
) -> Vec<u32> {
    let of = &sets[set];
    let each = |count: &dyn Fn(u32) -> u32| ground.all().map(count).collect();
    match related.kind {
        Kind::Child => children(of, ground),
        Kind::Descendant => each(&|x| of.count_in(x + 1, ground.subtree_end(x))),
        Kind::Parent => each(&|x| ground.parent(x).map_or(0, |above| of.has(above).into())),
        Kind::Ancestor => ancestors(of, ground),
        Kind::Sibling => {
            let children = children(of, ground);
            let all = |x| ground.parent(x).map_or(0, |above| children[above as usize]);
            each(&|x| all(x).saturating_sub(of.has(x).into()))
        }
        Kind::Other => each(&|x| of.list.len() as u32 - u32::from(of.has(x))),
        Kind::Then => followers(related, of, related.without.map(|set| &sets[set]), ground),
        Kind::Overlaps => overlapping(related.siblings, of, ground),
        Kind::LinksTo => {
            let ids = LinkIds::of(ground);
            let targets = |x| ground.link_targets(x, &ids).into_iter();
            each(&|x| targets(x).filter(|&y| of.has(y)).count() as u32)
        }
        Kind::LinkedFrom => linking(of, ground),
    }
}

fn children(of: &Spans, ground: &Ground<'_>) -> Vec<u32> {
    let mut counts = vec![0; ground.len() as usize];
    let parents = of.list.iter().filter_map(|&y| ground.parent(y));
    parents.for_each(|above| counts[above as usize] += 1);
    counts
}

fn ancestors(of: &Spans, ground: &Ground<'_>) -> Vec<u32> {
    let mut counts = vec![0; ground.len() as usize];
    for x in ground.all() {
        if let Some(above) = ground.parent(x) {
            counts[x as usize] = counts[above as usize] + u32::from(of.has(above));
        }
    }
    counts
}

fn linking(of: &Spans, ground: &Ground<'_>) -> Vec<u32> {
    let ids = LinkIds::of(ground);
    let mut counts = vec![0; ground.len() as usize];
    let targets = of.list.iter().flat_map(|&y| ground.link_targets(y, &ids));
    targets.for_each(|x| counts[x as usize] += 1);
    counts
}

/// Spans that start when a span has ended, or later, within the bounds, and no
/// later than the first of those that may not begin between.
fn followers(
    related: &Related,
    of: &Spans,
    without: Option<&Spans>,
    ground: &Ground<'_>,
) -> Vec<u32> {
    let scope = (ground, related.siblings);
    let start = |span| (ground.start(span), 0);
    let starts = Moments::by(scope, &of.list, start);
    let barred = without.map(|set| Moments::by(scope, &set.list, start));
    let count = |x| {
        let Some(group) = group(ground, related.siblings, x) else {
            return 0;
        };
        let end = ground.end(x);
        let least = end.checked_add_unsigned(related.bounds.least.unwrap_or(0));
        let most = related
            .bounds
            .most
            .and_then(|most| end.checked_add_unsigned(most));
        let mut last = most.unwrap_or(i64::MAX);
        if let Some(barred) = &barred {
            last = last.min(first_start(barred, group, (x, end), ground));
        }
        let Some(least) = least.filter(|&least| least <= last) else {
            return 0;
        };
        let found = starts.until(group, last) - starts.before(group, least);
        let own = of.has(x) && least <= ground.start(x) && ground.start(x) <= last;
        (found - usize::from(own)) as u32
    };
    ground.all().map(count).collect()
}

/// When the first of these spans but `x` starts, from a moment on.
fn first_start(barred: &Moments, group: u32, (x, from): (u32, i64), ground: &Ground<'_>) -> i64 {
    let at = barred.before(group, from);
    let mut next = [at, at + 1].into_iter().filter_map(|at| barred.get(at));
    let found = next.find(|&(_, span)| span != x);
    match found {
        Some((of, span)) if of == group => ground.start(span),
        _ => i64::MAX,
    }
}

/// Spans that share time with a span: those that start before it ends, without
/// those that end before it starts.
fn overlapping(siblings: bool, of: &Spans, ground: &Ground<'_>) -> Vec<u32> {
    let lasting: Vec<u32> = of
        .list
        .iter()
        .copied()
        .filter(|&y| !ground.is_point(y))
        .collect();
    let scope = (ground, siblings);
    let starts = Moments::by(scope, &lasting, |y| (ground.start(y), 0));
    let ends = Moments::by(scope, &lasting, |y| (ground.end(y), 0));
    let count = |x| match group(ground, siblings, x) {
        Some(group) if !ground.is_point(x) => {
            let started = starts.before(group, ground.end(x));
            let ended = ends.until(group, ground.start(x));
            (started - ended - usize::from(of.has(x))) as u32
        }
        _ => 0,
    };
    ground.all().map(count).collect()
}

//! The nearest of its partners for each span.
//!
//! Of the spans that stand to a span as a relation says, one is taken, by an
//! order that each relation has. So there are no more pairs than spans, and
//! finding them takes no more than sorting does.

use super::found::Spans;
use super::ground::{Ground, LinkIds};
use super::moments::{group, Moments};
use super::plan::Related;
use super::syntax::RelationKind as Kind;

/// For each span on the right the nearest one on the left that it stands to as
/// the relation says.
pub(super) fn nearest(
    related: &Related,
    (left, right): (&Spans, &Spans),
    without: Option<&Spans>,
    ground: &Ground<'_>,
) -> Vec<Option<u32>> {
    let each = |find: &dyn Fn(u32) -> Option<u32>| right.list.iter().map(|&r| find(r)).collect();
    match related.kind {
        Kind::Child => each(&|r| ground.parent(r).filter(|&above| left.has(above))),
        Kind::Descendant => {
            let above = nearest_above(left, ground);
            each(&|r| above[r as usize])
        }
        Kind::Parent => {
            let below = first_for(left, ground, |l| ground.parent(l).into_iter().collect());
            each(&|r| below[r as usize])
        }
        Kind::Ancestor => each(&|r| {
            let next = left.list.partition_point(|&l| l <= r);
            let first = left.list.get(next).copied();
            first.filter(|&l| l < ground.subtree_end(r))
        }),
        Kind::Sibling => {
            let siblings = Moments::by((ground, true), &left.list, |l| (l.into(), 0));
            each(&|r| sibling(&siblings, r, ground))
        }
        Kind::Other => each(&|r| left.list.iter().take(2).copied().find(|&l| l != r)),
        Kind::Then => {
            let then = Then::new(related, left, without, ground);
            each(&|r| then.nearest(r))
        }
        Kind::Overlaps => {
            let lasting = Lasting::new(related.siblings, left, ground);
            each(&|r| lasting.nearest(r))
        }
        Kind::LinksTo => {
            let ids = LinkIds::of(ground);
            let first = first_for(left, ground, |l| ground.link_targets(l, &ids));
            each(&|r| first[r as usize])
        }
        Kind::LinkedFrom => {
            let ids = LinkIds::of(ground);
            each(&|r| {
                ground
                    .link_targets(r, &ids)
                    .into_iter()
                    .find(|&l| left.has(l))
            })
        }
    }
}

/// By span: the lowest of these above it.
fn nearest_above(left: &Spans, ground: &Ground<'_>) -> Vec<Option<u32>> {
    let mut nearest = vec![None; ground.len() as usize];
    for span in ground.all() {
        if let Some(above) = ground.parent(span) {
            let own = left.has(above).then_some(above);
            nearest[span as usize] = own.or(nearest[above as usize]);
        }
    }
    nearest
}

/// By span: the first of these that points to it.
fn first_for(
    left: &Spans,
    ground: &Ground<'_>,
    targets: impl Fn(u32) -> Vec<u32>,
) -> Vec<Option<u32>> {
    let mut first = vec![None; ground.len() as usize];
    for &l in &left.list {
        for target in targets(l) {
            first[target as usize].get_or_insert(l);
        }
    }
    first
}

/// The last sibling before a span in the order of children, else the first one
/// behind it.
fn sibling(siblings: &Moments, span: u32, ground: &Ground<'_>) -> Option<u32> {
    let parent = ground.parent(span)?;
    let of_parent = |entry: Option<(u32, u32)>| entry.filter(|one| one.0 == parent);
    let before = siblings.before(parent, span.into()).checked_sub(1);
    let behind = siblings.until(parent, span.into());
    let before = of_parent(before.and_then(|at| siblings.get(at)));
    let found = before.or_else(|| of_parent(siblings.get(behind)));
    found.map(|(_, sibling)| sibling)
}

/// Spans that others come after.
struct Then<'a> {
    related: &'a Related,
    left: &'a Spans,
    ground: &'a Ground<'a>,
    /// The left spans by end, those that started later behind others.
    ends: Moments,
    /// Spans that may not begin between, by start.
    barred: Option<(&'a Spans, Moments)>,
}

impl<'a> Then<'a> {
    fn new(
        related: &'a Related,
        left: &'a Spans,
        without: Option<&'a Spans>,
        ground: &'a Ground<'a>,
    ) -> Self {
        let scope = (ground, related.siblings);
        let start = |span| (ground.start(span), 0);
        let barred = without.map(|set| (set, Moments::by(scope, &set.list, start)));
        let ends = Moments::by(scope, &left.list, |l| (ground.end(l), ground.start(l)));
        Self {
            related,
            left,
            ground,
            ends,
            barred,
        }
    }

    /// The one that ended last before a span, and of several the one that
    /// started last, then the last one in preorder.
    fn nearest(&self, r: u32) -> Option<u32> {
        let (ground, bounds) = (self.ground, self.related.bounds);
        let group = group(ground, self.related.siblings, r)?;
        let start = ground.start(r);
        let latest = start.checked_sub_unsigned(bounds.least.unwrap_or(0))?;
        let l = self
            .ends
            .last_before(self.ends.until(group, latest), group, r)?;
        let gap = start.abs_diff(ground.end(l));
        let is_near = bounds.most.is_none_or(|most| gap <= most);
        is_near.then(|| self.unbarred(group, l, r)).flatten()
    }

    /// The left span, where none begins between that may not. A span does not
    /// stand in its own way: if the only one between took no time and is itself
    /// on the left, it is the nearest.
    fn unbarred(&self, group: u32, l: u32, r: u32) -> Option<u32> {
        let Some((set, starts)) = &self.barred else {
            return Some(l);
        };
        let end = self.ground.end(l);
        let first = starts.before(group, end);
        let between = starts
            .before(group, self.ground.start(r))
            .saturating_sub(first);
        let is_own = |span: u32| set.has(span) && self.ground.start(span) == end;
        match between {
            0 => Some(l),
            1 if is_own(l) && self.ground.is_point(l) => Some(l),
            1 => {
                let only = starts.get(first).map(|(_, span)| span)?;
                let stands = is_own(only) && self.ground.is_point(only) && only != r;
                (stands && self.left.has(only)).then_some(only)
            }
            _ => None,
        }
    }
}

/// Spans that take time, by start, each with the two that end last among those
/// of its group up to it.
struct Lasting<'a> {
    siblings: bool,
    ground: &'a Ground<'a>,
    starts: Moments,
    last: Vec<[Option<u32>; 2]>,
}

impl<'a> Lasting<'a> {
    fn new(siblings: bool, left: &Spans, ground: &'a Ground<'a>) -> Self {
        let lasting = left.list.iter().copied().filter(|&l| !ground.is_point(l));
        let lasting: Vec<u32> = lasting.collect();
        let starts = Moments::by((ground, siblings), &lasting, |l| (ground.start(l), 0));
        let mut last = Vec::with_capacity(lasting.len());
        let (mut of, mut two) = (None, [None; 2]);
        for (group, l) in starts.entries() {
            if of != Some(group) {
                (of, two) = (Some(group), [None; 2]);
            }
            two = with(two, l, ground);
            last.push(two);
        }
        Self {
            siblings,
            ground,
            starts,
            last,
        }
    }

    /// The one that ends last, and of several the first one in preorder.
    fn nearest(&self, r: u32) -> Option<u32> {
        let group = group(self.ground, self.siblings, r)?;
        let at = self
            .starts
            .before(group, self.ground.end(r))
            .checked_sub(1)?;
        if self.ground.is_point(r) || self.starts.get(at)?.0 != group {
            return None;
        }
        let found = self.last[at].into_iter().flatten().find(|&l| l != r)?;
        (self.ground.end(found) > self.ground.start(r)).then_some(found)
    }
}

/// The two of three that end last.
fn with([first, second]: [Option<u32>; 2], l: u32, ground: &Ground<'_>) -> [Option<u32>; 2] {
    let is_nearer = |than: Option<u32>| {
        than.is_none_or(|than| {
            let key = |span| (ground.end(span), std::cmp::Reverse(span));
            key(l) > key(than)
        })
    };
    match (is_nearer(first), is_nearer(second)) {
        (true, _) => [Some(l), first],
        (false, true) => [first, Some(l)],
        (false, false) => [first, second],
    }
}

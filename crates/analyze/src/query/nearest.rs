//! The nearest of its partners for each span.
//!
//! Of the spans that stand to a span as a relation says, one is taken, by an
//! order that each relation has. So there are no more pairs than spans, and
//! finding them takes no more than sorting does.

use super::found::Spans;
use super::ground::{Ground, LinkIds};
use super::lasting::Lasting;
use super::moments::Moments;
use super::plan::Related;
use super::syntax::RelationKind as Kind;
use super::then::Then;

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

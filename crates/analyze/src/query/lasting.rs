//! What runs at one time.

use super::found::Spans;
use super::ground::Ground;
use super::moments::{group, Moments};
use std::cmp::Reverse;

/// Spans that take time, by start, each with the two that end last among those
/// of its group up to it.
pub(super) struct Lasting<'a> {
    siblings: bool,
    ground: &'a Ground<'a>,
    starts: Moments,
    last: Vec<[Option<u32>; 2]>,
}

impl<'a> Lasting<'a> {
    pub(super) fn new(siblings: bool, left: &Spans, ground: &'a Ground<'a>) -> Self {
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
    pub(super) fn nearest(&self, r: u32) -> Option<u32> {
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
            let key = |span| (ground.end(span), Reverse(span));
            key(l) > key(than)
        })
    };
    match (is_nearer(first), is_nearer(second)) {
        (true, _) => [Some(l), first],
        (false, true) => [first, Some(l)],
        (false, false) => [first, second],
    }
}

//! What comes after what.

use super::found::Spans;
use super::ground::Ground;
use super::moments::{group, Moments};
use super::plan::Related;

/// Spans that others come after.
pub(super) struct Then<'a> {
    related: &'a Related,
    left: &'a Spans,
    ground: &'a Ground<'a>,
    /// The left spans by end, those that started later behind others.
    ends: Moments,
    /// Spans that may not begin between, by start.
    barred: Option<(&'a Spans, Moments)>,
}

impl<'a> Then<'a> {
    pub(super) fn new(
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
    pub(super) fn nearest(&self, r: u32) -> Option<u32> {
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
        let is_own = |span: u32| {
            set.has(span) && self.ground.start(span) == end && self.ground.is_point(span)
        };
        match between {
            0 => Some(l),
            1 if is_own(l) => Some(l),
            1 => {
                let only = starts.get(first).map(|(_, span)| span);
                only.filter(|&only| is_own(only) && self.left.has(only))
            }
            _ => None,
        }
    }
}

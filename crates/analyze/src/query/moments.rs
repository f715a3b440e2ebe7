//! Spans in the order of time, in groups: all of a trace, or siblings.

use super::ground::Ground;

/// The group of a span: all spans are one, or siblings are; spans without a
/// parent have no siblings.
pub(super) fn group(ground: &Ground<'_>, siblings: bool, span: u32) -> Option<u32> {
    match siblings {
        true => ground.parent(span),
        false => Some(0),
    }
}

/// Spans by group and a moment of each, then by a second one, then by span.
pub(super) struct Moments(Vec<(u32, i64, i64, u32)>);

impl Moments {
    /// Spans by these two moments.
    pub(super) fn by(
        (ground, siblings): (&Ground<'_>, bool),
        spans: &[u32],
        moments: impl Fn(u32) -> (i64, i64),
    ) -> Self {
        let of = |&span: &u32| {
            let (first, second) = moments(span);
            Some((group(ground, siblings, span)?, first, second, span))
        };
        let mut sorted: Vec<_> = spans.iter().filter_map(of).collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// How many entries, of this group and all before it, come before a moment.
    pub(super) fn before(&self, group: u32, moment: i64) -> usize {
        self.0
            .partition_point(|entry| (entry.0, entry.1) < (group, moment))
    }

    /// How many come before it or at it.
    pub(super) fn until(&self, group: u32, moment: i64) -> usize {
        self.0
            .partition_point(|entry| (entry.0, entry.1) <= (group, moment))
    }

    /// The group and the span of an entry.
    pub(super) fn get(&self, at: usize) -> Option<(u32, u32)> {
        self.0.get(at).map(|entry| (entry.0, entry.3))
    }

    /// The last of the entries before a place, but for one span.
    pub(super) fn last_before(&self, place: usize, group: u32, but: u32) -> Option<u32> {
        let mut entries = self.0[..place].iter().rev();
        let found = entries.find(|entry| entry.3 != but)?;
        (found.0 == group).then_some(found.3)
    }

    /// All entries: groups and spans.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().map(|entry| (entry.0, entry.3))
    }
}

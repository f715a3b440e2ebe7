//! What a component would save were some of its spans faster, for several
//! groups of spans at once.
//!
//! Where the children of a span follow one after the other, its own time is its
//! self time, and it saves what they save and a share of that: one sum for all
//! speeds. Only a span some of whose children run at the same time is replayed,
//! and that only where one of those that it waited for last has changed, or its
//! own time. Where that child is all that has changed, it is asked once how much
//! the span would last without it: no child can save more, whatever the group and
//! the speed.

mod cascade;
mod sums;

use super::ground::Ground;
use super::Step;
use crate::facts::siblings::Siblings;
use crate::facts::times::TraceTimes;
use crate::facts::FactColumns;
use spanwise_model::Span;
use std::ops::Range;

/// How many groups there are at most.
pub(crate) const GROUPS: usize = 8;

/// What a span of no group has for one.
pub(crate) const NO_GROUP: u8 = GROUPS as u8;

/// What stands for places below which each child shows by itself.
const EACH: u32 = u32::MAX;

/// A room that nobody asked for yet.
const UNKNOWN: u64 = u64::MAX;

/// How much of their own time spans save, at so many speeds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speeds<const N: usize> {
    /// How many parts own time has, a divisor of [`super::PARTS`]. All that is saved
    /// is counted in such parts of a nanosecond.
    pub(crate) parts: u32,
    /// How many of them are saved, the most at the last speed.
    pub(crate) saved: [u32; N],
}

impl<const N: usize> Speeds<N> {
    /// What is saved of a time.
    #[inline]
    fn saved(&self, nano: u64) -> [u64; N] {
        self.saved.map(|parts| u64::from(parts) * nano)
    }

    /// What is left of it.
    #[inline]
    fn left(&self, nano: u64) -> [u64; N] {
        self.saved.map(|parts| u64::from(self.parts - parts) * nano)
    }

    /// All of a time.
    #[inline]
    fn all(&self, nano: u64) -> u64 {
        u64::from(self.parts) * nano
    }
}

/// A child of a span that is replayed.
#[derive(Clone, Copy, Debug)]
struct Child<const N: usize> {
    /// What it saves, in parts; nothing but while a group is looked at.
    saved: [u64; N],
    /// How much of that can show, in nanoseconds, where nothing else changes.
    room: u64,
    /// The number of its parent.
    above: u32,
    /// One of those that its parent waited for last.
    leads: bool,
}

/// Which children of a span have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The one at a place.
    One(u32),
    More,
}

/// A span that is replayed.
#[derive(Clone, Debug)]
struct Uneven {
    /// The place as which all that it saves shows.
    shows: u32,
    steps: Range<u32>,
    /// Its own time behind its last child, and all of its time.
    tail_nano: u64,
    nano: u64,
    /// Something of it has changed that it waited for last, or its own time.
    is_open: bool,
    /// Its own time has changed.
    changes: bool,
    /// The children that have changed, if any.
    changed: Option<Which>,
}

/// What changes below spans that are replayed, for one group.
#[derive(Clone, Debug, Default)]
struct Changes {
    /// The own time that shows as children of them.
    below: Vec<(u32, u64)>,
    /// Those whose own time changes, by number.
    own: Vec<u32>,
}

impl Changes {
    #[inline]
    fn are_any(&self) -> bool {
        !self.below.is_empty() || !self.own.is_empty()
    }
}

/// Savings of so many speeds of each group, and scratch.
#[derive(Debug)]
pub(crate) struct Faster<const N: usize> {
    times: TraceTimes,
    siblings: Siblings,
    /// The row of the top span, and how many spans there are.
    first: u32,
    count: usize,
    /// By place: the place as which all shows that its children save, the top or
    /// a child of a span that is replayed; or else [`EACH`] of them.
    below: Vec<u32>,
    uneven: Vec<Uneven>,
    /// Those from this number on are not open.
    open_to: usize,
    steps: Vec<Step>,
    /// By group, and of those of none, which nobody asks for.
    changes: [Changes; GROUPS + 1],
    /// By place.
    children: Vec<Child<N>>,
    /// The places of those that save something.
    shortened: Vec<u32>,
    /// By child of a span, of all speeds in parts, and of one.
    ends: Vec<[i64; N]>,
    lasts: Vec<i64>,
    /// By group, and of those of none: the own time that shows in the component
    /// without a replay.
    own: [u64; GROUPS + 1],
    /// By group: what the component saves by replays, in parts.
    replayed: [[u64; N]; GROUPS],
}

impl<const N: usize> Default for Faster<N> {
    fn default() -> Self {
        Self {
            times: TraceTimes::default(),
            siblings: Siblings::default(),
            first: 0,
            count: 0,
            below: Vec::new(),
            uneven: Vec::new(),
            open_to: 0,
            steps: Vec::new(),
            changes: Default::default(),
            children: Vec::new(),
            shortened: Vec::new(),
            ends: Vec::new(),
            lasts: Vec::new(),
            own: [0; GROUPS + 1],
            replayed: [[0; N]; GROUPS],
        }
    }
}

impl<const N: usize> Faster<N> {
    /// How long the component under `top` lasted, and for each group, how long it
    /// would have lasted had the own time of the group's spans been shorter as the
    /// speeds say, rounded down.
    pub(crate) fn run(
        &mut self,
        (top, facts): (Span<'_>, &FactColumns),
        group_of: impl Fn(u32) -> u8,
        speeds: &Speeds<N>,
    ) -> (u64, [[u64; N]; GROUPS]) {
        let mut times = std::mem::take(&mut self.times);
        let ground = Ground {
            table: top.table(),
            timeline: times.around(top, facts),
            first: top.row(),
            tolerance_nano: facts.policy.tolerance_nano,
        };
        self.first = top.row();
        let length = ground.interval(top.row()).len();
        let mut lengths = [[length; N]; GROUPS];
        let total = self.add_up((&ground, top), &facts.self_nano, &group_of);
        // Without a replay, no sum is longer than the component.
        let longest = if self.uneven.is_empty() {
            length
        } else {
            total
        };
        if longest < i64::MAX as u64 / u64::from(speeds.parts) {
            for group in 0..GROUPS {
                if self.changes[group].are_any() {
                    self.cascade(group, speeds);
                }
            }
            // What was written last is read last, so that reading need not wait.
            for (group, lengths) in lengths.iter_mut().enumerate() {
                *lengths = self.left(group, length, speeds);
            }
        } else {
            Self::replay_all((top, facts), group_of, speeds, &mut lengths);
        }
        self.times = times;
        (length, lengths)
    }

    /// What is left of the length of a component.
    #[inline]
    fn left(&self, group: usize, length: u64, speeds: &Speeds<N>) -> [u64; N] {
        let (all, saved) = (speeds.all(length), speeds.saved(self.own[group]));
        let replayed = &self.replayed[group];
        let left = std::array::from_fn(|n| all - saved[n] - replayed[n]);
        left.map(|left: u64| left / u64::from(speeds.parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::facts::replay::tests::{random_numbers, random_trace};
    use crate::facts::replay::{parts, Change, Parts, Replay};
    use crate::policy::Policy;
    use spanwise_io::{assemble::assemble, notation::parse};

    /// The own time of some spans becomes so many quarters.
    struct Quarters<'a>(&'a [u32], i128);

    impl Change for Quarters<'_> {
        fn own_time(&self, row: u32, nano: u64) -> Parts {
            match self.0.contains(&row) {
                true => parts(nano) * self.1 / 4,
                false => parts(nano),
            }
        }
    }

    #[test]
    fn it_is_what_replaying_all_spans_finds() {
        let mut random = random_numbers(7);
        let mut faster = Faster::<4>::default();
        let (mut differ, mut replayed) = (0, 0);
        for _ in 0..600 {
            let table = assemble(parse(&random_trace(&mut random))).expect("spans");
            let policy = Policy::default().tolerance_nano(random(3));
            let facts = facts::compute(&table, &policy);
            let top = table.trace(0).primary();
            let most = 1 + random(2 * GROUPS as u64);
            let groups: Vec<u8> = (0..table.len())
                .map(|_| random(most).min(GROUPS as u64) as u8)
                .collect();
            let group_of = |row: u32| groups[row as usize];
            let speeds = Speeds {
                parts: 4,
                saved: [1, 2, 3, 4],
            };
            let (length, found) = faster.run((top, &facts), group_of, &speeds);
            assert_eq!(length, replay_all(top, &facts, &Quarters(&[], 4)));
            replayed += faster.uneven.len();
            let mut slowly = [[0; 4]; GROUPS];
            Faster::replay_all((top, &facts), group_of, &speeds, &mut slowly);
            assert_eq!(found, slowly);
            for (group, found) in (0..).zip(found) {
                let rows = top.subtree().filter(|&row| group_of(row) == group);
                let rows: Vec<u32> = rows.collect();
                let expected = [3, 2, 1, 0].map(|n| replay_all(top, &facts, &Quarters(&rows, n)));
                assert_eq!(found, expected, "{rows:?}");
                differ += u32::from(found[0] != found[3]);
            }
        }
        assert!(differ > 500 && replayed > 300, "{differ}, {replayed}");
    }

    fn replay_all(
        top: spanwise_model::Span<'_>,
        facts: &facts::FactColumns,
        change: &Quarters<'_>,
    ) -> u64 {
        let mut replay = Replay::default();
        replay.prepare(top, facts);
        replay.run(change)
    }
}

//! What shows without a replay: sums.

use super::{Child, Faster, Ground, Uneven, EACH, GROUPS, NO_GROUP, UNKNOWN};
use crate::facts::replay::{steps_of, Step};
use crate::facts::timeline::{Interval, Timeline};
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Sums what shows in the component without a replay, and makes ready what
    /// is replayed. Spans that nobody waits for show nowhere, nor does what is
    /// below them. False where times are so long that sums do not hold them.
    #[inline(never)]
    pub(super) fn add_up(
        &mut self,
        (ground, top): (&Ground<'_>, Span<'_>),
        group_of: impl Fn(u32) -> u8,
        saved: impl Fn(u64) -> [u64; N],
    ) -> bool {
        let count = top.subtree().len();
        self.clear(count);
        let mut below = std::mem::take(&mut self.below);
        let rows = Rows::new(ground, count);
        let (mut place, mut total) = (0, 0_u64);
        while place < count {
            let shows = match place {
                0 => 0,
                _ if !rows.blocks(place) => {
                    place = rows.end(place);
                    continue;
                }
                _ => match below[rows.parent(place)] {
                    EACH => place as u32,
                    shows => shows,
                },
            };
            let interval = rows.intervals[place];
            total = total.saturating_add(interval.len());
            let row = ground.first + place as u32;
            let group = group_of(row);
            let own = match group {
                NO_GROUP => rows.own_time(place, |_| [0; N]),
                _ => rows.own_time(place, &saved),
            };
            below[place] = shows;
            match own {
                Some(saved) => self.save(group, shows, saved),
                None => {
                    below[place] = EACH;
                    let own = self.add_uneven(ground, (row, group, shows), interval);
                    total = total.saturating_add(own);
                }
            }
            place += 1;
        }
        self.below = below;
        total < i64::MAX as u64
    }

    fn clear(&mut self, count: usize) {
        self.count = count;
        self.below.resize(count.max(self.below.len()), 0);
        self.uneven.clear();
        self.steps.clear();
        self.totals = [[0; N]; GROUPS];
        for changes in &mut self.changes {
            changes.saved.clear();
            changes.own.clear();
        }
    }

    /// Adds what a span of a group saves to what shows it.
    #[inline]
    pub(super) fn save(&mut self, group: u8, shows: u32, saved: [u64; N]) {
        if group == NO_GROUP {
            return;
        }
        if shows == 0 {
            let total = &mut self.totals[usize::from(group)];
            (0..N).for_each(|n| total[n] = total[n].wrapping_add(saved[n]));
        } else {
            let changes = &mut self.changes[usize::from(group)].saved;
            match changes.last_mut() {
                Some((child, sum)) if *child == shows => {
                    (0..N).for_each(|n| sum[n] = sum[n].wrapping_add(saved[n]));
                }
                _ => changes.push((shows, saved)),
            }
        }
    }

    /// Makes a span ready to be replayed; the answer is the sum of its own time.
    fn add_uneven(
        &mut self,
        ground: &Ground<'_>,
        (row, group, shows): (u32, u8, u32),
        interval: Interval,
    ) -> u64 {
        let times = (ground.table, ground.timeline);
        self.siblings.fill(times, row, ground.tolerance_nano);
        let first = self.steps.len();
        let tail_nano = steps_of(&self.siblings, interval, &mut self.steps);
        let number = self.uneven.len() as u32;
        self.add_children(ground.first, number);
        let steps = &self.steps[first..];
        let gaps = steps.iter().map(Step::gap_nano);
        let own = gaps.fold(tail_nano, u64::saturating_add);
        if group != NO_GROUP {
            self.changes[usize::from(group)].own.push(number);
        }
        self.uneven.push(Uneven {
            shows,
            steps: first as u32..self.steps.len() as u32,
            tail_nano,
            nano: interval.len(),
            is_open: false,
            changes: false,
            changed: None,
        });
        own
    }

    /// Makes the children of a span ready that is replayed, and finds those that
    /// it waited for last.
    fn add_children(&mut self, first: u32, number: u32) {
        let count = self.count.max(self.children.len());
        self.children.resize(count, Child::NEW);
        for sibling in &self.siblings.all {
            self.children[(sibling.row - first) as usize] = Child {
                above: number,
                ..Child::NEW
            };
        }
        let mut leading = self.siblings.last;
        while let Some(at) = leading {
            let child = self.siblings.all[at as usize].row - first;
            self.children[child as usize].leads = true;
            leading = self.siblings.before[at as usize];
        }
    }
}

impl<const N: usize> Child<N> {
    const NEW: Self = Self {
        saved: [0; N],
        room: UNKNOWN,
        above: 0,
        leads: false,
    };
}

/// What is read of the spans of a component, by place.
struct Rows<'a> {
    first: u32,
    ends: &'a [u32],
    parents: &'a [u32],
    intervals: &'a [Interval],
    timeline: &'a Timeline,
    /// Where the times of the first of them stand.
    at: usize,
}

impl<'a> Rows<'a> {
    fn new(ground: &Ground<'a>, count: usize) -> Self {
        let (columns, timeline) = (&ground.table.columns, ground.timeline);
        let (first, at) = (ground.first as usize, ground.timeline.at(ground.first));
        Self {
            first: ground.first,
            ends: &columns.subtree_end[first..first + count],
            parents: &columns.parent[first..first + count],
            intervals: &timeline.effective[at..at + count],
            timeline,
            at,
        }
    }

    /// The place behind the last span below a span.
    #[inline]
    fn end(&self, place: usize) -> usize {
        (self.ends[place] - self.first) as usize
    }

    #[inline]
    fn parent(&self, place: usize) -> usize {
        (self.parents[place] - self.first) as usize
    }

    #[inline]
    fn blocks(&self, place: usize) -> bool {
        self.timeline.blocks(self.at + place)
    }

    /// What the own time of a span saves whose children follow one after the
    /// other; nothing is said where some of them run at the same time.
    #[inline]
    fn own_time<const N: usize>(
        &self,
        place: usize,
        saved: impl Fn(u64) -> [u64; N],
    ) -> Option<[u64; N]> {
        let (interval, end) = (self.intervals[place], self.end(place));
        if end == place + 1 {
            return Some(saved(interval.len()));
        }
        let (mut child, mut over, mut sum) = (place + 1, interval.start, [0; N]);
        let mut add = |nano: u64| {
            let saved = saved(nano);
            (0..N).for_each(|n| sum[n] += saved[n]);
        };
        while child < end {
            if self.blocks(child) {
                let next = self.intervals[child];
                if next.start < over {
                    return None;
                }
                add(next.start.abs_diff(over));
                over = next.end;
            }
            child = self.end(child);
        }
        add(interval.end.abs_diff(over));
        Some(sum)
    }
}

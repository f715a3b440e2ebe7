//! What shows without a replay: sums.

use super::{Child, Faster, Ground, Uneven, EACH, GROUPS, NO_GROUP, UNKNOWN};
use crate::facts::replay::{steps_of, Step};
use crate::facts::timeline::Interval;
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Sums what shows in the component without a replay, and makes ready what
    /// is replayed. Spans that nobody waits for show nowhere, nor does what is
    /// below them. False where times are so long that sums do not hold them.
    pub(super) fn add_up(
        &mut self,
        (ground, top): (&Ground<'_>, Span<'_>),
        group_of: impl Fn(u32) -> u8,
        saved: impl Fn(u64) -> [u64; N],
    ) -> bool {
        self.clear(top.subtree().len());
        let columns = &ground.table.columns;
        let (mut row, mut total) = (ground.first, 0_u64);
        while row < top.subtree().end {
            let place = (row - ground.first) as usize;
            let shows = match place {
                0 => 0,
                _ if !ground.timeline.blocks(ground.timeline.at(row)) => {
                    row = columns.subtree_end[row as usize];
                    continue;
                }
                _ => match self.below[(columns.parent[row as usize] - ground.first) as usize] {
                    EACH => place as u32,
                    shows => shows,
                },
            };
            let interval = ground.interval(row);
            total = total.saturating_add(interval.len());
            let group = group_of(row);
            let own = match group {
                NO_GROUP => ground.own_time((row, interval), |_| [0; N]),
                _ => ground.own_time((row, interval), &saved),
            };
            self.below[place] = shows;
            match own {
                Some(saved) => self.save(group, shows, saved),
                None => {
                    self.below[place] = EACH;
                    let own = self.add_uneven(ground, (row, group, shows), interval);
                    total = total.saturating_add(own);
                }
            }
            row += 1;
        }
        total < i64::MAX as u64
    }

    fn clear(&mut self, count: usize) {
        self.below.resize(count.max(self.below.len()), 0);
        self.uneven.clear();
        self.steps.clear();
        self.totals = [[0; N]; GROUPS + 1];
        for changes in &mut self.changes {
            changes.saved.clear();
            changes.own.clear();
        }
    }

    /// Adds what a span of a group saves to what shows it.
    #[inline]
    pub(super) fn save(&mut self, group: u8, shows: u32, saved: [u64; N]) {
        if shows == 0 {
            let total = &mut self.totals[usize::from(group)];
            (0..N).for_each(|n| total[n] = total[n].wrapping_add(saved[n]));
        } else if group != NO_GROUP {
            self.changes[usize::from(group)].saved.push((shows, saved));
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
        self.children.resize(self.below.len(), Child::NEW);
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

impl Ground<'_> {
    /// What the own time of a span saves whose children follow one after the
    /// other; nothing is said where some of them run at the same time.
    #[inline]
    fn own_time<const N: usize>(
        &self,
        (row, interval): (u32, Interval),
        saved: impl Fn(u64) -> [u64; N],
    ) -> Option<[u64; N]> {
        let ends = &self.table.columns.subtree_end;
        let (mut child, end) = (row + 1, ends[row as usize]);
        let (mut over, mut sum) = (interval.start, [0; N]);
        let mut add = |nano: u64| {
            let saved = saved(nano);
            (0..N).for_each(|n| sum[n] += saved[n]);
        };
        while child < end {
            let at = self.timeline.at(child);
            if self.timeline.blocks(at) {
                let next = self.timeline.effective[at];
                if next.start < over {
                    return None;
                }
                add(next.start.abs_diff(over));
                over = next.end;
            }
            child = ends[child as usize];
        }
        add(interval.end.abs_diff(over));
        Some(sum)
    }
}

//! What shows without a replay: sums.

use super::{Child, Faster, Ground, Uneven, EACH, GROUPS, UNKNOWN};
use crate::facts::replay::{steps_of, Step};
use crate::facts::timeline::{marks, Interval};
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Sums the own time that shows in the component without a replay, and makes
    /// ready what is replayed. Spans that nobody waits for show nowhere, nor does
    /// what is below them. The answer is a time that is longer than any sum that a
    /// replay takes.
    #[inline(never)]
    pub(super) fn add_up(
        &mut self,
        (ground, top): (&Ground<'_>, Span<'_>),
        self_nano: &[u64],
        group_of: impl Fn(u32) -> u8,
    ) -> u64 {
        let count = top.subtree().len();
        self.clear(count);
        let mut below = std::mem::take(&mut self.below);
        let rows = Rows::new(ground, self_nano, count);
        // No span is longer than the component.
        let length = rows.intervals[0].len();
        let (mut place, mut total) = (0, length.saturating_mul(count as u64));
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
            let row = ground.first + place as u32;
            let group = group_of(row);
            if rows.is_serial(place) {
                below[place] = shows;
                self.add_own(group, shows, rows.self_nano[place]);
            } else {
                below[place] = EACH;
                let own = self.add_uneven(ground, (row, group, shows), rows.intervals[place]);
                total = total.saturating_add(own);
            }
            place += 1;
        }
        self.below = below;
        total
    }

    fn clear(&mut self, count: usize) {
        self.count = count;
        self.below.resize(count.max(self.below.len()), 0);
        self.uneven.clear();
        self.steps.clear();
        self.own = [0; GROUPS + 1];
        self.replayed = [[0; N]; GROUPS];
        for changes in &mut self.changes {
            changes.below.clear();
            changes.own.clear();
        }
    }

    /// Adds the own time of a span of a group to what shows it.
    #[inline]
    fn add_own(&mut self, group: u8, shows: u32, nano: u64) {
        if shows == 0 {
            let own = &mut self.own[usize::from(group)];
            *own = own.wrapping_add(nano);
        } else {
            let below = &mut self.changes[usize::from(group)].below;
            match below.last_mut() {
                Some((child, sum)) if *child == shows => *sum = sum.wrapping_add(nano),
                _ => below.push((shows, nano)),
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
        self.changes[usize::from(group)].own.push(number);
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
    self_nano: &'a [u64],
    marks: &'a [u8],
}

impl<'a> Rows<'a> {
    fn new(ground: &Ground<'a>, self_nano: &'a [u64], count: usize) -> Self {
        let (columns, timeline) = (&ground.table.columns, ground.timeline);
        let (first, at) = (ground.first as usize, ground.timeline.at(ground.first));
        Self {
            first: ground.first,
            ends: &columns.subtree_end[first..first + count],
            parents: &columns.parent[first..first + count],
            intervals: &timeline.effective[at..at + count],
            self_nano: &self_nano[first..first + count],
            marks: &timeline.marks[at..at + count],
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
        marks::blocks(self.marks[place])
    }

    #[inline]
    fn is_serial(&self, place: usize) -> bool {
        marks::is_serial(self.marks[place])
    }
}

//! What shows without a replay: sums.

use super::{Faster, Ground, Uneven, GROUPS, NOWHERE, NO_GROUP};
use crate::facts::replay::{steps_of, Step};
use crate::facts::timeline::Interval;

impl<const N: usize> Faster<N> {
    /// Sums what shows in the component without a replay, and makes ready what
    /// is replayed. False where times are so long that sums do not hold them.
    pub(super) fn add_up(&mut self, ground: &Ground<'_>, saved: impl Fn(u64) -> [u64; N]) -> bool {
        self.clear();
        let mut total = 0_u64;
        for at in 0..self.places.len() {
            let interval = ground.interval(ground.first + at as u32);
            total = total.saturating_add(interval.len());
            let above = self.places[self.places[at].above as usize].seen_from_below();
            let place = &mut self.places[at];
            place.shows = match (at, above.shows) {
                (0, _) => 0,
                (_, NOWHERE) => NOWHERE,
                _ if !place.blocks => NOWHERE,
                _ if above.is_uneven => at as u32,
                (_, shows) => shows,
            };
            let place = &*place;
            if place.shows == NOWHERE {
                continue;
            }
            let (group, shows, is_uneven) = (place.group, place.shows, place.is_uneven);
            let tail_nano = interval.end.abs_diff(place.over);
            if at > 0 && !above.is_uneven {
                let gap_nano = place.gap_nano;
                self.save(above.group, shows, saved(gap_nano));
            }
            if is_uneven {
                total = total.saturating_add(self.add_uneven(ground, at, interval));
            } else {
                self.save(group, shows, saved(tail_nano));
            }
        }
        if !self.uneven.is_empty() {
            self.saved
                .resize(self.places.len().max(self.saved.len()), [0; N]);
        }
        total < i64::MAX as u64
    }

    fn clear(&mut self) {
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
    fn add_uneven(&mut self, ground: &Ground<'_>, at: usize, interval: Interval) -> u64 {
        let row = ground.first + at as u32;
        let times = (ground.table, ground.timeline);
        self.siblings.fill(times, row, ground.tolerance_nano);
        let first = self.steps.len();
        let tail_nano = steps_of(&self.siblings, interval, &mut self.steps);
        let mut leading = self.siblings.last;
        while let Some(place) = leading {
            let child = self.siblings.all[place as usize].row - ground.first;
            self.places[child as usize].leads = true;
            leading = self.siblings.before[place as usize];
        }
        let steps = &self.steps[first..];
        let gaps = steps.iter().map(Step::gap_nano);
        let own = gaps.fold(tail_nano, u64::saturating_add);
        self.places[at].number = self.uneven.len() as u32;
        let group = self.places[at].group;
        if group != NO_GROUP {
            let changes = &mut self.changes[usize::from(group)];
            changes.own.push(self.uneven.len() as u32);
        }
        self.uneven.push(Uneven {
            at: at as u32,
            steps: first as u32..self.steps.len() as u32,
            tail_nano,
            nano: interval.len(),
            is_open: false,
            changes: false,
        });
        own
    }
}

//! Replaying the spans some of whose children run at the same time.

use super::{Faster, Place, GROUPS};
use crate::facts::replay::{Change, Replay, Step};
use crate::facts::FactColumns;
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Replays what one group changes, the inner spans first.
    pub(super) fn cascade(&mut self, group: usize, own: impl Fn(u64) -> [u64; N]) {
        let own_changes = self.changes[group].own.last();
        self.open_to = own_changes.map_or(0, |last| *last as usize + 1);
        for &number in &self.changes[group].own {
            let uneven = &mut self.uneven[number as usize];
            (uneven.is_open, uneven.changes) = (true, true);
        }
        let mut changes = std::mem::take(&mut self.changes[group].saved);
        for &(child, saved) in &changes {
            self.shorten(child, saved);
        }
        // What is opened on the way has a smaller number.
        for number in (0..self.open_to).rev() {
            let uneven = &mut self.uneven[number];
            let changed = std::mem::take(&mut uneven.changes);
            if !std::mem::take(&mut uneven.is_open) {
                continue;
            }
            let saved = match changed {
                true => self.replay(number, &own),
                false => self.replay(number, |nano| [nano; N]),
            };
            match self.places[self.uneven[number].at as usize].shows {
                _ if saved[N - 1] == 0 => {}
                0 => self.save(group as u8, 0, saved),
                child => {
                    self.shorten(child, saved);
                    changes.push((child, saved));
                }
            }
        }
        for &(child, _) in &changes {
            self.saved[child as usize] = [0; N];
        }
        self.changes[group].saved = changes;
    }

    /// Makes a child of a span that is replayed shorter.
    fn shorten(&mut self, child: u32, saved: [u64; N]) {
        let held = &mut self.saved[child as usize];
        (0..N).for_each(|n| held[n] += saved[n]);
        let place = &self.places[child as usize];
        if place.leads {
            let number = self.places[place.above as usize].number;
            self.uneven[number as usize].is_open = true;
            self.open_to = self.open_to.max(number as usize + 1);
        }
    }

    /// What a span saves whose children are known. Each speed is written by
    /// itself, so that nobody waits for all of them.
    #[inline]
    fn replay(&mut self, number: usize, own: impl Fn(u64) -> [u64; N]) -> [u64; N] {
        let uneven = &self.uneven[number];
        self.ends.clear();
        let (mut latest, mut last) = ([0_i64; N], [0_i64; N]);
        for step in &self.steps[uneven.steps.start as usize..uneven.steps.end as usize] {
            match *step {
                Step::Over(at) => {
                    let ends = &self.ends[at as usize];
                    (0..N).for_each(|n| latest[n] = latest[n].max(ends[n]));
                }
                Step::Begin {
                    row,
                    gap_nano,
                    nano,
                } => {
                    let saved = &self.saved[(row - self.first) as usize];
                    let gap = gap_of(gap_nano, &own);
                    let mut ends = [0; N];
                    for n in 0..N {
                        ends[n] = latest[n] + gap[n] + (nano - saved[n]) as i64;
                        last[n] = last[n].max(ends[n]);
                    }
                    self.ends.push(ends);
                }
            }
        }
        let tail = own(uneven.tail_nano);
        std::array::from_fn(|n| uneven.nano - (last[n] as u64 + tail[n]))
    }

    /// Replays all spans, one group and one change after the other.
    #[cold]
    pub(super) fn replay_all(
        &self,
        (top, facts): (Span<'_>, &FactColumns),
        own: impl Fn(u64) -> [u64; N],
        lengths: &mut [[u64; N]; GROUPS],
    ) {
        let mut replay = Replay::default();
        replay.prepare(top, facts);
        for (group, lengths) in (0..).zip(lengths) {
            for (speed, length) in lengths.iter_mut().enumerate() {
                let own = |nano| own(nano)[speed];
                let (places, first) = (&self.places, self.first);
                *length = replay.run(&OfGroup {
                    places,
                    first,
                    group,
                    own,
                });
            }
        }
    }
}

/// The own time of the spans of one group becomes another.
struct OfGroup<'a, F> {
    places: &'a [Place],
    first: u32,
    group: u8,
    own: F,
}

impl<F: Fn(u64) -> u64> Change for OfGroup<'_, F> {
    fn own_time(&self, row: u32, nano: u64) -> u64 {
        match self.places[(row - self.first) as usize].group == self.group {
            true => (self.own)(nano),
            false => nano,
        }
    }
}

/// A gap that may be less than nothing, which then stays.
#[inline]
fn gap_of<const N: usize>(gap_nano: i64, own: impl Fn(u64) -> [u64; N]) -> [i64; N] {
    match u64::try_from(gap_nano) {
        // What is no longer than a gap fits where the gap did.
        Ok(gap) => own(gap).map(|nano| nano as i64),
        Err(_) => [gap_nano; N],
    }
}

//! Replaying the spans some of whose children run at the same time.

use super::{Faster, Which, GROUPS, UNKNOWN};
use crate::facts::replay::{Change, Replay, Step};
use crate::facts::FactColumns;
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Adds what one group changes inside of spans that are replayed.
    #[inline(never)]
    pub(super) fn cascade(&mut self, group: usize, own: impl Fn(u64) -> [u64; N]) {
        let changes = &self.changes[group];
        match (changes.saved.as_slice(), changes.own.as_slice()) {
            ([], []) => {}
            (&[(child, saved)], []) => self.climb(group, child, saved),
            _ => self.replay_from_below(group, own),
        }
    }

    /// Adds what a child saves if nothing else changes: its parent waits for the
    /// others, and so does each span above that is replayed.
    fn climb(&mut self, group: usize, mut child: u32, mut saved: [u64; N]) {
        while self.children[child as usize].leads {
            let number = self.children[child as usize].above as usize;
            let room = self.room(number, child);
            saved = saved.map(|saved| saved.min(room));
            match self.uneven[number].shows {
                0 => return self.save(group as u8, 0, saved),
                above => child = above,
            }
        }
    }

    /// Replays what one group changes, the inner spans first.
    fn replay_from_below(&mut self, group: usize, own: impl Fn(u64) -> [u64; N]) {
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
            if !std::mem::take(&mut self.uneven[number].is_open) {
                continue;
            }
            let saved = self.saved_by(number, &own);
            match self.uneven[number].shows {
                _ if saved[N - 1] == 0 => {}
                0 => self.save(group as u8, 0, saved),
                child => {
                    self.shorten(child, saved);
                    changes.push((child, saved));
                }
            }
        }
        for &(child, _) in &changes {
            let child = &mut self.children[child as usize];
            child.saved = [0; N];
            self.uneven[child.above as usize].changed = None;
        }
        self.changes[group].saved = changes;
    }

    /// Makes a child of a span that is replayed shorter.
    fn shorten(&mut self, place: u32, saved: [u64; N]) {
        let child = &mut self.children[place as usize];
        (0..N).for_each(|n| child.saved[n] += saved[n]);
        let number = child.above as usize;
        let uneven = &mut self.uneven[number];
        uneven.changed = match uneven.changed {
            None => Some(Which::One(place)),
            Some(Which::One(held)) if held == place => uneven.changed,
            _ => Some(Which::More),
        };
        if child.leads {
            uneven.is_open = true;
            self.open_to = self.open_to.max(number + 1);
        }
    }

    /// What a span saves whose children are known.
    fn saved_by(&mut self, number: usize, own: impl Fn(u64) -> [u64; N]) -> [u64; N] {
        let uneven = &mut self.uneven[number];
        match (std::mem::take(&mut uneven.changes), uneven.changed) {
            (true, _) => self.replay(number, own),
            (false, Some(Which::One(child))) => {
                let room = self.room(number, child);
                self.children[child as usize]
                    .saved
                    .map(|saved| saved.min(room))
            }
            (false, _) => self.replay(number, |nano| [nano; N]),
        }
    }

    /// How much shorter a span is without one of the children that it waited for
    /// last: what this child saves shows as far as that.
    fn room(&mut self, number: usize, child: u32) -> u64 {
        let held = self.children[child as usize].room;
        if held != UNKNOWN {
            return held;
        }
        let (uneven, without) = (&self.uneven[number], self.first + child);
        self.lasts.clear();
        let (mut latest, mut last) = (0_i64, 0_i64);
        for step in &self.steps[uneven.steps.start as usize..uneven.steps.end as usize] {
            match *step {
                Step::Over(at) => latest = latest.max(self.lasts[at as usize]),
                Step::Begin {
                    row,
                    gap_nano,
                    nano,
                } => {
                    let end = match row == without {
                        true => 0,
                        false => latest + gap_nano + nano as i64,
                    };
                    last = last.max(end);
                    self.lasts.push(end);
                }
            }
        }
        let room = uneven.nano - uneven.tail_nano - last as u64;
        self.children[child as usize].room = room;
        room
    }

    /// The same by going through all that happens inside. Each speed is written
    /// by itself, so that nobody waits for all of them.
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
                    let saved = &self.children[(row - self.first) as usize].saved;
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
        (top, facts): (Span<'_>, &FactColumns),
        group_of: impl Fn(u32) -> u8,
        own: impl Fn(u64) -> [u64; N],
        lengths: &mut [[u64; N]; GROUPS],
    ) {
        let mut replay = Replay::default();
        replay.prepare(top, facts);
        for (group, lengths) in (0..).zip(lengths) {
            for (speed, length) in lengths.iter_mut().enumerate() {
                let own = |nano| own(nano)[speed];
                let is_of = |row| group_of(row) == group;
                *length = replay.run(&OfGroup { is_of, own });
            }
        }
    }
}

/// The own time of the spans of one group becomes another.
struct OfGroup<G, F> {
    is_of: G,
    own: F,
}

impl<G: Fn(u32) -> bool, F: Fn(u64) -> u64> Change for OfGroup<G, F> {
    fn own_time(&self, row: u32, nano: u64) -> u64 {
        match (self.is_of)(row) {
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

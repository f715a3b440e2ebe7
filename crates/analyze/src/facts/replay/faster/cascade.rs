//! Replaying the spans some of whose children run at the same time.

use super::{Faster, Speeds, Which, GROUPS, UNKNOWN};
use crate::facts::replay::{parts, Change, Parts, Replay, Step};
use crate::facts::FactColumns;
use spanwise_model::Span;

impl<const N: usize> Faster<N> {
    /// Adds what one group changes inside of spans that are replayed, if it does.
    #[inline(never)]
    pub(super) fn cascade(&mut self, group: usize, speeds: &Speeds<N>) {
        let changes = &self.changes[group];
        match (changes.below.as_slice(), changes.own.as_slice()) {
            (&[(child, own)], []) => self.climb((group, child), speeds.saved(own), speeds),
            _ => self.replay_from_below(group, speeds),
        }
    }

    /// Adds what a child saves if nothing else changes: its parent waits for the
    /// others, and so does each span above that is replayed.
    #[inline(always)]
    fn climb(&mut self, (group, mut child): (usize, u32), mut saved: [u64; N], speeds: &Speeds<N>) {
        while self.children[child as usize].leads {
            let number = self.children[child as usize].above as usize;
            saved = self.shown(number, child, (saved, speeds));
            match self.uneven[number].shows {
                0 => return self.save(group, saved),
                above => child = above,
            }
        }
    }

    /// Adds what the component saves.
    // These numbers stay in registers: handed from call to call they would be written
    // one by one and read two at once, which waits for the writing.
    #[inline(always)]
    fn save(&mut self, group: usize, saved: [u64; N]) {
        let replayed = &mut self.replayed[group];
        (0..N).for_each(|n| replayed[n] += saved[n]);
    }

    /// What a span saves of what a child does, where nothing else changes.
    #[inline(always)]
    fn shown(
        &mut self,
        number: usize,
        child: u32,
        (saved, speeds): ([u64; N], &Speeds<N>),
    ) -> [u64; N] {
        let room = speeds.all(self.room(number, child));
        saved.map(|saved| saved.min(room))
    }

    /// Replays what one group changes, the inner spans first.
    fn replay_from_below(&mut self, group: usize, speeds: &Speeds<N>) {
        let own_changes = self.changes[group].own.last();
        self.open_to = own_changes.map_or(0, |last| *last as usize + 1);
        for &number in &self.changes[group].own {
            let uneven = &mut self.uneven[number as usize];
            (uneven.is_open, uneven.changes) = (true, true);
        }
        for at in 0..self.changes[group].below.len() {
            let (child, own) = self.changes[group].below[at];
            self.shorten(child, speeds.saved(own));
        }
        // What is opened on the way has a smaller number.
        for number in (0..self.open_to).rev() {
            if !std::mem::take(&mut self.uneven[number].is_open) {
                continue;
            }
            let saved = self.saved_by(number, speeds);
            match self.uneven[number].shows {
                _ if saved[N - 1] == 0 => {}
                0 => self.save(group, saved),
                child => self.shorten(child, saved),
            }
        }
        for child in self.shortened.drain(..) {
            let child = &mut self.children[child as usize];
            child.saved = [0; N];
            self.uneven[child.above as usize].changed = None;
        }
    }

    /// Makes a child of a span that is replayed shorter.
    fn shorten(&mut self, place: u32, saved: [u64; N]) {
        self.shortened.push(place);
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
    fn saved_by(&mut self, number: usize, speeds: &Speeds<N>) -> [u64; N] {
        let uneven = &mut self.uneven[number];
        match (std::mem::take(&mut uneven.changes), uneven.changed) {
            (true, _) => self.replay((number, speeds), |nano| speeds.left(nano)),
            (false, Some(Which::One(child))) => {
                let saved = self.children[child as usize].saved;
                self.shown(number, child, (saved, speeds))
            }
            (false, _) => self.replay((number, speeds), |nano| [speeds.all(nano); N]),
        }
    }

    /// How much shorter a span is without one of the children that it waited for
    /// last: what this child saves shows as far as that.
    #[inline]
    fn room(&mut self, number: usize, child: u32) -> u64 {
        match self.children[child as usize].room {
            UNKNOWN => self.find_room(number, child),
            held => held,
        }
    }

    #[inline(never)]
    fn find_room(&mut self, number: usize, child: u32) -> u64 {
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
                        false => latest + gap_nano as i64 + nano as i64,
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

    /// What a span saves by all that happens inside, where `own` tells what is left
    /// of its own time. Each speed is written by itself, so that nobody waits for
    /// all of them.
    #[inline]
    fn replay(
        &mut self,
        (number, speeds): (usize, &Speeds<N>),
        own: impl Fn(u64) -> [u64; N],
    ) -> [u64; N] {
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
                    let gap = match u64::try_from(gap_nano) {
                        Ok(gap) => own(gap).map(|gap| gap as i64),
                        // One that is less than nothing stays.
                        Err(_) => [gap_nano as i64 * i64::from(speeds.parts); N],
                    };
                    let all = speeds.all(nano);
                    let mut ends = [0; N];
                    for n in 0..N {
                        ends[n] = latest[n] + gap[n] + (all - saved[n]) as i64;
                        last[n] = last[n].max(ends[n]);
                    }
                    self.ends.push(ends);
                }
            }
        }
        let (all, tail) = (speeds.all(uneven.nano), own(uneven.tail_nano));
        std::array::from_fn(|n| all - (last[n] as u64 + tail[n]))
    }

    /// Replays all spans, one group and one speed after the other.
    #[cold]
    pub(super) fn replay_all(
        (top, facts): (Span<'_>, &FactColumns),
        group_of: impl Fn(u32) -> u8,
        speeds: &Speeds<N>,
        lengths: &mut [[u64; N]; GROUPS],
    ) {
        let mut replay = Replay::default();
        replay.prepare(top, facts);
        for (group, lengths) in (0..).zip(lengths) {
            for (length, saved) in lengths.iter_mut().zip(speeds.saved) {
                *length = replay.run(&OfGroup {
                    is_of: |row| group_of(row) == group,
                    left: Parts::from(speeds.parts - saved),
                    of: Parts::from(speeds.parts),
                });
            }
        }
    }
}

/// The own time of the spans of one group becomes a share of what it was.
struct OfGroup<G> {
    is_of: G,
    left: Parts,
    of: Parts,
}

impl<G: Fn(u32) -> bool> Change for OfGroup<G> {
    fn own_time(&self, row: u32, nano: u64) -> Parts {
        match (self.is_of)(row) {
            true => parts(nano) * self.left / self.of,
            false => parts(nano),
        }
    }
}

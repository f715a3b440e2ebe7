//! Changes of few spans, several of them side by side.
//!
//! What changes about a span shows in those above it and nowhere else. So only
//! these are replayed, and all others last as long as they did.

use super::{Change, Replay, Step};
use spanwise_model::SpanTable;

/// Nothing changes.
struct Unchanged;

impl Change for Unchanged {
    fn own_time(&self, _row: u32, nano: u64) -> u64 {
        nano
    }
}

/// Lengths under so many changes, and scratch.
#[derive(Debug)]
pub(crate) struct Beside<const N: usize> {
    /// By row of the component: the length under each change, which is that
    /// without one except while a change is replayed.
    lengths: Vec<[u64; N]>,
    /// By row: whether it is replayed, and whether its own time changes.
    is_open: Vec<bool>,
    changes: Vec<bool>,
    /// Places of those that last another time.
    open: Vec<u32>,
    /// By child of a span.
    ends: Vec<[i64; N]>,
    /// No sum of times of the component can be too large.
    is_small: bool,
}

impl<const N: usize> Default for Beside<N> {
    fn default() -> Self {
        Self {
            lengths: Vec::new(),
            is_open: Vec::new(),
            changes: Vec::new(),
            open: Vec::new(),
            ends: Vec::new(),
            is_small: false,
        }
    }
}

impl<const N: usize> Beside<N> {
    /// Takes the lengths of a component as it was.
    pub(crate) fn prepare(&mut self, replay: &mut Replay) {
        replay.run(&Unchanged);
        let count = replay.lengths.len();
        self.lengths.clear();
        self.lengths
            .extend(replay.lengths.iter().map(|&nano| [nano; N]));
        self.is_open.clear();
        self.is_open.resize(count, false);
        self.changes.clear();
        self.changes.resize(count, false);
        self.is_small = replay.total() < i64::MAX as u64;
    }

    /// How long the component would have lasted if each stretch of the own time
    /// of some of its spans had been as `own` says, which is never longer than it
    /// was, and the shortest under the last change.
    pub(crate) fn run(
        &mut self,
        (table, replay): (&SpanTable, &Replay),
        rows: &[u32],
        own: impl Fn(u64) -> [u64; N],
    ) -> [u64; N] {
        let first = replay.rows.start;
        let mut last = None;
        for &row in rows {
            let at = (row - first) as usize;
            (self.is_open[at], self.changes[at]) = (true, true);
            last = last.max(Some(at));
        }
        self.open.clear();
        for at in last.into_iter().flat_map(|last| (0..=last).rev()) {
            if std::mem::take(&mut self.is_open[at]) {
                self.replay((table, replay), at, &own);
            }
        }
        let all = self.lengths.first().copied().unwrap_or([0; N]);
        for &at in &self.open {
            self.lengths[at as usize] = [replay.lengths[at as usize]; N];
        }
        all
    }

    /// Replays the span at this place, and opens its parent where that shows
    /// there.
    fn replay(
        &mut self,
        (table, replay): (&SpanTable, &Replay),
        at: usize,
        own: impl Fn(u64) -> [u64; N],
    ) {
        let before = self.lengths[at][N - 1];
        let changes = std::mem::take(&mut self.changes[at]);
        match (changes, self.is_small) {
            (true, true) => self.lengthen(replay, at, own, Plain),
            (true, false) => self.lengthen(replay, at, own, Saturating),
            (false, true) => self.lengthen(replay, at, |nano| [nano; N], Plain),
            (false, false) => self.lengthen(replay, at, |nano| [nano; N], Saturating),
        }
        if self.lengths[at][N - 1] == before {
            return;
        }
        self.open.push(at as u32);
        if at > 0 && replay.blocks[at] {
            let row = replay.rows.start as usize + at;
            let above = table.columns.parent[row] - replay.rows.start;
            self.is_open[above as usize] = true;
        }
    }

    /// Finds the lengths of the span at this place, whose children are known.
    /// Each is written by itself, so that nobody waits for all of them.
    #[inline]
    fn lengthen(
        &mut self,
        replay: &Replay,
        at: usize,
        own: impl Fn(u64) -> [u64; N],
        sums: impl Sums,
    ) {
        let (steps, tail) = replay.span(at);
        self.ends.clear();
        let (mut latest, mut last) = ([0_i64; N], [0_i64; N]);
        for step in steps {
            match *step {
                Step::Over(at) => {
                    let ends = &self.ends[at as usize];
                    (0..N).for_each(|n| latest[n] = latest[n].max(ends[n]));
                }
                Step::Begin { row, gap_nano } => {
                    let length = &self.lengths[(row - replay.rows.start) as usize];
                    let gap = gap_of(gap_nano, &own);
                    self.ends.push([0; N]);
                    let Some(ends) = self.ends.last_mut() else {
                        return;
                    };
                    for n in 0..N {
                        ends[n] = sums.later(sums.sum(latest[n], gap[n]), length[n]);
                        last[n] = last[n].max(ends[n]);
                    }
                }
            }
        }
        let (tail, length) = (own(tail), &mut self.lengths[at]);
        (0..N).for_each(|n| length[n] = (last[n].max(0) as u64).saturating_add(tail[n]));
    }
}

/// How times are added.
trait Sums: Copy {
    fn sum(self, a: i64, b: i64) -> i64;

    fn later(self, a: i64, nano: u64) -> i64;
}

/// Sums that cannot be too large.
#[derive(Clone, Copy)]
struct Plain;

impl Sums for Plain {
    fn sum(self, a: i64, b: i64) -> i64 {
        a + b
    }

    fn later(self, a: i64, nano: u64) -> i64 {
        a + nano as i64
    }
}

#[derive(Clone, Copy)]
struct Saturating;

impl Sums for Saturating {
    fn sum(self, a: i64, b: i64) -> i64 {
        a.saturating_add(b)
    }

    fn later(self, a: i64, nano: u64) -> i64 {
        a.saturating_add_unsigned(nano)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::policy::Policy;
    use spanwise_io::{assemble::assemble, notation::parse};

    /// The own time of some spans becomes so many quarters.
    struct Quarters<'a>(&'a [u32], u64);

    impl Change for Quarters<'_> {
        fn own_time(&self, row: u32, nano: u64) -> u64 {
            match self.0.contains(&row) {
                true => nano * self.1 / 4,
                false => nano,
            }
        }
    }

    /// A trace of random spans: some overlap, outlive their parents or are not
    /// waited for.
    fn random_trace(random: &mut impl FnMut(u64) -> u64) -> String {
        let mut text = "shop GET 0..100\n".to_owned();
        let mut depth = 0;
        for _ in 0..2 + random(14) {
            depth = 1 + random(depth + 1);
            let (start, length) = (random(90), random(40));
            let indent = " ".repeat(2 * depth as usize);
            let follows = if random(6) == 0 { " follows" } else { "" };
            text += &format!("{indent}cart Get {start}..{}{follows}\n", start + length);
        }
        text
    }

    #[test]
    fn it_is_what_replaying_all_spans_finds() {
        let mut state = 7_u64;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let (mut replay, mut beside) = (Replay::default(), Beside::<4>::default());
        let mut differ = 0;
        for _ in 0..300 {
            let table = assemble(parse(&random_trace(&mut random))).expect("spans");
            let facts = facts::compute(&table, &Policy::default());
            let top = table.trace(0).primary();
            replay.prepare(top, &facts);
            beside.prepare(&mut replay);
            for _ in 0..4 {
                let rows: Vec<u32> = top.subtree().filter(|_| random(3) == 0).collect();
                let own = |nano: u64| [4, 2, 1, 0].map(|quarters| nano * quarters / 4);
                let found = beside.run((&table, &replay), &rows, own);
                beside.is_small = false;
                assert_eq!(found, beside.run((&table, &replay), &rows, own));
                beside.is_small = true;
                let expected = [4, 2, 1, 0].map(|n| replay_all(top, &facts, &Quarters(&rows, n)));
                assert_eq!(found, expected, "{rows:?}");
                differ += u32::from(found[0] != found[3]);
            }
        }
        assert!(differ > 500, "most changes show: {differ}");
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

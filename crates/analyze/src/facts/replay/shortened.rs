//! What a component would have been shorter by, had a few of its spans lasted
//! less.
//!
//! Only spans above these can be shorter, so nothing else is looked at: a
//! component of a million spans is not put in order for one of them.

use super::ground::Ground;
use super::{parts, steps_of, Change, Parts, Replay, Step};
use crate::facts::siblings::Siblings;
use crate::facts::times::TraceTimes;
use crate::facts::FactColumns;
use spanwise_model::Span;
use std::collections::BinaryHeap;

/// A span and the most that it lasts.
pub(crate) type Cap = (u32, u64);

/// Memory that is reused from one component to the next.
#[derive(Debug, Default)]
pub(crate) struct Shortened {
    times: TraceTimes,
    siblings: Siblings,
    steps: Vec<Step>,
    ends: Vec<i64>,
    /// By place of the component: how much shorter a span is, and the most that
    /// it lasts; none but in a run.
    spans: Vec<Limit>,
    /// Places of spans that may be shorter; the last one is next.
    open: BinaryHeap<u32>,
    touched: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    saved: u64,
    most: u64,
}

const UNLIMITED: Limit = Limit {
    saved: 0,
    most: u64::MAX,
};

impl Shortened {
    /// What the component under `top` would have been shorter by, had these of its
    /// spans lasted at most as long as said.
    pub(crate) fn saved_nano<'c>(
        &mut self,
        (top, facts): (Span<'_>, &FactColumns),
        caps: impl Iterator<Item = &'c Cap>,
    ) -> u64 {
        let mut times = std::mem::take(&mut self.times);
        let ground = Ground {
            table: top.table(),
            timeline: times.around(top, facts),
            first: top.row(),
            tolerance_nano: facts.policy.tolerance_nano,
        };
        self.cap(&ground, top, caps);
        let nano = match ground.fits(top) {
            true => self.climb(&ground),
            false => self.replay_all((top, facts)),
        };
        self.forget();
        self.times = times;
        nano
    }

    fn cap<'c>(&mut self, ground: &Ground<'_>, top: Span<'_>, caps: impl Iterator<Item = &'c Cap>) {
        let count = top.subtree().len().max(self.spans.len());
        self.spans.resize(count, UNLIMITED);
        for &(row, most) in caps {
            let at = row - ground.first;
            let held = &mut self.spans[at as usize].most;
            *held = most.min(*held);
            self.open.push(at);
            self.touched.push(at);
        }
    }

    fn forget(&mut self) {
        self.open.clear();
        for at in self.touched.drain(..) {
            self.spans[at as usize] = UNLIMITED;
        }
    }

    /// Goes from the inner spans to the outer ones.
    fn climb(&mut self, ground: &Ground<'_>) -> u64 {
        let mut last = None;
        while let Some(at) = self.open.pop() {
            if last.replace(at) == Some(at) {
                continue;
            }
            let row = ground.first + at;
            let nano = ground.nano(row);
            let length = nano.saturating_sub(self.saved_below(ground, row));
            let span = &mut self.spans[at as usize];
            span.saved = nano - length.min(span.most);
            if at == 0 {
                return span.saved;
            }
            if span.saved > 0 && ground.timeline.blocks(ground.timeline.at(row)) {
                let above = ground.table.columns.parent[row as usize] - ground.first;
                self.open.push(above);
                self.touched.push(above);
            }
        }
        0
    }

    /// What a span is shorter by because of its children.
    fn saved_below(&mut self, ground: &Ground<'_>, row: u32) -> u64 {
        let ends = &ground.table.columns.subtree_end;
        let (mut child, end) = (row + 1, ends[row as usize]);
        let (mut over, mut saved) = (i64::MIN, 0);
        while child < end {
            let at = ground.timeline.at(child);
            if ground.timeline.blocks(at) {
                let interval = ground.timeline.effective[at];
                if interval.start < over {
                    return self.replay(ground, row);
                }
                over = interval.end;
                let span = &self.spans[(child - ground.first) as usize];
                saved = span.saved.saturating_add(saved);
            }
            child = ends[child as usize];
        }
        saved
    }

    /// The same where some of the children run at the same time. Sums may be too
    /// large below spans that nobody waits for, where they show nowhere.
    fn replay(&mut self, ground: &Ground<'_>, row: u32) -> u64 {
        let times = (ground.table, ground.timeline);
        self.siblings.fill(times, row, ground.tolerance_nano);
        self.steps.clear();
        let interval = ground.timeline.effective[ground.timeline.at(row)];
        let tail = steps_of(&self.siblings, interval, &mut self.steps);
        self.ends.clear();
        let (mut latest, mut last) = (0_i64, 0_i64);
        for step in &self.steps {
            match *step {
                Step::Over(at) => latest = latest.max(self.ends[at as usize]),
                Step::Begin {
                    row,
                    gap_nano,
                    nano,
                } => {
                    let nano = nano - self.spans[(row - ground.first) as usize].saved;
                    let gap = i64::try_from(gap_nano).unwrap_or(i64::MAX);
                    let end = latest.saturating_add(gap);
                    let end = end.saturating_add_unsigned(nano);
                    last = last.max(end);
                    self.ends.push(end);
                }
            }
        }
        let length = (last as u64).saturating_add(tail);
        interval.len().saturating_sub(length)
    }

    /// Replays all spans.
    #[cold]
    fn replay_all(&self, (top, facts): (Span<'_>, &FactColumns)) -> u64 {
        let mut replay = Replay::default();
        replay.prepare(top, facts);
        let after = replay.run(&Limits {
            first: top.row(),
            spans: &self.spans,
        });
        replay.length().saturating_sub(after)
    }
}

struct Limits<'a> {
    first: u32,
    spans: &'a [Limit],
}

impl Change for Limits<'_> {
    fn length(&self, row: u32, length: Parts) -> Parts {
        parts(self.spans[(row - self.first) as usize].most).min(length)
    }
}

impl Ground<'_> {
    fn nano(&self, row: u32) -> u64 {
        self.interval(row).len()
    }

    /// True where no sum of times can be too large: whatever is waited for lies
    /// in the top span.
    fn fits(&self, top: Span<'_>) -> bool {
        let most = self
            .nano(top.row())
            .checked_mul(2 * top.subtree().len() as u64);
        most.is_some_and(|most| most < i64::MAX as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::facts::replay::tests::{random_numbers, random_trace};
    use crate::policy::Policy;
    use spanwise_io::{assemble::assemble, notation::parse};

    #[test]
    fn it_is_what_replaying_all_spans_finds() {
        let mut random = random_numbers(11);
        let mut shortened = Shortened::default();
        let mut differ = 0;
        for _ in 0..600 {
            let table = assemble(parse(&random_trace(&mut random))).expect("spans");
            let policy = Policy::default().tolerance_nano(random(3));
            let facts = facts::compute(&table, &policy);
            let top = table.trace(0).primary();
            let rows = top.subtree().filter(|_| random(3) == 0);
            let rows: Vec<u32> = rows.collect();
            let caps: Vec<Cap> = rows.iter().map(|&row| (row, random(60))).collect();
            let found = shortened.saved_nano((top, &facts), caps.iter());
            let mut all = Shortened::default();
            all.spans.resize(top.subtree().len(), UNLIMITED);
            for &(row, most) in &caps {
                all.spans[(row - top.row()) as usize].most = most;
            }
            assert_eq!(found, all.replay_all((top, &facts)), "{caps:?}");
            differ += u32::from(found > 0);
        }
        assert!(differ > 200, "many changes show: {differ}");
    }
}

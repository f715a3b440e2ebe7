//! Replaying a trace with other times: how long it would have taken.
//!
//! A span begins as long after the latest sibling that was over as it did (or
//! after its parent's start, where none was), ends as long after its last
//! blocking child as it did, and a span without blocking children lasts as long
//! as it did: these stretches are the *own time* of spans, and only they can be
//! changed. Everything else follows. Since a subtree moves as a whole, lengths
//! are enough, and they are found from children to parents in one loop. The
//! siblings of a trace are put in order once for any number of replays.
//!
//! Changed times are exact: a replay counts in [`PARTS`] of a nanosecond, and only
//! how long a component would have lasted is rounded, down.

mod faster;
mod ground;
mod shortened;

pub(crate) use faster::{Faster, Speeds, GROUPS, NO_GROUP};
pub(crate) use shortened::{Cap, Shortened};

use super::siblings::Siblings;
use super::timeline::{Interval, Timeline};
use super::times::TraceTimes;
use super::FactColumns;
use spanwise_model::{Span, SpanTable};
use std::ops::Range;

/// What happens inside of a span, in the order of time.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A child begins, so long after what was over before (less than nothing
    /// within the tolerance), and lasts so long.
    Begin { row: u32, gap_nano: i128, nano: u64 },
    /// The child that began as this one of the span's children is over.
    Over(u32),
}

impl Step {
    /// How far a child's start is from what was over before.
    fn gap_nano(&self) -> u64 {
        match self {
            Self::Begin { gap_nano, .. } => gap_nano.unsigned_abs() as u64,
            Self::Over(_) => 0,
        }
    }
}

/// How many parts of a nanosecond replays count.
pub(crate) const PARTS: u32 = 1_000;

/// A length in parts of a nanosecond. Sums of 64-bit times of a whole table fit.
pub(crate) type Parts = i128;

/// A time in parts.
#[inline]
pub(crate) fn parts(nano: impl Into<i128>) -> Parts {
    nano.into() * Parts::from(PARTS)
}

/// What a replay changes.
pub(crate) trait Change {
    /// The length of a stretch of a span's own time.
    fn own_time(&self, _row: u32, nano: u64) -> Parts {
        parts(nano)
    }

    /// The stretch of a span's own time before one of its children.
    fn gap(&self, row: u32, _child: u32, nano: u64) -> Parts {
        self.own_time(row, nano)
    }

    /// The length of a whole span.
    fn length(&self, _row: u32, length: Parts) -> Parts {
        length
    }

    /// Whether the children of a span begin all at once.
    fn is_parallel(&self, _row: u32) -> bool {
        false
    }
}

/// A component that is ready to be replayed.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    times: TraceTimes,
    siblings: Siblings,
    /// The rows of the component, and how long it lasted.
    rows: Range<u32>,
    length: u64,
    steps: Vec<Step>,
    /// By row: where its steps begin, and its own time behind the last child.
    spans: Vec<(u32, u64)>,
    /// Lengths by row, and ends by child.
    lengths: Vec<Parts>,
    ends: Vec<Parts>,
}

impl Replay {
    /// Makes the component under `top` ready.
    pub(crate) fn prepare(&mut self, top: Span<'_>, facts: &FactColumns) {
        let table = top.table();
        let mut times = std::mem::take(&mut self.times);
        let timeline = times.around(top, facts);
        self.rows = top.subtree();
        self.length = timeline.effective[timeline.at(self.rows.start)].len();
        self.steps.clear();
        self.spans.clear();
        for row in self.rows.clone() {
            self.add((table, timeline), row, facts.policy.tolerance_nano);
        }
        self.times = times;
    }

    fn add(&mut self, (table, timeline): (&SpanTable, &Timeline), row: u32, tolerance_nano: u64) {
        let interval = timeline.effective[timeline.at(row)];
        if table.columns.subtree_end[row as usize] == row + 1 {
            return self.spans.push((self.steps.len() as u32, interval.len()));
        }
        self.siblings.fill((table, timeline), row, tolerance_nano);
        let first = self.steps.len() as u32;
        let tail = steps_of(&self.siblings, interval, &mut self.steps);
        self.spans.push((first, tail));
    }

    /// How long the component lasted.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// How long the component would have lasted.
    pub(crate) fn run(&mut self, change: &impl Change) -> u64 {
        self.lengths.clear();
        self.lengths.resize(self.spans.len(), 0);
        let mut end = self.steps.len();
        for at in (0..self.spans.len()).rev() {
            let (first, tail) = self.spans[at];
            let row = self.rows.start + at as u32;
            let steps = first as usize..end;
            let busy = if change.is_parallel(row) {
                self.parallel(row, steps, change)
            } else {
                self.serial(row, steps, change)
            };
            self.lengths[at] = change.length(row, busy + change.own_time(row, tail));
            end = first as usize;
        }
        let length = self.lengths.first().copied().unwrap_or_default();
        u64::try_from(length / Parts::from(PARTS)).unwrap_or(u64::MAX)
    }

    /// From the start of a span to the end of its last child.
    fn serial(&mut self, row: u32, steps: Range<usize>, change: &impl Change) -> Parts {
        self.ends.clear();
        let (mut latest, mut last) = (0, 0);
        for step in &self.steps[steps] {
            match *step {
                Step::Over(at) => latest = self.ends[at as usize].max(latest),
                Step::Begin {
                    row: child,
                    gap_nano,
                    ..
                } => {
                    let gap = changed(change, (row, child), gap_nano);
                    let end = latest + gap + self.lengths[(child - self.rows.start) as usize];
                    last = end.max(last);
                    self.ends.push(end);
                }
            }
        }
        last
    }

    /// The same if no child waited for another: the longest of them, and the own
    /// time between them all the same; never more than one after the other.
    fn parallel(&mut self, row: u32, steps: Range<usize>, change: &impl Change) -> Parts {
        let serial = self.serial(row, steps.clone(), change);
        let (mut own, mut longest) = (0, 0);
        for step in &self.steps[steps] {
            if let Step::Begin {
                row: child,
                gap_nano,
                ..
            } = *step
            {
                own += changed(change, (row, child), gap_nano).max(0);
                longest = self.lengths[(child - self.rows.start) as usize].max(longest);
            }
        }
        serial.min(own + longest)
    }
}

/// Appends what happens inside of a span; the answer is its own time behind its
/// last child.
fn steps_of(siblings: &Siblings, interval: Interval, steps: &mut Vec<Step>) -> u64 {
    let mut over = siblings.over.iter().peekable();
    for (place, sibling) in siblings.all.iter().enumerate() {
        while let Some(&(_, at)) = over.next_if(|over| over.0 <= sibling.begins()) {
            steps.push(Step::Over(at));
        }
        let from = siblings.end_before(place).unwrap_or(interval.start);
        steps.push(Step::Begin {
            row: sibling.row,
            gap_nano: i128::from(sibling.start) - i128::from(from),
            nano: sibling.end.abs_diff(sibling.start),
        });
    }
    let last = siblings.last.map(|at| siblings.all[at as usize].end);
    interval.end.abs_diff(last.unwrap_or(interval.start))
}

/// A gap that may be less than nothing, which then stays.
fn changed(change: &impl Change, (row, child): (u32, u32), gap_nano: i128) -> Parts {
    match u64::try_from(gap_nano) {
        Ok(gap) => change.gap(row, child, gap),
        Err(_) => parts(gap_nano),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    /// Numbers below what is asked for, always the same ones.
    pub(crate) fn random_numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        }
    }

    /// A trace of random spans: some overlap, outlive their parents or are not
    /// waited for.
    pub(super) fn random_trace(random: &mut impl FnMut(u64) -> u64) -> String {
        let mut text = "shop GET 0ns..100ns\n".to_owned();
        let mut depth = 0;
        for _ in 0..2 + random(14) {
            depth = 1 + random(depth + 1);
            let (start, length) = (random(90), random(40));
            let indent = " ".repeat(2 * depth as usize);
            let follows = if random(6) == 0 { " follows" } else { "" };
            let end = start + length;
            text += &format!("{indent}cart Get {start}ns..{end}ns{follows}\n");
        }
        text
    }
}

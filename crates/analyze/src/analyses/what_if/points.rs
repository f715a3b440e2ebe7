//! What requests would save, summed by number.

use super::observe::{key, NOBODY, PERCENTS, SPEEDS};
use super::{CHANGED, DURATION, SAVED};
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::histogram::Histogram;
use crate::histograms::Histograms;
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanTable};

/// What is known of a candidate.
#[derive(Default)]
struct Point {
    /// Durations before, and at each speed.
    durations: Histograms<{ SPEEDS + 1 }>,
    /// Their sums.
    before: u128,
    after: [u128; SPEEDS],
}

impl Point {
    /// Counts a request in which an operation was made faster.
    #[inline]
    fn add(&mut self, before: u64, after: [u64; SPEEDS]) {
        let [a, b, c, d] = after;
        debug_assert!(after.iter().all(|&nano| nano <= before), "none is slower");
        self.durations.add([before, a, b, c, d]);
        self.before += u128::from(before);
        for (sum, nano) in self.after.iter_mut().zip(after) {
            *sum += u128::from(nano);
        }
    }

    /// What all requests save at each speed.
    fn saved(&self) -> [u128; SPEEDS] {
        self.after.map(|after| self.before.saturating_sub(after))
    }
}

/// A root operation and a candidate.
type Pair = (OperationId, OperationId);

/// How many pairs are held that need not be looked for.
const RECENT: usize = 512;

/// Where a pair is held, if it is.
#[inline]
fn slot((root, operation): Pair) -> usize {
    root.0.wrapping_mul(37).wrapping_add(operation.0) as usize % RECENT
}

/// What is known of the candidates of a batch.
pub(super) struct Points {
    /// By root operation.
    before: Numbered<OperationId, Histogram>,
    after: Numbered<Pair, Point>,
    /// The numbers of pairs, each held until another takes its slot.
    recent: Vec<Option<(Pair, u32)>>,
}

impl Points {
    pub(super) fn new() -> Self {
        Self {
            before: Numbered::default(),
            after: Numbered::default(),
            recent: vec![None; RECENT],
        }
    }

    /// Counts a request of a root operation.
    pub(super) fn add_request(&mut self, root: OperationId, nano: u64) {
        self.before.get(root).add(nano);
    }

    /// Counts a request of a root operation in which another was made faster.
    #[inline]
    pub(super) fn add(&mut self, pair: Pair, before: u64, after: [u64; SPEEDS]) {
        let number = match self.recent[slot(pair)] {
            Some((held, number)) if held == pair => number,
            _ => self.find(pair),
        };
        self.after.value(number).add(before, after);
    }

    #[cold]
    fn find(&mut self, pair: Pair) -> u32 {
        let number = self.after.number(pair);
        self.recent[slot(pair)] = Some((pair, number));
        number
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, table: &SpanTable, out: &mut Partial) {
        let mut names = OperationCodes::new(table);
        for (root, durations) in self.before.iter() {
            let root = names.get(table, *root, out);
            let row = out.row(&key(root, NOBODY, 0));
            out.record_all(row, DURATION, durations);
        }
        for ((root, operation), point) in self.after.iter() {
            let [root, operation] = [root, operation].map(|id| names.get(table, *id, out));
            let row = out.row(&key(root, operation, 0));
            out.record_all(row, DURATION, &point.durations.of(0));
            for (n, (percent, saved)) in (1..).zip(PERCENTS.iter().zip(point.saved())) {
                let row = out.row(&key(root, operation, *percent));
                out.record_all(row, DURATION, &point.durations.of(n));
                out.add(row, CHANGED, point.durations.count());
                out.add(row, SAVED, saved as i128);
            }
        }
    }
}

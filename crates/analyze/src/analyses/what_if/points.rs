//! What requests would save, summed by number.

use super::observe::{key, NOBODY, PERCENTS, SPEEDS};
use super::{CHANGED, DURATION, SAVED};
use crate::analyses::numbered::Numbered;
use crate::analyses::operations::OperationCodes;
use crate::histogram::Histogram;
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanTable};

/// What is known of a candidate.
#[derive(Default)]
struct Point {
    /// Durations before, and at each speed.
    durations: [Histogram; SPEEDS + 1],
    saved: [u128; SPEEDS],
}

impl Point {
    /// Counts a request in which an operation was made faster.
    #[inline]
    fn add(&mut self, before: u64, after: [u64; SPEEDS]) {
        let [unchanged, durations @ ..] = &mut self.durations;
        unchanged.add(before);
        for ((durations, nano), saved) in durations.iter_mut().zip(after).zip(&mut self.saved) {
            durations.add(nano);
            *saved += u128::from(before.saturating_sub(nano));
        }
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
            let [unchanged, durations @ ..] = &point.durations;
            let row = out.row(&key(root, operation, 0));
            out.record_all(row, DURATION, unchanged);
            for ((percent, durations), saved) in PERCENTS.iter().zip(durations).zip(point.saved) {
                let row = out.row(&key(root, operation, *percent));
                out.record_all(row, DURATION, durations);
                out.add(row, CHANGED, durations.count());
                out.add(row, SAVED, saved as i128);
            }
        }
    }
}

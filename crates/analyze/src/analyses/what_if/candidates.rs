//! Which operations of a request are made faster.

use crate::analyses::operations::operation_names;
use crate::facts::FactColumns;
use spanwise_model::{OperationId, Span, SpanTable};

/// How many operations of a request are candidates.
const MOST: usize = 8;

/// No place among the candidates.
const NONE: u8 = u8::MAX;

/// The candidates of one request after the other, each with its spans.
pub(super) struct Candidates<'a> {
    table: &'a SpanTable,
    /// By operation: its time on the critical path of the request, and its place
    /// among the candidates.
    critical: Vec<u64>,
    places: Vec<u8>,
    /// The operations that have time on it; the candidates are the first.
    found: Vec<OperationId>,
    /// By place: rows.
    spans: [Vec<u32>; MOST],
}

impl<'a> Candidates<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            critical: vec![0; table.operations.len()],
            places: vec![NONE; table.operations.len()],
            found: Vec::new(),
            spans: Default::default(),
        }
    }

    /// Finds the operations that have the most time on the critical path of a
    /// request, of equal ones those with the smallest names.
    pub(super) fn find(&mut self, root: Span<'_>, facts: &FactColumns) {
        let operations = &self.table.columns.operation;
        self.found.clear();
        for row in root.subtree() {
            let nano = facts.critical_nano[row as usize];
            let held = &mut self.critical[operations[row as usize].0 as usize];
            if nano > 0 && *held == 0 {
                self.found.push(operations[row as usize]);
            }
            *held = held.saturating_add(nano);
        }
        self.sort();
        for id in &self.found {
            self.critical[id.0 as usize] = 0;
        }
        self.found.truncate(MOST);
        self.gather(root);
    }

    fn sort(&mut self) {
        let (table, critical) = (self.table, &self.critical);
        let names = |id: OperationId| operation_names(table, id);
        self.found.sort_unstable_by(|&a, &b| {
            let [one, other] = [a, b].map(|id| critical[id.0 as usize]);
            other.cmp(&one).then_with(|| names(a).cmp(&names(b)))
        });
    }

    fn gather(&mut self, root: Span<'_>) {
        let operations = &self.table.columns.operation;
        for (place, id) in (0..).zip(&self.found) {
            self.places[id.0 as usize] = place;
            self.spans[usize::from(place)].clear();
        }
        for row in root.subtree() {
            let place = self.places[operations[row as usize].0 as usize];
            if place != NONE {
                self.spans[usize::from(place)].push(row);
            }
        }
        for id in &self.found {
            self.places[id.0 as usize] = NONE;
        }
    }

    /// The candidates with their spans, those with the most time first.
    pub(super) fn each(&self) -> impl Iterator<Item = (OperationId, &[u32])> {
        let spans = self.spans.iter().map(Vec::as_slice);
        self.found.iter().copied().zip(spans)
    }
}

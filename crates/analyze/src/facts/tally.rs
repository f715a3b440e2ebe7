//! Counts of issues while facts are computed, by numbers instead of names.

use rustc_hash::FxHashMap;
use spanwise_model::issue::EXAMPLES;
use spanwise_model::{Example, IssueKind, IssueSize, Issues, SpanId, SpanTable, Symbol, TraceId};

#[derive(Debug, Default)]
struct Row {
    count: u64,
    size: IssueSize,
    /// The smallest spans, ascending.
    examples: Vec<(TraceId, SpanId)>,
}

/// Issues by kind and service.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The trace that the next issues are of.
    pub(super) trace: TraceId,
    rows: FxHashMap<(IssueKind, Symbol), Row>,
}

impl Tally {
    /// Counts an issue of the span at `row`, so many nanoseconds long.
    pub(super) fn add(&mut self, table: &SpanTable, row: u32, (kind, nano): (IssueKind, u64)) {
        let operation = table.columns.operation[row as usize];
        let service = table.operations.service(operation);
        let entry = self.rows.entry((kind, service)).or_default();
        entry.count += 1;
        entry.size.absorb(IssueSize::of(nano));
        let span = (self.trace, table.columns.span_id[row as usize]);
        if entry.examples.len() == EXAMPLES && entry.examples.last() <= Some(&span) {
            return;
        }
        let place = entry.examples.partition_point(|example| *example < span);
        if entry.examples.get(place) != Some(&span) {
            entry.examples.insert(place, span);
            entry.examples.truncate(EXAMPLES);
        }
    }

    /// The counts so far under their names; none are left here.
    pub(super) fn take(&mut self, table: &SpanTable) -> Issues {
        let mut issues = Issues::default();
        for ((kind, service), row) in self.rows.drain() {
            let service = table.text(service);
            issues.add_size(kind, service, row.size);
            for (nth, (trace, span)) in row.examples.into_iter().enumerate() {
                let count = if nth == 0 { row.count } else { 0 };
                issues.add_many(kind, service, count, Example::Span(trace, span));
            }
        }
        issues
    }
}

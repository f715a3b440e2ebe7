//! From the span table back to records, so that traces can be written.
//!
//! What assembly cut, folded or filled in is put back where the columns still
//! tell it, so that the records, assembled again, give the same table.

use crate::batch::{Head, Placement, SpanBatch};
use crate::copy::Copier;
use crate::error::Result;
use crate::head::flags;
use crate::id::SpanId;
use crate::span::Span;
use crate::trace_table::SpanTable;

/// Bits that assembly sets, and sets again.
const OF_ASSEMBLY: u32 = flags::ORPHAN
    | flags::CYCLE_HEAD
    | flags::SPLIT
    | flags::CONFLICT
    | flags::NEGATIVE
    | flags::DUPLICATE;

impl SpanTable {
    /// The records of the traces with these numbers, trace by trace.
    ///
    /// ```
    /// use spanwise_model::{Result, SpanBatch, SpanTable};
    ///
    /// fn first_trace(table: &SpanTable) -> Result<SpanBatch> {
    ///     table.to_batch(&[0])
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Limit`] beyond four billion attributes.
    pub fn to_batch(&self, traces: &[u32]) -> Result<SpanBatch> {
        let mut batch = self.store.empty_like();
        let mut copier = Copier::new(&self.store);
        for &trace in traces {
            let id = self.trace_ids[trace as usize];
            for row in self.rows(trace) {
                let span = Span::new(self, row);
                let fixed = (id, placement(span), self.head(span));
                copier.copy_as(span.record(), fixed, &mut batch)?;
            }
        }
        Ok(batch)
    }

    fn head(&self, span: Span<'_>) -> Head {
        let row = span.row() as usize;
        Head {
            name: self.operations.name(span.operation_id()),
            flags: span.flags() & !OF_ASSEMBLY,
            resource: span.resource_id(),
            scope: self.columns.scope[row],
            evidence: span.evidence(),
            kind: span.kind(),
            status: span.status(),
        }
    }
}

fn placement(span: Span<'_>) -> Placement {
    let start = span.start_unix_nano();
    let negative = span.flags() & flags::NEGATIVE != 0;
    Placement {
        span_id: span.id(),
        parent_id: named_parent(span).unwrap_or_default(),
        start_unix_nano: start,
        end_unix_nano: if negative {
            start.saturating_sub(1)
        } else {
            span.end_unix_nano()
        },
    }
}

/// The parent that the record names: of the server half of a pair, that of its
/// client.
fn named_parent(span: Span<'_>) -> Option<SpanId> {
    let is_half = span.flags() & flags::SPLIT != 0;
    match span.parent() {
        Some(client) if is_half => client.parent_id(),
        _ => span.parent_id(),
    }
}

//! Assembly: from records in the order of files to traces in preorder.
//!
//! Records are grouped by trace id (`group`); within a trace duplicates are
//! folded, shared ids split (`same_id`) and parents resolved to rows, and the
//! spans are laid in preorder (`place`). No rule looks at the order of files,
//! so the same records give the same table however they are spread.

mod chunk;
mod content;
mod group;
mod place;
mod same_id;
#[cfg(test)]
mod tests;

use chunk::Chunk;
use group::Groups;
use rayon::prelude::*;
use spanwise_model::trace_table::RecordCounts;
use spanwise_model::{
    Error, ErrorKind, OperationId, Operations, Result, SourceSummary, SpanBatch, SpanTable,
};

/// Records a chunk of parallel work holds at least.
const CHUNK_RECORDS: usize = 1 << 16;

/// Turns records into traces. The table's rows are the records after folding
/// and splitting; its counts are of records as read.
///
/// # Errors
///
/// [`ErrorKind::Limit`] where rows cannot be numbered with 32 bits.
pub fn assemble(batch: SpanBatch) -> Result<SpanTable> {
    if u32::try_from(batch.len()).is_err() {
        return Err(Error::new(
            ErrorKind::Limit,
            "more than 4,294,967,295 spans",
        ));
    }
    let groups = Groups::of(&batch.heads.trace_id);
    let (operations, operation_of) = operations(&batch);
    let input = Input {
        batch: &batch,
        groups: &groups,
        operation_of: &operation_of,
    };
    let chunks: Vec<Chunk> = groups
        .chunks(CHUNK_RECORDS)
        .into_par_iter()
        .map(|traces| Chunk::of(&input, traces))
        .collect();
    let sources = sources(&batch, &chunks);
    let mut table = SpanTable {
        operations,
        sources,
        records: RecordCounts {
            spans: batch.len() as u64,
            links: batch.links.record.len() as u64,
            events: batch.events.record.len() as u64,
            ..RecordCounts::default()
        },
        trace_ids: groups.into_ids(),
        store: batch,
        ..SpanTable::default()
    };
    table.issues = std::mem::take(&mut table.store.issues);
    table.store.drop_heads();
    chunks
        .into_iter()
        .for_each(|chunk| chunk.append_to(&mut table));
    Ok(table)
}

/// What every chunk reads.
struct Input<'a> {
    batch: &'a SpanBatch,
    groups: &'a Groups,
    operation_of: &'a [OperationId],
}

/// Numbers the operations densely, record by record.
fn operations(batch: &SpanBatch) -> (Operations, Vec<OperationId>) {
    let heads = &batch.heads;
    let mut operations = Operations::default();
    let rows = heads.resource.iter().zip(&heads.name).zip(&heads.kind);
    let operation_of = rows
        .map(|((&resource, &name), &kind)| {
            operations.intern(batch.resources.service(resource), name, kind)
        })
        .collect();
    (operations, operation_of)
}

fn sources(batch: &SpanBatch, chunks: &[Chunk]) -> Vec<SourceSummary> {
    let orphans = |at: usize| chunks.iter().map(|chunk| chunk.orphans_by_source[at]).sum();
    let summary = |(at, source): (usize, &spanwise_model::batch::Source)| SourceSummary {
        path: source.path.clone(),
        format: source.format,
        spans: source.records.len() as u64,
        orphans: orphans(at),
        truncated: source.truncated,
    };
    batch.sources.iter().enumerate().map(summary).collect()
}

//! Assembly: from records in the order of files to traces in preorder.
//!
//! Records are grouped by trace id (`group`); within a trace duplicates are
//! folded, shared ids split (`same_id`) and parents resolved to rows, and the
//! spans are laid in preorder (`place`). Once the order is known the fields of
//! the records follow (`fields`), those of which records are freed first, so that
//! no field is held twice for long. No rule looks at the order of files, so the
//! same records give the same table however they are spread.

mod chunk;
mod content;
mod fields;
mod group;
mod ids;
mod inherit;
mod place;
mod same_id;
mod slices;
#[cfg(test)]
mod tests;

pub use inherit::inherit_services;

use chunk::{Chunk, Room};
use group::Groups;
use rayon::prelude::*;
use slices::Slices;
use spanwise_model::trace_table::{Columns, RecordCounts, NO_PARENT};
use spanwise_model::{Error, ErrorKind, Result, SourceSummary, SpanBatch, SpanTable, Symbol};

/// Records a chunk of parallel work holds at least; few in unit tests, so that
/// there are several chunks.
const CHUNK_RECORDS: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// Turns records into traces. The table's rows are the records after folding
/// and splitting; its counts are of records as read.
///
/// # Errors
///
/// [`ErrorKind::Limit`] where rows cannot be numbered with 32 bits.
pub fn assemble(mut batch: SpanBatch) -> Result<SpanTable> {
    if u32::try_from(batch.len()).is_err() {
        return Err(Error::new(
            ErrorKind::Limit,
            "more than 4,294,967,295 spans",
        ));
    }
    let records = RecordCounts {
        spans: batch.len() as u64,
        links: batch.links.record.len() as u64,
        events: batch.events.record.len() as u64,
        ..RecordCounts::default()
    };
    batch.forget_learnt();
    inherit_services(&mut batch);
    let groups = Groups::of(&batch.trace_ids);
    batch.trace_ids = Vec::new();
    let input = Input {
        batch: &batch,
        groups: &groups,
    };
    let mut columns = slices::empty(batch.len());
    let mut trace_ends = vec![0; groups.len()];
    let chunks: Vec<Chunk> = rooms(&groups, &mut columns, &mut trace_ends)
        .into_par_iter()
        .map(|room| Chunk::of(&input, room))
        .collect();
    close_gaps(&groups, &chunks, &mut columns, &mut trace_ends);
    let trace_ids = groups.into_ids();
    let operations = fields::fill(&mut columns, &mut batch);
    let mut table = SpanTable {
        operations,
        sources: sources(&batch, &chunks),
        records,
        trace_ids,
        trace_ends,
        columns,
        issues: std::mem::take(&mut batch.issues),
        store: batch,
        ..SpanTable::default()
    };
    table.read_issues = table.issues.clone();
    let mut files = table.store.sources.iter();
    table.is_narrowed = files.any(|source| source.passed_over > 0);
    let mut below = 0;
    for chunk in chunks {
        let folded = (chunk.room - chunk.rows) as u32;
        chunk.add_to(&mut table, below);
        below += folded;
    }
    Ok(table)
}

/// Cuts the columns into a room for each chunk: as many rows as it has records.
fn rooms<'a>(
    groups: &Groups,
    columns: &'a mut Columns,
    trace_ends: &'a mut [u32],
) -> Vec<Room<'a>> {
    let (mut rest, mut ends, mut first) = (Slices::of(columns), trace_ends, 0);
    let mut rooms = Vec::new();
    for traces in groups.chunks(CHUNK_RECORDS) {
        let records = groups.records_of(traces.clone());
        let (slices, behind) = rest.split_at(records);
        let (trace_ends, later) = ends.split_at_mut(traces.len());
        rooms.push(Room {
            traces,
            first,
            slices,
            trace_ends,
        });
        (rest, ends) = (behind, later);
        first += records as u32;
    }
    rooms
}

/// Moves rows down to where records were folded and left room.
fn close_gaps(groups: &Groups, chunks: &[Chunk], columns: &mut Columns, trace_ends: &mut [u32]) {
    if chunks.iter().all(|chunk| chunk.rows == chunk.room) {
        return;
    }
    let (mut from, mut to) = (0, 0);
    for (chunk, traces) in chunks.iter().zip(groups.chunks(CHUNK_RECORDS)) {
        let below = (from - to) as u32;
        slices::move_down(columns, from..from + chunk.rows, to);
        let moved = to..to + chunk.rows;
        let parents = columns.parent[moved.clone()].iter_mut();
        parents
            .filter(|parent| **parent != NO_PARENT)
            .for_each(|parent| *parent -= below);
        let ends = columns.subtree_end[moved].iter_mut();
        let trace_ends = &mut trace_ends[traces.start as usize..traces.end as usize];
        ends.chain(trace_ends).for_each(|end| *end -= below);
        from += chunk.room;
        to += chunk.rows;
    }
    slices::truncate(columns, to);
}

/// What every chunk reads.
struct Input<'a> {
    batch: &'a SpanBatch,
    groups: &'a Groups,
}

impl<'a> Input<'a> {
    /// True where a record's service is not known.
    fn is_nameless(&self, record: u32) -> bool {
        let resource = self.batch.heads[record as usize].resource;
        self.batch.resources.service(resource) == Symbol::EMPTY
    }

    /// The service of a record.
    fn service(&self, record: u32) -> &'a str {
        self.batch.strings.get(self.service_symbol(record))
    }

    fn service_symbol(&self, record: u32) -> Symbol {
        let resource = self.batch.heads[record as usize].resource;
        self.batch.resources.service(resource)
    }
}

fn sources(batch: &SpanBatch, chunks: &[Chunk]) -> Vec<SourceSummary> {
    let orphans = |at: usize| chunks.iter().map(|chunk| chunk.orphans_by_source[at]).sum();
    let halves = |at: usize| -> u64 { chunks.iter().map(|it| it.halves_by_source[at]).sum() };
    let summary = |(at, source): (usize, &spanwise_model::batch::Source)| SourceSummary {
        path: source.path.clone(),
        format: source.format.clone(),
        spans: source.records.len() as u64 - halves(at) + source.passed_over,
        orphans: orphans(at),
        chosen_orphans: 0,
        truncated: source.truncated,
    };
    batch.sources.iter().enumerate().map(summary).collect()
}

//! The fields of records as columns, in the order of the table.
//!
//! Columns are gathered by all threads, each into its place. What records are
//! comes first and is freed, then what placed them, so that a good part of the
//! columns stands where their fields did.

use super::place::duration;
use rayon::prelude::*;
use rayon::slice::ChunksMut;
use spanwise_model::batch::{Head, Placement};
use spanwise_model::trace_table::Columns;
use spanwise_model::{OperationId, Operations, Resources, SpanBatch, Symbol};

/// How many records one thread numbers operations of at once; few in unit tests,
/// so that there are several runs.
const RUN_RECORDS: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// How many rows one thread fills at once.
const FILLED_ROWS: usize = if cfg!(test) { 4 } else { 1 << 14 };

/// Fills all columns but those of the order from the records that the rows came
/// from, which are freed.
pub(super) fn fill(columns: &mut Columns, batch: &mut SpanBatch) -> Operations {
    let mut heads = std::mem::take(&mut batch.heads);
    let (operations, numbers) = number(&mut heads, &batch.resources);
    describe(columns, &heads, &numbers);
    drop(heads);
    place(columns, &std::mem::take(&mut batch.placements));
    operations
}

/// Numbers operations densely in the order of records, of which each gets the
/// number that its operation has in its run in the place of its name. What that
/// is among all is answered run by run.
fn number(heads: &mut [Head], resources: &Resources) -> (Operations, Vec<Vec<OperationId>>) {
    let number_run = |heads: &mut [Head]| {
        let mut operations = Operations::default();
        for head in heads {
            let service = resources.service(head.resource);
            let number = operations.intern(service, head.name, head.kind);
            head.name = Symbol(number.0);
        }
        operations
    };
    let runs = heads.par_chunks_mut(RUN_RECORDS);
    let runs: Vec<Operations> = runs.map(number_run).collect();
    let mut all = Operations::default();
    let numbers = runs.iter().map(|run| all.absorb(run)).collect();
    (all, numbers)
}

/// Gathers what the records are.
fn describe(columns: &mut Columns, heads: &[Head], numbers: &[Vec<OperationId>]) {
    let Columns {
        record,
        operation,
        status,
        resource,
        scope,
        evidence,
        ..
    } = columns;
    let ids = (filled(operation, record), filled(status, record));
    let origins = (filled(resource, record), filled(scope, record));
    let described = ids.0.zip(ids.1).zip(origins.0.zip(origins.1));
    let described = described.zip(filled(evidence, record));
    let records = record.par_chunks(FILLED_ROWS);
    records.zip(described).for_each(|(records, columns)| {
        let (((operation, status), (resource, scope)), evidence) = columns;
        for (row, &record) in records.iter().enumerate() {
            let head = &heads[record as usize];
            let numbers = &numbers[record as usize / RUN_RECORDS];
            operation[row] = numbers[head.name.index()];
            (status[row], evidence[row]) = (head.status, head.evidence);
            (resource[row], scope[row]) = (head.resource, head.scope);
        }
    });
}

/// Gathers what placed the records.
fn place(columns: &mut Columns, placements: &[Placement]) {
    let Columns {
        record,
        span_id,
        start_unix_nano,
        duration_nano,
        ..
    } = columns;
    let times = filled(start_unix_nano, record).zip(filled(duration_nano, record));
    let placed = filled(span_id, record).zip(times);
    let records = record.par_chunks(FILLED_ROWS);
    records.zip(placed).for_each(|(records, columns)| {
        let (span_id, (start, nano)) = columns;
        for (row, &record) in records.iter().enumerate() {
            let place = &placements[record as usize];
            span_id[row] = place.span_id;
            (start[row], nano[row]) = (place.start_unix_nano, duration(place));
        }
    });
}

/// A column with a row for each of the records, in pieces to be filled.
fn filled<'c, T: Clone + Default + Send>(
    column: &'c mut Vec<T>,
    records: &[u32],
) -> ChunksMut<'c, T> {
    // Of numbers, the system's fresh memory need not be cleared again.
    *column = vec![T::default(); records.len()];
    column.par_chunks_mut(FILLED_ROWS)
}

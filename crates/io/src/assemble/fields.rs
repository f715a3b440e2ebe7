//! The fields of records as columns, in the order of the table.
//!
//! Columns are gathered by all threads, each into its place. What records are
//! comes first and is freed, then what placed them, so that a good part of the
//! columns stands where their fields did.

use super::place::duration;
use rayon::prelude::*;
use spanwise_model::batch::{Head, Placement};
use spanwise_model::trace_table::Columns;
use spanwise_model::{OperationId, Operations, Resources, SpanBatch, Symbol};

/// How many records one thread numbers operations of at once; few in unit tests,
/// so that there are several runs.
const RUN_RECORDS: usize = if cfg!(test) { 4 } else { 1 << 16 };

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
    let records = columns.record.par_iter().map(|&record| record as usize);
    let operation = |record: usize| {
        let in_run = heads[record].name.index();
        (numbers[record / RUN_RECORDS][in_run], heads[record].status)
    };
    let origin = |record: usize| (heads[record].resource, heads[record].scope);
    let rows = (&mut columns.operation, &mut columns.status);
    records
        .clone()
        .map(operation)
        .unzip_into_vecs(rows.0, rows.1);
    let rows = (&mut columns.resource, &mut columns.scope);
    records.clone().map(origin).unzip_into_vecs(rows.0, rows.1);
    let evidence = records.map(|record| heads[record].evidence);
    evidence.collect_into_vec(&mut columns.evidence);
}

/// Gathers what placed the records.
fn place(columns: &mut Columns, placements: &[Placement]) {
    let records = columns.record.par_iter();
    let places = records.map(|&record| &placements[record as usize]);
    let begin = |place: &Placement| (place.span_id, place.start_unix_nano);
    let rows = (&mut columns.span_id, &mut columns.start_unix_nano);
    places.clone().map(begin).unzip_into_vecs(rows.0, rows.1);
    let durations = places.map(duration);
    durations.collect_into_vec(&mut columns.duration_nano);
}

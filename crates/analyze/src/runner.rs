//! The runner: all analyses in one pass over the traces, in parallel.
//!
//! Traces are cut into chunks of about equal numbers of spans, which go into one
//! partial an analysis as long as they stand beside each other on one thread;
//! partials of different threads merge. How the cut falls and which thread takes
//! what cannot show in the result.
//!
//! A partial is what merges and travels. Where nothing does, because a table is
//! asked for directly, an analysis with many rows may make it of all traces at
//! once ([`crate::Whole`]), which spares writing its partial and reading it
//! again; a law holds the table equal to that of its partials.

use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{mark_of, Partial, Smallest, MARKS};
use crate::threads::Threads;
use rayon::prelude::*;
use spanwise_model::{ColumnData, Result, SpanTable, Table};
use std::ops::BitOr;

/// Chunks are no smaller than this many spans (the last one excepted).
const CHUNK_SPANS: usize = 32_768;

/// And there are about so many of them for each of several threads, so that all
/// threads end at about one time.
const CHUNKS_A_THREAD: usize = 4;

/// How many traces one thread reads rows of at once.
const ROW_TRACES: usize = 8_192;

/// Runs all analyses over some traces of a table. A trace that is named twice
/// counts once.
///
/// ```
/// use spanwise_analyze::analyses::{CriticalPath, Hotspots};
/// use spanwise_analyze::{facts, run, Analysis, Policy};
/// use spanwise_model::table::Cell;
///
/// let batch = spanwise_io::notation::parse("
///     shop GET /cart  0..100
///       cart Get     10..70
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// let (path, hotspots) = (CriticalPath::default(), Hotspots::default());
/// let partials = run(&table, &[0], &facts, &[&path, &hotspots]);
/// let path = path.finish(&partials[0]);
/// assert_eq!(path.cell(0, "operation"), Cell::Text("Get"));
/// assert_eq!(path.cell(0, "critical_time"), Cell::Duration(60_000_000));
/// assert_eq!(hotspots.finish(&partials[1]).rows(), 2);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn run(
    table: &SpanTable,
    traces: &[u32],
    facts: &FactColumns,
    analyses: &[&dyn Analysis],
) -> Vec<Partial> {
    prepare(table, facts, analyses, &Threads::default());
    let traces = sorted(traces);
    let mut partials = observed(table, &traces, analyses, |batch, partials| {
        observe(batch, facts, (analyses, partials));
    });
    partials.par_iter_mut().for_each(Partial::canonicalise);
    partials
}

/// The tables of all analyses over some traces of a table, as their partials
/// would give them, but that nothing is kept which they do not show.
///
/// ```
/// use spanwise_analyze::analyses::HeatMap;
/// use spanwise_analyze::{facts, runner, Analysis, Policy};
///
/// let batch = spanwise_io::notation::parse("shop GET /cart 0..100");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// let map = HeatMap::default();
/// let shown = runner::tables(&table, &[0], &facts, &[&map]).swap_remove(0);
/// assert_eq!(shown, map.finish(&runner::run(&table, &[0], &facts, &[&map])[0]));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn tables(
    table: &SpanTable,
    traces: &[u32],
    facts: &FactColumns,
    analyses: &[&dyn Analysis],
) -> Vec<Table> {
    prepare(table, facts, analyses, &Threads::default());
    let traces = sorted(traces);
    let all = TraceBatch::new(table, &traces);
    let whole = |analysis: &&dyn Analysis| Some(analysis.whole()?.table(all, facts));
    let parted = |analysis: &&&dyn Analysis| analysis.whole().is_none();
    let parted: Vec<&dyn Analysis> = analyses.iter().filter(parted).copied().collect();
    let (whole, parted) = rayon::join(
        || -> Vec<Option<Table>> { analyses.par_iter().map(whole).collect() },
        || shown(&traces, (table, facts), &parted),
    );
    let mut parted = parted.into_iter();
    let tables = whole
        .into_iter()
        .map(|table| table.or_else(|| parted.next()));
    tables.flatten().collect()
}

/// The tables of analyses that have partials.
fn shown(
    traces: &[u32],
    (table, facts): (&SpanTable, &FactColumns),
    analyses: &[&dyn Analysis],
) -> Vec<Table> {
    let partials = observed(table, traces, analyses, |batch, partials| {
        let pairs = analyses.iter().zip(partials);
        pairs.for_each(|(analysis, partial)| analysis.observe_shown(batch, facts, partial));
    });
    let pairs = analyses.par_iter().zip(partials);
    pairs
        .map(|(analysis, partial)| analysis.finish(&partial))
        .collect()
}

/// Traces in their order, each once.
fn sorted(traces: &[u32]) -> Vec<u32> {
    let mut traces = traces.to_vec();
    traces.sort_unstable();
    traces.dedup();
    traces
}

/// A partial an analysis of the traces, which are sorted, that `observe` adds to
/// them.
fn observed(
    table: &SpanTable,
    traces: &[u32],
    analyses: &[&dyn Analysis],
    observe: impl Fn(TraceBatch<'_>, &mut [Partial]) + Sync,
) -> Vec<Partial> {
    let empty = || analyses.iter().map(|analysis| analysis.empty()).collect();
    chunks(table, traces)
        .into_par_iter()
        .fold(empty, |mut partials: Vec<Partial>, chunk| {
            observe(TraceBatch::new(table, chunk), &mut partials);
            partials
        })
        .reduce(empty, absorb_all)
}

/// Computes the facts that these analyses read and that are not there from the
/// beginning. [`run`] does so too; whoever calls that on a thread of a pool
/// while others may ask for the same facts does it before, outside of the pool.
pub fn prepare(
    table: &SpanTable,
    facts: &FactColumns,
    analyses: &[&dyn Analysis],
    threads: &Threads,
) {
    facts.prepare(table, needs(analyses), threads);
}

/// The facts that any of these analyses reads.
#[must_use]
pub fn needs(analyses: &[&dyn Analysis]) -> Facts {
    let needs = analyses.iter().map(|analysis| analysis.needs());
    needs.fold(Facts::NONE, BitOr::bitor)
}

/// Runs all analyses over all traces of several tables.
///
/// # Errors
///
/// [`spanwise_model::ErrorKind::Merge`] where two tables hold one trace.
pub fn run_tables(
    tables: &[(&SpanTable, &FactColumns)],
    analyses: &[&dyn Analysis],
) -> Result<Vec<Partial>> {
    let mut partials: Vec<Partial> = analyses.iter().map(|analysis| analysis.empty()).collect();
    for &(table, facts) in tables {
        let traces: Vec<u32> = (0..table.trace_count() as u32).collect();
        for (ours, theirs) in partials
            .iter_mut()
            .zip(run(table, &traces, facts, analyses))
        {
            ours.merge(&theirs)?;
        }
    }
    partials.par_iter_mut().for_each(Partial::canonicalise);
    Ok(partials)
}

/// Reads a row of each trace, in their order. Scratch is kept from trace to
/// trace.
pub(crate) fn rows<R: Send, S>(
    traces: &[u32],
    scratch: impl Fn() -> S + Sync,
    row: impl Fn(&mut S, u32) -> R + Sync,
) -> Vec<R> {
    let chunk = |traces: &[u32]| {
        let mut scratch = scratch();
        let rows = traces.iter().map(|&trace| row(&mut scratch, trace));
        rows.collect::<Vec<R>>()
    };
    traces.par_chunks(ROW_TRACES).flat_map_iter(chunk).collect()
}

/// Reads any number of rows of each trace, in their order, on threads that take
/// about as many spans each. Scratch is kept from trace to trace.
pub(crate) fn lists<R: Send, S>(
    table: &SpanTable,
    traces: &[u32],
    scratch: impl Fn() -> S + Sync,
    list: impl Fn(&mut S, u32) -> Vec<R> + Sync,
) -> Vec<R> {
    let chunk = |traces: &[u32]| {
        let mut scratch = scratch();
        let rows = traces.iter().flat_map(|&trace| list(&mut scratch, trace));
        rows.collect::<Vec<R>>()
    };
    let chunks = chunks(table, traces).into_par_iter();
    chunks.flat_map_iter(chunk).collect()
}

/// Sorts rows by a key that is made once for each. Equal ones keep their order.
pub(crate) fn sort<R: Send, K: Ord + Send>(rows: &mut [R], key: impl Fn(&R) -> K + Sync) {
    rows.par_sort_by_cached_key(key);
}

/// A column's name, and what makes it.
pub(crate) type Column<'c> = (&'static str, &'c (dyn Fn() -> ColumnData + Sync));

/// A table of these columns, which are made side by side.
pub(crate) fn columns(columns: &[Column<'_>]) -> Table {
    let made: Vec<ColumnData> = columns.par_iter().map(|(_, make)| make()).collect();
    let named = columns.iter().map(|&(name, _)| name).zip(made);
    named.fold(Table::new(), |table, (name, data)| table.with(name, data))
}

/// Adds a batch to a partial each.
fn observe(
    batch: TraceBatch<'_>,
    facts: &FactColumns,
    (analyses, partials): (&[&dyn Analysis], &mut [Partial]),
) {
    let mut marked: Option<(u64, Smallest)> = None;
    for (analysis, partial) in analyses.iter().zip(partials) {
        let cohort = analysis.cohort();
        let held = marked.take().filter(|marked| marked.0 == cohort);
        let (_, marks) = marked.insert(held.unwrap_or_else(|| (cohort, marks_of(batch, cohort))));
        partial.mark_all(marks);
        analysis.observe(batch, facts, partial);
    }
}

/// The marks of the traces of a batch.
fn marks_of(batch: TraceBatch<'_>, cohort: u64) -> Smallest {
    Smallest::of(
        MARKS,
        batch.traces().map(|trace| mark_of(trace.id(), cohort)),
    )
}

/// Merges pairwise; the smaller side is taken into the larger one.
fn absorb_all(left: Vec<Partial>, right: Vec<Partial>) -> Vec<Partial> {
    let pairs = left.into_iter().zip(right);
    let absorb = |(left, right): (Partial, Partial)| {
        let (mut large, small) = if left.len() < right.len() {
            (right, left)
        } else {
            (left, right)
        };
        large.absorb(&small);
        large
    };
    pairs.map(absorb).collect()
}

/// Cuts traces into runs of at least [`CHUNK_SPANS`] spans.
fn chunks<'a>(table: &SpanTable, traces: &'a [u32]) -> Vec<&'a [u32]> {
    let spans: usize = traces.iter().map(|&trace| table.rows(trace).len()).sum();
    let most = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * CHUNKS_A_THREAD,
    };
    let target = (spans / most).max(CHUNK_SPANS);
    let (mut chunks, mut start, mut size) = (Vec::new(), 0, 0);
    for (at, &trace) in traces.iter().enumerate() {
        size += table.rows(trace).len();
        if size >= target {
            chunks.push(&traces[start..=at]);
            (start, size) = (at + 1, 0);
        }
    }
    chunks.push(&traces[start..]);
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

//! Traces of a million spans: a chain, a fan and a comb. Facts are loops over
//! rows, so none of them is deep or wide.

use spanwise_analyze::facts::compute;
use spanwise_analyze::facts::critical_path::tiles;
use spanwise_analyze::{fact_flags, Policy};
use spanwise_io::assemble::assemble;
use spanwise_model::{SpanBatch, SpanHead, SpanId, SpanTable, StatusCode, TraceId};

const SPANS: i64 = 1_000_000;

/// A trace of failed spans; `shape` gives the parent, start and end of each.
fn trace(shape: impl Fn(i64) -> (i64, i64, i64)) -> SpanTable {
    let mut batch = SpanBatch::default();
    for at in 0..SPANS {
        let (parent, start, end) = shape(at);
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(at as u64 + 1),
            parent_id: SpanId((parent + 1) as u64),
            start_unix_nano: start,
            end_unix_nano: Some(end),
            status: StatusCode::Error,
            ..SpanHead::default()
        };
        batch.close(head).expect("room for a million spans");
    }
    assemble(batch).expect("room for a million spans")
}

#[track_caller]
fn check(table: &SpanTable, tile_count: usize) {
    let policy = Policy::default().tolerance_nano(0);
    let facts = compute(table, &policy);
    let root = table.trace(0).primary();
    assert_eq!(
        facts.critical_nano.iter().sum::<u64>(),
        root.duration_nano()
    );
    assert_eq!(tiles(root.trace(), root, &policy).len(), tile_count);
    let origin = |flags: &&u8| **flags & fact_flags::ORIGIN != 0;
    assert!(facts.flags.iter().filter(origin).count() > 0);
}

#[test]
fn a_chain_of_a_million() {
    let table = trace(|at| (at - 1, at, 3 * SPANS - at));
    check(&table, 2 * SPANS as usize - 1);
}

#[test]
fn a_fan_of_a_million_one_after_the_other() {
    let table = trace(|at| match at {
        0 => (-1, 0, 4 * SPANS),
        _ => (0, 4 * at, 4 * at + 2),
    });
    check(&table, 2 * SPANS as usize - 1);
}

#[test]
fn a_fan_of_a_million_at_once() {
    let table = trace(|at| match at {
        0 => (-1, 0, 4 * SPANS),
        _ => (0, at * 7_919 % SPANS, SPANS + at * 104_729 % SPANS),
    });
    let root = table.trace(0).primary();
    let path = tiles(root.trace(), root, &Policy::default());
    assert_eq!(path.len(), 3);
    check(&table, 3);
}

#[test]
fn a_comb_of_a_million() {
    let table = trace(|at| match at {
        0 => (-1, 0, 4 * SPANS),
        _ if at % 2 == 1 => ((at - 2).max(0), at, 3 * SPANS - at),
        _ => (at - 1, at, at + 1),
    });
    check(&table, SPANS as usize / 2 * 3);
}

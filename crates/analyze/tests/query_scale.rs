//! Queries of traces of a million spans: a chain and fans. Nothing recurses
//! over spans, and nothing looks at pairs of them.

use spanwise_analyze::{facts, Policy, Query};
use spanwise_io::assemble::assemble;
use spanwise_model::{SpanBatch, SpanHead, SpanId, SpanTable, TraceId};

const SPANS: i64 = 1_000_000;

/// A trace; `shape` gives the parent, start and end of each span.
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
            ..SpanHead::default()
        };
        batch.close(head).expect("room for a million spans");
    }
    assemble(batch).expect("room for a million spans")
}

/// Asserts how many matches each query has.
#[track_caller]
fn check(table: &SpanTable, queries: &[(&str, i64)]) {
    let facts = facts::compute(table, &Policy::default());
    for &(expression, matches) in queries {
        let query = Query::parse(expression).expect("an expression");
        let found = query.table(table, &[0], &facts);
        assert_eq!(found.rows() as i64, matches, "{expression}");
    }
}

#[test]
fn a_chain_of_a_million() {
    let table = trace(|at| (at - 1, at, 3 * SPANS - at));
    let some = SPANS - 10;
    check(
        &table,
        &[
            ("{} >> { not has(> {}) }", 1),
            ("{} << { root }", 1),
            (&format!("{{ count(<< {{}}) >= {some} }}"), 10),
            (&format!("{{ count(>> {{}}) >= {some} }}"), 10),
            (
                &format!("{{ count(overlaps {{}}) = {} }} < {{ root }}", SPANS - 1),
                1,
            ),
            ("{} ~ {}", 0),
            ("{} then {}", 0),
        ],
    );
}

#[test]
fn a_fan_of_a_million_one_after_the_other() {
    let table = trace(|at| match at {
        0 => (-1, 0, 4 * SPANS),
        _ => (0, 4 * at, 4 * at + 2),
    });
    let others = SPANS - 2;
    check(
        &table,
        &[
            ("{} > { duration > 1s }", 0),
            (&format!("{{ count(~ {{}}) = {others} }} < {{}}"), 1),
            ("{} ~ then {} within 2ns without {} < {}", 1),
            ("{} then {} within 1ns", 0),
            (
                &format!("{{ count(~ then {{}} after 2ns) >= {} }}", SPANS - 10),
                9,
            ),
            ("{ has(~ overlaps {}) }", 0),
        ],
    );
}

#[test]
fn a_fan_of_a_million_at_once() {
    let table = trace(|at| match at {
        0 => (-1, 0, 4 * SPANS),
        _ => (0, at * 7_919 % SPANS, SPANS + at * 104_729 % SPANS),
    });
    let others = SPANS - 2;
    check(
        &table,
        &[
            (
                &format!("{{ count(~ overlaps {{}}) >= {} }} < {{}}", others / 2),
                1,
            ),
            ("{} ~ overlaps { has(~ overlaps {}) } < {}", 1),
            ("{} && { root }", 1),
        ],
    );
}

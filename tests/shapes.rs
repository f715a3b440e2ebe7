//! A million spans in one trace, in shapes that break recursion and squares.

use spanwise::analyses::{
    Bottlenecks, CallTree, Clocks, Concurrency, CriticalPath, CriticalPathBy, Dependencies, Errors,
    Flows, HeatMap, HotKeys, Hotspots, ShapeProblems, SiblingOrder, Slack, SpanList, TimeKinds,
    TraceList, WhatIf,
};
use spanwise::model::SpanHead;
use spanwise::{SpanBatch, SpanId, TraceId, Traces};

const SPANS: u64 = 1_000_000;

/// A trace whose span `n` has the parent and interval that `shape` says.
fn trace(shape: impl Fn(u64) -> (u64, i64, i64)) -> Traces {
    let mut batch = SpanBatch::default();
    let service = batch.strings.intern("service");
    let resource = batch.resources.close(service);
    let name = batch.strings.intern("operation");
    for id in 1..=SPANS {
        let (parent, start, end) = shape(id);
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(id),
            parent_id: SpanId(parent),
            start_unix_nano: start,
            end_unix_nano: Some(end),
            name,
            resource,
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
    }
    Traces::from_batch(batch).expect("room")
}

/// Runs every analysis; the tiles of the critical path must sum to the root.
fn analyse(traces: &Traces) {
    let tables = traces.run(&[
        &Hotspots::default(),
        &CriticalPath::default(),
        &CriticalPath::default().by(CriticalPathBy::Path),
        &Errors::default(),
        &Dependencies::default(),
        &Slack::default(),
        &SiblingOrder::default(),
        &Flows::default(),
        &Clocks::default(),
        &WhatIf::default(),
        &Bottlenecks::default(),
        &ShapeProblems::default(),
        &HotKeys::default(),
        &Concurrency::default(),
        &HeatMap::default(),
        &CallTree::default(),
        &TimeKinds::default(),
    ]);
    assert!(tables[0].rows() > 0 && tables[1].rows() > 0);
    assert_eq!(traces.traces(&TraceList::default()).rows(), 1);
    assert_eq!(traces.spans(&SpanList::default()).rows() as u64, SPANS);
    let critical: u128 = traces
        .facts()
        .critical_nano
        .iter()
        .map(|&n| u128::from(n))
        .sum();
    let trace = traces.iter().next().expect("one trace");
    assert_eq!(critical, u128::from(trace.duration_nano()));
    let path = trace.typed_path_of(trace.primary().inner());
    assert_eq!(path.tiles, trace.critical_path());
    assert_eq!(path.robust, Some(true), "there is one clock");
}

#[test]
fn a_chain_a_million_deep() {
    let depth = SPANS as i64;
    analyse(&trace(|n| (n - 1, n as i64, 3 * depth - n as i64)));
}

#[test]
fn a_fan_out_a_million_wide_one_after_the_other() {
    let end = 10 * SPANS as i64;
    analyse(&trace(|n| match n {
        1 => (0, 0, end),
        n => (1, 10 * n as i64 - 10, 10 * n as i64 - 1),
    }));
}

#[test]
fn a_fan_out_a_million_wide_all_at_once() {
    analyse(&trace(|n| match n {
        1 => (0, 0, 1_000),
        _ => (1, 0, 1_000),
    }));
}

#[test]
fn a_trace_of_a_million_ordinary_spans() {
    let width = |n: u64| 1_000_000_000_i64 / (n.ilog2() as i64 + 1);
    analyse(&trace(|n| {
        let start = n.ilog2() as i64 * 10;
        (n / 2, start, start + width(n))
    }));
}

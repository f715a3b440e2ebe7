//! What the bench programs share: CPU time, tables, simulated exports, and the
//! reference readers that ours are measured against.

#![allow(dead_code, reason = "each bench program uses a part of this")]
#![allow(clippy::print_stdout, reason = "a bench program prints its table")]

pub(crate) mod cpu;
pub(crate) mod export;
pub(crate) mod jaeger;
pub(crate) mod otlp_json;
pub(crate) mod otlp_protobuf;
pub(crate) mod report;
pub(crate) mod text;
pub(crate) mod zipkin;

use spanwise::analyses::{
    Bottlenecks, CallTree, Clocks, Concurrency, CriticalPath, Dependencies, EdgeView, Edges,
    Errors, Flows, HeatMap, HotKeys, Hotspots, IssueList, ShapeProblems, SiblingOrder, Slack,
    SpanList, TimeKinds, TraceList, WhatIf,
};
use spanwise::{Analysis, AttributeKeep, Input, ReadOptions, Threads, Traces};
use std::hint::black_box;
use std::path::Path;

/// How many spans a run has, from `SPANWISE_BENCH_SPANS`.
pub(crate) fn spans_or(default: u64) -> u64 {
    variable("SPANWISE_BENCH_SPANS", default)
}

/// How many times each measurement is made, from `SPANWISE_BENCH_ROUNDS`.
pub(crate) fn rounds_or(default: u64) -> u64 {
    variable("SPANWISE_BENCH_ROUNDS", default).max(1)
}

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Reads an export from memory on one thread, its format guessed.
pub(crate) fn read(input: &Input, keep: AttributeKeep) -> Traces {
    let options = ReadOptions::default().attributes(keep).threads(1);
    spanwise::read_with([input.clone()], &options).expect("our own export")
}

/// Reads a file and runs every analysis on so many threads.
pub(crate) fn read_and_analyse(path: &Path, keep: AttributeKeep, threads: usize) -> Traces {
    let options = ReadOptions::default().attributes(keep).threads(threads);
    let traces = spanwise::read_with([path], &options).expect("our own export");
    let traces = traces.with_threads(Threads::limited_to(threads).expect("a pool"));
    analyse(&traces);
    traces
}

/// The analyses of the foundation: the aggregates, the summary, and the listings
/// of traces and of issues.
pub(crate) fn analyse(traces: &Traces) {
    let (path, hotspots) = (CriticalPath::default(), Hotspots::default());
    let (errors, dependencies) = (Errors::default(), Dependencies::default());
    black_box(traces.run(&[&path, &hotspots, &errors, &dependencies]));
    black_box(traces.summary());
    black_box(traces.traces(&TraceList::default()));
    black_box(traces.issues(&IssueList::default()));
}

/// The aggregates about latency that came after those.
pub(crate) fn latency_aggregates() -> Vec<Box<dyn Analysis>> {
    vec![
        Box::new(Slack::default()),
        Box::new(TimeKinds::default()),
        Box::new(CallTree::default()),
        Box::new(Bottlenecks::default()),
        Box::new(WhatIf::default()),
        Box::new(Clocks::default()),
        Box::new(ShapeProblems::default()),
        Box::new(HotKeys::default()),
        Box::new(Flows::default()),
        Box::new(SiblingOrder::default()),
        Box::new(Concurrency::default()),
        Box::new(HeatMap::default()),
    ]
}

/// Them in one pass.
pub(crate) fn analyse_latency(traces: &Traces) {
    let aggregates = latency_aggregates();
    let aggregates: Vec<&dyn Analysis> = aggregates.iter().map(AsRef::as_ref).collect();
    black_box(traces.run(&aggregates));
}

/// The views of edges.
pub(crate) const EDGE_VIEWS: [EdgeView; 3] = [EdgeView::Tree, EdgeView::Causal, EdgeView::Linked];

/// Lists the edges of a view.
pub(crate) fn list_edges(traces: &Traces, view: EdgeView) {
    black_box(traces.edges(&Edges::default().view(view)));
}

/// Lists all spans and where each stands among its peers.
pub(crate) fn list_percentiles(traces: &Traces) {
    black_box(traces.spans(&SpanList::default().among(traces.peers())));
}

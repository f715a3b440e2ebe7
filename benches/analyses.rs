//! Analyses: what those about latency cost, each by itself and all in one pass,
//! against the analyses of the foundation over the same traces.
//!
//! Listings with a row a span or an edge are measured for what they are: most of
//! their cost is in writing the rows. `only NAME…` runs these by themselves, in
//! turns, for a profiler or to hold them against those of another build.

#![allow(clippy::print_stdout, reason = "a bench program prints its table")]

mod support;

use mimalloc::MiMalloc;
use spanwise::analyses::EdgeView;
use spanwise::{Analysis, Policy, Threads, Traces};
use std::hint::black_box;
use std::time::Duration;
use support::report::Row;
use support::{analyse, analyse_latency, cpu, export, list_edges, list_percentiles};
use support::{latency_aggregates, EDGE_VIEWS};

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many times the cost of the foundation's analyses all others may have.
const GOAL: f64 = 2.0;

fn main() {
    let (spans, rounds) = (support::spans_or(1_000_000), support::rounds_or(3));
    let traces = traces(spans);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = arguments.iter().position(|word| word == "only") {
        return run_only(&traces, &arguments[at + 1..]);
    }
    let spans = traces.table().len() as f64;
    let shared = shared(&traces, rounds);
    let [foundation, all] = with_facts(&traces);
    let cold = cpu::best(rounds, [&*foundation, &*all]);
    let row = |what: &str, [reference, ours]: [Duration; 2], goal| Row {
        what: format!("{what} / foundation, CPU ns a span"),
        reference: reference.as_nanos() as f64 / spans,
        ours: ours.as_nanos() as f64 / spans,
        goal,
    };
    let (foundation, all) = (shared[0].1, shared[1].1);
    let mut rows: Vec<Row> = shared[2..]
        .iter()
        .map(|(name, ours)| row(name, [foundation, *ours], None))
        .collect();
    rows.push(row("all aggregates", [foundation, all], Some(GOAL)));
    rows.push(row("the same with facts", cold, Some(GOAL)));
    support::report::print(&rows);
}

/// Runs some of them, once unless rounds are asked for, and prints the least CPU
/// time of each: facts are there before they begin.
fn run_only(traces: &Traces, names: &[String]) {
    assert!(!names.is_empty(), "only of which analyses");
    let _ = traces.facts();
    let mut runs = runs(traces);
    let [foundation, all] = with_facts(traces);
    runs.push(("foundation with facts".to_owned(), foundation));
    runs.push(("all with facts".to_owned(), all));
    let named = |name: &String| runs.iter().find(|run| run.0 == *name).expect("its name");
    let chosen = names.iter().map(|name| named(name).1.as_ref());
    let chosen: Vec<_> = chosen.map(|run| move || profiled(run)).collect();
    let chosen: Vec<&dyn Fn()> = chosen.iter().map(|run| run as &dyn Fn()).collect();
    let best = cpu::best_of_all(support::rounds_or(1), &chosen);
    for (name, best) in names.iter().zip(best) {
        let nano = best.as_nanos() as f64 / traces.table().len() as f64;
        println!("{name}: {nano:.1} ns a span");
    }
}

/// What `--toggle-collect` of callgrind finds.
#[inline(never)]
fn profiled(run: &dyn Fn()) {
    black_box(run)();
}

/// The traces on one thread.
fn traces(spans: u64) -> Traces {
    let batch = export::joined(&export::batches(spans));
    let traces = Traces::from_batch(batch).expect("few spans");
    traces.with_threads(Threads::limited_to(1).expect("a pool"))
}

/// Analyses and how to run them.
type Runs<'a> = Vec<(String, Box<dyn Fn() + 'a>)>;

/// What runs over facts that are there: the foundation, all aggregates in one
/// pass, and each analysis by itself.
fn runs(traces: &Traces) -> Runs<'_> {
    let mut runs: Runs<'_> = vec![
        ("foundation".to_owned(), Box::new(|| analyse(traces))),
        ("all".to_owned(), Box::new(|| analyse_latency(traces))),
    ];
    for aggregate in latency_aggregates() {
        let name = aggregate.name().to_owned();
        let run = move || {
            let aggregate: &dyn Analysis = aggregate.as_ref();
            drop(black_box(traces.run(&[aggregate])));
        };
        runs.push((name, Box::new(run)));
    }
    for view in EDGE_VIEWS {
        runs.push((listed(view), Box::new(move || list_edges(traces, view))));
    }
    let percentiles = "spans, percentile".to_owned();
    runs.push((percentiles, Box::new(|| list_percentiles(traces))));
    runs
}

fn shared(traces: &Traces, rounds: u64) -> Vec<(String, Duration)> {
    let _ = traces.facts();
    let named = runs(traces);
    let runs: Vec<&dyn Fn()> = named.iter().map(|(_, run)| run.as_ref()).collect();
    let best = cpu::best_of_all(rounds, &runs);
    let names = named.iter().map(|(name, _)| name.clone());
    names.zip(best).collect()
}

/// The foundation and all aggregates, each with facts of its own.
fn with_facts(traces: &Traces) -> [Box<dyn Fn() + '_>; 2] {
    let policy = Policy::default();
    let fresh = move || traces.with_policy(policy.tolerance_nano(policy.tolerance_nano + 1));
    [
        Box::new(move || analyse(&fresh())),
        Box::new(move || analyse_latency(&fresh())),
    ]
}

fn listed(view: EdgeView) -> String {
    format!("edges, {view:?}").to_lowercase()
}

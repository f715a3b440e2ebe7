//! Shapes: a million spans in one chain, one fan-out or one trace must cost no
//! more a span than the same number in ordinary traces.

mod support;

use spanwise::simulate::shapes::{self, Shape};
use spanwise::{SpanBatch, Traces};
use std::time::Duration;
use support::report::Row;
use support::{analyse, cpu, export};

/// How many times the cost of an ordinary span a span may have.
const GOAL: f64 = 3.0;

fn main() {
    let (spans, rounds) = (support::spans_or(1_000_000), support::rounds_or(2));
    let ordinary = export::joined(&export::batches(spans));
    let ordinary_spans = ordinary.len() as u64;
    drop(ordinary);
    let reference = best(rounds, || export::joined(&export::batches(spans)));
    let per_span = |time: Duration, spans: u64| time.as_nanos() as f64 / spans as f64;
    let row = |(what, shape)| Row {
        what: format!("{what} of {spans} spans / ordinary traces, CPU ns a span"),
        reference: per_span(reference, ordinary_spans),
        ours: per_span(best(rounds, || one_trace(shape, spans)), spans),
        goal: Some(GOAL),
    };
    let shapes = [
        ("chain", Shape::Chain),
        ("fan-out", Shape::FanOut),
        ("one trace", Shape::Job),
    ];
    support::report::print(&shapes.map(row));
}

fn one_trace(shape: Shape, spans: u64) -> SpanBatch {
    let batches: Vec<SpanBatch> = shapes::trace(shape, spans).expect("sound").collect();
    export::joined(&batches)
}

/// The least CPU time of assembling and analysing what `make` makes.
fn best(rounds: u64, make: impl Fn() -> SpanBatch) -> Duration {
    let run = |batch| analyse(&Traces::from_batch(batch).expect("few spans"));
    (0..rounds)
        .map(|_| make())
        .map(|batch| cpu::once(|| run(batch)))
        .min()
        .unwrap_or_default()
}

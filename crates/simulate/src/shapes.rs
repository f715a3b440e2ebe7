//! Traces of extreme shape: a chain, a fan-out, and one huge ordinary trace.
//!
//! These are made span by span, without a simulation, so that a million spans
//! in one trace cost no more than a million spans in many.

use crate::emit::Emitter;
use crate::export::Finished;
use crate::plan::{build, Plan, NONE};
use crate::random::mix;
use crate::simulation::Simulation;
use crate::topology::{Entry, Operation, Query, Service, Topology};
use crate::Latency;
use spanwise_model::{Result, SpanBatch, SpanId, TraceId};

/// The shape of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Every span has one child, inside it.
    Chain,
    /// One root, and all others are its children, some side by side.
    FanOut,
    /// A root with many children of some dozen spans each, one after the
    /// other: a job that handles one item after another.
    Job,
}

/// How many spans one item of a job has, its own included.
const ITEM: u64 = 25;
/// How long the shortest span lasts, and the distance between neighbours.
const TICK: u64 = 1_000;
/// How long an item takes; a power of two in it keeps halves whole.
const ITEM_NANO: u64 = 400 * TICK;
/// How many spans stand in a batch.
const BATCH: u64 = 8_192;

/// One trace of this shape and so many spans, in batches.
///
/// # Errors
///
/// None in practice: the topology behind the shapes is sound.
///
/// ```
/// use spanwise_simulate::shapes::{trace, Shape};
/// # fn main() -> spanwise_model::Result<()> {
/// let spans: usize = trace(Shape::Chain, 10_000)?.map(|batch| batch.len()).sum();
/// assert_eq!(spans, 10_000);
/// # Ok(())
/// # }
/// ```
pub fn trace(shape: Shape, spans: u64) -> Result<impl Iterator<Item = SpanBatch>> {
    let simulation = Simulation::default().topology(topology());
    let plan = build(&simulation)?;
    let mut emitter = Emitter::new(&plan, simulation.start_unix_nano);
    let batches = (0..spans.div_ceil(BATCH)).map(move |batch| {
        let numbers = batch * BATCH..spans.min((batch + 1) * BATCH);
        let finished: Vec<Finished> = numbers
            .map(|number| span(&plan, shape, number, spans))
            .collect();
        emitter.write(&plan, &finished)
    });
    Ok(batches)
}

/// A root, a server and a query, of which the shapes are made.
fn topology() -> Topology {
    let query = Query::new("items-db", "SELECT", "items", Latency::millis(1));
    Topology {
        services: vec![Service::new("worker")
            .operation(Operation::task("run"))
            .operation(Operation::http("GET", "/items/{id}").then(query))],
        entries: vec![Entry::new("worker", "run", 1.0)],
        queues: Vec::new(),
        network: Latency::micros(100),
        hosts: 1,
    }
}

/// The span number `number` of `spans`; number 0 is the root.
fn span(plan: &Plan, shape: Shape, number: u64, spans: u64) -> Finished {
    let (parent, start, end) = match shape {
        Shape::Chain => (
            number.saturating_sub(1),
            number * TICK,
            (2 * spans - number) * TICK,
        ),
        Shape::FanOut if number == 0 => (0, 0, (spans + 4) * TICK),
        Shape::FanOut => (0, number * TICK, (number + 1 + number % 3) * TICK),
        Shape::Job => job_span(number, spans),
    };
    let is_leaf = shape == Shape::FanOut
        || (shape == Shape::Job && number > 0 && (number - 1) % ITEM >= ITEM / 2);
    let shape = match number {
        0 => plan.operations[0].shape,
        _ if is_leaf => plan.actions[0].shape,
        _ => plan.operations[1].shape,
    };
    Finished {
        trace: TraceId(0x5ba9_0000_0000_0000_0000_0000_0000_0001),
        span: id(number),
        parent: if number == 0 { SpanId(0) } else { id(parent) },
        start,
        end,
        shape: shape.0,
        pod: 0,
        peer: NONE,
        attempt: 0,
        failure: None,
        is_origin: false,
        links: Vec::new(),
    }
}

/// An item is a binary tree of [`ITEM`] spans; the spans of one level stand
/// one after the other.
fn job_span(number: u64, spans: u64) -> (u64, u64, u64) {
    if number == 0 {
        return (0, 0, (spans / ITEM + 1) * ITEM_NANO);
    }
    let (item, at) = ((number - 1) / ITEM, (number - 1) % ITEM);
    let first = item * ITEM + 1;
    let parent = if at == 0 { 0 } else { first + (at - 1) / 2 };
    let level = (at + 1).ilog2();
    let width = ITEM_NANO >> level;
    let place = at + 1 - (1 << level);
    let inset = TICK * u64::from(level);
    let from = item * ITEM_NANO + place * width;
    (parent, from + inset, from + width - inset)
}

fn id(number: u64) -> SpanId {
    SpanId(mix(number + 1))
}

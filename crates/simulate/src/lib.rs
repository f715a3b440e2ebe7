//! A seeded simulator of distributed systems and their faults.
//!
//! A [`Topology`] says which services there are and what they do; a
//! [`Simulation`] lets requests run through it and gives the spans that
//! OpenTelemetry would have recorded, as a stream of span batches like those a
//! collector writes. [`Fault`]s are injected on purpose, and [`Truth`] says
//! what a tool that reads the spans should find.
//!
//! # Invariants
//!
//! 1. The same options give the same batches, byte for byte.
//! 2. A simulation is a stream: what is held depends on the requests under way
//!    and on one export of each pod, never on the number of spans.
//! 3. All requests live on one clock, so that they wait for each other at
//!    locks and queues as in life.
//! 4. Nothing recurses over calls: depth costs memory, not stack.
//! 5. All times are whole microseconds, which every format holds exactly.
//! 6. This crate knows the model and no format; the writers of `spanwise-io`
//!    put its batches down.

mod emit;
mod engine;
mod export;
mod failure;
mod fault;
mod latency;
mod plan;
mod random;
pub mod shapes;
mod simulation;
pub mod topology;
mod truth;

pub use failure::Failure;
pub use fault::{Fault, FaultKind};
pub use latency::Latency;
pub use simulation::{Batches, Limit, Simulation};
pub use topology::Topology;
pub use truth::Truth;

//! From ended spans to batches, as a collector writes them: each pod sends its
//! spans off now and then, and the collector puts together what comes in.
//!
//! Only this window is held: up to one export of each pod and one batch.

use crate::failure::Failure;
use crate::plan::Plan;
use crate::random::mix;
use crate::simulation::Simulation;
use spanwise_model::{SpanId, TraceId};

/// How many spans a pod sends off at most at once.
pub(crate) const EXPORT_SPANS: usize = 512;

/// A span that has ended, on the clock of the simulation.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
    pub(crate) parent: SpanId,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) shape: u32,
    pub(crate) pod: u32,
    /// The pod on the other side, or [`crate::plan::NONE`].
    pub(crate) peer: u32,
    /// From zero.
    pub(crate) attempt: u32,
    pub(crate) failure: Option<Failure>,
    /// The failure began here.
    pub(crate) is_origin: bool,
    pub(crate) links: Vec<(TraceId, SpanId)>,
}

/// The exporters of all pods and the collector behind them.
#[derive(Debug)]
pub(crate) struct Exporters {
    pods: Vec<Exporter>,
    seed: u64,
    interval_nano: u64,
    batch_spans: usize,
    collected: Vec<Finished>,
}

#[derive(Debug, Default)]
struct Exporter {
    waiting: Vec<Finished>,
    is_ticking: bool,
}

impl Exporters {
    pub(crate) fn new(plan: &Plan, simulation: &Simulation) -> Self {
        Self {
            pods: plan.pods.iter().map(|_| Exporter::default()).collect(),
            seed: simulation.seed,
            interval_nano: simulation.flush_interval_nano.max(1),
            batch_spans: simulation.batch_spans.max(1),
            collected: Vec::new(),
        }
    }

    /// Takes a span that has just ended. The answer is when its pod sends it
    /// off, where that is not yet known.
    pub(crate) fn accept(&mut self, span: Finished) -> Option<u64> {
        let (number, end) = (span.pod, span.end);
        let pod = &mut self.pods[number as usize];
        pod.waiting.push(span);
        if pod.waiting.len() >= EXPORT_SPANS {
            self.collected.append(&mut pod.waiting);
        }
        let is_known = std::mem::replace(&mut pod.is_ticking, true);
        (!is_known).then(|| self.next_tick(number, end))
    }

    /// A pod sends its spans off.
    pub(crate) fn flush(&mut self, number: u32) {
        let pod = &mut self.pods[number as usize];
        pod.is_ticking = false;
        self.collected.append(&mut pod.waiting);
    }

    /// A whole batch, where there is one; at the end, also what is left. The
    /// spans of one pod stand together.
    pub(crate) fn take(&mut self, at_end: bool) -> Option<Vec<Finished>> {
        let size = self.batch_spans.min(self.collected.len());
        if size == 0 || (size < self.batch_spans && !at_end) {
            return None;
        }
        let mut batch: Vec<Finished> = self.collected.drain(..size).collect();
        batch.sort_by_key(|span| span.pod);
        Some(batch)
    }

    /// How many spans are held.
    pub(crate) fn len(&self) -> usize {
        let waiting: usize = self.pods.iter().map(|pod| pod.waiting.len()).sum();
        waiting + self.collected.len()
    }

    /// When a pod's clock ticks next; pods do not tick together.
    fn next_tick(&self, pod: u32, now: u64) -> u64 {
        let phase = mix(self.seed ^ u64::from(pod)) % self.interval_nano;
        let ticks = now.saturating_sub(phase) / self.interval_nano + 1;
        let tick = ticks.saturating_mul(self.interval_nano);
        tick.saturating_add(phase)
    }
}

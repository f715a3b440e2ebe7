//! The engine: a simulation of discrete events.
//!
//! All requests live on one clock, so that they meet at locks and queues in
//! the order of time. Nothing recurses: an operation that waits is a slot,
//! and an event wakes it.

mod call;
mod events;
mod leaf;
mod operation;
mod queue;
mod tasks;

use crate::export::{Exporters, Finished};
use crate::failure::Failure;
use crate::latency::{Latency, MICROSECOND};
use crate::plan::{Plan, NONE};
use crate::random::{mix, Random};
use crate::simulation::{Limit, Simulation};
use events::{Event, Events, Signal};
use leaf::Lock;
use queue::QueueState;
use rand_distr::{Distribution, Exp1};
use spanwise_model::{SpanId, TraceId};
use tasks::{State, Task, TaskRef, Tasks};

/// The code between two actions of an operation.
const PAUSE: Latency = Latency::micros(40);

/// A run.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) plan: Plan,
    pub(crate) exporters: Exporters,
    seed: u64,
    limit: Limit,
    mean_gap_nano: f64,
    now: u64,
    events: Events,
    tasks: Tasks,
    locks: Vec<Lock>,
    queues: Vec<QueueState>,
    arrivals: Random,
    next_arrival: Option<u64>,
    requests: u64,
    consumer_traces: u64,
    spans: u64,
}

impl Engine {
    pub(crate) fn new(simulation: &Simulation, plan: Plan) -> Self {
        let consumers = plan.queues.iter().map(|queue| queue.consumers);
        let mut engine = Self {
            exporters: Exporters::new(&plan, simulation),
            seed: mix(simulation.seed),
            limit: simulation.limit,
            mean_gap_nano: 1e9 / simulation.request_rate,
            now: 0,
            events: Events::default(),
            tasks: Tasks::default(),
            locks: (0..plan.locks).map(|_| Lock::default()).collect(),
            queues: consumers.map(QueueState::new).collect(),
            arrivals: Random::stream(simulation.seed, u64::MAX),
            next_arrival: Some(0),
            requests: 0,
            consumer_traces: 0,
            spans: 0,
            plan,
        };
        engine.plan_arrival();
        engine
    }

    /// Lets the next thing happen; false where nothing is left.
    pub(crate) fn step(&mut self) -> bool {
        let event = self.events.next_time();
        match (event, self.next_arrival) {
            (None, None) => return false,
            (Some(event), Some(arrival)) if event <= arrival => self.next_event(),
            (_, Some(arrival)) => self.arrive(arrival),
            (Some(_), None) => self.next_event(),
        }
        true
    }

    /// How many tasks and waiting messages there are.
    pub(crate) fn under_way(&self) -> usize {
        let waiting: usize = self.queues.iter().map(QueueState::len).sum();
        self.tasks.len() + waiting
    }

    fn next_event(&mut self) {
        if let Some(event) = self.events.pop() {
            self.now = event.at;
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        let Event { target, signal, .. } = event;
        match signal {
            Signal::Flush => return self.exporters.flush(target.index),
            Signal::Consume => return self.consume(target.index),
            _ if !self.tasks.is_live(target) => return,
            _ => {}
        }
        let at = target.index;
        match (self.tasks.get(at).state, signal) {
            (State::Call { .. }, Signal::Request) => self.request(at),
            (State::Call { .. }, Signal::Reply(failure)) => self.answered(at, failure),
            (State::Call { .. }, Signal::Timeout) => self.answered(at, Some(Failure::Timeout)),
            (State::Call { .. }, Signal::Again) => self.attempt(at),
            (State::Leaf { .. }, Signal::Again) => self.begin_leaf(at),
            (State::Leaf { .. }, Signal::Done) => self.leaf_done(at),
            (State::Leaf { .. }, Signal::Timeout) => self.lock_timed_out(at),
            _ => {}
        }
    }

    /// A request begins.
    fn arrive(&mut self, at: u64) {
        self.now = at;
        let number = self.requests;
        self.requests += 1;
        let mut random = Random::stream(self.seed, number);
        let operation = self.choose_entry(&mut random);
        let mut root = Task::new(State::operation(operation), random);
        root.trace = self.trace_id(2 * number);
        root.pod = self.choose_pod(operation, &mut root.random);
        let root = self.tasks.add(root);
        self.begin_operation(root);
        self.plan_arrival();
    }

    fn plan_arrival(&mut self) {
        let more = match self.limit {
            Limit::Requests(requests) => self.requests < requests,
            Limit::Spans(spans) => self.spans < spans,
        };
        let share: f64 = Exp1.sample(&mut self.arrivals);
        let gap = (share * self.mean_gap_nano) as u64 / MICROSECOND * MICROSECOND;
        self.next_arrival = more.then(|| self.now.saturating_add(gap));
    }

    fn choose_entry(&self, random: &mut Random) -> u32 {
        let entries = &self.plan.entries;
        let total = entries.last().map_or(0.0, |entry| entry.0);
        let chosen = total * f64::from(random.below(NONE)) / f64::from(NONE);
        let at = entries.partition_point(|entry| entry.0 <= chosen);
        entries[at.min(entries.len() - 1)].1
    }

    /// A pod of the service of an operation.
    fn choose_pod(&self, operation: u32, random: &mut Random) -> u32 {
        let service = self.plan.operations[operation as usize].service;
        let pods = &self.plan.services[service as usize].pods;
        pods.start + random.below(pods.len() as u32)
    }

    /// The id of a trace; every number has its own.
    fn trace_id(&self, number: u64) -> TraceId {
        let low = mix(self.seed.wrapping_add(number));
        TraceId(u128::from(mix(low ^ self.seed) | 1) << 64 | u128::from(low))
    }

    /// The id of the next span; never used twice.
    fn span_id(&mut self) -> SpanId {
        loop {
            self.spans += 1;
            let id = mix(self.seed ^ self.spans);
            if id != 0 {
                return SpanId(id);
            }
        }
    }

    /// Wakes a task later.
    fn wake(&mut self, task: u32, after: u64, signal: Signal) {
        let at = self.now.saturating_add(after);
        self.events.plan(at, self.tasks.reference(task), signal);
    }

    /// One way over the network.
    fn network(&mut self, task: u32) -> u64 {
        let latency = self.plan.network;
        latency.sample(&mut self.tasks.get(task).random)
    }

    /// The span of a task ends now.
    fn end_span(&mut self, task: u32, shape: u32, failure: Option<Failure>, is_origin: bool) {
        let now = self.now;
        let task = self.tasks.get(task);
        let attempt = match task.state {
            State::Call { attempt, .. } => attempt,
            _ => 0,
        };
        let finished = Finished {
            trace: task.trace,
            span: task.span,
            parent: task.parent_span,
            start: task.start,
            end: now,
            shape,
            pod: task.pod,
            peer: task.peer,
            attempt,
            failure,
            is_origin,
            links: std::mem::take(&mut task.links),
        };
        let pod = finished.pod;
        if let Some(tick) = self.exporters.accept(finished) {
            self.events.plan(tick, TaskRef::number(pod), Signal::Flush);
        }
    }
}

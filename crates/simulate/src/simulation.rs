//! A simulation: what to run, and the batches that come out.

use crate::emit::Emitter;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::plan::{self, node_name, Fleet};
use crate::topology::Topology;
use crate::truth::Truth;
use spanwise_model::{Error, ErrorKind, Result, SpanBatch};

/// When a simulation ends.
///
/// ```
/// use spanwise_simulate::{Limit, Simulation};
/// let spans = |limit| -> spanwise_model::Result<usize> {
///     Ok(Simulation::default().limit(limit).run()?.map(|batch| batch.len()).sum())
/// };
/// assert!((500..1_000).contains(&spans(Limit::Spans(500))?));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// After so many requests. Consumers of batches make further traces.
    Requests(u64),
    /// When so many spans have begun; the requests under way come to their
    /// end, so that there are some more.
    Spans(u64),
}

/// A simulation. The same options give the same spans.
///
/// ```
/// use spanwise_simulate::{Limit, Simulation};
/// # fn main() -> spanwise_model::Result<()> {
/// let simulation = Simulation::default().seed(7).limit(Limit::Requests(100));
/// let spans: usize = simulation.run()?.map(|batch| batch.len()).sum();
/// assert!(spans > 1_000);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Simulation {
    /// What all chance comes from.
    pub seed: u64,
    /// When it ends.
    pub limit: Limit,
    /// When it begins, nanoseconds since the epoch.
    pub start_unix_nano: i64,
    /// Requests a second, on average.
    pub request_rate: f64,
    /// What is simulated.
    pub topology: Topology,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// How far the clock of a host is off at most, in nanoseconds.
    pub clock_skew_nano: u64,
    /// How often a pod sends its spans off, in nanoseconds.
    pub flush_interval_nano: u64,
    /// How many spans a batch has.
    pub batch_spans: usize,
    /// How many attributes a span has at least; those of the semantic
    /// conventions are always there.
    pub attributes_per_span: usize,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            seed: 1,
            limit: Limit::Requests(1_000),
            start_unix_nano: 1_767_225_600_000_000_000,
            request_rate: 50.0,
            topology: Topology::shop(),
            faults: Vec::new(),
            clock_skew_nano: 0,
            flush_interval_nano: 1_000_000_000,
            batch_spans: 8_192,
            attributes_per_span: 10,
        }
    }
}

impl Simulation {
    /// The same simulation with another seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same simulation with another end.
    #[must_use]
    pub fn limit(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// The same simulation at another time.
    #[must_use]
    pub fn start_unix_nano(mut self, start_unix_nano: i64) -> Self {
        self.start_unix_nano = start_unix_nano;
        self
    }

    /// The same simulation with so many requests a second.
    #[must_use]
    pub fn request_rate(mut self, request_rate: f64) -> Self {
        self.request_rate = request_rate;
        self
    }

    /// The same simulation of another system.
    #[must_use]
    pub fn topology(mut self, topology: Topology) -> Self {
        self.topology = topology;
        self
    }

    /// The same simulation with one more fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The same simulation with clocks that are off by up to so much.
    #[must_use]
    pub fn clock_skew_nano(mut self, clock_skew_nano: u64) -> Self {
        self.clock_skew_nano = clock_skew_nano;
        self
    }

    /// The same simulation with pods that send their spans off so often.
    #[must_use]
    pub fn flush_interval_nano(mut self, flush_interval_nano: u64) -> Self {
        self.flush_interval_nano = flush_interval_nano;
        self
    }

    /// The same simulation in batches of this size.
    #[must_use]
    pub fn batch_spans(mut self, batch_spans: usize) -> Self {
        self.batch_spans = batch_spans;
        self
    }

    /// The same simulation with at least so many attributes a span.
    #[must_use]
    pub fn attributes_per_span(mut self, attributes_per_span: usize) -> Self {
        self.attributes_per_span = attributes_per_span;
        self
    }

    /// Runs the simulation; each batch is made when it is asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the topology names what it does not have,
    /// where its operations call each other in a circle, where nothing can have
    /// a fault, or where the request rate is not a positive number.
    pub fn run(&self) -> Result<Batches> {
        if !(self.request_rate.is_finite() && self.request_rate > 0.0) {
            let message = format!("a request rate of {}", self.request_rate);
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let plan = plan::build(self)?;
        let truth = plan.faults.0.iter();
        let truth = truth
            .map(|fault| Truth::of(fault, &plan, self.start_unix_nano))
            .collect();
        Ok(Batches {
            emitter: Emitter::new(&plan, self.start_unix_nano),
            engine: Engine::new(self, plan),
            truth,
        })
    }

    /// The hosts, and how far the clock of each is ahead, in nanoseconds.
    ///
    /// ```
    /// use spanwise_simulate::Simulation;
    /// let clocks = Simulation::default().clock_skew_nano(50_000_000).clock_offsets();
    /// assert_eq!(clocks[0].0, "node-00");
    /// assert!(clocks.iter().all(|(_, nano)| nano.unsigned_abs() <= 50_000_000));
    /// ```
    #[must_use]
    pub fn clock_offsets(&self) -> Vec<(String, i64)> {
        let fleet = Fleet {
            topology: &self.topology,
            seed: self.seed,
            clock_skew_nano: self.clock_skew_nano,
        };
        let hosts = 0..self.topology.hosts.max(1);
        hosts
            .map(|host| (node_name(host), fleet.skew(host)))
            .collect()
    }

    /// The truth about each fault.
    ///
    /// ```
    /// use spanwise_simulate::{Fault, FaultKind, Simulation};
    /// let truth = Simulation::default().fault(Fault::new(FaultKind::SlowDependency)).truth()?;
    /// assert_eq!((truth[0].service.as_str(), truth[0].severity), ("inventory", 40.0));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Simulation::run`].
    pub fn truth(&self) -> Result<Vec<Truth>> {
        self.run().map(|batches| batches.truth)
    }
}

/// The batches of a simulation that runs. Spans of many traces stand in one
/// batch, in the order in which pods sent them off; the spans of one pod stand
/// together.
///
/// ```
/// use spanwise_simulate::{Limit, Simulation};
/// let mut batches = Simulation::default().batch_spans(100).limit(Limit::Requests(50)).run()?;
/// assert_eq!(batches.next().map(|batch| batch.len()), Some(100));
/// assert!(batches.held() > 0, "requests are under way");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Debug)]
pub struct Batches {
    engine: Engine,
    emitter: Emitter,
    truth: Vec<Truth>,
}

impl Batches {
    /// The truth about each fault.
    #[must_use]
    pub fn truth(&self) -> &[Truth] {
        &self.truth
    }

    /// How many spans, tasks and messages are held at this moment. It depends
    /// on what is under way, never on how much has gone by.
    #[must_use]
    pub fn held(&self) -> usize {
        self.engine.under_way() + self.engine.exporters.len()
    }
}

impl Iterator for Batches {
    type Item = SpanBatch;

    fn next(&mut self) -> Option<SpanBatch> {
        let mut goes_on = true;
        loop {
            if let Some(spans) = self.engine.exporters.take(!goes_on) {
                return Some(self.emitter.write(&self.engine.plan, &spans));
            }
            if !goes_on {
                return None;
            }
            goes_on = self.engine.step();
        }
    }
}

//! Regular topologies: a chain and a fan-out of services.

use super::{Action, Call, Entry, Operation, Service, Topology};
use crate::latency::Latency;

impl Topology {
    /// So many services, each of which calls the next.
    ///
    /// ```
    /// use spanwise_simulate::{Limit, Simulation, Topology};
    /// let simulation = Simulation::default().topology(Topology::chain(3)).limit(Limit::Requests(1));
    /// let spans: usize = simulation.run()?.map(|batch| batch.len()).sum();
    /// assert_eq!(spans, 5, "a task, and a client and a server for each call");
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn chain(services: u32) -> Self {
        let services = services.max(1);
        let width = digits(services);
        let last = services - 1;
        let link = |at: u32| {
            let operation = server(at).then(Latency::millis(1));
            let operation = if at < last {
                let next = name(at + 1, width);
                operation
                    .then(Call::to(next, ROUTE))
                    .then(Latency::micros(200))
            } else {
                operation
            };
            Service::new(name(at, width)).operation(operation)
        };
        Self::regular((0..services).map(link).collect())
    }

    /// One service that calls so many others side by side.
    ///
    /// ```
    /// use spanwise_simulate::{Limit, Simulation, Topology};
    /// let simulation = Simulation::default().topology(Topology::fanout(4)).limit(Limit::Requests(1));
    /// let spans: usize = simulation.run()?.map(|batch| batch.len()).sum();
    /// assert_eq!(spans, 9, "a task, and a client and a server for each call");
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn fanout(services: u32) -> Self {
        let width = digits(services.saturating_add(1));
        let calls: Vec<Action> = (1..=services)
            .map(|at| Call::to(name(at, width), ROUTE).into())
            .collect();
        let front = Service::new(name(0, width)).operation(
            server(0)
                .then(Latency::millis(1))
                .together(calls)
                .then(Latency::millis(1)),
        );
        let leaf =
            |at| Service::new(name(at, width)).operation(server(at).then(Latency::millis(5)));
        Self::regular(
            std::iter::once(front)
                .chain((1..=services).map(leaf))
                .collect(),
        )
    }

    /// The services with one entry, into the first operation of the first.
    fn regular(services: Vec<Service>) -> Self {
        let entry = services
            .first()
            .map(|service| Entry::new(&service.name, START, 1.0));
        Self {
            services,
            queues: Vec::new(),
            entries: entry.into_iter().collect(),
            network: Latency::micros(200),
            hosts: 8,
        }
    }
}

/// The operation of every service but the first.
const ROUTE: &str = "GET /work";
/// The operation of the first.
const START: &str = "start";

fn server(at: u32) -> Operation {
    if at == 0 {
        Operation::task(START)
    } else {
        Operation::http("GET", "/work")
    }
}

/// The name of a service; all have the same length, so that they sort.
pub(super) fn name(at: u32, width: usize) -> String {
    format!("service-{at:0width$}")
}

/// How many digits the numbers below `bound` have.
pub(super) fn digits(bound: u32) -> usize {
    bound.max(2).saturating_sub(1).to_string().len()
}

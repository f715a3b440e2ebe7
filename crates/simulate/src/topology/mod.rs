//! What is simulated, as plain data: services, their operations, and the steps
//! that each operation takes.

mod action;
mod generate;
mod regular;
mod shop;

pub use action::{Action, Cache, Call, Publish, Query, Retry, Step};

use crate::failure::Failure;
use crate::latency::Latency;

/// A system of services.
///
/// ```
/// use spanwise_simulate::topology::{Call, Entry, Operation, Query, Service};
/// use spanwise_simulate::{Latency, Limit, Simulation, Topology};
///
/// let query = Query::new("items-db", "SELECT", "items", Latency::millis(2));
/// let system = Topology {
///     services: vec![
///         Service::new("web").operation(Operation::task("open").then(Call::to("api", "GET /items"))),
///         Service::new("api").pods(2).operation(Operation::http("GET", "/items").then(query)),
///     ],
///     queues: Vec::new(),
///     entries: vec![Entry::new("web", "open", 1.0)],
///     network: Latency::micros(200),
///     hosts: 2,
/// };
/// let simulation = Simulation::default().topology(system).limit(Limit::Requests(10));
/// let spans: usize = simulation.run()?.map(|batch| batch.len()).sum();
/// assert_eq!(spans, 40, "a task, a client, a server and a query each");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    /// The services.
    pub services: Vec<Service>,
    /// The queues between them.
    pub queues: Vec<Queue>,
    /// Where requests begin.
    pub entries: Vec<Entry>,
    /// One way over the network.
    pub network: Latency,
    /// How many hosts the pods are spread over.
    pub hosts: u32,
}

/// A service: some pods that run the same code.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The name.
    pub name: String,
    /// The version that runs.
    pub version: String,
    /// How many pods run it.
    pub pods: u32,
    /// The instrumentation that makes its spans.
    pub scope: String,
    /// What it can do.
    pub operations: Vec<Operation>,
}

/// Something that a service does on request.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The name of its span, by which calls refer to it.
    pub name: String,
    /// How it is asked for.
    pub protocol: Protocol,
    /// What it does, in order.
    pub steps: Vec<Step>,
    /// How it fails by itself, each with the share of requests.
    pub failures: Vec<(Failure, f64)>,
}

/// How an operation is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// An HTTP request of this method to this route.
    Http {
        /// The method.
        method: String,
        /// The route, with parameters in braces.
        route: String,
    },
    /// A call by gRPC.
    Grpc {
        /// The service in the interface.
        service: String,
        /// The method of it.
        method: String,
    },
    /// A message from this queue.
    Consumer {
        /// The queue.
        queue: String,
    },
    /// By nobody: a person's click, a job's start.
    Task,
}

/// A queue with the operation that handles its messages (the one whose
/// protocol names it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The name of the topic.
    pub name: String,
    /// How many messages are handled at the same time.
    pub consumers: u32,
    /// How many messages are handled at once. With one, the handling belongs
    /// to the trace of the message, below its producer; with more it begins a
    /// trace of its own. Links are set in both cases.
    pub batch: u32,
}

/// A way in which requests begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The service.
    pub service: String,
    /// Its operation, of [`Protocol::Task`].
    pub operation: String,
    /// How often, relative to the other entries.
    pub weight: f64,
}

impl Service {
    /// A service of one pod.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: "1.0.0".into(),
            pods: 1,
            scope: "opentelemetry.instrumentation".into(),
            operations: Vec::new(),
        }
    }

    /// The same service with so many pods.
    #[must_use]
    pub fn pods(mut self, pods: u32) -> Self {
        self.pods = pods;
        self
    }

    /// The same service in this version.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The same service with spans of this instrumentation.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// The same service with one more operation.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }
}

impl Operation {
    /// An operation that answers `method route`.
    #[must_use]
    pub fn http(method: &str, route: &str) -> Self {
        let protocol = Protocol::Http {
            method: method.into(),
            route: route.into(),
        };
        Self::new(format!("{method} {route}"), protocol)
    }

    /// An operation that answers the gRPC method `service/method`.
    #[must_use]
    pub fn grpc(service: &str, method: &str) -> Self {
        let protocol = Protocol::Grpc {
            service: service.into(),
            method: method.into(),
        };
        Self::new(format!("{service}/{method}"), protocol)
    }

    /// An operation that handles the messages of a queue.
    #[must_use]
    pub fn consumer(queue: &str) -> Self {
        let protocol = Protocol::Consumer {
            queue: queue.into(),
        };
        Self::new(format!("process {queue}"), protocol)
    }

    /// An operation that begins by itself.
    #[must_use]
    pub fn task(name: impl Into<String>) -> Self {
        Self::new(name.into(), Protocol::Task)
    }

    /// The same operation with one more action behind the others.
    #[must_use]
    pub fn then(mut self, action: impl Into<Action>) -> Self {
        self.steps.push(Step::Sequential(vec![action.into()]));
        self
    }

    /// The same operation with actions that run side by side.
    ///
    /// ```
    /// use spanwise_simulate::topology::{Call, Operation};
    /// let calls = ["cart", "user"].map(|service| Call::to(service, "GET /").into());
    /// let page = Operation::task("open").together(calls.to_vec());
    /// assert_eq!(page.steps.len(), 1, "one step, whose calls run side by side");
    /// ```
    #[must_use]
    pub fn together(mut self, actions: Vec<Action>) -> Self {
        self.steps.push(Step::Parallel(actions));
        self
    }

    /// The same operation with one more way to fail.
    ///
    /// ```
    /// use spanwise_simulate::topology::Operation;
    /// use spanwise_simulate::Failure;
    /// let flaky = Operation::http("GET", "/items").fails(Failure::Unavailable, 0.01);
    /// assert_eq!(flaky.failures, [(Failure::Unavailable, 0.01)]);
    /// ```
    #[must_use]
    pub fn fails(mut self, failure: Failure, share: f64) -> Self {
        self.failures.push((failure, share));
        self
    }

    fn new(name: String, protocol: Protocol) -> Self {
        Self {
            name,
            protocol,
            steps: Vec::new(),
            failures: Vec::new(),
        }
    }
}

impl Queue {
    /// A queue with one consumer that handles one message at a time.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            consumers: 1,
            batch: 1,
        }
    }

    /// The same queue with so many consumers.
    #[must_use]
    pub fn consumers(mut self, consumers: u32) -> Self {
        self.consumers = consumers;
        self
    }

    /// The same queue with so many messages handled at once.
    #[must_use]
    pub fn batch(mut self, batch: u32) -> Self {
        self.batch = batch;
        self
    }
}

impl Entry {
    /// An entry of this weight.
    #[must_use]
    pub fn new(service: impl Into<String>, operation: impl Into<String>, weight: f64) -> Self {
        Self {
            service: service.into(),
            operation: operation.into(),
            weight,
        }
    }
}

impl Default for Topology {
    fn default() -> Self {
        Self::shop()
    }
}

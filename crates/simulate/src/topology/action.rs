//! The steps of an operation and the actions they are made of.

use crate::latency::Latency;

/// Actions that belong together.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// One after the other.
    Sequential(Vec<Action>),
    /// Side by side; the step ends with the last of them.
    Parallel(Vec<Action>),
}

/// One thing that an operation does.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Computes, which makes no span.
    Compute(Latency),
    /// Computes under a span of its own, of kind internal.
    Work(String, Latency),
    /// Calls another operation.
    Call(Call),
    /// Asks a database.
    Query(Query),
    /// Asks a cache.
    Cache(Cache),
    /// Sends a message.
    Publish(Publish),
}

/// A call of another service's operation.
///
/// ```
/// use spanwise_simulate::topology::{Call, Retry};
/// let call = Call::to("cart", "GET /cart").timeout_millis(200).retry(Retry::attempts(3, 10));
/// assert_eq!(call.timeout_nano, Some(200_000_000));
/// assert_eq!(call.retry.backoff_nano, 10_000_000);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The service that is called.
    pub service: String,
    /// The operation of it.
    pub operation: String,
    /// The share of cases in which the call is made.
    pub probability: f64,
    /// How many times it is made, one after the other.
    pub repeat: u32,
    /// How long the caller waits for an answer.
    pub timeout_nano: Option<u64>,
    /// What the caller does about failures.
    pub retry: Retry,
    /// The caller can do without the answer: a failure is absorbed.
    pub optional: bool,
}

/// What a caller does about failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How many attempts there are in all.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one.
    pub backoff_nano: u64,
}

/// A query to a database.
///
/// ```
/// use spanwise_simulate::topology::Query;
/// use spanwise_simulate::Latency;
/// let update = Query::new("stock-db", "UPDATE", "stock", Latency::millis(3)).lock("stock row");
/// assert_eq!((update.system.as_str(), update.lock.as_deref()), ("postgresql", Some("stock row")));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The database system, by its name in the semantic conventions.
    pub system: String,
    /// The database, which is also the name of its address.
    pub database: String,
    /// What is done.
    pub operation: String,
    /// The table it is done to.
    pub table: String,
    /// How long it takes.
    pub latency: Latency,
    /// A lock that the query takes for its whole duration, if any. All queries
    /// that name the same lock wait for each other, first come first served.
    pub lock: Option<String>,
    /// How many times it is made, one after the other.
    pub repeat: u32,
    /// The share of cases in which it is made.
    pub probability: f64,
}

/// A look into a cache.
///
/// ```
/// use spanwise_simulate::topology::{Cache, Query};
/// use spanwise_simulate::Latency;
/// let query = Query::new("items-db", "SELECT", "items", Latency::millis(3));
/// let cache = Cache::new("redis", "item").or(query);
/// assert!(cache.hit_ratio == 0.9 && cache.miss.is_some());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// The address of the cache.
    pub address: String,
    /// What the keys begin with.
    pub prefix: String,
    /// How long it takes.
    pub latency: Latency,
    /// The share of looks that find something.
    pub hit_ratio: f64,
    /// The query that is made where nothing is found.
    pub miss: Option<Query>,
}

/// The sending of a message.
///
/// ```
/// use spanwise_simulate::topology::Publish;
/// assert_eq!(Publish::to("mail").probability(0.5).probability, 0.5);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    /// The queue.
    pub queue: String,
    /// How long the sending takes.
    pub latency: Latency,
    /// The share of cases in which it is sent.
    pub probability: f64,
}

impl Call {
    /// One call, always made, without timeout or retry.
    #[must_use]
    pub fn to(service: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            operation: operation.into(),
            probability: 1.0,
            repeat: 1,
            timeout_nano: None,
            retry: Retry::NEVER,
            optional: false,
        }
    }

    /// The same call, made in this share of cases.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }

    /// The same call, made so many times.
    #[must_use]
    pub fn repeat(mut self, repeat: u32) -> Self {
        self.repeat = repeat;
        self
    }

    /// The same call with a timeout in milliseconds.
    #[must_use]
    pub fn timeout_millis(mut self, millis: u64) -> Self {
        self.timeout_nano = Some(millis * 1_000_000);
        self
    }

    /// The same call with retries.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The same call, whose failure the caller absorbs.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Retry {
    /// One attempt.
    pub const NEVER: Self = Self {
        attempts: 1,
        backoff_nano: 0,
    };

    /// So many attempts, the second after `millis` milliseconds.
    #[must_use]
    pub const fn attempts(attempts: u32, millis: u64) -> Self {
        Self {
            attempts,
            backoff_nano: millis * 1_000_000,
        }
    }
}

impl Query {
    /// A query of PostgreSQL, always made once, without a lock.
    #[must_use]
    pub fn new(database: &str, operation: &str, table: &str, latency: Latency) -> Self {
        Self {
            system: "postgresql".into(),
            database: database.into(),
            operation: operation.into(),
            table: table.into(),
            latency,
            lock: None,
            repeat: 1,
            probability: 1.0,
        }
    }

    /// The same query of another database system.
    #[must_use]
    pub fn system(mut self, system: &str) -> Self {
        self.system = system.into();
        self
    }

    /// The same query under a lock.
    #[must_use]
    pub fn lock(mut self, lock: &str) -> Self {
        self.lock = Some(lock.into());
        self
    }

    /// The same query, made so many times.
    #[must_use]
    pub fn repeat(mut self, repeat: u32) -> Self {
        self.repeat = repeat;
        self
    }

    /// The same query, made in this share of cases.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }
}

impl Cache {
    /// A look that finds something in nine of ten cases.
    #[must_use]
    pub fn new(address: &str, prefix: &str) -> Self {
        Self {
            address: address.into(),
            prefix: prefix.into(),
            latency: Latency::micros(400),
            hit_ratio: 0.9,
            miss: None,
        }
    }

    /// The same look with the query that follows where nothing is found.
    #[must_use]
    pub fn or(mut self, query: Query) -> Self {
        self.miss = Some(query);
        self
    }
}

impl Publish {
    /// A message to this queue, always sent.
    #[must_use]
    pub fn to(queue: &str) -> Self {
        Self {
            queue: queue.into(),
            latency: Latency::micros(900),
            probability: 1.0,
        }
    }

    /// The same message, sent in this share of cases.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = probability;
        self
    }
}

impl From<Latency> for Action {
    fn from(latency: Latency) -> Self {
        Self::Compute(latency)
    }
}

impl From<Call> for Action {
    fn from(call: Call) -> Self {
        Self::Call(call)
    }
}

impl From<Query> for Action {
    fn from(query: Query) -> Self {
        Self::Query(query)
    }
}

impl From<Cache> for Action {
    fn from(cache: Cache) -> Self {
        Self::Cache(cache)
    }
}

impl From<Publish> for Action {
    fn from(publish: Publish) -> Self {
        Self::Publish(publish)
    }
}

//! Hot keys: tenants, partitions and keys that take far more than others do.

mod distribution;
mod found;
mod observe;
mod reader;
mod table;

use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use spanwise_model::Table;

/// Operations whose work is spread unevenly over the values of an attribute: one
/// tenant, partition or key takes far more of it than the others do.
///
/// The *keys* of an operation are the values that its spans, or their resources,
/// have of an attribute, by any of its names where it is a canonical field
/// ([`spanwise_model::CanonicalField`]), and the *time* of a key is the self time of the spans
/// that have it. An operation has a hot key where
///
/// - the Gini coefficient of the times of all keys is at least 0.6,
/// - the key with the most time has at least 10 times that of the median key,
/// - and at least 20 calls, so that no single slow span makes a key.
///
/// The Gini coefficient is half the mean difference of two keys as a share of
/// their mean: 0 where all have the same time, and 1 - 1/n where one of n has all
/// of it, so that of two keys none is hot. The median is the nearest rank from below.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind`, `attribute` | whose spans, and what tells their keys |
/// | `grade` | `likely` where the operation takes at least 20 % of all self time and twice its share of all calls, else `possible` |
/// | `top_key` | the key with the most time |
/// | `excess_time` | what it has more than the median key |
/// | `top_time`, `median_time` | the times of both |
/// | `times` | `top_time` / `median_time`; none where half of the keys have none |
/// | `gini` | of the times of all keys |
/// | `keys` | how many there are |
/// | `top_calls`, `calls` | spans with that key, and with any |
/// | `top_share` | `top_time` as a share of the time of all keys |
/// | `top_mean`, `other_mean` | self time of a span with that key, and with another |
/// | `time_share`, `call_share` | what the operation has of the self time and of the spans of all operations |
/// | `errors` | spans with that key that err |
/// | `evidence` | `more calls` where that key has at least twice as many as the median key, `longer calls` where `top_mean` is at least twice `other_mean`, `throttled calls` where some are |
/// | `examples` | the 3 spans with that key and the longest self time, then by id: `trace/span` |
///
/// Sorted by `excess_time`, largest first, then by the key. Partials have a row a
/// key, so that their size grows with the number of different keys; what they hold
/// is told when spans are observed, and [`HotKeys::by`] chooses among it when they
/// are shown. Attributes that were not kept tell no keys.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::HotKeys;
/// let request = |id: usize, tenant: &str| {
///     format!("trace {id}\nshop GET 0..10 server tenant.id={tenant}\n")
/// };
/// let small: String = (1..=9).map(|id| request(id, &format!("t{id}"))).collect();
/// let large: String = (10..=50).map(|id| request(id, "acme")).collect();
/// let spans = assemble(parse(&(small + &large)))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let traces: Vec<u32> = (0..50).collect();
/// let analysis = HotKeys::default();
/// let table = analysis.finish(&run(&spans, &traces, &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "top_key"), Cell::Text("acme"));
/// assert_eq!(table.cell(0, "times"), Cell::F64(41.0));
/// assert_eq!(table.cell(0, "keys"), Cell::U64(10));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HotKeys {
    /// The attributes whose values are keys: [`HotKeys::BY`].
    pub by: Vec<String>,
    /// Times are spread so unevenly (0 to 1): 0.6.
    pub gini: f64,
    /// The hottest key has so many times what the median key has: 10.
    pub times: f64,
    /// And so many calls: 20.
    pub calls: u64,
}

impl Default for HotKeys {
    fn default() -> Self {
        Self {
            by: Self::BY.map(str::to_owned).to_vec(),
            gini: 0.6,
            times: 10.0,
            calls: 20,
        }
    }
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
        ("attribute", KeyType::Name),
        ("key", KeyType::Name),
    ],
    states: &[
        ("calls", Merge::Sum),
        ("self_time", Merge::Sum),
        ("errors", Merge::Sum),
        ("throttled", Merge::Sum),
        ("examples", Merge::Best(3)),
    ],
};

/// Columns of keys and of states. A row without an attribute is what all spans of
/// the operation have.
mod column {
    pub(super) const ATTRIBUTE: usize = 3;
    pub(super) const KEY: usize = 4;
    pub(super) const CALLS: usize = 0;
    pub(super) const TIME: usize = 1;
    pub(super) const ERRORS: usize = 2;
    pub(super) const THROTTLED: usize = 3;
    pub(super) const EXAMPLES: usize = 4;
}

impl HotKeys {
    /// The attributes whose values are keys where nothing else is said: partitions,
    /// tenants, customers, accounts and buckets. Of users and of keys of messages
    /// there may be as many as spans; who wants them names them (`enduser.id`,
    /// `messaging.kafka.message.key`).
    pub const BY: [&str; 10] = [
        "messaging.destination.partition.id",
        "kafka.partition",
        "tenant.id",
        "tenant_id",
        "tenant",
        "customer.id",
        "customer_id",
        "customer",
        "cloud.account.id",
        "aws.s3.bucket",
    ];

    /// The values of these attributes are keys.
    #[must_use]
    pub fn by<T: Into<String>>(mut self, attributes: impl IntoIterator<Item = T>) -> Self {
        self.by = attributes.into_iter().map(Into::into).collect();
        self
    }

    /// Times are spread so unevenly (0 to 1).
    #[must_use]
    pub fn gini(mut self, gini: f64) -> Self {
        self.gini = gini;
        self
    }

    /// The hottest key has so many times what the median key has.
    #[must_use]
    pub fn times(mut self, times: f64) -> Self {
        self.times = times;
        self
    }

    /// The hottest key has so many calls.
    #[must_use]
    pub fn calls(mut self, calls: u64) -> Self {
        self.calls = calls;
        self
    }
}

impl Analysis for HotKeys {
    fn name(&self) -> &'static str {
        "hot-keys"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        observe::all(&self.by, traces, (facts, out));
    }

    fn finish(&self, partial: &Partial) -> Table {
        table::of(partial, &found::all(self, partial))
    }

    fn observes(&self) -> String {
        match self.by.iter().eq(Self::BY.iter()) {
            true => String::new(),
            false => format!("{:?}", self.by),
        }
    }
}

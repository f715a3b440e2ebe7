//! How spans stand among their peers: spans of the same operation.

use super::hotspots::{Hotspots, LATENCY};
use super::operations::operation_names;
use crate::analysis::Analysis;
use crate::histogram::Histogram;
use crate::partial::Partial;
use spanwise_model::{OperationId, SpanTable};
use std::collections::BTreeMap;
use std::fmt;

/// The durations of the spans of each operation (service, name and kind), for
/// [`super::SpanList::among`]. They may be those of other traces than the listed
/// ones: of a whole input, or of a healthy time.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::{Hotspots, Peers};
/// let spans = assemble(parse("trace 1\nshop GET 0..10\ntrace 2\nshop GET 0..40"))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let hotspots = run(&spans, &[0, 1], &facts, &[&Hotspots::default()]).swap_remove(0);
/// let peers = Peers::read(&hotspots);
/// let get = ["shop", "GET", "unspecified"];
/// assert_eq!(peers.percentile(get, 10_000_000), Some(50.0));
/// assert_eq!(peers.percentile(get, 99_000_000), Some(100.0));
/// assert_eq!(peers.percentile(["shop", "PUT", "unspecified"], 1), None);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Peers(BTreeMap<[String; 3], Histogram>);

impl Peers {
    /// The peers that a partial of [`Hotspots`] by operation knows; none of
    /// another partial.
    #[must_use]
    pub fn read(partial: &Partial) -> Self {
        if !partial.is_like(&Hotspots::default().empty()) {
            return Self::default();
        }
        let peers = (0..partial.len()).map(|row| {
            let names = [0, 1, 2].map(|column| partial.name(row, column).to_owned());
            (names, partial.histogram(row, LATENCY).clone())
        });
        Self(peers.collect())
    }

    /// The share of the spans of an operation that lasted no longer, in percent;
    /// nothing where there is none. Durations that differ by less than 1.6 % may
    /// count as equal.
    #[must_use]
    pub fn percentile(&self, operation: [&str; 3], duration_nano: u64) -> Option<f64> {
        let latency = self.0.get(&operation.map(str::to_owned))?;
        latency
            .share_up_to(duration_nano)
            .map(|share| 100.0 * share)
    }

    /// By operation of a table, its peers.
    pub(super) fn of_operations(&self, table: &SpanTable) -> Vec<Option<&Histogram>> {
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let names = operations.map(|id| operation_names(table, id).map(str::to_owned));
        names.map(|names| self.0.get(&names)).collect()
    }
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self
            .0
            .iter()
            .map(|(names, latency)| (names, latency.count()));
        f.debug_map().entries(counts).finish()
    }
}

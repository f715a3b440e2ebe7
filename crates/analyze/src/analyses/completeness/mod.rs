//! Completeness: what is missing from the traces, where, and what suffers.
//!
//! Nothing is guessed: every number counts spans that are there and lack
//! something. Whom a lone half of a call would have met is learnt from the
//! calls that have both halves, which is only known once all traces are seen;
//! so partials keep the halves by operation, and [`Completeness::finish`]
//! brings them together.

mod edges;
mod halves;
mod loss;
mod observer;
mod services;
mod tally;

use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use observer::Observer;
use spanwise_model::Table;

/// What a row of [`Completeness`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CompletenessBy {
    /// Calls from one service to another.
    #[default]
    Edge,
    /// The spans of a service.
    Service,
}

/// What is missing from the traces.
///
/// By edge, a row for each pair of services of which one calls the other:
///
/// | column | meaning |
/// |---|---|
/// | `caller`, `callee` | the two services; empty where it cannot be learnt who it was |
/// | `calls` | `matched + missing_server + missing_client` |
/// | `matched` | calls of which both sides are here |
/// | `missing_server` | CLIENT and PRODUCER spans with nothing below them whose callee makes spans: X-Ray says that it does, their peer is a service that has some, or calls to the same peer have one below them, or calls of the same operation, where the peer is an address or not named |
/// | `missing_client` | SERVER and CONSUMER spans whose parent is named and absent |
/// | `matched_share` | `matched / calls` |
/// | `lost_context` | SERVER and CONSUMER spans without a parent whose flags say that there was one, or of an operation that elsewhere has a caller |
/// | `outside_caller` | matched SERVER spans that begin before their CLIENT or end after it, by more than a microsecond: clocks that differ, or work that goes on |
/// | `at_edge` | those of the missing ones that lie at the ends of the window, where an export cuts traces: within the 99th percentile of the traces' extents, and within a tenth of the window (the first and last 64 of each operation are looked at) |
/// | `sampling` | `known`: each span says how many it stands for; `unknown`: none does; `mixed`: some do, or rates differ inside traces; `biased`: some were kept for what happened, or against their sampler's own rule |
/// | `estimated_calls` | how many calls the spans stand for; absent where one of them does not say |
/// | `undermines` | which conclusions suffer, in words; absent where none does |
///
/// Sorted by how many spans are missing or lost their context, most first, then
/// by calls, then by the key. A CLIENT whose peer never shows a span is a leaf
/// and no row. By service:
///
/// | column | meaning |
/// |---|---|
/// | `service` | the service |
/// | `spans`, `roots` | its spans, and those without a parent |
/// | `orphans`, `local_orphans` | spans whose parent is named and absent, and those of them whose parent was a span of the same service |
/// | `rootless_traces` | traces without a root of which it has the first span |
/// | `missing_end` | spans without an end |
/// | `dropped_attributes`, `dropped_events`, `dropped_links` | what the source says that it dropped |
/// | `duplicates`, `conflicts` | spans that came more than once, and spans that share an id with a different one |
/// | `sampling`, `estimated_spans`, `undermines` | as above |
///
/// Sorted by orphans, then by spans, most first, then by the service.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Completeness;
/// let spans = assemble(parse("
///     trace 1
///     shop cart.Get    0..50 client
///       cart Get       5..45 server
///     trace 2
///     shop cart.Get    0..50 client
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Completeness::default();
/// let table = analysis.finish(&run(&spans, &[0, 1], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "callee"), Cell::Text("cart"));
/// assert_eq!(table.cell(0, "missing_server"), Cell::U64(1));
/// assert_eq!(table.cell(0, "matched_share"), Cell::F64(0.5));
/// assert_eq!(table.cell(0, "sampling"), Cell::Text("unknown"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completeness {
    /// What a row stands for.
    pub by: CompletenessBy,
}

impl Completeness {
    /// The same analysis with other rows. Partials are the same for all.
    #[must_use]
    pub fn by(mut self, by: CompletenessBy) -> Self {
        self.by = by;
        self
    }
}

/// A row is a kind of finding about a caller, a callee or both; see
/// [`halves::Part`].
const SCHEMA: Schema = Schema {
    keys: &[
        ("part", KeyType::Name),
        ("caller", KeyType::Name),
        ("caller_operation", KeyType::Name),
        ("peer", KeyType::Name),
        ("callee", KeyType::Name),
        ("callee_operation", KeyType::Name),
    ],
    states: &[
        ("spans", Merge::Sum),
        ("weight", Merge::Sum),
        ("unweighted", Merge::Sum),
        ("biased", Merge::Sum),
        ("inconsistent", Merge::Sum),
        ("mixed", Merge::Sum),
        ("roots", Merge::Sum),
        ("remote_roots", Merge::Sum),
        ("orphans", Merge::Sum),
        ("local_orphans", Merge::Sum),
        ("rootless", Merge::Sum),
        ("outside", Merge::Sum),
        ("missing_end", Merge::Sum),
        ("dropped_attributes", Merge::Sum),
        ("dropped_events", Merge::Sum),
        ("dropped_links", Merge::Sum),
        ("duplicates", Merge::Sum),
        ("conflicts", Merge::Sum),
        ("start", Merge::Min),
        ("end", Merge::Max),
        ("extent", Merge::Histogram),
        ("earliest", Merge::SmallestHashes(AT_EDGE)),
        ("latest", Merge::SmallestHashes(AT_EDGE)),
        ("traced", Merge::Sum),
    ],
};

/// How many of the first and of the last missing spans are remembered.
const AT_EDGE: usize = 64;

/// The places of the states of [`SCHEMA`].
mod state {
    pub(super) const SPANS: usize = 0;
    pub(super) const WEIGHT: usize = 1;
    pub(super) const UNWEIGHTED: usize = 2;
    pub(super) const BIASED: usize = 3;
    pub(super) const INCONSISTENT: usize = 4;
    pub(super) const MIXED: usize = 5;
    pub(super) const ROOTS: usize = 6;
    pub(super) const REMOTE_ROOTS: usize = 7;
    pub(super) const ORPHANS: usize = 8;
    pub(super) const LOCAL_ORPHANS: usize = 9;
    pub(super) const ROOTLESS: usize = 10;
    pub(super) const OUTSIDE: usize = 11;
    pub(super) const MISSING_END: usize = 12;
    pub(super) const DROPPED_ATTRIBUTES: usize = 13;
    pub(super) const DROPPED_EVENTS: usize = 14;
    pub(super) const DROPPED_LINKS: usize = 15;
    pub(super) const DUPLICATES: usize = 16;
    pub(super) const CONFLICTS: usize = 17;
    pub(super) const START: usize = 18;
    pub(super) const END: usize = 19;
    pub(super) const EXTENT: usize = 20;
    pub(super) const EARLIEST: usize = 21;
    pub(super) const LATEST: usize = 22;
    pub(super) const TRACED: usize = 23;
}

impl Analysis for Completeness {
    fn name(&self) -> &'static str {
        "completeness"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, _: &FactColumns, out: &mut Partial) {
        let mut observer = Observer::new(traces.table(), out);
        for trace in traces.traces() {
            observer.add(trace);
        }
    }

    fn finish(&self, partial: &Partial) -> Table {
        match self.by {
            CompletenessBy::Edge => edges::table(partial),
            CompletenessBy::Service => services::table(partial),
        }
    }
}

#[cfg(test)]
mod tests;

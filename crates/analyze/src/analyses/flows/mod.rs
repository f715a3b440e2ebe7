//! Flows: requests that go on in other traces, from sender to receiver.
//!
//! A message leaves one trace and is handled in another, and no root spans
//! both. What joins them is a link, of which each side knows a half: the
//! receiver has the sender's ids, and the sender has the times and the request
//! that it belongs to. Partials keep halves, one row each, so that they join
//! when finishing, wherever the two traces were read.

mod follow;
mod graph;
mod halves;
mod ids;
mod messages;
mod observe;
mod operations;
mod reader;
mod rows;
mod tables;
mod whole;

use crate::analysis::{Analysis, Facts, TraceBatch, Whole};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use graph::Graph;
use halves::{Halves, Known};
use observe::{Observer, AT_ONCE};
use operations::Operations;
use spanwise_model::Table;

/// What a row of [`Flows`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FlowsBy {
    /// From one operation to another, so many hops behind a root operation.
    #[default]
    Hop,
    /// A root operation whose requests go on elsewhere.
    Request,
}

/// Requests that go on behind queues and in other traces: how long messages
/// wait, how long they are handled, and how long it all takes from the start of
/// the request to the end of the last thing that it set off.
///
/// A *hop* goes from a sender to a receiver:
///
/// - along a link, from the span that is linked to (`link`);
/// - from a parent to a consumer below it, or from a producer to a span of
///   another service below it (`child_of`);
/// - to a span whose parent is named by FOLLOWS_FROM alone (`follows_from`).
///
/// Inside of a trace any span can be a sender. Traces are joined at PRODUCER
/// spans, at CLIENT spans of messages (`messaging.*`), and at senders inside of
/// a trace; other links are told without their sender. What a CLIENT of
/// messages does, `messaging.operation.type` says (or `messaging.operation`):
///
/// - `create`, `send` and `publish` send, and are told also where nobody
///   received. One that has links sends what others created: these are the
///   senders of its messages, its links are no hops, and it is a sender only
///   where someone links to it.
/// - `receive`, `process` and `deliver` receive along their links.
/// - `settle`, `ack` and `nack` do neither, and their links are no hops.
/// - One that says nothing of it is a sender only where someone links to it.
///
/// A hop continues those that lead to the nearest receiver at or above its
/// sender; where there is none, the request begins with the top span above the
/// sender. Where a batch of messages was received, what follows counts from the
/// oldest of their requests. Hops that lead in a circle are cut: receivers are
/// walked in depth along their hops, first from those at which a request
/// arrives, then from all others, each from the earliest (start, then ids), and
/// a hop that leads back to where the walk came from leads nowhere. So whatever
/// a request leads to belongs to it, and a circle that none leads to belongs to
/// none.
///
/// Times are those of all facts: on the clock of the policy within a trace, so
/// that clocks that differ between traces show; nobody can wait for less than
/// nothing. A missing end is the latest end below that blocks; where nothing
/// below has one, no length that would need it is counted, and what is led to
/// ends with the latest end that is known. Of spans with one id that say
/// different things, the one whose service, operation and kind come first is
/// told, with its times; the links of each are hops.
///
/// By hop:
///
/// | column | meaning |
/// |---|---|
/// | `root_service`, `root_operation`, `root_kind` | where the request began; empty where that is not there |
/// | `hop` | which hop of the request it is, from 1; absent where that is not known |
/// | `sender_service`, `sender_operation`, `sender_kind` | who sent; empty where the span is not there |
/// | `relation` | `link`, `child_of` or `follows_from` |
/// | `receiver_service`, `receiver_operation`, `receiver_kind` | who received; empty for messages that nobody received |
/// | `messages` | hops |
/// | `receivers` | spans that received them: fewer, where batches are received |
/// | `wait_p50`, `wait_p95`, `wait_p99` | from the end of the sender to the start of the receiver |
/// | `early` | hops whose receiver began before their sender's end |
/// | `processing_p50`, `processing_p95` | duration of the receiver |
/// | `since_start_p50`, `since_start_p95`, `since_start_p99` | from the start of the request to the end of the receiver |
/// | `examples` | the 3 receivers (else senders) that ended the longest behind the start of the request: `trace/span`, ids in hexadecimal |
///
/// Sorted by the key.
///
/// By request, a row a root operation (empty where a request has no real root):
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind` | where requests begin |
/// | `requests` | those that send anything that is received |
/// | `messages` | hops that they make by themselves |
/// | `root_p50`, `root_p95` | duration of the root |
/// | `end_to_end_p50`, `end_to_end_p95`, `end_to_end_p99` | from the start of the root to its end, or that of the last receiver that it led to, over any number of hops; the latest that is known |
/// | `behind_p50`, `behind_p95` | how much of that is behind the end of the root |
/// | `examples` | the 3 roots that took longest from end to end |
///
/// Sorted by `requests`, largest first, then by the key.
///
/// Partials hold a row of about 200 bytes for each link, each message and each
/// sender: nothing for traces without any, and all of them for exact answers
/// where there are some.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::{Flows, FlowsBy};
/// let spans = assemble(parse("
///     trace 1
///     shop POST /order    0..100 server
///       shop send order  80..90  producer id=5
///     trace 2
///     mail process order 250..280 consumer link=1/5
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let flows = Flows::default();
/// let partial = run(&spans, &[0, 1], &facts, &[&flows]).swap_remove(0);
/// let hops = flows.finish(&partial);
/// assert_eq!(hops.cell(0, "root_operation"), Cell::Text("POST /order"));
/// assert_eq!(hops.cell(0, "wait_p50"), Cell::Duration(160_000_000));
/// let requests = Flows::default().by(FlowsBy::Request).finish(&partial);
/// assert_eq!(requests.cell(0, "end_to_end_p50"), Cell::Duration(280_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flows {
    /// What a row stands for.
    pub by: FlowsBy,
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("part", KeyType::Name),
        ("trace", KeyType::U128),
        ("span", KeyType::U64),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
        ("other_trace", KeyType::U128),
        ("other_span", KeyType::U64),
        ("relation", KeyType::Name),
        ("root_span", KeyType::U64),
        ("root_service", KeyType::Name),
        ("root_operation", KeyType::Name),
        ("root_kind", KeyType::Name),
    ],
    states: &[
        ("start", Merge::Min),
        ("end", Merge::Max),
        ("root_start", Merge::Min),
        ("root_end", Merge::Max),
    ],
};

/// Places of keys.
mod key {
    pub(super) const PART: usize = 0;
    pub(super) const OPERATION: usize = 3;
    pub(super) const RELATION: usize = 8;
    pub(super) const ROOT: usize = 10;
}

const START: usize = 0;
const END: usize = 1;
const ROOT_START: usize = 2;
const ROOT_END: usize = 3;

/// The kinds of rows: senders, told also where nobody received; spans that are
/// senders only where others say that they received from them; and receivers.
const SENT: &str = "sent";
const PASSED: &str = "passed";
const RECEIVED: &str = "received";

impl Flows {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: FlowsBy) -> Self {
        self.by = by;
        self
    }

    fn shown(&self, graph: &Graph<'_>) -> Table {
        match self.by {
            FlowsBy::Hop => tables::by_hop(graph),
            FlowsBy::Request => tables::by_request(graph),
        }
    }
}

impl Analysis for Flows {
    fn name(&self) -> &'static str {
        "flows"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let table = traces.table();
        let (_, places) = Operations::of_table(table);
        let places = places.as_slice();
        halves(Known { table, places }, traces, facts).flush(table, out);
    }

    fn whole(&self) -> Option<&dyn Whole> {
        Some(self)
    }

    fn finish(&self, partial: &Partial) -> Table {
        self.shown(&reader::graph(partial))
    }
}

impl Whole for Flows {
    fn table(&self, traces: TraceBatch<'_>, facts: &FactColumns) -> Table {
        let table = traces.table();
        let (operations, places) = Operations::of_table(table);
        let places = places.as_slice();
        let known = Known { table, places };
        let halves = halves(known, traces, facts);
        self.shown(&whole::graph(operations, known, &halves))
    }
}

/// The halves of these traces.
fn halves(known: Known<'_>, traces: TraceBatch<'_>, facts: &FactColumns) -> Halves {
    let mut observer = Observer::new(known, facts);
    let mut some = Vec::with_capacity(AT_ONCE);
    let mut traces = traces.traces();
    loop {
        some.extend(traces.by_ref().take(AT_ONCE));
        observer.add_all(&some);
        if some.len() < AT_ONCE {
            return observer.into_halves();
        }
        some.clear();
    }
}

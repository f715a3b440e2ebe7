//! Dependencies: which service calls which, and what else it leans on.

use super::callees::{Callees, Node, NodeKind};
use super::calls::{Calls, Side};
use super::columns::{counts, durations, key_columns, shares, some_durations};
use super::connection::Connection;
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, KeyType, Merge, Partial, Row, Schema};
use crate::service_graph::{cycles, service_graph};
use rustc_hash::{FxHashMap, FxHashSet};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{ColumnData, Span, SpanId, SpanKind, SpanTable, Symbol, Table, Trace};
use std::cmp::Reverse;

/// Calls between services, and to databases, queues and what is not
/// instrumented.
///
/// A *call* is
///
/// - a span whose parent is of another service, or a SERVER under a CLIENT:
///   from the parent's service to its own;
/// - a CLIENT without a call or remote span below it: to a database where it
///   names one, to a queue where it speaks of messages, else to something
///   external, named by its peer;
/// - a PRODUCER: to its queue, as it names it, or else its first consumer;
/// - a CONSUMER that is not under a CONSUMER of its own service, or a span
///   under another service's PRODUCER: from the queue (and to it, where the
///   parent is of another service and no PRODUCER). Where neither side names a
///   queue, the call goes from the producer (the parent, or a link inside the
///   trace) straight to the consumer.
///
/// | column | meaning |
/// |---|---|
/// | `caller`, `caller_kind`, `callee`, `callee_kind` | the two nodes: `service`, `database`, `queue`, `external`, or `unknown` without a name |
/// | `connection` | `http`, `rpc`, `db`, `messaging`, `in_process`, `unknown`: what the caller's attributes speak of, else the callee's |
/// | `calls` | calls |
/// | `errors`, `error_share` | calls whose caller's span errs (the callee's, where the caller has none) |
/// | `p50`, `p95`, `p99` | quantiles of the duration that the caller's CLIENT or PRODUCER saw; of the callee's span, where there is none |
/// | `network_time`, `network_p50` | CLIENT minus SERVER duration, at least 0, over calls that have both: sum and median |
/// | `cycle` | the number of the cycle of services that the call is part of |
///
/// Sorted by `calls`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Dependencies;
/// let spans = assemble(parse("
///     shop cart.Get    0..50 client rpc.system=grpc
///       cart Get       5..45 server
///         cart HGET   10..30 client db.system=redis
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Dependencies::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "callee"), Cell::Text("redis"));
/// assert_eq!(table.cell(1, "caller"), Cell::Text("shop"));
/// assert_eq!(table.cell(1, "connection"), Cell::Text("rpc"));
/// assert_eq!(table.cell(1, "network_time"), Cell::Duration(10_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependencies {}

const SCHEMA: Schema = Schema {
    keys: &[
        ("caller", KeyType::Name),
        ("caller_kind", KeyType::Name),
        ("callee", KeyType::Name),
        ("callee_kind", KeyType::Name),
        ("connection", KeyType::Name),
    ],
    states: &[
        ("calls", Merge::Sum),
        ("errors", Merge::Sum),
        ("latency", Merge::Histogram),
        ("network_time", Merge::Sum),
        ("network", Merge::Histogram),
    ],
};
const CALLS: usize = 0;
const ERRORS: usize = 1;
const LATENCY: usize = 2;
const NETWORK_TIME: usize = 3;
const NETWORK: usize = 4;

impl Analysis for Dependencies {
    fn name(&self) -> &'static str {
        "dependencies"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        let mut observer = Observer::new(traces.table(), facts, out);
        for trace in traces.traces() {
            observer.add(trace);
        }
        observer.flush();
    }

    fn finish(&self, partial: &Partial) -> Table {
        let mut rows = partial.sorted_rows();
        rows.sort_by_key(|&row| Reverse(partial.number(row, CALLS)));
        let number = |column| move |&row: &Row| partial.number(row, column);
        let quantile = |column: usize, q: f64| {
            let cell = move |&row: &Row| partial.histogram(row, column).quantile(q);
            some_durations(rows.iter().map(cell))
        };
        let share = |row: &Row| (number(ERRORS)(row), number(CALLS)(row));
        let table = key_columns(partial, &rows, SCHEMA.keys)
            .with("calls", counts(rows.iter().map(number(CALLS))))
            .with("errors", counts(rows.iter().map(number(ERRORS))))
            .with("error_share", shares(rows.iter().map(share)))
            .with("p50", quantile(LATENCY, 0.5))
            .with("p95", quantile(LATENCY, 0.95))
            .with("p99", quantile(LATENCY, 0.99))
            .with(
                "network_time",
                durations(rows.iter().map(number(NETWORK_TIME))),
            )
            .with("network_p50", quantile(NETWORK, 0.5));
        let cycles = cycles(&service_graph(&table));
        table.with("cycle", ColumnData::U64(cycles.into_iter().collect()))
    }
}

fn node_key(kind: NodeKind, name: &str) -> [Key<'_>; 2] {
    let kind = match kind {
        _ if name.is_empty() => "unknown",
        NodeKind::Service => "service",
        NodeKind::Database => "database",
        NodeKind::Queue => "queue",
        NodeKind::External => "external",
    };
    [Key::Name(name), Key::Name(kind)]
}

/// What one call adds.
struct Call {
    caller: Node,
    callee: Node,
    connection: Connection,
    errs: bool,
    nano: u64,
    network: Option<u64>,
}

/// What calls are counted by.
type Edge = (Node, Node, Connection);

/// What the calls of one edge add to its row.
struct Sums {
    row: Row,
    calls: u64,
    errors: u64,
    network_time: u128,
}

struct Observer<'a> {
    table: &'a SpanTable,
    calls: Calls<'a>,
    facts: &'a FactColumns,
    out: &'a mut Partial,
    callees: Callees<'a>,
    sums: Vec<Sums>,
    /// By edge: the place of its sums.
    index: FxHashMap<Edge, u32>,
    /// By operation: the edge that a span of it was in last.
    last: Vec<Option<(Edge, u32)>>,
    /// By row of the trace: whether a call or a remote span is below it, or a
    /// consumer links to it.
    leads_on: Vec<bool>,
    /// By consumer of the trace: the producer that it links to.
    linked: FxHashMap<u32, u32>,
    /// Producers whose queue a consumer has named.
    named: FxHashSet<u32>,
}

impl<'a> Observer<'a> {
    fn new(table: &'a SpanTable, facts: &'a FactColumns, out: &'a mut Partial) -> Self {
        Self {
            table,
            calls: Calls { table },
            facts,
            out,
            callees: Callees::new(table),
            sums: Vec::new(),
            index: FxHashMap::default(),
            last: vec![None; table.operations.len()],
            leads_on: Vec::new(),
            linked: FxHashMap::default(),
            named: FxHashSet::default(),
        }
    }

    fn add(&mut self, trace: Trace<'_>) {
        self.calls.leads_on(trace, &mut self.leads_on);
        self.look_along_links(trace);
        let first = trace.rows().start;
        for row in trace.rows() {
            let leads_on = self.leads_on[(row - first) as usize];
            let side = self.calls.side(row);
            match side.kind {
                SpanKind::Client if !leads_on => self.leaf(row),
                SpanKind::Producer => self.sent(row, leads_on),
                _ => {}
            }
            let parent = self.calls.parent(row);
            match parent.map(|parent| (parent, self.calls.side(parent))) {
                Some((parent, above)) if above.is_sender_to(side) => {
                    self.received(row, Some(parent));
                }
                Some((_, above)) if above.is_same_consumer(side) => {}
                _ if side.kind == SpanKind::Consumer => {
                    let linked = self.linked.get(&row).copied();
                    self.received(row, linked);
                }
                Some((parent, above)) if above.calls(side) => {
                    self.called((parent, above), (row, side));
                }
                _ => {}
            }
        }
    }

    /// Finds the producers that consumers link to, which lead on to them.
    fn look_along_links(&mut self, trace: Trace<'_>) {
        self.linked.clear();
        if self.table.store.links.record.is_empty() {
            return;
        }
        let mut ids = None;
        for row in trace.rows() {
            let sent = |parent| {
                self.calls.is_sender(parent, row) || self.calls.is_same_consumer(parent, row)
            };
            if self.calls.kind(row) != SpanKind::Consumer
                || self.calls.parent(row).is_some_and(sent)
            {
                continue;
            }
            if let Some(producer) = self.linked_producer(trace, row, &mut ids) {
                self.linked.insert(row, producer);
                self.leads_on[(producer - trace.rows().start) as usize] = true;
            }
        }
    }

    /// A call from one service to another.
    fn called(&mut self, (parent, above): (u32, Side), (row, below): (u32, Side)) {
        let client = above.kind == SpanKind::Client;
        let local = matches!(below.kind, SpanKind::Internal | SpanKind::Unspecified);
        let side = if client { parent } else { row };
        let unsaid = if local && !client {
            Connection::InProcess
        } else {
            Connection::Unknown
        };
        let connection = match self.callees.connection(parent) {
            Connection::Unknown => self.callees.connection(row),
            said => said,
        };
        let nano = &self.table.columns.duration_nano;
        let network = nano[parent as usize].saturating_sub(nano[row as usize]);
        let call = Call {
            caller: (NodeKind::Service, above.service),
            callee: (NodeKind::Service, below.service),
            connection: connection.min(unsaid),
            errs: self.errs(side),
            nano: nano[side as usize],
            network: client.then_some(network),
        };
        self.count(row, &call);
    }

    /// A CLIENT whose other side is not instrumented.
    fn leaf(&mut self, row: u32) {
        let connection = self.callees.connection(row);
        let callee = self.callees.leaf(row);
        self.left(row, callee, connection);
    }

    /// A message that was sent.
    fn sent(&mut self, row: u32, leads_on: bool) {
        let queue = self.callees.queue(row);
        if queue.is_some() || !leads_on {
            let queue = queue.unwrap_or(Symbol::EMPTY);
            self.left(row, (NodeKind::Queue, queue), Connection::Messaging);
        }
    }

    /// A call that leaves a service for something that has no spans.
    fn left(&mut self, row: u32, callee: Node, connection: Connection) {
        let call = Call {
            caller: self.service_node(row),
            callee,
            connection,
            errs: self.errs(row),
            nano: self.table.columns.duration_nano[row as usize],
            network: None,
        };
        self.count(row, &call);
    }

    /// A message that was received, from a known producer or not.
    fn received(&mut self, row: u32, producer: Option<u32>) {
        let of_producer = producer.and_then(|producer| self.callees.queue(producer));
        let queue = self.callees.queue(row).or(of_producer);
        if let (Some(queue), Some(sender)) = (queue, producer) {
            if self.calls.kind(sender) != SpanKind::Producer
                || of_producer.is_none() && self.named.insert(sender)
            {
                self.left(sender, (NodeKind::Queue, queue), Connection::Messaging);
            }
        }
        let caller = match (queue, producer) {
            (Some(queue), _) => (NodeKind::Queue, queue),
            (None, Some(producer)) => self.service_node(producer),
            (None, None) => (NodeKind::Queue, Symbol::EMPTY),
        };
        let call = Call {
            caller,
            callee: self.service_node(row),
            connection: Connection::Messaging,
            errs: self.errs(row),
            nano: self.table.columns.duration_nano[row as usize],
            network: None,
        };
        self.count(row, &call);
    }

    /// The producer that a consumer links to inside its trace.
    fn linked_producer(
        &self,
        trace: Trace<'_>,
        row: u32,
        ids: &mut Option<KeyedMap<SpanId, u32>>,
    ) -> Option<u32> {
        let mut links = Span::new(self.table, row).links().peekable();
        links.peek()?;
        let ids = ids.get_or_insert_with(|| {
            let producers = trace.rows().rev();
            let producers = producers.filter(|&row| self.calls.kind(row) == SpanKind::Producer);
            producers
                .map(|row| (self.table.columns.span_id[row as usize], row))
                .collect()
        });
        let mut inside = links.filter(|link| link.0 == trace.id());
        inside.find_map(|link| ids.get(&link.1).copied())
    }

    fn service_node(&self, row: u32) -> Node {
        (NodeKind::Service, self.calls.service(row))
    }

    fn errs(&self, row: u32) -> bool {
        self.facts.flags[row as usize] & fact_flags::ERRS != 0
    }

    /// Counts a call in which the span of this row is.
    fn count(&mut self, row: u32, call: &Call) {
        let edge = (call.caller, call.callee, call.connection);
        let operation = self.table.columns.operation[row as usize].0 as usize;
        let at = match self.last[operation] {
            Some((last, at)) if last == edge => at,
            _ => {
                let at = self.look_up(edge);
                self.last[operation] = Some((edge, at));
                at
            }
        };
        let sums = &mut self.sums[at as usize];
        sums.calls += 1;
        sums.errors += u64::from(call.errs);
        self.out.record(sums.row, LATENCY, call.nano);
        if let Some(network) = call.network {
            sums.network_time += u128::from(network);
            self.out.record(sums.row, NETWORK, network);
        }
    }

    fn look_up(&mut self, edge: Edge) -> u32 {
        let (callees, out, sums) = (&self.callees, &mut self.out, &mut self.sums);
        *self.index.entry(edge).or_insert_with(|| {
            let node = |node: Node| node_key(node.0, callees.name(node));
            let ([caller, caller_kind], [callee, callee_kind]) = (node(edge.0), node(edge.1));
            let connection = Key::Name(edge.2.name());
            sums.push(Sums {
                row: out.row(&[caller, caller_kind, callee, callee_kind, connection]),
                calls: 0,
                errors: 0,
                network_time: 0,
            });
            sums.len() as u32 - 1
        })
    }

    /// Adds all sums to the partial.
    fn flush(self) {
        for sums in self.sums {
            self.out.add(sums.row, CALLS, sums.calls);
            self.out.add(sums.row, ERRORS, sums.errors);
            self.out
                .add(sums.row, NETWORK_TIME, sums.network_time as i128);
        }
    }
}

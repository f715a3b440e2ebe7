//! Tables of hops and of the requests that they belong to.

use super::graph::{Graph, Hop, Id, Operation, Root, NOBODY};
use crate::analyses::columns::{counts, names, some_durations};
use crate::histogram::Histogram;
use spanwise_model::{ColumnData, SpanId, Table, TraceId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How many examples a row has.
const EXAMPLES: usize = 3;

/// The longest, then those with the smallest ids.
#[derive(Debug, Default)]
struct Longest(BTreeSet<(Reverse<u64>, Id)>);

impl Longest {
    fn offer(&mut self, nano: u64, id: Id) {
        let one = (Reverse(nano), id);
        let is_full = self.0.len() == EXAMPLES;
        if is_full && self.0.last().is_some_and(|last| *last <= one) {
            return;
        }
        self.0.insert(one);
        if self.0.len() > EXAMPLES {
            self.0.pop_last();
        }
    }

    fn texts(&self) -> Vec<String> {
        let text = |&(_, (trace, span)): &(_, Id)| format!("{}/{}", TraceId(trace), SpanId(span));
        self.0.iter().map(text).collect()
    }
}

/// Where a request began, which hop it is, from whom, how, and to whom.
type HopKey<'a> = (Operation, Option<u64>, Operation, &'a str, Operation);

/// What is known of a kind of hop.
#[derive(Debug, Default)]
struct Hops {
    messages: i128,
    receivers: i128,
    /// The receiver of the hop before: those of one receiver stand together.
    last_receiver: Option<u32>,
    early: i128,
    wait: Histogram,
    processing: Histogram,
    since_start: Histogram,
    examples: Longest,
}

pub(super) fn by_hop(graph: &Graph<'_>) -> Table {
    let mut rows: BTreeMap<HopKey<'_>, Hops> = BTreeMap::new();
    let mut sent = vec![false; graph.senders.len()];
    for hop in &graph.hops {
        if let Some(sender) = hop.sender {
            sent[sender as usize] = true;
        }
        rows.entry(hop_key(graph, hop)).or_default().add(graph, hop);
    }
    let alone = graph.senders.iter().zip(&sent);
    for (sender, _) in alone.filter(|(sender, &sent)| sender.alone && !sent) {
        let (root, hop) = graph.origin_of(sender).unzip();
        let root = root.map_or(NOBODY, |root| root.operation);
        let row = rows
            .entry((root, hop, sender.operation, "", NOBODY))
            .or_default();
        row.messages += 1;
        row.examples.offer(0, sender.id);
    }
    hop_table(graph, &rows)
}

fn hop_key<'a>(graph: &Graph<'a>, hop: &Hop<'a>) -> HopKey<'a> {
    let (root, number) = graph.origin(hop).unzip();
    let sender = graph.sender(hop).map_or(NOBODY, |sender| sender.operation);
    let root = root.map_or(NOBODY, |root| root.operation);
    let receiver = graph.receiver(hop).operation;
    (root, number, sender, hop.relation, receiver)
}

impl Hops {
    fn add(&mut self, graph: &Graph<'_>, hop: &Hop<'_>) {
        let receiver = graph.receiver(hop);
        self.messages += 1;
        if self.last_receiver.replace(hop.receiver) != Some(hop.receiver) {
            self.receivers += 1;
            add(&mut self.processing, Some(receiver.start), receiver.end);
        }
        let sent = graph.sender(hop).and_then(|sender| sender.end);
        self.early += i128::from(sent.is_some_and(|end| receiver.start < end));
        add(&mut self.wait, sent, Some(receiver.start));
        let began = graph.origin(hop).map(|(root, _)| root.start);
        let since = add(&mut self.since_start, began, receiver.end);
        self.examples.offer(since.unwrap_or_default(), receiver.id);
    }
}

fn hop_table<'a>(graph: &Graph<'a>, rows: &BTreeMap<HopKey<'a>, Hops>) -> Table {
    let name = |of: fn(&HopKey<'a>) -> Operation, at: usize| {
        names(rows.keys().map(|key| graph.operations.names(of(key))[at]))
    };
    let quantile = |of: fn(&Hops) -> &Histogram, q: f64| {
        some_durations(rows.values().map(|row| of(row).quantile(q)))
    };
    let count = |of: fn(&Hops) -> i128| counts(rows.values().map(of));
    let table = operation_columns(Table::new(), "root_", |at| name(|key| key.0, at));
    let table = table.with(
        "hop",
        ColumnData::U64(rows.keys().map(|key| key.1).collect()),
    );
    let table = operation_columns(table, "sender_", |at| name(|key| key.2, at));
    let table = table.with("relation", names(rows.keys().map(|key| key.3)));
    operation_columns(table, "receiver_", |at| name(|key| key.4, at))
        .with("messages", count(|row| row.messages))
        .with("receivers", count(|row| row.receivers))
        .with("wait_p50", quantile(|row| &row.wait, 0.5))
        .with("wait_p95", quantile(|row| &row.wait, 0.95))
        .with("wait_p99", quantile(|row| &row.wait, 0.99))
        .with("early", count(|row| row.early))
        .with("processing_p50", quantile(|row| &row.processing, 0.5))
        .with("processing_p95", quantile(|row| &row.processing, 0.95))
        .with("since_start_p50", quantile(|row| &row.since_start, 0.5))
        .with("since_start_p95", quantile(|row| &row.since_start, 0.95))
        .with("since_start_p99", quantile(|row| &row.since_start, 0.99))
        .with("examples", texts(rows.values().map(|row| &row.examples)))
}

/// What is known of the requests of a root operation.
#[derive(Debug, Default)]
struct Requests {
    requests: i128,
    messages: i128,
    root: Histogram,
    end_to_end: Histogram,
    behind: Histogram,
    examples: Longest,
}

pub(super) fn by_request(graph: &Graph<'_>) -> Table {
    // By request: its messages, and the end of the last thing it led to.
    let mut requests: BTreeMap<Root, (i128, Option<i128>)> = BTreeMap::new();
    for hop in graph.hops.iter().filter(|hop| graph.is_first(hop)) {
        let Some((root, _)) = graph.origin(hop) else {
            continue;
        };
        let (messages, end) = requests.entry(root).or_insert((0, root.end));
        *messages += 1;
        *end = graph.receiver(hop).last_end.max(*end);
    }
    let mut rows: BTreeMap<Operation, Requests> = BTreeMap::new();
    for (root, (messages, end)) in requests {
        let row = rows.entry(root.operation).or_default();
        row.requests += 1;
        row.messages += messages;
        add(&mut row.root, Some(root.start), root.end);
        let whole = add(&mut row.end_to_end, Some(root.start), end);
        add(&mut row.behind, root.end, end);
        row.examples.offer(whole.unwrap_or_default(), root.id);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, row)| Reverse(row.requests));
    request_table(graph, &rows)
}

fn request_table(graph: &Graph<'_>, rows: &[(Operation, Requests)]) -> Table {
    let quantile = |of: fn(&Requests) -> &Histogram, q: f64| {
        some_durations(rows.iter().map(|(_, row)| of(row).quantile(q)))
    };
    operation_columns(Table::new(), "", |at| {
        let operations = rows.iter().map(|row| graph.operations.names(row.0));
        names(operations.map(|names| names[at]))
    })
    .with("requests", counts(rows.iter().map(|(_, row)| row.requests)))
    .with("messages", counts(rows.iter().map(|(_, row)| row.messages)))
    .with("root_p50", quantile(|row| &row.root, 0.5))
    .with("root_p95", quantile(|row| &row.root, 0.95))
    .with("end_to_end_p50", quantile(|row| &row.end_to_end, 0.5))
    .with("end_to_end_p95", quantile(|row| &row.end_to_end, 0.95))
    .with("end_to_end_p99", quantile(|row| &row.end_to_end, 0.99))
    .with("behind_p50", quantile(|row| &row.behind, 0.5))
    .with("behind_p95", quantile(|row| &row.behind, 0.95))
    .with("examples", texts(rows.iter().map(|(_, row)| &row.examples)))
}

fn operation_columns(table: Table, prefix: &str, column: impl Fn(usize) -> ColumnData) -> Table {
    let columns = ["service", "operation", "kind"].into_iter().enumerate();
    columns.fold(table, |table, (at, name)| {
        table.with(format!("{prefix}{name}"), column(at))
    })
}

fn texts<'a>(examples: impl Iterator<Item = &'a Longest>) -> ColumnData {
    ColumnData::TextList(
        examples
            .map(Longest::texts)
            .collect::<Vec<_>>()
            .into_iter()
            .collect(),
    )
}

/// Counts a length whose two ends are known.
fn add(lengths: &mut Histogram, from: Option<i128>, to: Option<i128>) -> Option<u64> {
    let length = between(from?, to?);
    lengths.add(length);
    Some(length)
}

/// From one time to another; nothing is shorter than nothing.
fn between(from: i128, to: i128) -> u64 {
    u64::try_from(to.saturating_sub(from).max(0)).unwrap_or(u64::MAX)
}

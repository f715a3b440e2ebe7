//! Flows over random traces: halves that were read apart join as those that
//! were read together, and end-to-end latencies are what following every hop
//! finds.

use proptest::prelude::*;
use spanwise_analyze::analyses::{Flows, FlowsBy};
use spanwise_analyze::runner::tables as tables_of;
use spanwise_analyze::{facts, run, run_tables, Analysis, FactColumns, Policy};
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::table::Cell;
use spanwise_model::{flags, Span, SpanId, SpanKind, SpanTable, Trace, TraceId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

#[derive(Clone, Debug)]
struct Node {
    parent: prop::sample::Index,
    times: (i64, i64),
    kind: &'static str,
    follows: bool,
    /// A trace and a span of it.
    links: Vec<(prop::sample::Index, u8)>,
}

fn node() -> impl Strategy<Value = Node> {
    let kinds = vec!["", "server", "producer", "producer", "consumer", "consumer"];
    let link = (any::<prop::sample::Index>(), 1..8_u8);
    (
        any::<prop::sample::Index>(),
        (0..10_000_i64, 0..1_000_i64),
        prop::sample::select(kinds),
        prop::bool::weighted(0.1),
        prop::collection::vec(link, 0..3),
    )
        .prop_map(|(parent, times, kind, follows, links)| Node {
            parent,
            times,
            kind,
            follows,
            links,
        })
}

fn traces() -> impl Strategy<Value = Vec<Vec<Node>>> {
    prop::collection::vec(prop::collection::vec(node(), 1..8), 1..8)
}

/// One text a trace, each span of an operation of its own. Links lead to earlier
/// traces only, so that there is no circle.
fn notation(traces: &[Vec<Node>]) -> Vec<String> {
    let text = |(number, nodes): (usize, &Vec<Node>)| {
        let mut text = format!("trace {:x}\n", number + 1);
        for (at, node) in nodes.iter().enumerate() {
            let (start, length) = node.times;
            let (id, end) = (at + 1, start + length);
            let (service, kind) = (at % 2, node.kind);
            let _ = write!(
                text,
                "s{service} op{number}.{at} {start}ns..{end}ns {kind} id={id}"
            );
            let parent = node.parent.index(at + 1);
            if parent != at {
                let follows = if node.follows { "follows" } else { "" };
                let _ = write!(text, " {follows} parent={}", parent + 1);
            }
            for (trace, span) in node.links.iter().filter(|_| number > 0) {
                let _ = write!(text, " link={:x}/{span:x}", trace.index(number) + 1);
            }
            text.push('\n');
        }
        text
    };
    traces.iter().enumerate().map(text).collect()
}

fn read(text: &str) -> (SpanTable, FactColumns) {
    let batch = parse(text);
    assert!(batch.issues.is_empty(), "{text}");
    let table = assemble(batch).expect("few spans");
    let facts = facts::compute(&table, &Policy::default());
    (table, facts)
}

/// From a sender to a receiver, by rows.
fn hops(table: &SpanTable) -> BTreeSet<(u32, u32)> {
    let mut hops = BTreeSet::new();
    for span in table.traces().flat_map(Trace::spans) {
        for (trace, id) in span.links() {
            let sender = find(table, trace, id);
            let sender = sender.filter(|&from| sends(from));
            hops.extend(sender.map(|from| (from.row(), span.row())));
        }
        hops.extend(
            span.parent()
                .filter(|&parent| hands_over(parent, span))
                .map(|parent| (parent.row(), span.row())),
        );
    }
    hops
}

/// Whether other traces can join a span.
fn sends(span: Span<'_>) -> bool {
    let mut below = span.children();
    span.kind() == SpanKind::Producer || below.any(|child| hands_over(span, child))
}

fn find(table: &SpanTable, trace: TraceId, id: SpanId) -> Option<Span<'_>> {
    let at = table.trace_ids.binary_search(&trace).ok()?;
    table.trace(at as u32).find(id)
}

fn hands_over(parent: Span<'_>, span: Span<'_>) -> bool {
    let (sent, received) = (
        parent.kind() == SpanKind::Producer,
        span.kind() == SpanKind::Consumer,
    );
    let elsewhere = parent.service() != span.service();
    let follows = span.flags() & flags::FOLLOWS_FROM != 0;
    follows || (sent && received) || (elsewhere && (sent || received))
}

/// Whatever receives, even if nobody knows the sender.
fn receives(span: Span<'_>) -> bool {
    span.links().next().is_some() || span.parent().is_some_and(|parent| hands_over(parent, span))
}

/// The nearest receiver at or above a span, or else the top.
fn begins(span: Span<'_>) -> Span<'_> {
    match span.parent() {
        Some(parent) if !receives(span) => begins(parent),
        _ => span,
    }
}

/// When the last thing ended that something set off, and how many hops leave
/// from it.
fn last_end(of: Span<'_>, hops: &BTreeSet<(u32, u32)>) -> (i64, u64) {
    let table = of.table();
    let (mut end, mut count) = (of.end_unix_nano(), 0);
    for &(from, to) in hops {
        if begins(Span::new(table, from)).row() == of.row() {
            count += 1;
            end = end.max(last_end(Span::new(table, to), hops).0);
        }
    }
    (end, count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn halves_join_wherever_they_were_read(traces in traces()) {
        let texts = notation(&traces);
        let whole = read(&texts.concat());
        let parts: Vec<_> = texts.iter().map(|text| read(text)).collect();
        let tables: Vec<_> = parts.iter().map(|(table, facts)| (table, facts)).collect();
        let flows = Flows::default();
        let all: Vec<u32> = (0..texts.len() as u32).collect();
        let together = run(&whole.0, &all, &whole.1, &[&flows]).swap_remove(0);
        let apart = run_tables(&tables, &[&flows]).expect("different traces").swap_remove(0);
        prop_assert_eq!(together.to_bytes(), apart.to_bytes());
        for by in [FlowsBy::Hop, FlowsBy::Request] {
            let flows = Flows::default().by(by);
            let finished = flows.finish(&together);
            let shown = tables_of(&whole.0, &all, &whole.1, &[&flows]).swap_remove(0);
            prop_assert_eq!(&finished, &shown, "without a partial");
            prop_assert_eq!(finished, flows.finish(&apart));
        }
    }

    #[test]
    fn requests_end_with_the_last_thing_they_set_off(traces in traces()) {
        let (table, facts) = read(&notation(&traces).concat());
        let all: Vec<u32> = (0..table.trace_count() as u32).collect();
        let flows = Flows::default().by(FlowsBy::Request);
        let answer = flows.finish(&run(&table, &all, &facts, &[&flows])[0]);
        let found: BTreeMap<String, (u64, i64)> = (0..answer.rows())
            .map(|row| {
                let cells = ["operation", "messages", "end_to_end_p50"];
                match cells.map(|column| answer.cell(row, column)) {
                    [Cell::Text(name), Cell::U64(n), Cell::Duration(nano)] => {
                        (name.to_owned(), (n, nano))
                    }
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        let hops = hops(&table);
        let mut expected = BTreeMap::new();
        for top in table.traces().flat_map(Trace::tops).filter(|&top| !receives(top)) {
            let (end, count) = last_end(top, &hops);
            if count > 0 {
                let nano = end - top.start_unix_nano();
                expected.insert(top.operation().to_owned(), (count, nano));
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn each_message_is_counted_once(traces in traces()) {
        let (table, facts) = read(&notation(&traces).concat());
        let all: Vec<u32> = (0..table.trace_count() as u32).collect();
        let flows = Flows::default();
        let answer = flows.finish(&run(&table, &all, &facts, &[&flows])[0]);
        let joined: u64 = (0..answer.rows())
            .filter(|&row| {
                answer.cell(row, "sender_operation") != Cell::Text("")
                    && answer.cell(row, "relation") != Cell::Text("")
            })
            .map(|row| match answer.cell(row, "messages") {
                Cell::U64(n) => n,
                other => panic!("{other:?}"),
            })
            .sum();
        prop_assert_eq!(joined, hops(&table).len() as u64);
    }
}

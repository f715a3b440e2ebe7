use super::assemble;
use crate::notation::parse;
use spanwise_model::{
    flags, IssueKind, Span, SpanBatch, SpanHead, SpanId, SpanKind, SpanTable, TraceId, Value,
};

/// A span of a test: id, parent, start, end, kind, service.
#[derive(Clone, Copy)]
struct Row(u64, u64, i64, i64, SpanKind, &'static str);

use SpanKind::{Client, Internal, Server};

fn batch(rows: &[Row]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    for &Row(id, parent, start, end, kind, service) in rows {
        let service = batch.strings.intern(service);
        let resource = batch.resources.close(service);
        let name = batch.strings.intern("op");
        let head = SpanHead {
            trace_id: TraceId(1),
            span_id: SpanId(id),
            parent_id: SpanId(parent),
            start_unix_nano: start,
            end_unix_nano: Some(end),
            kind,
            name,
            resource,
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
    }
    batch
}

fn table(rows: &[Row]) -> SpanTable {
    assemble(batch(rows)).expect("room")
}

/// The tree as `id(children…)`.
fn tree(table: &SpanTable) -> String {
    let shape = |id: SpanId, depth: usize| format!("{}{}", "-".repeat(depth), id.0);
    let mut ends: Vec<u32> = Vec::new();
    let mut lines = Vec::new();
    for row in 0..table.len() as u32 {
        while ends.last().is_some_and(|&end| end <= row) {
            ends.pop();
        }
        lines.push(shape(table.columns.span_id[row as usize], ends.len()));
        ends.push(table.columns.subtree_end[row as usize]);
    }
    lines.join(" ")
}

#[test]
fn children_are_ordered_by_start_then_longest_then_id() {
    let rows = [
        Row(4, 1, 10, 20, Internal, "a"),
        Row(3, 1, 10, 20, Internal, "a"),
        Row(2, 1, 10, 30, Internal, "a"),
        Row(5, 2, 11, 12, Internal, "a"),
        Row(1, 0, 0, 100, Internal, "a"),
    ];
    let mut backwards = rows;
    backwards.reverse();
    assert_eq!(tree(&table(&rows)), "1 -2 --5 -3 -4");
    assert_eq!(table(&rows).to_string(), table(&backwards).to_string());
}

#[test]
fn a_server_that_shares_its_clients_id_goes_under_it() {
    let table = table(&[
        Row(1, 0, 0, 100, Server, "front"),
        Row(2, 1, 20, 80, Server, "cart"),
        Row(2, 1, 10, 90, Client, "front"),
        Row(3, 2, 30, 40, Client, "cart"),
        Row(4, 2, 12, 15, Internal, "front"),
    ]);
    assert_eq!(tree(&table), "1 -2 --4 --2 ---3");
    assert_eq!(table.issues.count(IssueKind::SharedId), 1);
    assert_eq!(table.issues.count(IssueKind::ConflictingDuplicate), 0);
}

#[test]
fn equal_records_fold_and_different_ones_stay() {
    let twice = Row(2, 1, 10, 20, Internal, "a");
    let table = table(&[
        Row(1, 0, 0, 100, Internal, "a"),
        twice,
        twice,
        Row(2, 1, 30, 50, Internal, "a"),
        Row(3, 2, 35, 40, Internal, "a"),
    ]);
    assert_eq!(tree(&table), "1 -2 -2 --3");
    assert_eq!(table.records.spans, 5);
    assert_eq!(table.issues.count(IssueKind::DuplicateId), 1);
    assert_eq!(table.issues.count(IssueKind::ConflictingDuplicate), 1);
}

#[test]
fn equal_records_with_other_attributes_are_a_conflict() {
    let mut batch = batch(&[Row(1, 0, 0, 10, Internal, "a")]);
    batch.attribute("k", Value::Int(1));
    let head = batch.head(0);
    batch.close(head).expect("room");
    let table = assemble(batch).expect("room");
    assert_eq!(table.len(), 2);
    assert_eq!(table.issues.count(IssueKind::ConflictingDuplicate), 1);
}

#[test]
fn records_that_differ_anywhere_are_both_kept() {
    let mut spans = SpanBatch::default();
    let head = SpanHead {
        trace_id: TraceId(1),
        span_id: SpanId(1),
        ..SpanHead::default()
    };
    for value in [
        Value::Int(0),
        Value::Bool(false),
        Value::Empty,
        Value::Double(0.0),
    ] {
        spans.attribute("k", value);
        spans.close(head).expect("room");
        spans.link_attribute("k", value);
        spans.link(TraceId(2), SpanId(2));
        spans.close(head).expect("room");
    }
    assert_eq!(assemble(spans).expect("room").len(), 8);
}

#[test]
fn the_finished_record_stays() {
    let mut batch = batch(&[Row(1, 0, 0, 10, Internal, "a")]);
    let head = SpanHead {
        end_unix_nano: None,
        ..batch.head(0)
    };
    batch.close(head).expect("room");
    let table = assemble(batch).expect("room");
    assert_eq!(table.len(), 1);
    assert_eq!(table.columns.duration_nano, [10]);
    assert_eq!(table.issues.count(IssueKind::MissingEnd), 0);
}

#[test]
fn cycles_are_cut_at_their_earliest_span() {
    let table = table(&[
        Row(1, 2, 10, 20, Internal, "a"),
        Row(2, 3, 5, 20, Internal, "a"),
        Row(3, 1, 7, 20, Internal, "a"),
        Row(4, 1, 11, 12, Internal, "a"),
        Row(5, 5, 50, 60, Internal, "a"),
    ]);
    assert_eq!(tree(&table), "2 -1 --3 --4 5");
    assert_eq!(table.issues.count(IssueKind::Cycle), 2);
    assert_eq!(table.issues.count(IssueKind::NoRoot), 1);
}

#[test]
fn orphans_keep_the_id_of_the_parent_they_name() {
    let table = table(&[
        Row(1, 0, 0, 100, Internal, "a"),
        Row(7, 9, 10, 20, Internal, "b"),
    ]);
    assert_eq!(table.missing_parent(1), Some(SpanId(9)));
    assert_eq!(table.records.orphans, 1);
    assert_eq!(table.trace(0).primary().id(), SpanId(1));
    assert!(table.columns.flags[1] & flags::ORPHAN != 0);
}

#[test]
fn a_chain_and_a_fan_of_a_hundred_thousand_are_ordinary() {
    let chain: Vec<Row> = (1..=100_000)
        .map(|n| Row(n, n - 1, 0, 10, Internal, "a"))
        .collect();
    let chain = table(&chain);
    assert_eq!(chain.columns.parent[99_999], 99_998);
    let fan: Vec<Row> = (1..=100_000)
        .map(|n| Row(n, u64::from(n > 1), 0, 10, Internal, "a"))
        .collect();
    let fan = table(&fan);
    assert_eq!(fan.columns.subtree_end[0], 100_000);
    assert_eq!(fan.trace(0).primary().children().count(), 99_999);
}

#[test]
fn a_hundred_thousand_spans_of_one_id_are_linear() {
    let rows: Vec<Row> = (0..100_000)
        .map(|n| Row(1, 1, n, n + 5, Internal, "a"))
        .collect();
    let table = table(&rows);
    assert_eq!(table.len(), 100_000);
    assert_eq!(table.issues.count(IssueKind::ConflictingDuplicate), 99_999);
}

#[test]
fn fields_follow_their_records_through_all_chunks() {
    let mut batch = SpanBatch::default();
    for at in 0..90u64 {
        // Each record comes twice, and the third span of a trace has no start.
        let (id, trace) = (at / 2 % 3 + 1, at / 6);
        let name = batch.strings.intern(&format!("op {}", trace % 7));
        let service = batch.strings.intern(&format!("service {id}"));
        let starts = id < 3;
        let head = SpanHead {
            trace_id: TraceId(u128::from(trace * 7 % 15)),
            span_id: SpanId(id),
            parent_id: SpanId(id - 1),
            start_unix_nano: if starts { (trace * 100 + id) as i64 } else { 0 },
            end_unix_nano: starts.then_some((trace * 100 + 50) as i64),
            flags: if starts { 0 } else { flags::MISSING_START },
            name,
            resource: batch.resources.close(service),
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
    }
    let table = assemble(batch).expect("room");
    assert_eq!((table.len(), table.trace_count()), (45, 15));
    for trace in table.traces() {
        let number = trace.primary().start_unix_nano() as u64 / 100;
        assert_eq!(trace.id(), TraceId(u128::from(number * 7 % 15)));
        for (span, id) in trace.spans().zip(1..) {
            assert_eq!(span.id(), SpanId(id));
            assert_eq!(span.service(), format!("service {id}"));
            assert_eq!(span.operation(), format!("op {}", number % 7));
            let start = (number * 100 + id.min(2)) as i64;
            assert_eq!(
                span.start_unix_nano(),
                start,
                "the parent's where it has none"
            );
            let duration = if id < 3 { 50 - id } else { 0 };
            assert_eq!(span.duration_nano(), duration);
        }
    }
}

#[test]
fn who_owns_an_id_does_not_depend_on_other_traces() {
    for name in ["opA", "opB", "opC", "opD", "opE", "opF", "opG", "opH"] {
        let text = format!(
            "trace 1
             shop {name} 0..100 id=1
             shop other 0..100 id=1
             cart child 10..20 id=2 parent=1"
        );
        let parent = |batch| {
            let table = assemble(batch).expect("a table");
            let child = (0..table.len() as u32)
                .map(|row| Span::new(&table, row))
                .find(|span| span.operation() == "child");
            let parent = child.and_then(Span::parent).expect("a parent");
            parent.operation().to_owned()
        };
        let mut with_another = parse("trace 2\nshop GET 0..1");
        let key = with_another.strings.intern("k");
        with_another.scopes.push(key, Value::Bool(true));
        let scope = with_another.scopes.intern(key, key);
        with_another.heads[0].scope = scope;
        with_another.absorb(parse(&text)).expect("room");
        assert_eq!(parent(parse(&text)), parent(with_another), "{name}");
    }
}

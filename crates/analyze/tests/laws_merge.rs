//! The laws of partials, for every analysis over random traces: any split, any
//! order, any grouping and any number of threads give the same bytes; and the
//! sums that tables must keep.

use proptest::prelude::*;
use spanwise_analyze::analyses::{
    Bottlenecks, CallTree, Clocks, Cohort, Compare, Completeness, Concurrency, ConcurrencyBy,
    CriticalPath, CriticalPathBy, Dependencies, Errors, ErrorsBy, Flows, FlowsBy, HeatMap,
    HeatMapBy, HotKeys, Hotspots, HotspotsBy, ShapeProblems, SiblingOrder, Slack, TimeKinds,
    TimeKindsBy, WhatIf,
};
use spanwise_analyze::facts::compute;
use spanwise_analyze::runner::tables;
use spanwise_analyze::{run, run_tables, Analysis, FactColumns, Partial, Policy};
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::table::Cell;
use spanwise_model::trace::TopKind;
use spanwise_model::{ErrorKind, Span, SpanKind, SpanTable, Table, Trace};
use std::fmt::Write;

const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];
const MARKS: [&str; 9] = [
    "",
    "",
    "error",
    "db.system=redis error.type=Timeout",
    "messaging.destination.name=orders",
    "http.response.status_code=500",
    "event=exception{exception.type=Boom}",
    "shard=a",
    "shard=b",
];

#[derive(Clone, Debug)]
struct Node {
    parent: prop::sample::Index,
    start: i64,
    length: i64,
    name: u8,
    kind: usize,
    marks: usize,
}

fn node() -> impl Strategy<Value = Node> {
    let length = prop_oneof![1 => Just(-1), 1 => Just(0), 10 => 0..100_000_i64];
    (
        any::<prop::sample::Index>(),
        0..50_000_i64,
        length,
        0..4_u8,
        0..KINDS.len(),
        0..MARKS.len(),
    )
        .prop_map(|(parent, start, length, name, kind, marks)| Node {
            parent,
            start,
            length,
            name,
            kind,
            marks,
        })
}

/// Traces numbered from `first`. A parent that is the node itself is none, the
/// one behind the last is missing, and cycles may happen.
fn notation(traces: &[Vec<Node>], first: usize) -> String {
    let mut text = String::new();
    for (number, nodes) in traces.iter().enumerate() {
        let _ = writeln!(text, "trace {:x}", first + number + 1);
        for (at, node) in nodes.iter().enumerate() {
            let end = match node.length {
                -1 => String::new(),
                length => format!("{}ns", node.start + length),
            };
            let (service, kind, marks) = (node.name / 2, KINDS[node.kind], MARKS[node.marks]);
            let _ = write!(
                text,
                "s{service} op{} {}ns..{end} {kind} {marks} id={}",
                node.name,
                node.start,
                at + 1
            );
            let parent = node.parent.index(nodes.len() + 1);
            if parent != at {
                let _ = write!(text, " parent={}", parent + 1);
            }
            text.push('\n');
        }
    }
    text
}

fn traces() -> impl Strategy<Value = Vec<Vec<Node>>> {
    prop::collection::vec(prop::collection::vec(node(), 1..12), 1..12)
}

fn read(text: &str) -> (SpanTable, FactColumns) {
    let table = assemble(parse(text)).expect("few spans");
    let facts = compute(&table, &Policy::default());
    (table, facts)
}

/// Keys that random traces have.
fn hot_keys() -> HotKeys {
    let keys = HotKeys::default().by(["db.system", "http.response.status_code", "shard"]);
    keys.gini(0.0).times(0.0).calls(0)
}

fn everything() -> Vec<Box<dyn Analysis>> {
    vec![
        Box::new(Hotspots::default()),
        Box::new(Hotspots::default().by(HotspotsBy::Service)),
        Box::new(CriticalPath::default().percentile(50.0)),
        Box::new(CriticalPath::default().by(CriticalPathBy::Service)),
        Box::new(CriticalPath::default().by(CriticalPathBy::Path)),
        Box::new(Errors::default()),
        Box::new(Errors::default().by(ErrorsBy::Service)),
        Box::new(Errors::default().by(ErrorsBy::Type)),
        Box::new(Slack::default()),
        Box::new(SiblingOrder::default()),
        Box::new(Flows::default()),
        Box::new(Clocks::default()),
        Box::new(Bottlenecks::default().requests(2).share(0.0).times(0.0)),
        Box::new(WhatIf::default()),
        Box::new(
            ShapeProblems::default()
                .traces(1)
                .repeated_calls(2)
                .repeated_nano(0)
                .saved_nano(0)
                .tail_ratio(1)
                .chatty_calls(2),
        ),
        Box::new(hot_keys()),
        Box::new(CallTree::default().percentile(50.0)),
        Box::new(
            TimeKinds::default()
                .by(TimeKindsBy::Operation)
                .percentile(50.0),
        ),
        Box::new(Concurrency::default()),
        Box::new(HeatMap::default()),
        Box::new(HeatMap::default().by(HeatMapBy::Request).bands(16)),
        Box::new(Dependencies::default()),
        Box::new(Completeness::default()),
        Box::new(Compare::default().cohort(Cohort::Incident)),
        Box::new(Compare::default().windows((0, 20_000), (20_000, 50_000))),
    ]
}

fn borrowed(analyses: &[Box<dyn Analysis>]) -> Vec<&dyn Analysis> {
    analyses.iter().map(Box::as_ref).collect()
}

fn indices(table: &SpanTable) -> Vec<u32> {
    (0..table.trace_count() as u32).collect()
}

/// What the runner gives for these traces alone.
fn part(input: &(SpanTable, FactColumns), traces: &[u32], analysis: &dyn Analysis) -> Partial {
    run(&input.0, traces, &input.1, &[analysis]).swap_remove(0)
}

fn merged(parts: impl IntoIterator<Item = Partial>, empty: Partial) -> Partial {
    parts.into_iter().fold(empty, |mut whole, part| {
        whole.merge(&part).expect("each trace once");
        whole
    })
}

/// The bytes of every analysis on so many threads.
fn on_threads(input: &(SpanTable, FactColumns), threads: usize) -> Vec<Vec<u8>> {
    let analyses = everything();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a pool of threads");
    let all = indices(&input.0);
    let partials = pool.install(|| run(&input.0, &all, &input.1, &borrowed(&analyses)));
    partials.iter().map(Partial::to_bytes).collect()
}

/// Analyses that keep less of what they do not show, or no partial at all.
fn brief() -> Vec<Box<dyn Analysis>> {
    let concurrency = |by| Concurrency::default().by(by).bucket(300_000_000);
    let mut tree = CallTree::default();
    tree.root_operation = Some("op1".to_owned());
    let mut kinds = TimeKinds::default().by(TimeKindsBy::Service);
    kinds.root_operation = Some("op1".to_owned());
    vec![
        Box::new(concurrency(ConcurrencyBy::Instance)),
        Box::new(concurrency(ConcurrencyBy::Level)),
        Box::new(HeatMap::default().bucket(u64::MAX).bands(4)),
        Box::new(Flows::default().by(FlowsBy::Request)),
        Box::new(CallTree::default()),
        Box::new(tree),
        Box::new(TimeKinds::default()),
        Box::new(TimeKinds::default().by(TimeKindsBy::Operation)),
        Box::new(kinds),
    ]
}

/// The tables of everything, as they are shown at once and as partials give
/// them, on so many threads.
fn shown_on_threads(input: &(SpanTable, FactColumns), threads: usize) -> [Vec<Table>; 2] {
    let analyses: Vec<_> = everything().into_iter().chain(brief()).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let all = indices(&input.0);
    pool.expect("a pool of threads").install(|| {
        let partials = run(&input.0, &all, &input.1, &borrowed(&analyses));
        let pairs = analyses.iter().zip(&partials);
        let finished = pairs.map(|(analysis, partial)| analysis.finish(partial));
        [
            tables(&input.0, &all, &input.1, &borrowed(&analyses)),
            finished.collect(),
        ]
    })
}

fn nano(cell: Cell<'_>) -> i64 {
    match cell {
        Cell::Duration(nano) => nano,
        other => panic!("no duration: {other:?}"),
    }
}

fn sum(table: &Table, column: &str) -> i64 {
    (0..table.rows())
        .map(|row| nano(table.cell(row, column)))
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_in_any_order_gives_the_same_bytes(
        traces in traces(),
        places in prop::collection::vec(0..4_usize, 12),
    ) {
        let input = read(&notation(&traces, 0));
        for analysis in &everything() {
            let whole = part(&input, &indices(&input.0), analysis.as_ref());
            let parts: Vec<Partial> = (0..4)
                .map(|place| {
                    let chosen = indices(&input.0).into_iter();
                    let chosen = chosen.filter(|&at| places[at as usize % 12] == place);
                    part(&input, &chosen.collect::<Vec<u32>>(), analysis.as_ref())
                })
                .collect();
            let [a, b, c, d] = [0, 1, 2, 3].map(|at: usize| parts[at].clone());
            let left = merged(parts.clone(), analysis.empty());
            let right = merged(parts.into_iter().rev(), analysis.empty());
            let pairs = merged([merged([a, b], analysis.empty())], merged([d, c], analysis.empty()));
            let name = analysis.name();
            for other in [&left, &right, &pairs] {
                prop_assert_eq!(whole.to_bytes(), other.to_bytes(), "{}", name);
                prop_assert_eq!(analysis.finish(&whole), analysis.finish(other), "{}", name);
            }
        }
    }

    #[test]
    fn what_is_shown_at_once_is_what_partials_show(traces in traces()) {
        let [shown, finished] = shown_on_threads(&read(&notation(&traces, 0)), 1);
        for (shown, finished) in shown.into_iter().zip(finished) {
            prop_assert_eq!(shown, finished);
        }
    }

    #[test]
    fn nothing_is_the_identity(traces in traces()) {
        let input = read(&notation(&traces, 0));
        for analysis in &everything() {
            let whole = part(&input, &indices(&input.0), analysis.as_ref());
            let mut left = analysis.empty();
            left.merge(&whole).expect("nothing in common");
            let mut right = whole.clone();
            right.merge(&analysis.empty()).expect("nothing in common");
            prop_assert_eq!(left.to_bytes(), whole.to_bytes());
            prop_assert_eq!(right.to_bytes(), whole.to_bytes());
            let again = right.merge(&whole).expect_err("each trace is in both");
            prop_assert_eq!(again.kind(), ErrorKind::Merge);
        }
    }

    #[test]
    fn several_tables_are_as_good_as_one(left in traces(), right in traces()) {
        let texts = [notation(&left, 0), notation(&right, left.len())];
        let whole = read(&texts.concat());
        let parts = texts.each_ref().map(|text| read(text));
        let tables = parts.each_ref().map(|(table, facts)| (table, facts));
        let analyses = everything();
        let together = run(&whole.0, &indices(&whole.0), &whole.1, &borrowed(&analyses));
        let apart = run_tables(&tables, &borrowed(&analyses)).expect("different traces");
        for (together, apart) in together.iter().zip(&apart) {
            prop_assert_eq!(together.to_bytes(), apart.to_bytes(), "{}", together.analysis());
        }
    }

    #[test]
    fn critical_time_sums_to_the_roots(traces in traces()) {
        let input = read(&notation(&traces, 0));
        let all = indices(&input.0);
        let roots = input.0.traces().map(Trace::primary);
        let roots = roots.filter(|top| top.top_kind() == TopKind::Root);
        let requests: u64 = roots
            .flat_map(Span::subtree)
            .map(|row| input.1.critical_nano[row as usize])
            .sum();
        for by in [CriticalPathBy::Operation, CriticalPathBy::Service, CriticalPathBy::Path] {
            let analysis = CriticalPath::default().by(by);
            let table = analysis.finish(&part(&input, &all, &analysis));
            prop_assert_eq!(sum(&table, "critical_time"), requests as i64);
            let everything: u64 = input.1.critical_nano.iter().sum();
            let incomplete = sum(&table, "incomplete_time");
            prop_assert_eq!(incomplete, everything as i64 - requests as i64);
        }
    }

    #[test]
    fn hotspots_are_what_a_loop_counts(traces in traces()) {
        let (table, facts) = read(&notation(&traces, 0));
        let analysis = Hotspots::default();
        let partials = run(&table, &indices(&table), &facts, &[&analysis]);
        let hotspots = analysis.finish(&partials[0]);
        for row in 0..hotspots.rows() {
            let named = |span: &Span<'_>| {
                Cell::Text(span.service()) == hotspots.cell(row, "service")
                    && Cell::Text(span.operation()) == hotspots.cell(row, "operation")
                    && Cell::Text(span.kind().name()) == hotspots.cell(row, "kind")
            };
            let spans: Vec<_> = table.traces().flat_map(Trace::spans).filter(named).collect();
            let total: u64 = spans.iter().map(|span| span.duration_nano()).sum();
            let own: u64 = spans.iter().map(|span| facts.self_nano[span.row() as usize]).sum();
            prop_assert_eq!(hotspots.cell(row, "calls"), Cell::U64(spans.len() as u64));
            prop_assert_eq!(nano(hotspots.cell(row, "total_time")), total as i64);
            prop_assert_eq!(nano(hotspots.cell(row, "self_time")), own as i64);
        }
    }

    #[test]
    fn calls_between_services_are_what_a_loop_counts(traces in traces()) {
        let (table, facts) = read(&notation(&traces, 0));
        let is_call = |row: u32| {
            let span = Span::new(&table, row);
            let Some(parent) = span.parent() else { return false };
            let elsewhere = parent.service() != span.service();
            let pair = parent.kind() == SpanKind::Client && span.kind() == SpanKind::Server;
            let message = span.kind() == SpanKind::Consumer || parent.kind() == SpanKind::Producer;
            !message && (elsewhere || pair)
        };
        let expected = (0..table.len() as u32).filter(|&row| is_call(row)).count();
        let analysis = Dependencies::default();
        let partials = run(&table, &indices(&table), &facts, &[&analysis]);
        let dependencies = analysis.finish(&partials[0]);
        let is_service = |row: usize, column| dependencies.cell(row, column) == Cell::Text("service");
        // A message that names no queue goes from service to service; all
        // others, and calls that speak of one, go by kind of node.
        let counted: u64 = (0..dependencies.rows())
            .filter(|&row| is_service(row, "caller_kind") && is_service(row, "callee_kind"))
            .map(|row| match dependencies.cell(row, "calls") {
                Cell::U64(calls) => calls,
                _ => 0,
            })
            .sum();
        let direct = (0..table.len() as u32).filter(|&row| is_direct(&table, row)).count();
        prop_assert_eq!(counted, (expected + direct) as u64);
    }

    #[test]
    fn changes_sum_to_the_change_of_requests(left in traces(), right in traces()) {
        let sides = [(left, Cohort::Baseline), (right, Cohort::Incident)];
        let inputs = sides.map(|(traces, cohort)| (read(&notation(&traces, 0)), cohort));
        let parts = inputs.each_ref().map(|(input, cohort)| {
            part(input, &indices(&input.0), &Compare::default().cohort(*cohort))
        });
        let table = Compare::default().finish(&merged(parts, Compare::default().empty()));
        let means = inputs.each_ref().map(|(input, _)| root_durations(input));
        let shared: Vec<&String> = means[1].keys().filter(|root| means[0].contains_key(*root)).collect();
        let requests: usize = shared.iter().map(|root| means[1][*root].len()).sum();
        let mean = |side: usize, root: &String| {
            let durations = &means[side][root];
            durations.iter().sum::<u64>() as f64 / durations.len() as f64
        };
        let expected: f64 = shared
            .iter()
            .map(|root| {
                let weight = means[1][*root].len() as f64 / requests as f64;
                weight * (mean(1, root) - mean(0, root))
            })
            .sum();
        let rounding = table.rows() as f64;
        let actual = sum(&table, "change_critical_time") as f64;
        prop_assert!((actual - expected).abs() <= rounding, "{} {}", actual, expected);
    }
}

/// A message whose queue nobody names, under a parent.
fn is_direct(table: &SpanTable, row: u32) -> bool {
    let span = Span::new(table, row);
    let Some(parent) = span.parent() else {
        return false;
    };
    let named = |span: Span<'_>| span.attribute("messaging.destination.name").is_some();
    let (sent, received) = (
        parent.kind() == SpanKind::Producer,
        span.kind() == SpanKind::Consumer,
    );
    let elsewhere = parent.service() != span.service();
    let message = (sent && received) || (elsewhere && (sent || received));
    message && !named(span) && !named(parent)
}

/// Effective durations of requests by root operation.
fn root_durations(
    input: &(SpanTable, FactColumns),
) -> std::collections::BTreeMap<String, Vec<u64>> {
    let mut durations = std::collections::BTreeMap::<String, Vec<u64>>::new();
    for trace in input.0.traces() {
        let root = trace.primary();
        if root.top_kind() == TopKind::Root {
            let rows = root.subtree();
            let critical = &input.1.critical_nano[rows.start as usize..rows.end as usize];
            let name = format!(
                "{} {} {}",
                root.service(),
                root.operation(),
                root.kind().name()
            );
            durations
                .entry(name)
                .or_default()
                .push(critical.iter().sum());
        }
    }
    durations
}

/// Many traces, so that the runner cuts them into several chunks.
#[test]
fn threads_do_not_show() {
    let mut text = String::new();
    for trace in 1..=9_000_u32 {
        let length = trace.wrapping_mul(2_654_435_761) % 100_000;
        let error = if trace % 17 == 0 { "error" } else { "" };
        let _ = write!(
            text,
            "trace {trace:x}\nshop GET/{} 0ns..{length}ns server\n",
            trace % 7
        );
        for child in 0..8 {
            let _ = writeln!(
                text,
                "  cart op{} {child}us..{}ns client {error}",
                (trace + child) % 5,
                length / 2 + child
            );
        }
    }
    let input = read(&text);
    assert!(input.0.len() > 80_000, "several chunks");
    let one = on_threads(&input, 1);
    assert_eq!(one, on_threads(&input, 2));
    assert_eq!(one, on_threads(&input, 5));
    let [shown, finished] = shown_on_threads(&input, 1);
    assert!(shown == finished, "they show the same");
    assert!(shown == shown_on_threads(&input, 5)[0]);
}

/// A chain and a fan of spans that all err, and a row of calls: nothing may be recursive.
/// Were anything quadratic, this would take hours; what it takes beside ordinary traces,
/// the bench `shapes` measures.
#[test]
fn depth_and_width_are_ordinary() {
    const SPANS: usize = 100_000;
    let mut text = String::from("trace 1\na op 0..100 error id=1\n");
    for span in 2..=SPANS {
        let _ = writeln!(
            text,
            "s{} op 0..100 {} error id={span:x} parent={:x}",
            span % 3,
            ["client", "server"][span % 2],
            span - 1
        );
    }
    text.push_str("trace 2\na op 0..100 error id=1\n");
    for span in 2..=SPANS {
        let _ = writeln!(
            text,
            "b op 0..100 consumer error link=1 id={span:x} parent=1"
        );
    }
    text.push_str("trace 3\na op 0..200 id=1\n");
    for span in 2..=SPANS {
        let _ = writeln!(
            text,
            "a op {span}us..{}us client id={span:x} parent=1",
            span + 1
        );
    }
    text.push_str("trace 4\na op 0..100 id=1\n");
    for span in 2..=SPANS {
        let _ = writeln!(
            text,
            "b op{} {span}us..{}us shard={} id={span:x} parent=1",
            span % 3_000,
            span + span % 5,
            span * span % 7
        );
    }
    text.push_str("trace 5\na op 0..300 id=1\ntrace 6\na op 0..300 id=1\n");
    let (table, facts) = read(&text);
    assert_eq!(table.len(), 4 * SPANS + 2);
    let analyses = everything();
    for (partial, analysis) in run(&table, &indices(&table), &facts, &borrowed(&analyses))
        .iter()
        .zip(&analyses)
    {
        assert!(analysis.finish(partial).rows() > 0, "{}", analysis.name());
    }
}

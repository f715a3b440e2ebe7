//! Tables of small traces in notation, checked as text.

use super::*;
use crate::facts::{compute, FactColumns};
use crate::{runner, Analysis, Policy};
use spanwise_io::{assemble::assemble, notation::parse};
use spanwise_model::table::Cell;
use spanwise_model::{SpanTable, Table};

fn read(notation: &str) -> (SpanTable, FactColumns) {
    let batch = parse(notation);
    assert!(batch.issues.is_empty(), "{notation}");
    let table = assemble(batch).expect("few spans");
    let facts = compute(&table, &Policy::default());
    (table, facts)
}

fn all(table: &SpanTable) -> Vec<u32> {
    (0..table.trace_count() as u32).collect()
}

fn run(notation: &str, analysis: &dyn Analysis) -> Table {
    let (table, facts) = read(notation);
    let partials = runner::run(&table, &all(&table), &facts, &[analysis]);
    analysis.finish(&partials[0])
}

/// Rows as lines of cells; durations and times in milliseconds.
fn text(table: &Table, columns: &str) -> String {
    let line = |row: usize| {
        let cells = columns.split(' ').map(|name| {
            assert!(table.column(name).is_some(), "no column {name}");
            match table.cell(row, name) {
                Cell::Null => "-".to_owned(),
                Cell::Text("") => "''".to_owned(),
                Cell::Text(text) => text.to_owned(),
                Cell::TextList(texts) => texts.join(","),
                Cell::U64(n) => n.to_string(),
                Cell::I64(n) => n.to_string(),
                Cell::F64(n) => format!("{n:.3}"),
                Cell::Bool(flag) => flag.to_string(),
                Cell::Duration(nano) | Cell::Time(nano) => (nano as f64 / 1e6).to_string(),
            }
        });
        cells.collect::<Vec<_>>().join(" | ")
    };
    (0..table.rows()).map(|row| line(row) + "\n").collect()
}

#[track_caller]
fn check(table: &Table, columns: &str, expected: &str) {
    let lines = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let expected: String = lines.map(|line| format!("{line}\n")).collect();
    assert_eq!(text(table, columns), expected);
}

const CART: &str = "
    trace 1
    shop GET /cart      0..100 server
      shop cart.Get    10..60 client
        cart Get       15..55 server
          cart HGET    20..50 client db.system=redis
    trace 2
    shop GET /cart     200..220 server
      shop cart.Get    205..215 client
        cart Get       206..214 server
";

#[test]
fn hotspots_count_every_span() {
    let table = run(CART, &Hotspots::default());
    check(
        &table,
        "service operation kind calls total_time self_time max errors critical_time",
        "
        shop | GET /cart | server | 2 | 120 | 60 | 100 | 0 | 60
        cart | HGET | client | 1 | 30 | 30 | 30 | 0 | 30
        cart | Get | server | 2 | 48 | 18 | 40 | 0 | 18
        shop | cart.Get | client | 2 | 60 | 12 | 50 | 0 | 12
    ",
    );
    check(
        &table,
        "operation self_share critical_share p50 error_share unfinished",
        "
        GET /cart | 0.500 | 0.500 | 20 | 0.000 | 0
        HGET | 0.250 | 0.250 | 30 | 0.000 | 0
        Get | 0.150 | 0.150 | 8 | 0.000 | 0
        cart.Get | 0.100 | 0.100 | 10 | 0.000 | 0
    ",
    );
    let table = run(CART, &Hotspots::default().by(HotspotsBy::Service));
    check(
        &table,
        "service calls self_time",
        "shop | 4 | 72\ncart | 3 | 48",
    );
}

#[test]
fn an_unfinished_span_has_no_duration() {
    let table = run("s a 0..10\n  s b 2..", &Hotspots::default());
    check(
        &table,
        "operation calls unfinished p50",
        "
        a | 1 | 0 | 10
        b | 1 | 1 | -
    ",
    );
}

#[test]
fn critical_time_sums_to_the_requests() {
    let table = run(CART, &CriticalPath::default());
    check(
        &table,
        "service operation traces spans critical_time share mean_time self_time",
        "
        shop | GET /cart | 2 | 2 | 60 | 0.500 | 30 | 60
        cart | HGET | 1 | 1 | 30 | 0.250 | 30 | 30
        cart | Get | 2 | 2 | 18 | 0.150 | 9 | 18
        shop | cart.Get | 2 | 2 | 12 | 0.100 | 6 | 12
    ",
    );
    let table = run(CART, &CriticalPath::default().by(CriticalPathBy::Service));
    check(
        &table,
        "service traces spans critical_time",
        "shop | 2 | 4 | 72\ncart | 2 | 3 | 48",
    );
}

#[test]
fn a_percentile_chooses_the_slow_requests() {
    let slow = CriticalPath::default().percentile(99.0);
    let table = run(CART, &slow);
    check(
        &table,
        "operation traces critical_time",
        "
        GET /cart | 1 | 50
        HGET | 1 | 30
        Get | 1 | 10
        cart.Get | 1 | 10
    ",
    );
    let edges = |table: &Table| {
        let [from, to] = ["band_from", "band_to"].map(|name| match table.cell(0, name) {
            Cell::Duration(nano) => nano,
            other => panic!("{other:?}"),
        });
        (from, to)
    };
    let (from, to) = edges(&table);
    assert!(from <= 100_000_000 && 100_000_000 < to && to - from <= from / 16);
    let fast = run(CART, &CriticalPath::default().band(0.0, 50.0));
    check(
        &fast,
        "operation critical_time",
        "GET /cart | 10\nGet | 8\ncart.Get | 2",
    );
    let (from, to) = edges(&fast);
    assert!(from <= 20_000_000 && 20_000_000 < to);
    let other = run(CART, &CriticalPath::default().root_operation("GET /"));
    assert_eq!(other.rows(), 0);
    let named = run(CART, &slow.root_operation("shop GET /cart"));
    assert_eq!(named.rows(), 4);
}

#[test]
fn what_has_no_root_is_incomplete() {
    let table = run(
        "
        s a 0..100
        s lost 10..30 parent=99
        ",
        &CriticalPath::default(),
    );
    check(
        &table,
        "operation traces critical_time share incomplete_spans incomplete_time",
        "
        a | 1 | 100 | 1.000 | 0 | 0
        lost | 0 | 0 | 0.000 | 1 | 20
    ",
    );
}

#[test]
fn paths_fold_direct_recursion() {
    let table = run(
        "
        s a 0..100
          s f 0..80
            s f 0..60
              s g 0..30
          s g 80..100
        ",
        &CriticalPath::default().by(CriticalPathBy::Path),
    );
    check(
        &table,
        "operation depth spans critical_time",
        "
        f | 1 | 2 | 50
        g | 2 | 1 | 30
        g | 1 | 1 | 20
    ",
    );
    assert_eq!(table.cell(1, "parent_path"), table.cell(0, "path"));
    assert_ne!(table.cell(1, "path"), table.cell(2, "path"));
}

#[test]
fn deep_paths_end_in_one_node() {
    let mut notation = String::from("s op0 0..100 id=1\n");
    for depth in 1..200 {
        notation += &format!("s op{depth} 0..100 id={} parent={depth}\n", depth + 1);
    }
    let table = run(&notation, &CriticalPath::default().by(CriticalPathBy::Path));
    check(
        &table,
        "operation depth spans critical_time",
        "(deeper) | 64 | 1 | 100",
    );
}

const FAILURE: &str = "
    trace 1
    shop GET /cart    0..100 server http.response.status_code=500
      shop cart.Get  10..60 client error
        cart Get     15..55 server error
          cart HGET  20..50 client error db.system=redis error.type=Timeout
    trace 2
    shop GET /cart   200..300 server
      shop cart.Get  210..260 client error error.type=Refused
";

#[test]
fn errors_begin_at_their_origin() {
    let table = run(FAILURE, &Errors::default());
    check(
        &table,
        "service operation error_type errors origins propagated absorbed",
        "
        cart | HGET | Timeout | 1 | 1 | 0 | 0
        shop | cart.Get | Refused | 1 | 1 | 0 | 0
        cart | Get | '' | 1 | 0 | 1 | 0
        shop | GET /cart | 500 | 1 | 0 | 1 | 0
        shop | cart.Get | '' | 1 | 0 | 1 | 0
        shop | GET /cart | '' | 0 | 0 | 0 | 1
    ",
    );
    let table = run(FAILURE, &Errors::default().by(ErrorsBy::Service));
    check(
        &table,
        "service errors origins traces failed_requests mean_depth max_depth services examples",
        "
        cart | 2 | 1 | 1 | 1 | 3.000 | 3 | 1 | 00000000000000000000000000000001/0000000000000004
        shop | 3 | 1 | 1 | 0 | 0.000 | 0 | 0 | 00000000000000000000000000000002/0000000000000002
    ",
    );
    let table = run(FAILURE, &Errors::default().by(ErrorsBy::Type));
    let types = text(&table, "error_type errors");
    assert!(types.starts_with("Timeout | 1\n"), "{types}");
}

#[test]
fn calls_are_between_services_and_what_they_lean_on() {
    let table = run(CART, &Dependencies::default());
    check(
        &table,
        "caller callee callee_kind connection calls errors network_time network_p50 cycle",
        "
        shop | cart | service | unknown | 2 | 0 | 12 | 2 | -
        cart | redis | database | db | 1 | 0 | 0 | - | -
    ",
    );
}

#[test]
fn clients_without_another_side_name_their_peer() {
    let table = run(
        "
        shop POST    0..100 client http.request.method=POST server.address=pay.example
          shop dns   1..2
        shop GET     200..210 client
        shop query   300..310 client db.system=postgresql db.namespace=orders error
        shop outer   400..500 client db.system=mongodb
          shop inner 401..499 client peer.service=mongo db.system=mongodb
        ",
        &Dependencies::default(),
    );
    check(
        &table,
        "callee callee_kind connection calls errors p50",
        "
        '' | unknown | unknown | 1 | 0 | 10
        mongo | database | db | 1 | 0 | 98
        pay.example | external | http | 1 | 0 | 100
        postgresql/orders | database | db | 1 | 1 | 10
    ",
    );
}

#[test]
fn messages_go_through_queues() {
    let named = run(
        "
        shop send     0..10 producer messaging.system=kafka messaging.destination.name=orders
          mail work  20..60 consumer
            mail step 21..30 consumer
        audit work   30..40 consumer link=1
        ",
        &Dependencies::default(),
    );
    check(
        &named,
        "caller caller_kind callee callee_kind calls p50",
        "
        orders | queue | audit | service | 1 | 10
        orders | queue | mail | service | 1 | 40
        shop | service | orders | queue | 1 | 10
    ",
    );
    let unnamed = run(
        "a send 0..10 producer\n  b work 20..60 consumer",
        &Dependencies::default(),
    );
    check(&unnamed, "caller callee connection", "a | b | messaging");
    let by_client = run(
        "a send 0..10 client messaging.destination=q\n  b work 5..60 consumer",
        &Dependencies::default(),
    );
    check(
        &by_client,
        "caller callee connection",
        "a | q | messaging\nq | b | messaging",
    );
}

#[test]
fn cycles_are_numbered() {
    let table = run(
        "
        a x 0..100
          b y 10..90
            a z 20..80
              c w 30..70
                d v 31..69
                  c u 32..68
        ",
        &Dependencies::default(),
    );
    check(
        &table,
        "caller callee connection cycle",
        "
        a | b | in_process | 1
        a | c | in_process | -
        b | a | in_process | 1
        c | d | in_process | 2
        d | c | in_process | 2
    ",
    );
    let graph = crate::service_graph::service_graph(&table);
    assert_eq!((graph.node_count(), graph.edge_count()), (4, 5));
}

#[test]
fn traces_are_listed_longest_first() {
    let notation = "
        trace 1
        shop GET /     0..10 server
        trace 2
        shop GET /cart 0..100 server
          cart Get     10..90 error
        lost work      50..120 parent=77
        trace 3
        shop GET       0..
    ";
    let (table, facts) = read(notation);
    let listed = TraceList::default().table(&table, &all(&table), &facts);
    check(&listed, "operation duration extent spans services errors critical_operation critical_time components complete incomplete", "
        GET /cart | 100 | 120 | 3 | 3 | 1 | Get | 80 | 2 | false | orphans
        GET / | 10 | 10 | 1 | 1 | 0 | GET / | 10 | 1 | true | -
        GET | - | 0 | 1 | 1 | 0 | GET | 0 | 1 | false | missing_end
    ");
}

#[test]
fn spans_are_listed_with_chosen_attributes() {
    let notation = "
        shop GET    1..100 server http.response.status_code=200 @k8s.pod.name=shop-1 scope=lib@1
          cart Get 10..90 error status_message=boom size=0.5 cached=true parent=1
        lost work  50.. parent=77
    ";
    let (table, facts) = read(notation);
    let keys = [
        "http.response.status_code",
        "k8s.pod.name",
        "size",
        "cached",
        "none",
    ];
    let list = SpanList::default().attributes(keys);
    let listed = list.table(&table, &all(&table), &facts);
    check(&listed, "operation kind start duration self_time errs origin status status_message status_error instance scope", "
        GET | server | 1 | 99 | 19 | false | false | unset | - | false | shop-1 | lib
        Get | unspecified | 10 | 80 | 80 | true | true | error | boom | true | - | ''
        work | unspecified | 50 | - | 0 | false | false | unset | - | false | - | ''
    ");
    check(
        &listed,
        "span_id parent_span_id http.response.status_code k8s.pod.name size cached none",
        "
        0000000000000001 | - | 200 | shop-1 | - | - | -
        0000000000000002 | 0000000000000001 | - | - | 0.500 | true | -
        0000000000000003 | 0000000000000077 | - | - | - | - | -
    ",
    );
    assert!(matches!(
        listed.column(keys[0]),
        Some(spanwise_model::ColumnData::I64(_))
    ));
}

#[test]
fn events_and_links_are_listed() {
    let notation = "
        trace 1
        shop GET 0..100 event=exception@5{exception.type=Boom} event=retry@9 link=2/1 link=word/7
        trace 2
        cart Get 0..10
    ";
    let (table, _) = read(notation);
    let events = EventList::default().table(&table, &all(&table));
    check(
        &events,
        "service time event exception.type exception.message",
        "
        shop | 5 | exception | Boom | -
        shop | 9 | retry | - | -
    ",
    );
    let links = LinkList::default().table(&table, &all(&table));
    check(
        &links,
        "operation linked_trace_id linked_span_id found",
        "
        GET | 00000000000000000000000000000002 | 0000000000000001 | true
        GET | word | 0000000000000007 | false
    ",
    );
}

#[test]
fn issues_and_summary_count() {
    let notation = "
        trace 1
        shop GET   1..100 server flagged link=2/1 event=x
          cart Get 10..90
        lost work  50..120 parent=77
        trace 2
        shop GET   0..1 server
    ";
    let (table, facts) = read(notation);
    let issues = IssueList::default().table(&table, &all(&table), &facts);
    check(&issues.head(1), "issue service count", "orphan | lost | 1");
    let summary = Summary::of(&table, &all(&table), &facts);
    let counts = [
        summary.traces,
        summary.spans,
        summary.services,
        summary.operations,
        summary.roots,
        summary.orphans,
        summary.errors,
        summary.links,
        summary.events,
        summary.rows,
    ];
    assert_eq!(counts, [2, 4, 3, 3, 2, 1, 1, 1, 1, 4]);
    assert_eq!(
        (summary.start_unix_nano, summary.end_unix_nano),
        (Some(0), Some(120_000_000))
    );
    assert_eq!(summary.issues.len(), issues.rows());
    let second = Summary::of(&table, &[1], &facts);
    assert_eq!(
        (second.spans, second.services, second.roots, second.errors),
        (1, 1, 1, 0)
    );
}

const INCIDENT: &str = "
    trace 1
    shop GET /cart    0..120 server
      cart Get       10..110 server
    trace 2
    shop GET /pay     0..500 server
    trace 3
    shop GET /new     0..50 server
      new op          0..50
    trace 4
    shop GET /pay     0..500 server
";

const BASELINE: &str = "
    trace 1
    shop GET /cart   0..100 server
      cart Get      10..60 server
        cart old    10..20
    trace 2
    shop GET /cart   0..80 server
      cart Get      10..40 server error
    trace 3
    shop GET /pay    0..500 server
";

fn compared(baseline: &str, incident: &str) -> Table {
    let sides = [(baseline, Cohort::Baseline), (incident, Cohort::Incident)];
    let [mut left, right] = sides.map(|(notation, cohort)| {
        let (table, facts) = read(notation);
        let analysis = Compare::default().cohort(cohort);
        runner::run(&table, &all(&table), &facts, &[&analysis]).swap_remove(0)
    });
    left.merge(&right).expect("cohorts may share traces");
    Compare::default().finish(&left)
}

#[test]
fn a_comparison_ranks_by_what_it_cost_requests() {
    // Shared roots: GET /cart (1 of 3 in the incident) and GET /pay (2 of 3).
    // Their mean duration went from 90 to 120 and stayed at 500: +10 in all.
    let table = compared(BASELINE, INCIDENT);
    check(&table, "operation change baseline_calls incident_calls baseline_critical_time incident_critical_time change_critical_time", "
        Get | both | 2 | 1 | 11.666667 | 33.333333 | 21.666667
        op | appeared | 0 | 1 | 0 | 0 | 0
        GET /new | appeared | 0 | 1 | 0 | 0 | 0
        GET /pay | both | 1 | 2 | 333.333333 | 333.333333 | 0
        old | vanished | 1 | 0 | 1.666667 | 0 | -1.666667
        GET /cart | both | 2 | 1 | 16.666667 | 6.666667 | -10
    ");
    check(&table.head(1), "baseline_error_share incident_error_share change_error_share baseline_calls_per_request change_p50", "
        0.500 | 0.000 | -0.500 | 0.333 | 70
    ");
}

#[test]
fn windows_cut_one_input_in_two() {
    let table = run(
        "
        trace 1
        s a 0..10
        trace 2
        s a 100..130
        trace 3
        s a 200..210
        ",
        &Compare::default().windows((0, 100_000_000), (100_000_000, 200_000_000)),
    );
    check(
        &table,
        "operation baseline_calls incident_calls change_critical_time",
        "a | 1 | 1 | 20",
    );
}

//! Captured traces of a real shop: each fault is named first by whoever is
//! asked about its kind, and a healthy hour has no problem of shape.

mod shared;

use spanwise::analyses::{CriticalPath, Flows, ShapeProblems, WhatIf};
use spanwise::model::table::Cell;
use spanwise::{Table, Traces};

fn read(scenario: &str) -> Option<Traces> {
    let file = shared::folder("captures")?.join(scenario);
    Some(spanwise::read(file.join("traces.otlp.pb.zst")).expect("a capture"))
}

fn problems(traces: &Traces) -> Table {
    traces.shape_problems(&ShapeProblems::default())
}

#[test]
fn the_queries_of_n_plus_one_are_named_first() {
    let Some(traces) = read("n_plus_one") else {
        return;
    };
    let problems = problems(&traces);
    assert_eq!(problems.cell(0, "problem"), Cell::Text("n_plus_1"));
    assert_eq!(problems.cell(0, "parent_service"), Cell::Text("inventory"));
    assert_eq!(problems.cell(0, "operation"), Cell::Text("select"));
    assert_eq!(
        problems.cell(0, "template"),
        Cell::Text("select n from stock where id=?")
    );
    assert_eq!(problems.rows(), 1, "nothing else was injected");
}

#[test]
fn others_have_no_problem_of_shape() {
    for scenario in ["none", "slow_db", "queue_backlog", "error", "retry_storm"] {
        let Some(traces) = read(scenario) else { return };
        let problems = problems(&traces);
        assert_eq!(problems.rows(), 0, "{scenario}");
    }
}

#[test]
fn the_slow_query_is_named_first() {
    let Some(traces) = read("slow_db") else {
        return;
    };
    let ranking = traces.what_if(&WhatIf::default());
    let path = traces.critical_path(&CriticalPath::default());
    for table in [ranking, path] {
        assert_eq!(table.cell(0, "service"), Cell::Text("inventory"));
        assert_eq!(table.cell(0, "operation"), Cell::Text("select"));
    }
}

/// No request waits for its mail, so that no critical path says so: the queue
/// shows behind the requests.
#[test]
fn the_backlog_is_time_in_the_queue() {
    let (Some(backlog), Some(healthy)) = (read("queue_backlog"), read("none")) else {
        return;
    };
    let mail = |traces: &Traces| {
        let hops = traces.flows(&Flows::default());
        let mails = (0..hops.rows()).filter(|&row| {
            hops.cell(row, "sender_operation") == Cell::Text("mail send")
                && hops.cell(row, "receiver_operation") == Cell::Text("mail process")
        });
        let rows: Vec<usize> = mails.collect();
        assert_eq!(rows.len(), 1, "{hops:?}");
        let nano = |column| match hops.cell(rows[0], column) {
            Cell::Duration(nano) => nano,
            other => panic!("no duration: {other:?}"),
        };
        [nano("wait_p50"), nano("processing_p50")]
    };
    let [[wait, processing], [wait_before, _]] = [mail(&backlog), mail(&healthy)];
    assert!(wait > 10 * processing, "{wait} {processing}");
    assert!(wait > 100 * wait_before, "{wait} {wait_before}");
}

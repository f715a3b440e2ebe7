//! Captured traces of a real shop: each fault is named first by whoever is
//! asked about its kind, and a healthy hour has no problem of shape.

mod shared;

use spanwise::analyses::{CriticalPath, ShapeProblems, WhatIf};
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

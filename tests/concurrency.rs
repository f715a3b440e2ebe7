//! Hints at waiting on simulated systems whose fault is known.

use spanwise::analyses::{Concurrency, ConcurrencyBy};
use spanwise::model::table::Cell;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{SpanBatch, Traces};
use std::collections::BTreeSet;

/// Service, side and hint, wherever an instance has one.
fn hints(fault: Option<FaultKind>) -> BTreeSet<[String; 3]> {
    let mut simulation = Simulation::default().limit(Limit::Requests(1_500));
    simulation.faults.extend(fault.map(Fault::new));
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    let traces = Traces::from_batch(spans).expect("room");
    let table = traces.concurrency(&Concurrency::default().by(ConcurrencyBy::Instance));
    let text = |row, column| match table.cell(row, column) {
        Cell::Text(text) => text.to_owned(),
        other => panic!("no text: {other:?}"),
    };
    let rows = (0..table.rows()).flat_map(|row| match table.cell(row, "hints") {
        Cell::TextList(hints) => hints
            .iter()
            .map(|hint| [text(row, "service"), text(row, "side"), hint.clone()])
            .collect(),
        _ => Vec::new(),
    });
    rows.collect()
}

fn only(hint: [&str; 3]) -> BTreeSet<[String; 3]> {
    BTreeSet::from([hint.map(str::to_owned)])
}

#[test]
fn a_lock_makes_those_queue_who_call_for_it() {
    let found = hints(Some(FaultKind::LockContention));
    assert_eq!(found, only(["inventory", "calling", "queueing"]));
}

#[test]
fn a_consumer_that_falls_behind_is_at_its_ceiling() {
    let found = hints(Some(FaultKind::QueueBacklog));
    assert_eq!(found, only(["mailer", "serving", "ceiling"]));
}

#[test]
fn nothing_waits_in_a_healthy_system_nor_where_a_query_is_slow() {
    assert_eq!(hints(None), BTreeSet::new());
    assert_eq!(hints(Some(FaultKind::SlowDependency)), BTreeSet::new());
}

//! What-if on simulated systems whose fault and repair are known.

use spanwise::analyses::{Change, Selection, WhatIf};
use spanwise::model::table::Cell;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{SpanBatch, Table, Traces};

fn traces(simulation: &Simulation) -> Traces {
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    Traces::from_batch(spans).expect("room")
}

fn nano(table: &Table, row: usize, column: &str) -> i64 {
    match table.cell(row, column) {
        Cell::Duration(nano) => nano,
        other => panic!("no duration: {other:?}"),
    }
}

fn slow(seed: u64) -> Simulation {
    let fault = Fault::new(FaultKind::SlowDependency);
    Simulation::default()
        .seed(seed)
        .limit(Limit::Requests(120))
        .fault(fault)
}

#[test]
fn the_slow_operation_is_ranked_first() {
    let seeds = 1..=100_u64;
    let right = seeds.clone().filter(|&seed| {
        let simulation = slow(seed).limit(Limit::Requests(40));
        let truth = &simulation.truth().expect("a sound simulation")[0];
        let ranking = traces(&simulation).what_if(&WhatIf::default());
        ranking.cell(0, "service") == Cell::Text(&truth.service)
            && ranking.cell(0, "operation") == Cell::Text(&truth.span)
    });
    let right = right.count();
    assert!(right * 100 >= seeds.count() * 95, "{right}");
}

/// The same seed without the fault is the repaired system.
#[test]
fn the_prediction_is_the_repaired_system() {
    let simulation = slow(7).limit(Limit::Requests(600));
    let truth = &simulation.truth().expect("a sound simulation")[0];
    let mut repaired = simulation.clone();
    repaired.faults.clear();
    let selection = Selection::default()
        .service(&truth.service)
        .operation(&truth.span);
    let change = Change::OwnTime((1_000.0 / truth.severity) as u32);
    let predicted = traces(&simulation).what_if(&WhatIf::default().change(change, selection));
    let same = WhatIf::default().change(Change::OwnTime(1_000), Selection::default());
    let repaired = traces(&repaired).what_if(&same);
    assert_eq!(predicted.rows(), repaired.rows());
    println!("| root operation | slow p95 | predicted p95 | repaired p95 |\n|---|---:|---:|---:|");
    for row in 0..predicted.rows() {
        let [slow, ours, truth] = [
            nano(&predicted, row, "p95_before"),
            nano(&predicted, row, "p95"),
            nano(&repaired, row, "p95"),
        ];
        let name = predicted.cell(row, "operation");
        println!("| {name:?} | {slow} | {ours} | {truth} |");
        assert!(
            (ours - truth).abs() * 20 <= truth,
            "{name:?}: {ours} {truth}"
        );
    }
}

/// Whoever meets the refusals asks again, so that without them nobody does.
#[test]
fn without_refusals_there_is_no_storm() {
    let fault = Fault::new(FaultKind::RetryStorm);
    let simulation = Simulation::default()
        .seed(3)
        .limit(Limit::Requests(600))
        .fault(fault);
    let truth = &simulation.truth().expect("a sound simulation")[0];
    let mut repaired = simulation.clone();
    repaired.faults.clear();
    let refusals = Selection::default().service(&truth.service);
    let change = WhatIf::default().change(Change::RemoveErrors, refusals);
    let predicted = traces(&simulation).what_if(&change);
    let same = WhatIf::default().change(Change::OwnTime(1_000), Selection::default());
    let repaired = traces(&repaired).what_if(&same);
    assert_eq!(predicted.rows(), repaired.rows());
    for row in 0..predicted.rows() {
        for name in ["p50", "p95"] {
            let (ours, truth) = (nano(&predicted, row, name), nano(&repaired, row, name));
            assert!((ours - truth).abs() * 20 <= truth, "{name} {ours} {truth}");
        }
    }
    let orders = (0..predicted.rows())
        .find(|&row| predicted.cell(row, "operation") == Cell::Text("place order"));
    let orders = orders.expect("orders are placed");
    let slow = nano(&predicted, orders, "p95_before");
    assert!(
        slow * 2 > nano(&predicted, orders, "p95") * 3,
        "{slow} with the storm"
    );
}

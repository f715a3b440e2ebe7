//! Shape problems of simulated systems whose fault and repair are known.

use spanwise::analyses::ShapeProblems;
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

fn problems(simulation: &Simulation, options: &ShapeProblems) -> Table {
    traces(simulation).shape_problems(options)
}

fn healthy(seed: u64) -> Simulation {
    Simulation::default().seed(seed).limit(Limit::Requests(120))
}

fn faulty(seed: u64, kind: FaultKind) -> Simulation {
    healthy(seed).fault(Fault::new(kind))
}

#[test]
fn queries_row_by_row_are_named_first() {
    let seeds = 1..=20_u64;
    let right = seeds.clone().filter(|&seed| {
        let simulation = faulty(seed, FaultKind::NPlusOne);
        let truth = &simulation.truth().expect("a sound simulation")[0];
        let found = problems(&simulation, &ShapeProblems::default());
        found.cell(0, "problem") == Cell::Text("n_plus_1")
            && found.cell(0, "parent_service") == Cell::Text(&truth.service)
            && found.rows() == 1
    });
    let right = right.count();
    assert!(right * 100 >= seeds.count() * 95, "{right}");
}

#[test]
fn what_is_healthy_or_ill_in_another_way_has_no_problem_of_shape() {
    for seed in 1..=10 {
        let others = [
            healthy(seed),
            faulty(seed, FaultKind::SlowDependency),
            faulty(seed, FaultKind::Error),
            faulty(seed, FaultKind::RetryStorm),
            faulty(seed, FaultKind::LockContention),
            faulty(seed, FaultKind::QueueBacklog),
        ];
        for simulation in others {
            let found = problems(&simulation, &ShapeProblems::default());
            assert_eq!(found.rows(), 0, "{seed} {:?}: {found:?}", simulation.faults);
        }
    }
}

fn total_nano(traces: &Traces) -> i128 {
    let lengths = traces.iter().map(|trace| i128::from(trace.duration_nano()));
    lengths.sum()
}

/// The same seed without the fault is the repaired system.
#[test]
fn what_is_saved_is_what_the_repair_saves() {
    let simulation = faulty(7, FaultKind::NPlusOne).limit(Limit::Requests(600));
    let mut repaired = simulation.clone();
    repaired.faults.clear();
    let (faulty, repaired) = (traces(&simulation), traces(&repaired));
    let found = faulty.shape_problems(&ShapeProblems::default().repeated_nano(0));
    let Cell::Duration(saved) = found.cell(0, "saved_time") else {
        panic!("no duration");
    };
    let left = total_nano(&faulty) - i128::from(saved);
    let truth = total_nano(&repaired);
    assert!((left - truth).abs() * 20 <= truth, "{left} {truth}");
}

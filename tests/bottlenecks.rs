//! Bottlenecks of simulated systems: the injected one is named, and the critical
//! paths of the same requests agree.

use spanwise::analyses::{Bottlenecks, CriticalPath};
use spanwise::model::table::Cell;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{Analysis, SpanBatch, Table, Traces};
use std::collections::BTreeMap;

const SECOND: u64 = 1_000_000_000;

fn traces(simulation: &Simulation) -> Traces {
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    Traces::from_batch(spans).expect("room")
}

/// A tenth of twenty seconds is faulty.
fn faulty_for_a_while(seed: u64, kind: FaultKind) -> Traces {
    let fault = Fault::new(kind).window(8 * SECOND..10 * SECOND);
    let simulation = Simulation::default().seed(seed);
    traces(&simulation.limit(Limit::Requests(1_000)).fault(fault))
}

/// The operation that slow requests lose most time to, and the calls of it that
/// slow and fast ones make.
fn first(traces: &Traces) -> (String, f64, f64) {
    let found = traces.bottlenecks(&Bottlenecks::default().requests(10));
    let text = |column| match found.cell(0, column) {
        Cell::Text(text) => text.to_owned(),
        _ => String::new(),
    };
    let calls = ["slow_calls", "fast_calls"].map(|column| number(&found, 0, column));
    (
        format!("{} {}", text("service"), text("operation")),
        calls[0],
        calls[1],
    )
}

fn number(table: &Table, row: usize, column: &str) -> f64 {
    match table.cell(row, column) {
        Cell::F64(number) => number,
        Cell::Duration(nano) => nano as f64,
        Cell::U64(count) => count as f64,
        _ => 0.0,
    }
}

/// In how many of twenty seeds the first bottleneck of a fault is as it should be.
fn right(kind: FaultKind, is_right: impl Fn(&str, f64, f64) -> bool) -> usize {
    let seeds = 1..=20;
    let named = seeds.filter(|&seed| {
        let (operation, slow, fast) = first(&faulty_for_a_while(seed, kind));
        is_right(&operation, slow, fast)
    });
    named.count()
}

#[test]
fn a_dependency_that_is_slow_for_a_while_is_named_first() {
    let right = right(FaultKind::SlowDependency, |operation, slow, fast| {
        operation == "inventory SELECT stock" && slow <= 1.0 && fast <= 1.0
    });
    assert!(right >= 19, "{right}");
}

#[test]
fn many_queries_for_a_while_are_named_first_and_are_many() {
    let right = right(FaultKind::NPlusOne, |operation, slow, fast| {
        operation == "inventory SELECT stock" && slow >= 10.0 && fast <= 1.0
    });
    assert!(right >= 19, "{right}");
}

#[test]
fn a_lock_that_is_held_for_a_while_is_named_first() {
    let right = right(FaultKind::LockContention, |operation, _, _| {
        operation == "inventory UPDATE stock"
    });
    assert!(right >= 19, "{right}");
}

/// The critical time of each operation in the requests of a root operation that
/// lie between two percentiles.
fn critical_time(traces: &Traces, root: &str, band: (f64, f64)) -> BTreeMap<String, f64> {
    let path = CriticalPath::default().band(band.0, band.1);
    let table = traces.critical_path(&path.root_operation(root));
    let row = |row| (key(&table, row), number(&table, row, "critical_time"));
    (0..table.rows()).map(row).collect()
}

fn key(table: &Table, row: usize) -> String {
    ["service", "operation", "kind"]
        .map(|column| format!("{:?}", table.cell(row, column)))
        .join(" ")
}

/// What is kept by band and finished later is what is found at once.
#[test]
fn partials_give_the_same_table() {
    let traces = faulty_for_a_while(5, FaultKind::LockContention);
    let all = Bottlenecks::default().requests(2).share(0.0).times(0.0);
    for options in [all.clone(), all.slow_percentile(99.0).fast_percentile(20.0)] {
        let partial = traces.partials(&[&options]).swap_remove(0);
        let found = traces.bottlenecks(&options);
        assert!(found.rows() > 5 && found == options.finish(&partial));
    }
}

/// Means are sums of the critical paths of the same requests.
#[test]
fn cohorts_have_the_critical_paths_of_their_requests() {
    let traces = faulty_for_a_while(3, FaultKind::SlowDependency);
    let all = Bottlenecks::default().requests(2).share(0.0).times(0.0);
    for root in ["open product", "place order", "browse products"] {
        let found = traces.bottlenecks(&all.clone().root_operation(root));
        let [slow, fast] =
            [(90.0, 100.0), (0.0, 50.0)].map(|band| critical_time(&traces, root, band));
        assert!(found.rows() > 0, "{root}");
        for row in 0..found.rows() {
            let key = key(&found, row);
            for (cohort, mean, requests) in [
                (&slow, "slow_mean", "slow_requests"),
                (&fast, "fast_mean", "fast_requests"),
            ] {
                let requests = number(&found, row, requests);
                let mean = number(&found, row, mean);
                let expected = cohort.get(&key).copied().unwrap_or_default() / requests;
                assert!(
                    (mean - expected).abs() <= 1.0,
                    "{root} {key} {mean} {expected}"
                );
            }
            let share = number(&found, row, "slow_share") * slow.values().sum::<f64>();
            assert!((share - slow[&key]).abs() <= 1.0, "{root} {key}");
        }
    }
}

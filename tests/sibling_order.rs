//! The learnt order converges on what a simulated system does.

use spanwise::analyses::SiblingOrder;
use spanwise::model::table::Cell;
use spanwise::simulate::topology::{Action, Call, Entry, Operation, Service, Step};
use spanwise::simulate::{Latency, Limit, Simulation, Topology};
use spanwise::{SpanBatch, Table, Traces};
use std::collections::BTreeMap;

/// Numbers that look random, the same for the same seed.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    }
}

/// A task of some steps, each of one call or of several side by side; each
/// call is made in seven of ten cases.
fn system(seed: u64) -> Topology {
    let mut number = numbers(seed);
    let mut task = Operation::task("open");
    let mut back = Service::new("back");
    let mut called = 0;
    for _ in 0..3 + number(3) {
        let width = 1 + number(3);
        let mut calls: Vec<Action> = Vec::new();
        for _ in 0..width {
            called += 1;
            let does = Operation::grpc("Back", &format!("Call{called}"));
            calls.push(Call::to("back", &does.name).probability(0.7).into());
            back = back.operation(does.then(Latency::millis(2 + number(20))));
        }
        task = task.together(calls);
        task = task.then(Latency::micros(100 + 100 * number(20)));
    }
    Topology {
        services: vec![Service::new("front").operation(task), back],
        queues: Vec::new(),
        entries: vec![Entry::new("front", "open", 1.0)],
        network: Latency::micros(200),
        hosts: 1,
    }
}

/// By pairs of calls: what the topology says about them.
fn truth(topology: &Topology) -> BTreeMap<[String; 2], &'static str> {
    let steps = &topology.services[0].operations[0].steps;
    let calls = steps.iter().enumerate().flat_map(|(step, actions)| {
        let (Step::Sequential(actions) | Step::Parallel(actions)) = actions;
        actions.iter().filter_map(move |action| match action {
            Action::Call(call) => Some((step, call.operation.clone())),
            _ => None,
        })
    });
    let calls: Vec<(usize, String)> = calls.collect();
    let mut truth = BTreeMap::new();
    for (at, (step, first)) in calls.iter().enumerate() {
        for (other, second) in &calls[at + 1..] {
            let order = if step == other {
                "concurrent"
            } else {
                "sequential"
            };
            truth.insert([first.clone(), second.clone()], order);
        }
    }
    truth
}

fn text<'a>(table: &'a Table, row: usize, column: &str) -> &'a str {
    match table.cell(row, column) {
        Cell::Text(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// How many pairs of calls are not taken for what they are.
fn wrong(topology: &Topology, (seed, requests): (u64, u64)) -> usize {
    let simulation = Simulation::default().topology(topology.clone()).seed(seed);
    let mut spans = SpanBatch::default();
    let run = simulation.limit(Limit::Requests(requests)).run();
    for batch in run.expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    let traces = Traces::from_batch(spans).expect("room");
    let table = traces.sibling_order(&SiblingOrder::default());
    let mut truth = truth(topology);
    let mut wrong = 0;
    for row in 0..table.rows() {
        let [first, second] = ["first_operation", "second_operation"]
            .map(|column| text(&table, row, column).to_owned());
        let found = text(&table, row, "order");
        // Which of two that run side by side is called the first is open.
        let known = truth.remove(&[first.clone(), second.clone()]);
        let known = known.or_else(|| {
            truth
                .remove(&[second, first])
                .filter(|&o| o == "concurrent")
        });
        wrong += usize::from(known != Some(found));
    }
    wrong + truth.len()
}

#[test]
fn the_learnt_order_converges_on_the_truth() {
    let mut sums = BTreeMap::new();
    for seed in 1..=12_u64 {
        let topology = system(seed);
        for requests in [3, 10, 30, 300] {
            *sums.entry(requests).or_insert(0) += wrong(&topology, (seed, requests));
        }
    }
    println!("pairs taken for what they are not, by requests: {sums:?}");
    let sums: Vec<usize> = sums.into_values().collect();
    assert!(sums[0] > 0, "three requests settle nothing: {sums:?}");
    assert!(sums.is_sorted_by(|a, b| a >= b), "{sums:?}");
    assert_eq!(sums[3], 0, "{sums:?}");
}

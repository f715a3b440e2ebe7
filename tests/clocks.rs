//! Clocks of simulated hosts: what is known about them, and what follows.

use spanwise::analyses::{Clocks, ClocksBy};
use spanwise::model::table::Cell;
use spanwise::model::IssueKind;
use spanwise::simulate::{Limit, Simulation};
use spanwise::{Clock, Input, Policy, ReadOptions, SpanBatch, Table, Traces};
use std::collections::BTreeMap;

fn simulation(seed: u64, requests: u64) -> Simulation {
    Simulation::default()
        .seed(seed)
        .limit(Limit::Requests(requests))
        .clock_skew_nano(50_000_000)
}

fn traces(simulation: &Simulation) -> Traces {
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    Traces::from_batch(spans).expect("room")
}

fn text<'a>(table: &'a Table, row: usize, column: &str) -> &'a str {
    match table.cell(row, column) {
        Cell::Text(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

fn nano(table: &Table, row: usize, column: &str) -> i64 {
    match table.cell(row, column) {
        Cell::Duration(nano) => nano,
        other => panic!("no duration: {other:?}"),
    }
}

/// The error of each call by itself, as tools take it that centre the server
/// in its client.
fn errors_of_centring(traces: &Traces, truth: &BTreeMap<String, i64>) -> Vec<u64> {
    let host = |span: &spanwise::model::Span<'_>| {
        let value = span
            .resource_attributes()
            .find(|(key, _)| *key == "host.name");
        value
            .map(|(_, value)| truth[&*value.to_text()])
            .unwrap_or_default()
    };
    let spans = traces.iter().flat_map(|trace| trace.inner().spans());
    let mut errors: Vec<u64> = spans
        .filter(|server| server.kind() == spanwise::SpanKind::Server)
        .filter_map(|server| Some((server.parent()?, server)))
        .filter(|(client, server)| {
            client.kind() == spanwise::SpanKind::Client
                && host(client) != host(server)
                && server.duration_nano() <= client.duration_nano()
        })
        .map(|(client, server)| {
            let ahead = server.start_unix_nano() - client.start_unix_nano()
                + (server.end_unix_nano() - client.end_unix_nano());
            (ahead / 2).abs_diff(host(&server) - host(&client))
        })
        .collect();
    errors.sort_unstable();
    errors
}

/// Offsets of all pairs with at least twenty calls are possible, and better by
/// far than what single calls say.
#[test]
fn offsets_are_recovered() {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for seed in 1..=5 {
        let simulation = simulation(seed, 400);
        let traces = traces(&simulation);
        let truth: BTreeMap<String, i64> = simulation.clock_offsets().into_iter().collect();
        let clocks = traces.clocks(&Clocks::default().by(ClocksBy::Pair));
        assert!(clocks.rows() > 3);
        for row in 0..clocks.rows() {
            let enough = matches!(clocks.cell(row, "calls"), Cell::U64(calls) if calls >= 20);
            let [from, to] = ["from", "to"].map(|end| truth[text(&clocks, row, end)]);
            if enough {
                let (low, high) = (
                    nano(&clocks, row, "offset_from"),
                    nano(&clocks, row, "offset_to"),
                );
                assert!(
                    (low..=high).contains(&(to - from)),
                    "{low} {high} {}",
                    to - from
                );
                ours.push(nano(&clocks, row, "offset").abs_diff(to - from));
            }
            assert_eq!(nano(&clocks, row, "closure"), 0, "loops close");
        }
        theirs.extend(errors_of_centring(&traces, &truth));
    }
    ours.sort_unstable();
    theirs.sort_unstable();
    let p95 = |errors: &[u64]| errors[errors.len() * 95 / 100];
    println!("| error of the offset | pairs or calls | p50 | p95 |\n|---|---:|---:|---:|");
    for (name, errors) in [
        ("what most calls agree on", &ours),
        ("each call centred", &theirs),
    ] {
        let micros = |nano: u64| nano / 1_000;
        let (count, p50) = (errors.len(), micros(errors[errors.len() / 2]));
        println!(
            "| {name} | {count} | {p50} µs | {} µs |",
            micros(p95(errors))
        );
    }
    assert!(
        p95(&ours) * 4 < p95(&theirs),
        "{} {}",
        p95(&ours),
        p95(&theirs)
    );
}

#[test]
fn every_clock_is_found_from_one_reference() {
    let simulation = simulation(3, 400);
    let truth: BTreeMap<String, i64> = simulation.clock_offsets().into_iter().collect();
    let clocks = traces(&simulation).clocks(&Clocks::default());
    let mut found = 0;
    for row in 0..clocks.rows() {
        let [own, reference] = ["clock", "reference"].map(|name| truth[text(&clocks, row, name)]);
        let offset = nano(&clocks, row, "offset_from")..=nano(&clocks, row, "offset_to");
        assert!(offset.contains(&(own - reference)), "row {row}");
        found += usize::from(text(&clocks, row, "reference") == text(&clocks, 0, "reference"));
    }
    assert_eq!(found, clocks.rows());
}

#[test]
fn corrected_clocks_put_servers_into_their_clients() {
    let traces = traces(&simulation(3, 200));
    let outside = |traces: &Traces| {
        let issues = &traces.facts().issues;
        let kinds = [IssueKind::ChildOutsideParent, IssueKind::ClockOffset];
        kinds.map(|kind| issues.count(kind)).iter().sum::<u64>()
    };
    let corrected = traces.with_policy(Policy::default().clock(Clock::Corrected));
    assert!(outside(&traces) > 500, "{}", outside(&traces));
    assert!(
        outside(&corrected) * 20 < outside(&traces),
        "{}",
        outside(&corrected)
    );
    // Times are those of the top span's clock, so the path is still the request.
    for trace in corrected.iter().take(50) {
        let path = trace.critical_path();
        let sum: u64 = path.iter().map(|tile| tile.duration_nano()).sum();
        assert_eq!(sum, trace.duration_nano());
        assert_eq!(path[0].from_unix_nano, trace.primary().start_unix_nano());
    }
}

#[test]
fn a_scan_corrects_as_a_read_does() {
    let batches = simulation(4, 60).run().expect("a sound simulation");
    let mut spans = SpanBatch::default();
    batches.for_each(|batch| spans.absorb(batch).expect("room"));
    let mut bytes = Vec::new();
    let format = spanwise::format("otlp-protobuf").expect("a format");
    format.write(&spans, &mut bytes).expect("room");
    let policy = Policy::default().clock(Clock::Corrected);
    let hotspots = spanwise::analyses::Hotspots::default();
    let input = || [Input::bytes(bytes.clone())];
    let read = spanwise::read_with(input(), &ReadOptions::default()).expect("spans");
    let scan = spanwise::scan(input())
        .memory_bytes(1 << 16)
        .with_policy(policy);
    let scanned = scan.run(&[&hotspots]).expect("spans").swap_remove(0);
    assert_eq!(scanned, read.with_policy(policy).hotspots(&hotspots));
    assert_ne!(scanned, read.hotspots(&hotspots), "clocks matter here");
}

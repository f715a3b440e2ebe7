//! Flows of simulated queues, whose topology is known, and of a captured one.

mod shared;

use spanwise::analyses::{Flows, FlowsBy};
use spanwise::model::table::Cell;
use spanwise::simulate::topology::{Entry, Operation, Publish, Queue, Service};
use spanwise::simulate::{Latency, Limit, Simulation, Topology};
use spanwise::{SpanBatch, Table, Traces};

/// A task that sends an order, which is packed in batches; each batch sends one
/// parcel on.
fn system() -> Topology {
    let shop = Operation::task("order").then(Publish::to("orders"));
    let pack = Operation::consumer("orders")
        .then(Latency::millis(20))
        .then(Publish::to("parcels"));
    let ship = Operation::consumer("parcels").then(Latency::millis(3));
    Topology {
        services: vec![
            Service::new("shop").operation(shop),
            Service::new("packer").operation(pack),
            Service::new("shipper").operation(ship),
        ],
        queues: vec![Queue::new("orders").batch(4), Queue::new("parcels")],
        entries: vec![Entry::new("shop", "order", 1.0)],
        network: Latency::micros(200),
        hosts: 1,
    }
}

fn traces(requests: u64) -> Traces {
    let simulation = Simulation::default().topology(system());
    let run = simulation.limit(Limit::Requests(requests)).run();
    let mut spans = SpanBatch::default();
    for batch in run.expect("a sound simulation") {
        spans.absorb(batch).expect("room");
    }
    Traces::from_batch(spans).expect("room")
}

fn count(table: &Table, row: usize, column: &str) -> u64 {
    match table.cell(row, column) {
        Cell::U64(n) => n,
        other => panic!("no count: {other:?}"),
    }
}

fn nano(table: &Table, row: usize, column: &str) -> i64 {
    match table.cell(row, column) {
        Cell::Duration(nano) => nano,
        other => panic!("no duration: {other:?}"),
    }
}

#[test]
fn every_message_of_a_simulated_system_finds_its_way() {
    let traces = traces(400);
    let hops = traces.flows(&Flows::default());
    assert_eq!(
        hops.rows(),
        2,
        "to the packer and to the shipper, and nothing is lost"
    );
    for (row, receiver) in ["packer", "shipper"].into_iter().enumerate() {
        assert_eq!(hops.cell(row, "root_operation"), Cell::Text("order"));
        assert_eq!(hops.cell(row, "receiver_service"), Cell::Text(receiver));
        assert_eq!(count(&hops, row, "hop"), row as u64 + 1);
    }
    let batches = count(&hops, 0, "receivers");
    assert_eq!(count(&hops, 0, "messages"), 400);
    assert!((100..400).contains(&batches), "{batches}");
    assert_eq!(count(&hops, 1, "messages"), batches);
    let requests = traces.flows(&Flows::default().by(FlowsBy::Request));
    assert_eq!(count(&requests, 0, "requests"), 400);
    // A request is over when its parcel is, which takes at least both works.
    let over = nano(&hops, 0, "processing_p50") + nano(&hops, 1, "processing_p50");
    let fastest = nano(&requests, 0, "end_to_end_p50");
    assert!(fastest > over / 2 && fastest > nano(&requests, 0, "root_p50"));
}

#[test]
fn a_backlog_shows_as_waits() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    let wait = |scenario: &str| {
        let path = captures.join(scenario).join("traces.otlp.pb.zst");
        let hops = spanwise::read(path)
            .expect("a capture")
            .flows(&Flows::default());
        assert_eq!(
            hops.cell(0, "receiver_operation"),
            Cell::Text("mail process")
        );
        nano(&hops, 0, "wait_p50")
    };
    let (slow, usual) = (wait("queue_backlog"), wait("none"));
    assert!(
        slow > 1_000_000_000 && usual < 100_000_000,
        "{slow} {usual}"
    );
}

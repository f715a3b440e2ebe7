//! What holds of all spans of all simulations.

mod common;

use common::{all, by_id, is_root, read, Seen};
use spanwise_model::{SpanKind, StatusCode};
use spanwise_simulate::shapes::{self, Shape};
use spanwise_simulate::{Limit, Simulation, Topology};
use std::collections::HashSet;

fn shop(requests: u64) -> Simulation {
    Simulation::default().limit(Limit::Requests(requests))
}

#[test]
fn the_same_seed_gives_the_same_spans() {
    let first = all(&shop(200).seed(5));
    assert_eq!(first, all(&shop(200).seed(5)));
    assert_ne!(first, all(&shop(200).seed(6)));
}

#[test]
fn batches_have_the_size_that_was_asked_for() {
    let sizes: Vec<usize> = shop(300)
        .batch_spans(100)
        .run()
        .expect("sound")
        .map(|batch| batch.len())
        .collect();
    let (last, whole) = sizes.split_last().expect("some batches");
    assert!(whole.iter().all(|&size| size == 100) && *last <= 100);
}

#[test]
fn every_request_has_a_root_and_the_limit_is_kept() {
    let spans = all(&shop(500));
    assert_eq!(spans.iter().filter(|span| is_root(span)).count(), 500);
    let by_spans = all(&shop(0).limit(Limit::Spans(10_000)));
    assert!(
        (10_000..11_000).contains(&by_spans.len()),
        "{}",
        by_spans.len()
    );
    assert!(all(&shop(0)).is_empty());
}

#[test]
fn ids_are_never_used_twice() {
    let spans = all(&shop(1_000));
    let ids: HashSet<_> = spans.iter().map(|span| span.head.span_id).collect();
    assert_eq!(ids.len(), spans.len());
    let roots = spans.iter().filter(|span| is_root(span));
    let traces: HashSet<_> = roots.map(|span| span.head.trace_id).collect();
    assert_eq!(traces.len(), 1_000);
}

#[test]
fn every_parent_is_there_and_surrounds_its_children() {
    let systems = [
        shop(500),
        shop(50).topology(Topology::chain(40)),
        shop(50).topology(Topology::fanout(30)),
        shop(200).topology(Topology::generate(3, 60)),
    ];
    for simulation in systems {
        let spans = all(&simulation);
        let ids = by_id(&spans);
        for span in spans.iter().filter(|span| !span.head.parent_id.is_zero()) {
            let parent = ids.get(&span.head.parent_id).expect("a parent");
            assert_eq!(parent.head.trace_id, span.head.trace_id);
            assert!(span.head.start_unix_nano >= parent.head.start_unix_nano);
            let inside = span.end() <= parent.end();
            let apart = span.head.kind == SpanKind::Consumer || parent.errs();
            assert!(inside || apart, "{parent:?} {span:?}");
        }
    }
}

#[test]
fn all_times_are_whole_microseconds() {
    let spans = all(&shop(200).clock_skew_nano(5_000_000));
    let whole = |nano: i64| nano % 1_000 == 0;
    assert!(spans
        .iter()
        .all(|span| whole(span.head.start_unix_nano) && whole(span.end())));
}

#[test]
fn links_point_to_producers() {
    let spans = all(&shop(500));
    let ids = by_id(&spans);
    let consumers: Vec<&Seen> = spans
        .iter()
        .filter(|span| span.head.kind == SpanKind::Consumer)
        .collect();
    let linked = consumers.iter().flat_map(|span| &span.links);
    for &(trace, id) in linked {
        let producer = ids[&spanwise_model::SpanId(id)];
        assert_eq!(producer.head.trace_id.0, trace);
        assert_eq!(producer.head.kind, SpanKind::Producer);
    }
    assert!(consumers.iter().all(|span| !span.links.is_empty()));
    let produced = spans
        .iter()
        .filter(|span| span.head.kind == SpanKind::Producer)
        .count();
    let received: usize = consumers.iter().map(|span| span.links.len()).sum();
    assert_eq!(produced, received);
    assert!(consumers.iter().any(|span| span.head.parent_id.is_zero()));
    assert!(consumers.iter().any(|span| !span.head.parent_id.is_zero()));
}

#[test]
fn clients_surround_their_servers() {
    let spans = all(&shop(300));
    let ids = by_id(&spans);
    let servers = spans
        .iter()
        .filter(|span| span.head.kind == SpanKind::Server);
    for server in servers {
        let client = ids[&server.head.parent_id];
        assert_eq!(client.head.kind, SpanKind::Client);
        assert_ne!(client.service, server.service);
        assert!(client.head.start_unix_nano < server.head.start_unix_nano);
    }
}

#[test]
fn skewed_clocks_move_whole_hosts() {
    let (straight, skewed) = (all(&shop(100)), all(&shop(100).clock_skew_nano(50_000_000)));
    let straight = by_id(&straight);
    let mut moved = HashSet::new();
    for span in &skewed {
        let by = span.head.start_unix_nano - straight[&span.head.span_id].head.start_unix_nano;
        assert!(by.abs() <= 50_000_000);
        assert_eq!(span.duration(), straight[&span.head.span_id].duration());
        moved.insert(by);
    }
    assert!((2..=6).contains(&moved.len()), "{moved:?}");
}

#[test]
fn spans_have_as_many_attributes_as_asked() {
    for least in [10, 15] {
        let spans = all(&shop(100).attributes_per_span(least));
        assert!(spans.iter().all(|span| span.attributes.len() >= least));
    }
    let spans = all(&shop(100));
    let total: usize = spans.iter().map(|span| span.attributes.len()).sum();
    assert_eq!((total + spans.len() / 2) / spans.len(), 10);
}

#[test]
fn only_spans_that_failed_have_a_status() {
    let spans = all(&shop(2_000));
    let missing = spans
        .iter()
        .filter(|span| span.attribute("http.response.status_code") == Some("404"));
    let mut seen = [0, 0];
    for span in missing {
        let is_client = span.head.kind == SpanKind::Client;
        assert_eq!(span.errs(), is_client);
        seen[usize::from(is_client)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0);
    let exceptions = spans.iter().filter(|span| span.events > 0);
    assert!(exceptions
        .map(|span| span.head.status)
        .all(|status| status == StatusCode::Error));
}

#[test]
fn what_is_held_does_not_grow_with_what_has_gone_by() {
    let mut run = shop(20_000).batch_spans(1_000).run().expect("sound");
    let mut most = 0;
    let mut spans = 0;
    while let Some(batch) = run.next() {
        spans += batch.len();
        most = most.max(run.held());
    }
    assert!(spans > 200_000, "{spans}");
    assert!(most < 5_000, "{most}");
}

#[test]
fn a_generated_system_uses_its_services() {
    let simulation = shop(3_000).topology(Topology::generate(1, 40));
    let spans = all(&simulation);
    let services: HashSet<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    assert!(services.len() >= 39, "{}", services.len());
    assert!(spans.len() < 3_000 * 100, "{}", spans.len());
    assert_eq!(Topology::generate(1, 40), Topology::generate(1, 40));
    assert_ne!(Topology::generate(1, 40), Topology::generate(2, 40));
}

#[test]
fn small_systems_can_be_made() {
    for services in 0..12 {
        for topology in [
            Topology::chain(services),
            Topology::fanout(services),
            Topology::generate(9, services),
        ] {
            assert!(!all(&shop(3).topology(topology)).is_empty());
        }
    }
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let spans: usize = shop(1)
        .topology(Topology::chain(50_000))
        .attributes_per_span(0)
        .run()
        .expect("sound")
        .map(|batch| batch.len())
        .sum();
    assert_eq!(spans, 2 * 50_000 - 1);
}

#[test]
fn shapes_are_what_they_are_called() {
    for (shape, children) in [(Shape::Chain, 1), (Shape::FanOut, 999), (Shape::Job, 40)] {
        let batches = shapes::trace(shape, 1_000).expect("sound");
        let spans: Vec<Seen> = batches.flat_map(|batch| read(&batch)).collect();
        let ids = by_id(&spans);
        assert_eq!(ids.len(), 1_000);
        let root = spans[0].head.span_id;
        let below_root = spans.iter().filter(|span| span.head.parent_id == root);
        assert_eq!(below_root.count(), children, "{shape:?}");
        for span in &spans[1..] {
            let parent = ids[&span.head.parent_id];
            assert!(parent.head.start_unix_nano <= span.head.start_unix_nano);
            assert!(parent.end() >= span.end(), "{shape:?}");
        }
    }
}

#[test]
fn a_million_spans_fit_in_one_chain() {
    let batches = shapes::trace(Shape::Chain, 1_000_000).expect("sound");
    assert_eq!(batches.map(|batch| batch.len()).sum::<usize>(), 1_000_000);
}

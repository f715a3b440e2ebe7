//! Each fault changes what it should, where it should, when it should.

mod common;

use common::{all, by_id, children, is_root, median, Seen};
use spanwise_model::SpanKind;
use spanwise_simulate::{Fault, FaultKind, Limit, Simulation, Topology};

fn shop(requests: u64) -> Simulation {
    Simulation::default().limit(Limit::Requests(requests))
}

fn with(kind: FaultKind) -> Vec<Seen> {
    all(&shop(1_500).fault(Fault::new(kind)))
}

fn named<'a>(spans: &'a [Seen], service: &'a str, name: &'a str) -> Vec<&'a Seen> {
    spans.iter().filter(|span| span.is(service, name)).collect()
}

#[test]
fn a_slow_dependency_slows_its_query_and_nothing_else() {
    let (healthy, faulty) = (all(&shop(1_500)), with(FaultKind::SlowDependency));
    let slow = |spans: &[Seen], name: &str| median(named(spans, "inventory", name), Seen::duration);
    assert!(slow(&faulty, "SELECT stock") > 30 * slow(&healthy, "SELECT stock"));
    assert!(slow(&faulty, "GET /stock/{id}") > 15 * slow(&healthy, "GET /stock/{id}"));
    let (before, after) = (
        slow(&healthy, "UPDATE stock"),
        slow(&faulty, "UPDATE stock"),
    );
    assert!((before - after).abs() * 5 < before, "{before} {after}");
}

#[test]
fn errors_begin_at_the_service_and_are_passed_on() {
    let spans = with(FaultKind::Error);
    let pay: Vec<&Seen> = named(&spans, "payments", "POST /pay");
    let failed = pay.iter().filter(|span| span.errs()).count();
    assert!(
        (failed * 100 / pay.len()).abs_diff(40) < 8,
        "{failed} of {}",
        pay.len()
    );
    let ids = by_id(&spans);
    for span in pay.iter().filter(|span| span.errs()) {
        assert_eq!(span.attribute("http.response.status_code"), Some("500"));
        assert_eq!(span.events, 1);
        let mut above = **span == *ids[&span.head.span_id];
        let mut at = ids[&span.head.span_id];
        while let Some(&parent) = ids.get(&at.head.parent_id) {
            above &= parent.errs() && parent.events == 0;
            at = parent;
        }
        assert!(above && is_root(at));
    }
}

#[test]
fn n_plus_one_queries_stand_one_after_the_other() {
    let spans = with(FaultKind::NPlusOne);
    let children = children(&spans);
    let parents = named(&spans, "inventory", "GET /stock/{id}");
    assert!(parents.len() > 100);
    for parent in parents {
        let mut queries = children[&parent.head.span_id].clone();
        assert_eq!(queries.len(), 25);
        queries.sort_by_key(|query| query.head.start_unix_nano);
        assert!(queries
            .windows(2)
            .all(|pair| pair[0].end() <= pair[1].head.start_unix_nano));
    }
}

#[test]
fn a_retry_storm_multiplies_attempts_at_every_layer() {
    let spans = with(FaultKind::RetryStorm);
    let orders = named(&spans, "storefront", "place order").len();
    let checks: Vec<&Seen> = named(&spans, "fraud", "shop.Fraud/Check");
    let checks: Vec<&&Seen> = checks
        .iter()
        .filter(|span| span.head.kind == SpanKind::Server)
        .collect();
    assert!(checks.len() > 3 * orders, "{} of {orders}", checks.len());
    let refused = checks.iter().filter(|span| span.errs()).count();
    assert!((refused * 100 / checks.len()).abs_diff(75) < 6);
    let failed = named(&spans, "storefront", "place order");
    let failed = failed.iter().filter(|span| span.errs()).count();
    assert!(failed * 20 < orders, "{failed} of {orders}");
    let resent = spans
        .iter()
        .filter(|span| span.attribute("http.request.resend_count").is_some());
    assert!(resent.count() > orders);
}

#[test]
fn waiters_for_a_lock_form_a_convoy() {
    let (healthy, faulty) = (all(&shop(1_500)), with(FaultKind::LockContention));
    let updates = |spans: &[Seen]| {
        let updates = named(spans, "inventory", "UPDATE stock");
        let mut updates: Vec<Seen> = updates.into_iter().cloned().collect();
        updates.sort_by_key(Seen::end);
        updates
    };
    let (before, after) = (updates(&healthy), updates(&faulty));
    assert!(median(&after, Seen::duration) > 20 * median(&before, Seen::duration));
    let served = after.windows(2).filter(|pair| !pair[1].errs());
    let in_order = served
        .clone()
        .filter(|pair| pair[0].head.start_unix_nano <= pair[1].head.start_unix_nano);
    assert!(in_order.count() * 100 > served.count() * 90);
    let half = after.len() / 2;
    let (early, late) = after.split_at(half);
    assert!(median(late, Seen::duration) > median(early, Seen::duration));
}

#[test]
fn a_backlog_grows_between_send_and_process() {
    let gaps = |spans: &[Seen]| {
        let ids = by_id(spans);
        let handled = named(spans, "mailer", "process mail");
        let mut gaps: Vec<(i64, i64)> = handled
            .iter()
            .map(|span| {
                let sent = ids[&span.head.parent_id];
                (sent.end(), span.head.start_unix_nano - sent.end())
            })
            .collect();
        gaps.sort_unstable();
        gaps.into_iter().map(|gap| gap.1).collect::<Vec<i64>>()
    };
    let (healthy, faulty) = (
        gaps(&all(&shop(1_500))),
        gaps(&with(FaultKind::QueueBacklog)),
    );
    assert_eq!(healthy.len(), faulty.len());
    assert!(healthy.iter().max() < Some(&200_000_000));
    let quarter = faulty.len() / 4;
    let at = |part: usize| faulty[part * quarter];
    assert!(
        at(1) < at(2) && at(2) < at(3),
        "{} {} {}",
        at(1),
        at(2),
        at(3)
    );
    assert!(at(3) > 5_000_000_000);
}

#[test]
fn outside_its_window_a_fault_does_nothing() {
    let (from, until) = (10_000_000_000, 20_000_000_000);
    let fault = Fault::new(FaultKind::Error).window(from..until);
    let simulation = shop(1_500).fault(fault);
    let spans = all(&simulation);
    let start = simulation.start_unix_nano;
    let (inside, outside): (Vec<&Seen>, Vec<&Seen>) = named(&spans, "payments", "POST /pay")
        .into_iter()
        .partition(|span| {
            (from as i64..until as i64).contains(&(span.head.start_unix_nano - start))
        });
    let share =
        |spans: &[&Seen]| spans.iter().filter(|span| span.errs()).count() * 100 / spans.len();
    assert!(share(&inside) > 25 && share(&outside) < 3);
}

#[test]
fn a_fault_leaves_other_requests_as_they_were() {
    let (healthy, faulty) = (
        all(&shop(400)),
        all(&shop(400).fault(Fault::new(FaultKind::Error))),
    );
    let roots = |spans: &[Seen]| {
        let mut roots: Vec<(u128, i64, i64)> = spans
            .iter()
            .filter(|span| is_root(span) && span.name == "browse products")
            .map(|span| {
                (
                    span.head.trace_id.0,
                    span.head.start_unix_nano,
                    span.duration(),
                )
            })
            .collect();
        roots.sort_unstable();
        roots
    };
    assert_eq!(roots(&healthy), roots(&faulty));
}

#[test]
fn the_truth_names_the_root_cause() {
    for kind in FaultKind::ALL {
        let truth = shop(1).fault(Fault::new(kind)).truth().expect("a target");
        let (service, operation) = kind.default_target();
        assert_eq!(
            (truth[0].service.as_str(), truth[0].operation.as_str()),
            (service, operation)
        );
        assert!(!truth[0].roots.is_empty());
        let json = truth[0].to_json();
        assert!(
            json.contains(&format!("\"fault\":\"{}\"", kind.name())),
            "{json}"
        );
    }
}

#[test]
fn every_fault_finds_a_place_in_a_generated_system() {
    let topology = Topology::generate(4, 50);
    for kind in FaultKind::ALL {
        let simulation = shop(300).topology(topology.clone()).fault(Fault::new(kind));
        let truth = simulation.truth().expect("a place");
        let spans = all(&simulation);
        assert!(
            spans
                .iter()
                .any(|span| span.is(&truth[0].service, &truth[0].span)),
            "{kind}"
        );
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |simulation: Simulation| simulation.run().expect_err("refused").to_string();
    let nowhere = shop(1).fault(Fault::new(FaultKind::QueueBacklog).at("gateway"));
    assert_eq!(
        refused(nowhere),
        "gateway cannot have the fault queue-backlog in any operation"
    );
    let mut circle = Topology::chain(2);
    let entry = circle.services[0].name.clone();
    let back = spanwise_simulate::topology::Call::to(entry, "start");
    let last = circle.services[1].operations.remove(0);
    circle.services[1].operations.push(last.then(back));
    assert!(refused(shop(1).topology(circle)).contains("calls itself"));
    let mut unknown = Topology::chain(2);
    unknown.services.pop();
    assert!(refused(shop(1).topology(unknown)).contains("no operation GET /work of service-1"));
    assert_eq!(refused(shop(1).request_rate(0.0)), "a request rate of 0");
}

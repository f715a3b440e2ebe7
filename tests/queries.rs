//! The queries that the README shows are queries, and find what they are for.

mod shared;

use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{Query, SpanBatch, Threads, Traces};

/// The queries of the README with the attributes that they show.
fn shown() -> Vec<(String, Option<String>)> {
    let readme = include_str!("../README.md");
    let lines = readme
        .lines()
        .filter_map(|line| line.strip_prefix("spanwise query '"));
    let query = |line: &str| {
        let (expression, rest) = line.split_once('\'').expect("a quoted expression");
        let show = rest.split_once("--show ").map(|(_, keys)| keys.to_owned());
        (expression.to_owned(), show)
    };
    lines.map(query).collect()
}

/// A shop with a slow dependency and failing payments.
fn incident() -> Traces {
    let simulation = Simulation::default()
        .seed(8)
        .limit(Limit::Requests(400))
        .fault(Fault::new(FaultKind::SlowDependency))
        .fault(Fault::new(FaultKind::Error));
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a shop") {
        spans.absorb(batch).expect("few spans");
    }
    Traces::from_batch(spans).expect("few spans")
}

#[test]
fn queries_of_the_readme_find_something() {
    let (shown, traces) = (shown(), incident());
    assert!(shown.len() >= 8, "the README shows queries");
    for (expression, show) in shown {
        let query = Query::parse(&expression)
            .expect("an expression")
            .attributes(show);
        let found = traces.list(&query);
        assert!(found.rows() > 0, "{expression} finds nothing");
        assert!(
            found.rows() < traces.table().len(),
            "{expression} finds everything"
        );
        let again = Query::parse(&query.to_string()).expect("what is written is read");
        assert_eq!(again.to_string(), query.to_string(), "{expression}");
    }
}

#[test]
fn the_number_of_threads_cannot_be_seen() {
    let traces = incident();
    let one = traces.with_threads(Threads::limited_to(1).expect("a thread"));
    let five = traces.with_threads(Threads::limited_to(5).expect("threads"));
    for (expression, _) in shown() {
        let ask = |traces: &Traces| traces.query(&expression).expect("an expression");
        assert_eq!(ask(&one), ask(&five), "{expression}");
    }
}

#[test]
fn spans_of_a_filter_alone_are_found() {
    let traces = incident();
    let failing = traces.filter(&spanwise::Filter::default().error(true));
    let roots = |traces: &Traces| traces.query("{ root }").expect("an expression").rows();
    assert!(roots(&failing) > 0 && roots(&failing) < roots(&traces));
}

/// Captures of a shop under faults: only where many statements are sent one by
/// one does a span have five of them.
#[test]
fn counts_tell_a_capture_with_repeated_statements() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    let statements = "{ count(> { kind = client and exists(canonical.db.system.name) }) >= 5 }";
    for (name, is_there) in [("none", false), ("n_plus_one", true), ("slow_db", false)] {
        for file in ["traces.otlp.pb.zst", "spans.zipkin.jsonl.zst"] {
            let traces = spanwise::read(captures.join(name).join(file)).expect("a capture");
            let found = traces.query(statements).expect("an expression");
            assert_eq!(found.rows() > 0, is_there, "{name} {file}");
        }
    }
}

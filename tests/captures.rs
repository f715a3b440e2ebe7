//! Captured traces of a real shop under faults, in three formats each.

mod shared;

use spanwise::analyses::{CriticalPath, CriticalPathBy, Errors};
use spanwise::{fact_flags, Traces};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const SCENARIOS: [&str; 6] = [
    "none",
    "error",
    "n_plus_one",
    "queue_backlog",
    "retry_storm",
    "slow_db",
];

fn read(folder: &Path, file: &str) -> Traces {
    spanwise::read(folder.join(file)).expect("a capture")
}

/// Each span's (service, operation, parent, self time in nanoseconds).
type Spans = BTreeMap<(u128, u64), (String, String, Option<u64>, u128)>;

fn spans(traces: &Traces) -> Spans {
    let mut spans = Spans::new();
    for trace in traces.iter() {
        for span in trace.spans() {
            let parent = span.parent_id().map(|id| id.0);
            let texts = (span.service().to_owned(), span.operation().to_owned());
            let facts = (texts.0, texts.1, parent, span.self_time().as_nanos());
            spans.insert((trace.id().0, span.id().0), facts);
        }
    }
    spans
}

#[test]
fn protobuf_and_json_give_the_same_spans_tree_and_self_times() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    for scenario in SCENARIOS {
        let folder = captures.join(scenario);
        let protobuf = read(&folder, "traces.otlp.pb.zst");
        let json = read(&folder, "traces.otlp.jsonl.zst");
        assert_eq!(
            protobuf.table().to_string(),
            json.table().to_string(),
            "{scenario}"
        );
        assert_eq!(spans(&protobuf), spans(&json), "{scenario}");
        let errors = Errors::default();
        assert_eq!(protobuf.errors(&errors), json.errors(&errors), "{scenario}");
    }
}

/// Zipkin keeps whole microseconds, so a span's ends move by less than one
/// each, and its self time by less than one for each end of each child.
#[test]
fn zipkin_gives_the_same_tree_and_self_times_to_its_microsecond() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    for scenario in SCENARIOS {
        let folder = captures.join(scenario);
        let exact = read(&folder, "traces.otlp.pb.zst");
        let zipkin = read(&folder, "spans.zipkin.jsonl.zst");
        let children = child_counts(&exact);
        let (exact, zipkin) = (spans(&exact), spans(&zipkin));
        let ids = |spans: &Spans| spans.keys().copied().collect::<BTreeSet<_>>();
        assert_eq!(ids(&exact), ids(&zipkin), "{scenario}");
        for (id, ours) in &exact {
            let theirs = &zipkin[id];
            assert_eq!(ours.2, theirs.2, "{scenario}: parent of {id:?}");
            assert_eq!(ours.0.to_lowercase(), theirs.0.to_lowercase(), "{scenario}");
            let slack = 2_000 * (1 + children.get(id).copied().unwrap_or(0));
            assert!(
                ours.3.abs_diff(theirs.3) <= slack,
                "{scenario}: self time of {id:?}: {ours:?} {theirs:?}"
            );
        }
    }
}

fn child_counts(traces: &Traces) -> BTreeMap<(u128, u64), u128> {
    let mut counts = BTreeMap::new();
    for trace in traces.iter() {
        for parent in trace.spans().filter_map(|span| span.parent_id()) {
            *counts.entry((trace.id().0, parent.0)).or_default() += 1;
        }
    }
    counts
}

#[test]
fn the_error_capture_names_the_payments_spans_and_no_others() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    let traces = read(&captures.join("error"), "traces.otlp.pb.zst");
    let origins: Vec<String> = traces
        .iter()
        .flat_map(spanwise::Trace::spans)
        .filter(|span| span.is_error_origin())
        .map(|span| span.service().to_owned())
        .collect();
    assert!(!origins.is_empty());
    assert!(
        origins.iter().all(|service| service == "payments"),
        "{origins:?}"
    );
    let facts = traces.facts();
    let propagated = facts
        .flags
        .iter()
        .filter(|&&flags| flags & fact_flags::PROPAGATED != 0);
    assert!(propagated.count() > origins.len());
}

#[test]
fn the_healthy_capture_has_no_error() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    let traces = read(&captures.join("none"), "traces.otlp.pb.zst");
    assert_eq!(traces.errors(&Errors::default()).rows(), 0);
}

#[test]
fn critical_time_of_all_operations_is_the_time_of_all_roots() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    for scenario in SCENARIOS {
        let traces = read(&captures.join(scenario), "traces.otlp.pb.zst");
        let roots: u128 = traces
            .iter()
            .map(|trace| u128::from(trace.duration_nano()))
            .sum();
        let tiles = |trace: spanwise::Trace<'_>| -> u128 {
            let lengths = trace.critical_path().into_iter();
            lengths
                .map(|tile| (tile.to_unix_nano - tile.from_unix_nano) as u128)
                .sum()
        };
        let tiled: u128 = traces.iter().map(tiles).sum();
        assert_eq!(roots, tiled, "{scenario}");
        let table = traces.critical_path(&CriticalPath::default().by(CriticalPathBy::Service));
        assert!(table.rows() > 0);
    }
}

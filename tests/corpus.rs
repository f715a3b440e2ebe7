//! Real exports: the counts of every file against the corpus's manifest.

mod shared;

use serde_json::Value;
use spanwise::analyses::Summary;
use spanwise::model::IssueKind;
use spanwise::{ReadOptions, Traces};
use std::path::Path;

/// The formats that are read today.
const FORMATS: [&str; 19] = [
    "zipkin_bin",
    "zipkin_proto",
    "zipkin_v1",
    "dataprepper",
    "clickhouse",
    "tempo_vparquet",
    "jaeger_api",
    "jaeger_bulk",
    "jaeger_es",
    "jaeger_ui",
    "otlp_json",
    "otlp_pb",
    "zipkin_v2",
    "jaeger_v3",
    "tempo",
    "datadog",
    "skywalking_csv",
    "elastic_apm",
    "xray",
];

fn entries(corpus: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(corpus.join("manifest.json")).expect("a manifest");
    let manifest: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let known = |entry: &Value| FORMATS.iter().any(|format| entry["format"] == *format);
    manifest.into_iter().filter(known).collect()
}

/// Counts in which the manifest is wrong: its reader does not look for
/// exceptions in tables of ClickHouse, nor for links where they are text. The
/// export that all of them were made of has these.
const CORRECTED: [(&str, &str, u64); 3] = [
    ("clickhouse/", "exc_events", 39),
    ("clickhouse/otel_traces.csv", "links", 53),
    ("clickhouse/otel_traces.tsv", "links", 53),
];

/// What the manifest says of a file, or what is right.
fn expected(file: &str, name: &str, manifest: &Value) -> Option<u64> {
    let mut corrected = CORRECTED.iter();
    let found = corrected.find(|(of, count, _)| file.starts_with(of) && *count == name);
    found.map_or_else(|| manifest[name].as_u64(), |(.., count)| Some(*count))
}

fn counts(summary: &Summary) -> [(&'static str, u64); 7] {
    [
        ("traces", summary.traces),
        ("spans", summary.spans),
        ("services", summary.services),
        ("roots", summary.roots),
        ("orphans", summary.orphans),
        ("errors", summary.errors),
        ("links", summary.links),
    ]
}

#[test]
fn every_file_gives_the_counts_of_the_manifest() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    let mut wrong = Vec::new();
    let mut files = 0;
    for entry in entries(&corpus) {
        let file = entry["file"].as_str().expect("a file name");
        let expected = &entry["expect"];
        let is_read = cfg!(feature = "parquet") || !file.ends_with(".parquet");
        if expected["spans"] == 0 || expected.is_null() || !is_read {
            continue;
        }
        files += 1;
        match spanwise::read(corpus.join(file)) {
            Ok(traces) => wrong.extend(differences(file, &traces, expected)),
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    assert!(files > 100, "only {files} files were tried");
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn differences(file: &str, traces: &Traces, manifest: &Value) -> Vec<String> {
    let summary = traces.summary();
    let differs = |&(name, count): &(&str, u64)| expected(file, name, manifest) != Some(count);
    let mut wrong: Vec<String> = counts(&summary)
        .iter()
        .filter(|count| differs(count))
        .map(|(name, count)| format!("{file}: {name} is {count}, expected {}", manifest[*name]))
        .collect();
    let exceptions = exception_events(traces);
    if expected(file, "exc_events", manifest) != Some(exceptions) {
        let expected = &manifest["exc_events"];
        wrong.push(format!(
            "{file}: exception events are {exceptions}, expected {expected}"
        ));
    }
    wrong
}

#[cfg(feature = "parquet")]
#[test]
fn a_block_is_read_as_one_with_the_files_beside_its_data() {
    let Some(corpus) = shared::folder("corpus/tempo_vparquet") else {
        return;
    };
    let traces = spanwise::read(corpus).expect("spans");
    let summary = traces.summary();
    assert_eq!((summary.files.len(), summary.spans), (2, 1_140));
    assert_eq!(traces.table().issues.count(IssueKind::UnknownFormat), 0);
    let strings = &traces.table().store.strings;
    for dedicated in ["ip", "instance", "region"] {
        assert!(
            strings.find(dedicated).is_some(),
            "{dedicated} has a column"
        );
    }
    assert!(strings.find("String01").is_none(), "the names are known");
}

/// Events called `exception`, and OpenTracing's `error`.
fn exception_events(traces: &Traces) -> u64 {
    let store = &traces.table().store;
    let opentracing = traces.table().sources[0].format.starts_with("jaeger");
    let is_exception = |&&name: &&spanwise::model::Symbol| match store.strings.get(name) {
        "exception" => true,
        "error" => opentracing,
        _ => false,
    };
    store.events.name.iter().filter(is_exception).count() as u64
}

/// Files that name traces or describe them, and hold none: how they are refused.
const REFUSED: [(&str, &str); 3] = [
    (
        "tempo/kiali_tempo_search.json",
        "of no format that is known; it seems to be an answer to a search in Tempo",
    ),
    // What SkyWalking's generator makes segments of.
    (
        "skywalking/sw_segment_template.json",
        "of no format that is known; it seems to be JSON",
    ),
    (
        "skywalking/sw_segment_tpl.json",
        "of no format that is known; it seems to be JSON",
    ),
];

#[test]
fn what_holds_no_traces_is_refused_by_its_name() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    for (file, reason) in REFUSED {
        let error = spanwise::read(corpus.join(file)).expect_err(file);
        assert!(error.to_string().contains(reason), "{error}");
    }
}

/// What the files of a folder are taken for, and no others.
const NAMES: [(&str, &str); 9] = [
    ("jaeger_api", "jaeger-json"),
    ("jaeger_bulk", "jaeger-json"),
    ("jaeger_ui", "jaeger-json"),
    ("jaeger_es", "jaeger-elasticsearch"),
    ("dataprepper", "data-prepper"),
    ("zipkin_v2", "zipkin-json"),
    ("zipkin_v1", "zipkin-v1-json"),
    ("zipkin_bin", "zipkin-thrift"),
    ("zipkin_proto", "zipkin-protobuf"),
];

#[test]
fn no_format_takes_files_of_another() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    let text = std::fs::read_to_string(corpus.join("manifest.json")).expect("a manifest");
    let manifest: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let mut told = 0;
    for entry in &manifest {
        let file = entry["file"].as_str().expect("a file name");
        let Ok(traces) = spanwise::read(corpus.join(file)) else {
            continue;
        };
        let format = &*traces.table().sources[0].format;
        let of_folder = NAMES.iter().find(|it| entry["format"] == it.0);
        match of_folder {
            Some((_, name)) => assert_eq!(format, *name, "{file}"),
            None => assert!(NAMES.iter().all(|it| it.1 != format), "{file}: {format}"),
        }
        told += 1;
    }
    assert!(told > 130, "only {told} files were told apart");
}

/// What each broken variant must report, and how often.
const BROKEN: [(&str, IssueKind, u64); 7] = [
    ("missing_parents", IssueKind::Orphan, 5),
    ("no_root", IssueKind::NoRoot, 1),
    ("duplicate_ids", IssueKind::DuplicateId, 5),
    ("cycle", IssueKind::Cycle, 2),
    ("zero_and_negative", IssueKind::NegativeDuration, 3),
    ("zero_and_negative", IssueKind::ZeroDuration, 3),
    ("two_roots", IssueKind::SeveralRoots, 1),
];

#[test]
fn each_broken_variant_gives_its_issues() {
    let Some(corpus) = shared::folder("corpus/jaeger_api") else {
        return;
    };
    for (variant, kind, count) in BROKEN {
        let traces = spanwise::read(corpus.join(format!("open_broken_{variant}.json")));
        let traces = traces.expect("spans among the damage");
        assert_eq!(
            traces.table().issues.count(kind),
            count,
            "{kind} of {variant}"
        );
    }
    let skewed = spanwise::read(corpus.join("open_broken_clock_skew.json")).expect("spans");
    let facts = skewed.facts();
    let outside = facts.issues.count(IssueKind::ChildOutsideParent);
    let clipped = facts.issues.count(IssueKind::ClippedChild);
    assert_eq!(outside + clipped, 3, "{:?}", facts.issues);
}

#[test]
fn a_truncated_file_keeps_what_was_read() {
    let Some(corpus) = shared::folder("corpus/jaeger_api") else {
        return;
    };
    let traces = spanwise::read(corpus.join("open_broken_truncated.json")).expect("some spans");
    let summary = traces.summary();
    assert!(summary.spans > 0);
    assert_eq!(traces.table().issues.count(IssueKind::TruncatedFile), 1);
}

#[test]
fn the_whole_corpus_is_read_as_one_in_any_number_of_threads() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    let inputs = [
        "dataprepper",
        "jaeger_api",
        "jaeger_es",
        "jaeger_ui",
        "otlp_json",
        "otlp_pb",
        "zipkin_bin",
        "zipkin_proto",
        "zipkin_v1",
        "zipkin_v2",
        "tempo",
        "xray",
        "datadog",
        "elastic_apm",
        "skywalking_csv",
        "chrome",
    ];
    let read = |threads| {
        let options = ReadOptions::default().threads(threads);
        let paths = inputs.map(|folder| corpus.join(folder));
        spanwise::read_with(paths, &options).expect("spans")
    };
    let (one, two) = (read(1), read(2));
    assert_eq!(one.table().to_string(), two.table().to_string());
    assert_eq!(one.table().issues, two.table().issues);
}

#[test]
fn a_strict_run_refuses_what_does_not_make_whole_traces() {
    let Some(corpus) = shared::folder("corpus/jaeger_api") else {
        return;
    };
    let strict = ReadOptions::default().strict(true);
    let read = |file: &str| spanwise::read_with([corpus.join(file)], &strict);
    let error = read("open_broken_missing_parents.json").expect_err("orphans");
    assert_eq!(error.kind(), spanwise::ErrorKind::Strict, "{error}");
    assert!(error.to_string().contains("orphan"), "{error}");
    assert!(read("crisp_1.json").is_ok());
}

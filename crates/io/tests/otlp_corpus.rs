//! Real OTLP exports, counted as their manifest counts them.

mod common;

use serde_json::Value as Json;
use spanwise_io::{read_batch, Input, ReadOptions};
use spanwise_model::{flags, IssueKind, SpanBatch};
use std::collections::BTreeSet;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder of shared data; `None` (and a message) where it is absent.
#[allow(clippy::print_stderr)]
fn shared() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let folder = std::env::var_os("SPANWISE_SHARED").map_or_else(|| default.into(), PathBuf::from);
    if folder.join("corpus").is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no shared data in {}", folder.display());
    None
}

fn read(path: &Path) -> SpanBatch {
    read_batch(&[Input::from(path)], &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The counts that need no assembly.
fn counts(batch: &SpanBatch) -> Vec<(&'static str, usize)> {
    let heads = &batch.heads;
    let traces: HashSet<_> = batch.trace_ids.iter().collect();
    let errors = heads
        .iter()
        .map(|head| &head.flags)
        .filter(|&&bits| bits & flags::FORMAT_ERROR != 0);
    let roots = batch
        .placements
        .iter()
        .map(|place| &place.parent_id)
        .filter(|id| id.is_zero());
    let exceptions = batch
        .events
        .name
        .iter()
        .filter(|&&name| batch.strings.get(name) == "exception");
    vec![
        ("traces", traces.len()),
        ("spans", batch.len()),
        ("services", batch.services()),
        ("errors", errors.count()),
        ("roots", roots.count()),
        ("links", batch.links.record.len()),
        ("exc_events", exceptions.count()),
    ]
}

fn check_corpus(format: &str) {
    let Some(shared) = shared() else { return };
    let corpus = shared.join("corpus");
    let manifest = std::fs::read(corpus.join("manifest.json")).expect("a manifest");
    let manifest: Vec<Json> = serde_json::from_slice(&manifest).expect("a list");
    let entries = manifest.iter().filter(|entry| entry["format"] == format);
    let mut wrong = Vec::new();
    for entry in entries {
        let file = entry["file"].as_str().expect("a file");
        let expected = &entry["expect"];
        for (name, count) in counts(&read(&corpus.join(file))) {
            if expected[name] != count {
                wrong.push(format!(
                    "{file}: {name} {count}, expected {}",
                    expected[name]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn protobuf_files_give_the_counts_of_the_manifest() {
    check_corpus("otlp_pb");
}

#[test]
fn json_files_give_the_counts_of_the_manifest() {
    check_corpus("otlp_json");
}

/// The three signals of a collector in one file: two of them are passed over.
#[test]
fn mixed_signals_are_told() {
    let Some(shared) = shared() else { return };
    let file = shared.join("corpus/otlp_json/oteldemo_fileexporter_mixed.ndjson");
    assert!(read(&file).issues.count(IssueKind::SkippedSignal) > 0);
}

/// The files of a capture hold the same spans in either format.
#[test]
fn captures_say_the_same_in_both_formats() {
    let Some(shared) = shared() else { return };
    let scenarios = std::fs::read_dir(shared.join("captures")).expect("captures");
    let folders = scenarios.filter_map(|entry| Some(entry.ok()?.path()));
    let mut seen = 0;
    for folder in folders.filter(|path| path.is_dir()) {
        let lines = |name: &str| -> BTreeSet<String> {
            common::lines(&read(&folder.join(name)))
                .into_iter()
                .collect()
        };
        let protobuf = lines("traces.otlp.pb.zst");
        let json = lines("traces.otlp.jsonl.zst");
        assert!(!protobuf.is_empty());
        let differing: Vec<_> = protobuf.symmetric_difference(&json).take(4).collect();
        assert!(differing.is_empty(), "{}: {differing:#?}", folder.display());
        seen += 1;
    }
    assert!(seen > 0);
}

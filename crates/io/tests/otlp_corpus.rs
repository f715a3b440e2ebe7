//! Real OTLP exports, counted as their manifest counts them.

use serde_json::Value as Json;
use spanwise_io::{read_batch, Input, ReadOptions};
use spanwise_model::{flags, IssueKind, SpanBatch};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder of shared data; `None` (and a message) where it is absent.
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
    let traces: HashSet<_> = heads.trace_id.iter().collect();
    let errors = heads
        .flags
        .iter()
        .filter(|&&bits| bits & flags::FORMAT_ERROR != 0);
    let roots = heads.parent_id.iter().filter(|id| id.is_zero());
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

//! The corpus of real exports, and how its manifest counts records.

use serde_json::Value as Json;
use spanwise_io::format::{Ended, Format};
use spanwise_model::{flags, SpanBatch, SpanId, TraceId};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder of the corpus; `None` (and a message) where it is absent.
#[allow(clippy::print_stderr)]
pub(crate) fn folder() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("SPANWISE_SHARED").map_or_else(|| default.into(), PathBuf::from);
    let corpus = shared.join("corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    eprintln!("skipped: no corpus in {}", shared.display());
    None
}

/// The manifest's entries.
pub(crate) fn manifest(corpus: &Path) -> Vec<Json> {
    let manifest = std::fs::read(corpus.join("manifest.json")).expect("a manifest");
    serde_json::from_slice(&manifest).expect("a list")
}

/// Reads one file with one format.
pub(crate) fn read(format: &dyn Format, path: &Path) -> (SpanBatch, Ended) {
    let bytes = std::fs::read(path).expect("a file");
    let mut batch = SpanBatch::default();
    let ended = format.read(&bytes, &mut batch).expect("within limits");
    (batch, ended)
}

/// What the manifest counts, of records as they were read.
pub(crate) fn counts(batch: &SpanBatch) -> Vec<(&'static str, usize)> {
    let heads = &batch.heads;
    let records: Vec<_> = (0..batch.open_record()).map(|r| batch.head(r)).collect();
    let flagged = |bit: u32| {
        heads
            .iter()
            .map(|head| &head.flags)
            .filter(|&&bits| bits & bit != 0)
            .count()
    };
    let ids: HashSet<(TraceId, SpanId)> = records.iter().map(|h| (h.trace_id, h.span_id)).collect();
    let traces: HashSet<TraceId> = batch.trace_ids.iter().copied().collect();
    // The manifest takes an absent duration for zero.
    let lasting = |wanted: std::cmp::Ordering| {
        let of = |h: &&spanwise_model::SpanHead| {
            let end = h.end_unix_nano.unwrap_or(h.start_unix_nano);
            end.cmp(&h.start_unix_nano) == wanted
        };
        records.iter().filter(of).count()
    };
    let orphan = |h: &&spanwise_model::SpanHead| {
        !h.parent_id.is_zero() && !ids.contains(&(h.trace_id, h.parent_id))
    };
    let exception =
        |name: &&spanwise_model::Symbol| matches!(batch.strings.get(**name), "exception" | "error");
    vec![
        ("traces", traces.len()),
        ("spans", batch.len()),
        ("services", batch.services()),
        ("errors", flagged(flags::FORMAT_ERROR)),
        (
            "roots",
            batch
                .placements
                .iter()
                .map(|place| &place.parent_id)
                .filter(|id| id.is_zero())
                .count(),
        ),
        ("orphans", records.iter().filter(orphan).count()),
        ("dup_ids", batch.len() - ids.len()),
        ("zero_dur", lasting(std::cmp::Ordering::Equal)),
        ("neg_dur", lasting(std::cmp::Ordering::Less)),
        ("links", batch.links.record.len()),
        ("shared", flagged(flags::SHARED)),
        (
            "exc_events",
            batch.events.name.iter().filter(exception).count(),
        ),
    ]
}

/// Checks all files of a kind against the manifest, but for `except`.
pub(crate) fn check(format: &dyn Format, kind: &str, except: &[&str]) {
    let Some(corpus) = folder() else { return };
    let entries = manifest(&corpus)
        .into_iter()
        .filter(|e| e["format"] == kind);
    let (mut wrong, mut files) = (Vec::new(), 0);
    for entry in entries {
        let file = entry["file"].as_str().expect("a file");
        if except.contains(&file) {
            continue;
        }
        files += 1;
        for (name, count) in counts(&read(format, &corpus.join(file)).0) {
            let expected = &entry["expect"][name];
            if expected != count {
                wrong.push(format!("{file}: {name} {count}, expected {expected}"));
            }
        }
    }
    assert!(files > 0, "no file of {kind}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that a format recognises the files of its kinds, and no other.
pub(crate) fn check_recognition(format: &dyn Format, kinds: &[&str]) {
    let Some(corpus) = folder() else { return };
    let mut wrong = Vec::new();
    for entry in manifest(&corpus) {
        let (file, kind) = (entry["file"].as_str(), entry["format"].as_str());
        let file = file.expect("a file");
        let Ok(bytes) = std::fs::read(corpus.join(file)) else {
            continue;
        };
        let head = &bytes[..bytes.len().min(spanwise_io::guess::HEAD_BYTES)];
        let wanted = kind.is_some_and(|kind| kinds.contains(&kind));
        if format.recognises(head) != wanted {
            wrong.push(format!("{file}: recognised {}", !wanted));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

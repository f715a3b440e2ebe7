//! Real exports of Jaeger, counted as their manifest counts them.

mod corpus;

use spanwise_io::format::{Ended, Format};
use spanwise_io::jaeger::JaegerJson;
use spanwise_model::SpanBatch;

/// Cut off in the middle: its manifest counts what survives line by line,
/// which is nothing; we keep what stands before the cut.
const TRUNCATED: &str = "jaeger_api/open_broken_truncated.json";

#[test]
fn answers_of_the_api_give_the_counts_of_the_manifest() {
    corpus::check(&JaegerJson, "jaeger_api", &[TRUNCATED]);
}

#[test]
fn downloads_of_the_ui_give_the_counts_of_the_manifest() {
    corpus::check(&JaegerJson, "jaeger_ui", &[]);
}

#[test]
fn only_files_of_jaeger_are_recognised() {
    corpus::check_recognition(&JaegerJson, &["jaeger_api", "jaeger_ui"]);
}

#[test]
fn a_truncated_file_keeps_what_was_read() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let (batch, ended) = corpus::read(&JaegerJson, &folder.join(TRUNCATED));
    assert_eq!(ended, Ended::Truncated);
    assert!(!batch.is_empty());
}

#[test]
fn what_is_written_gives_the_same_counts() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    for entry in corpus::manifest(&folder) {
        let file = entry["file"].as_str().expect("a file");
        if !file.starts_with("jaeger_api/") && !file.starts_with("jaeger_ui/") {
            continue;
        }
        let (batch, _) = corpus::read(&JaegerJson, &folder.join(file));
        let mut text = Vec::new();
        JaegerJson.write(&batch, &mut text).expect("memory");
        let mut again = SpanBatch::default();
        let ended = JaegerJson.read(&text, &mut again).expect("within limits");
        assert_eq!(ended, Ended::Whole, "{file}");
        assert_eq!(corpus::counts(&again), corpus::counts(&batch), "{file}");
        let mut twice = Vec::new();
        JaegerJson.write(&again, &mut twice).expect("memory");
        assert!(text == twice, "{file} changes when it is written again");
    }
}

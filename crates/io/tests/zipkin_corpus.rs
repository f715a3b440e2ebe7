//! Real exports of Zipkin, counted as their manifest counts them.

mod corpus;

use spanwise_io::format::{Ended, Format};
use spanwise_io::notation;
use spanwise_io::zipkin::{ZipkinJson, ZipkinProtobuf};
use spanwise_model::SpanBatch;

#[test]
fn lists_of_spans_give_the_counts_of_the_manifest() {
    corpus::check(&ZipkinJson, "zipkin_v2", &[]);
}

#[test]
fn only_files_of_the_second_version_are_recognised() {
    corpus::check_recognition(&ZipkinJson, &["zipkin_v2"]);
}

#[test]
fn what_is_written_gives_the_same_counts() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    for entry in corpus::manifest(&folder) {
        let file = entry["file"].as_str().expect("a file");
        if !file.starts_with("zipkin_v2/") {
            continue;
        }
        let (batch, _) = corpus::read(&ZipkinJson, &folder.join(file));
        assert_eq!(batch.issues.total(), 0, "{file}: {:?}", batch.issues);
        let mut text = Vec::new();
        ZipkinJson.write(&batch, &mut text).expect("memory");
        let mut again = SpanBatch::default();
        let ended = ZipkinJson.read(&text, &mut again).expect("within limits");
        assert_eq!(ended, Ended::Whole, "{file}");
        assert_eq!(corpus::counts(&again), corpus::counts(&batch), "{file}");
        let mut twice = Vec::new();
        ZipkinJson.write(&again, &mut twice).expect("memory");
        assert!(text == twice, "{file} changes when it is written again");
    }
}

/// Files in protobuf that were made of files in JSON.
const TWINS: [(&str, &str); 2] = [
    ("zipkin_proto/yelp.pb", "zipkin_v2/lens_yelp.json"),
    (
        "zipkin_proto/messaging-kafka.pb",
        "zipkin_v2/lens_messaging-kafka.json",
    ),
];

#[test]
fn protobuf_says_what_json_says() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    for (protobuf, json) in TWINS {
        let (protobuf, _) = corpus::read(&ZipkinProtobuf, &folder.join(protobuf));
        let (json, _) = corpus::read(&ZipkinJson, &folder.join(json));
        let (protobuf, json) = (notation::print(&protobuf), notation::print(&json));
        assert_eq!(without_order(&protobuf), without_order(&json));
    }
}

/// The words of each line in one order: a map of protobuf has none.
fn without_order(text: &str) -> Vec<Vec<&str>> {
    let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    lines.iter_mut().for_each(|words| words.sort_unstable());
    lines
}

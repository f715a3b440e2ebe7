//! Real exports of vendors, counted as their manifest counts them.

mod corpus;

use spanwise_io::chrome::ChromeTrace;
use spanwise_io::datadog::DatadogJson;
use spanwise_io::elastic::ElasticApm;
use spanwise_io::format::Ended;
use spanwise_io::skywalking::{SkyWalkingCsv, SkyWalkingJson};
use spanwise_io::xray::XRayJson;
use spanwise_model::IssueKind;

#[test]
fn files_of_datadog() {
    corpus::check(&DatadogJson, "datadog", &[]);
    corpus::check_recognition(&DatadogJson, &["datadog"]);
}

#[test]
fn files_of_skywalking() {
    corpus::check_recognition(&SkyWalkingCsv, &[]);
    corpus::check_recognition(&SkyWalkingJson, &[]);
}

#[test]
fn files_of_elastic_apm() {
    corpus::check(&ElasticApm, "elastic_apm", &[]);
    corpus::check_recognition(&ElasticApm, &["elastic_apm"]);
}

#[test]
fn files_of_xray() {
    corpus::check(&XRayJson, "xray", &[FAR]);
    corpus::check_recognition(&XRayJson, &["xray"]);
}

/// A subsegment of the year 2438, beyond what nanoseconds in 64 bits hold. The
/// manifest's reader, which counts seconds as floats, gives it a duration.
const FAR: &str = "xray/otel_indepSubsegmentWithContentLengthString.segment.json";

#[test]
fn times_that_cannot_be_held_are_told() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let (batch, _) = corpus::read(&XRayJson, &folder.join(FAR));
    assert_eq!(batch.head(0).start_unix_nano, i64::MAX);
    assert_eq!(batch.head(0).end_unix_nano, Some(i64::MAX));
    assert_eq!(batch.issues.count(IssueKind::TimeOutOfRange), 1);
    let manifest = corpus::manifest(&folder);
    let entry = manifest.iter().find(|entry| entry["file"] == FAR);
    let expected = &entry.expect("an entry")["expect"];
    let other = |name: &str| !matches!(name, "zero_dur");
    for (name, count) in corpus::counts(&batch) {
        assert!(!other(name) || expected[name] == count, "{name}: {count}");
    }
}

#[test]
fn files_of_chrome() {
    corpus::check_recognition(&ChromeTrace, &["chrome"]);
}

/// Ends of other names than what they end, and ends of nothing.
const ODD_ENDS: [(&str, u64); 4] = [
    ("end-event-with-empty-stack", 1),
    ("mismatched-name", 1),
    ("too-many-end-events", 2),
    ("zero-duration-events", 1),
];

#[test]
fn every_beginning_in_a_file_of_chrome_is_a_span() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let entries = corpus::manifest(&folder).into_iter();
    let mut files = 0;
    for entry in entries.filter(|entry| entry["format"] == "chrome") {
        let file = entry["file"].as_str().expect("a file");
        let (batch, ended) = corpus::read(&ChromeTrace, &folder.join(file));
        let phases = &entry["expect"]["phases"];
        let count = |letters: &[&str]| -> u64 {
            let counts = letters.iter().filter_map(|letter| phases[letter].as_u64());
            counts.sum()
        };
        assert_eq!(ended, Ended::Whole, "{file}");
        assert_eq!(batch.len() as u64, count(&["B", "X", "b", "S"]), "{file}");
        let odd = ODD_ENDS.iter().find(|(name, _)| file.contains(name));
        let malformed = batch.issues.count(IssueKind::MalformedRecord);
        assert_eq!(malformed, odd.map_or(0, |odd| odd.1), "{file}");
        // What is no span is an event of one, or is told.
        let instants = count(&["i", "I", "n"]);
        let others = count(&["P", "R", "O", "N", "C", "D"]);
        let told = batch.issues.count(IssueKind::SkippedSignal);
        assert!(
            batch.events.record.len() as u64 + told >= instants + others,
            "{file}"
        );
        assert!(
            told <= others + instants + count(&["s", "t", "f"]),
            "{file}"
        );
        files += 1;
    }
    assert_eq!(files, 28);
}

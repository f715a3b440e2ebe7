//! Files of Parquet: what is written comes back, and what is damaged or forged
//! harms nothing.
#![cfg(feature = "parquet")]

mod common;
#[expect(
    dead_code,
    reason = "its checks are of formats that have files of their own"
)]
mod corpus;

use proptest::prelude::*;
use spanwise_io::format::Format;
use spanwise_io::scan::ScanOptions;
use spanwise_io::{by_name, guess, notation, read_batch, Input, ReadOptions};
use spanwise_model::{Result, SpanBatch, SpanId, TraceId, Value};

const OWN: &str = "spanwise-parquet";

fn written(batch: &SpanBatch) -> Vec<u8> {
    let mut file = Vec::new();
    let format = by_name(OWN).expect("a format");
    format.write(batch, &mut file).expect("memory");
    file
}

fn read(file: &[u8]) -> Result<SpanBatch> {
    let mut batch = SpanBatch::default();
    let format = guess(file).or_else(|| by_name(OWN)).expect("a format");
    format.read(file, &mut batch)?;
    Ok(batch)
}

/// A batch that is read as one of any format is written and comes back.
fn check_round_trip(batch: &SpanBatch, what: &str) {
    let file = written(batch);
    assert_eq!(guess(&file).map(Format::name), Some(OWN), "{what}");
    let back = read(&file).expect("our own");
    assert_eq!(common::lines(&back), common::lines(batch), "{what}");
    for record in 0..batch.open_record() {
        let (ours, theirs) = (back.head(record), batch.head(record));
        assert_eq!(
            (ours.flags, ours.status),
            (theirs.flags, theirs.status),
            "{what}"
        );
        let trace = |of: &SpanBatch| of.trace_text(theirs.trace_id).into_owned();
        let span = |of: &SpanBatch| of.span_text(theirs.span_id).into_owned();
        let parent = |of: &SpanBatch| of.span_text(theirs.parent_id).into_owned();
        assert_eq!(trace(&back), trace(batch), "{what}");
        assert_eq!(
            (span(&back), parent(&back)),
            (span(batch), parent(batch)),
            "{what}"
        );
    }
    assert_eq!(back.issues.total(), 0, "{what}: {:?}", back.issues);
    assert_eq!(
        written(&back),
        file,
        "{what}: equal batches are equal files"
    );
}

#[test]
fn all_that_a_batch_holds_comes_back() {
    let mut batch = notation::parse(
        "trace req-1
         shop GET /cart 0..100 server error id=a1 status_message=\"no\" n=5 b=true d=0.5
           cart Get 10..60 client parent=nobody
         ",
    );
    let resource = batch.strings.intern("host.name");
    batch.resources.push(resource, Value::Bytes(&[1, 2]));
    batch.resources.push(resource, Value::Json("[1]"));
    let service = batch.strings.intern("odd");
    let resource = batch.resources.close(service);
    for value in [
        Value::Str(""),
        Value::Int(i64::MIN),
        Value::Double(f64::NAN),
        Value::Double(-0.0),
        Value::Bool(false),
        Value::Bytes(&[0, 255]),
        Value::Json("{\"a\":[1,null]}"),
        Value::Empty,
    ] {
        batch.attribute("k", value);
        batch.event_attribute("k", value);
        batch.link_attribute("k", value);
    }
    batch.event_dropped(3);
    batch.event(-5, "happened");
    batch.event(6, "");
    let word = batch.trace_word("another trace");
    batch.link_state("k=v");
    batch.link_dropped(4);
    batch.link(word, SpanId(7));
    batch.link(TraceId(u128::MAX), SpanId(u64::MAX));
    batch.trace_state("k=v");
    let (name, version) = (batch.strings.intern("lib"), batch.strings.intern("1"));
    batch.scopes.push(version, Value::Json("[1,null]"));
    let head = spanwise_model::SpanHead {
        trace_id: TraceId(1),
        span_id: SpanId(2),
        start_unix_nano: i64::MIN,
        scope: batch.scopes.intern(name, version),
        flags: 0x0300_0101,
        resource,
        ..spanwise_model::SpanHead::default()
    };
    batch.close(head).expect("room");
    check_round_trip(&batch, "everything");
    check_round_trip(&SpanBatch::default(), "nothing");
}

#[test]
fn every_file_of_the_corpus_comes_back() {
    let Some(folder) = corpus::folder() else {
        return;
    };
    let mut files = 0;
    for entry in corpus::manifest(&folder) {
        let file = entry["file"].as_str().expect("a name");
        let input = [Input::Path(folder.join(file))];
        let Ok(batch) = read_batch(&input, &ReadOptions::default().threads(1)) else {
            continue;
        };
        check_round_trip(&batch, file);
        files += 1;
    }
    assert!(files > 100, "only {files} files were tried");
}

/// The end of a file says what it is, and a stream comes from the beginning.
#[test]
fn streams_are_read_to_their_end() {
    let spans = (0..4_000_u64).map(|number| {
        let name = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("trace {number}\nshop {name:016x} 0..{number}\n")
    });
    let file = written(&notation::parse(&spans.collect::<String>()));
    assert!(file.len() > spanwise_io::guess::HEAD_BYTES);
    let (read, scan) = (
        ReadOptions::default(),
        ScanOptions::default().memory_bytes(80),
    );
    for input in [
        Input::from_stream("-", &mut file.as_slice(), &read),
        Input::spooled("-", &mut file.as_slice(), &read, &scan),
    ] {
        let batch = read_batch(&[input.expect("a stream")], &read).expect("our own");
        assert_eq!((batch.len(), batch.issues.total()), (4_000, 0));
    }
}

#[test]
fn attributes_that_are_not_kept_are_not_read() {
    let batch = notation::parse("shop GET 0..100 server mine=1 other=2 http.status_code=500");
    let mut few = SpanBatch::new(spanwise_model::AttributeKeep::Keys(vec!["mine".into()]));
    let format = by_name(OWN).expect("a format");
    format.read(&written(&batch), &mut few).expect("our own");
    let keys: Vec<_> = few.named_attributes(0).map(|(key, _)| key).collect();
    assert_eq!(keys, ["mine", "http.status_code"]);
}

/// Texts of trace notation: trees of spans with attributes.
fn trees() -> impl Strategy<Value = String> {
    let span = (0usize..6, 0u32..1000, 0u32..1000, "[a-c]{1,3}", 0u8..6);
    proptest::collection::vec(span, 1..40).prop_map(|spans| {
        let mut text = String::new();
        for (nth, (depth, start, length, name, kind)) in spans.into_iter().enumerate() {
            let depth = if nth == 0 { 0 } else { depth.min(nth) };
            let more = match kind {
                0 => " server error status_message=\"bad thing\"",
                1 => " client n=-5 text=\"a b\" flag=true",
                2 => " producer x=0.25",
                3 => " unfinished",
                4 => " id=word parent=other",
                _ => "",
            };
            let end = start + length;
            let indent = " ".repeat(depth * 2);
            text += &format!("{indent}{name} op{name} {start}..{end}{more}\n");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_written_comes_back(text in trees()) {
        check_round_trip(&notation::parse(&text), &text);
    }

    #[test]
    fn damage_harms_nothing(text in trees(), flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6), cut in any::<usize>()) {
        let mut file = written(&notation::parse(&text));
        for (at, byte) in flips {
            let at = at % file.len();
            file[at] = byte;
        }
        for bytes in [&file[..], &file[..cut % file.len()]] {
            for name in [OWN, "tempo-parquet", "table-parquet"] {
                let format = by_name(name).expect("a format");
                let mut batch = SpanBatch::default();
                let _ = format.read(bytes, &mut batch);
                prop_assert!(batch.len() <= bytes.len());
            }
        }
    }
}

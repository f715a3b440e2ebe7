//! A file that is read in pieces holds what it holds when it is read at once.

use spanwise::model::{Copier, Example};
use spanwise::simulate::{Limit, Simulation};
use spanwise::{AttributeKeep, SpanBatch};
use spanwise_io::format::Cutting;
use spanwise_io::{by_name, read_batch, Input, ReadOptions};

/// Simulated spans in a format, a document each twenty.
fn export(format: &str) -> Vec<u8> {
    export_of(2_000, format)
}

/// Simulated spans as one document.
fn document(format: &str) -> Vec<u8> {
    let simulation = Simulation::default().limit(Limit::Spans(2_000));
    let (mut all, mut bytes) = (SpanBatch::default(), Vec::new());
    for batch in simulation.run().expect("the shop is sound") {
        all.absorb(batch).expect("room");
    }
    let format = by_name(format).expect("a format");
    format.write(&all, &mut bytes).expect("memory");
    bytes
}

fn export_of(spans: u64, format: &str) -> Vec<u8> {
    let simulation = Simulation::default().limit(Limit::Spans(spans));
    let format = by_name(format).expect("a format");
    let mut bytes = Vec::new();
    for batch in simulation.run().expect("the shop is sound") {
        let records: Vec<u32> = (0..batch.len() as u32).collect();
        for few in records.chunks(20) {
            let mut document = SpanBatch::default();
            let mut copier = Copier::new(&batch);
            for &record in few {
                copier.copy(record, &mut document).expect("room");
            }
            format.write(&document, &mut bytes).expect("memory");
        }
    }
    bytes
}

fn read(bytes: &[u8], options: &ReadOptions) -> SpanBatch {
    read_batch(&[Input::bytes(bytes)], options).expect("spans")
}

/// A file with these bytes.
fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("room");
    std::fs::write(file.path(), bytes).expect("room");
    file
}

fn read_file(file: &tempfile::NamedTempFile, options: &ReadOptions) -> SpanBatch {
    read_batch(&[Input::from(file.path())], options).expect("spans")
}

/// Everything that a batch says, as text.
fn told(batch: &SpanBatch) -> Vec<String> {
    let record = |record: u32| {
        let attributes: Vec<_> = batch.named_attributes(record).collect();
        let events: Vec<_> = batch.events_of(record).collect();
        let head = batch.head(record);
        let service = batch.strings.get(batch.resources.service(head.resource));
        format!("{head:?} {service} {attributes:?} {events:?}")
    };
    let mut told: Vec<String> = (0..batch.len() as u32).map(record).collect();
    for (kind, service, row) in batch.issues.iter() {
        let examples = row.examples.iter().map(Example::to_string);
        let examples: Vec<_> = examples.collect();
        told.push(format!("{kind} {service} {} {examples:?}", row.count));
    }
    told.push(format!("{:?}", batch.sources));
    told
}

#[test]
fn exports_can_be_cut() {
    for format in ["otlp-protobuf", "otlp-json", "zipkin-json", "xray-json"] {
        let bytes = export(format);
        let format = by_name(format).expect("a format");
        let cut = format.cut(&bytes[..60_000], Cutting::Cheap);
        assert!(cut.is_some_and(|cut| cut.end > 30_000), "{}", format.name());
    }
}

const SIZES: [usize; 5] = [1, 700, 5_000, 60_000, 1 << 20];

#[test]
fn every_format_is_read_in_pieces_as_at_once() {
    let formats = [
        "otlp-protobuf",
        "otlp-json",
        "jaeger-json",
        "zipkin-json",
        "xray-json",
    ];
    for format in formats {
        let bytes = export(format);
        let whole = told(&read(&bytes, &ReadOptions::default()));
        for size in SIZES {
            for threads in [1, 2] {
                let options = ReadOptions::default().piece_bytes(size).threads(threads);
                let pieces = told(&read(&bytes, &options));
                assert!(pieces == whole, "{format} by {size} in {threads} threads");
            }
        }
    }
}

/// Each piece has so many attributes that they are joined without a copy.
#[test]
fn large_pieces_say_the_same_on_any_number_of_threads() {
    let bytes = export_of(16_000, "otlp-protobuf");
    let options = ReadOptions::default().piece_bytes(1 << 20);
    let whole = told(&read(&bytes, &options.clone().threads(1)));
    for threads in [2, 3, 8] {
        let pieces = told(&read(&bytes, &options.clone().threads(threads)));
        assert!(pieces == whole, "in {threads} threads");
    }
}

/// All spans as one document, whose elements are the only places to cut.
#[test]
fn one_document_is_read_in_pieces_as_at_once() {
    for format in ["otlp-json", "jaeger-json", "zipkin-json", "xray-json"] {
        let file = file(&document(format));
        let whole = told(&read_file(&file, &ReadOptions::default()));
        for size in [900, 60_000] {
            for threads in [1, 2] {
                let options = ReadOptions::default().piece_bytes(size).threads(threads);
                let pieces = told(&read_file(&file, &options));
                assert!(pieces == whole, "{format} by {size} in {threads} threads");
            }
        }
    }
}

#[test]
fn a_broken_document_is_read_on_behind_the_broken_piece() {
    let mut bytes = document("jaeger-json");
    let text = std::str::from_utf8(&bytes).expect("text");
    let (key, half) = ("\"startTime\":", text.len() / 2);
    let at = half + text[half..].find(key).expect("a span") + key.len();
    bytes[at] = b'x';
    let file = file(&bytes);
    let read = |size, threads| {
        let options = ReadOptions::default().piece_bytes(size).threads(threads);
        read_file(&file, &options)
    };
    let (whole, pieces) = (read(usize::MAX, 1), read(60_000, 1));
    assert!(whole.len() < 1_100, "{} spans stand before it", whole.len());
    assert!(pieces.len() > 1_900, "{} spans are sound", pieces.len());
    let few = read(bytes.len() / 4, 1);
    assert_eq!(few.len(), whole.len(), "few pieces are read as one");
    let told_of = told(&pieces);
    assert!(told_of == told(&read(60_000, 2)));
    let places = told_of.iter().filter(|line| line.contains(&at.to_string()));
    assert_eq!(places.count(), 1, "{:?}", pieces.issues);
}

#[test]
fn compressed_files_are_read_in_pieces_as_at_once() {
    let bytes = export("otlp-json");
    let whole = told(&read(&bytes, &ReadOptions::default()));
    let compressed = zstd::encode_all(&bytes[..], 1).expect("memory");
    for size in SIZES {
        let options = ReadOptions::default().piece_bytes(size);
        assert!(told(&read(&compressed, &options)) == whole, "by {size}");
    }
}

#[test]
fn what_is_broken_is_told_where_it_stands_in_the_file() {
    for format in ["otlp-protobuf", "otlp-json"] {
        let bytes = export(format);
        for at in (100..bytes.len()).step_by(bytes.len() / 41) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x15;
            let cut = &bytes[..at];
            for bytes in [&broken[..], cut] {
                let options = ReadOptions::default().attributes(AttributeKeep::None);
                let read = |options: &ReadOptions| {
                    let batch = read_batch(&[Input::bytes(bytes)], options);
                    batch.map(|batch| told(&batch)).map_err(|e| e.to_string())
                };
                let whole = read(&options);
                for size in [5_000, 60_000] {
                    let pieces = read(&options.clone().piece_bytes(size));
                    assert!(
                        pieces == whole,
                        "{format}, {at} of {}, by {size}",
                        bytes.len()
                    );
                }
            }
        }
    }
}

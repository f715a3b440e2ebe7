//! Loading: what it costs to read and analyse an export, against what it costs
//! the usual libraries to read it alone.

mod support;

use spanwise::{AttributeKeep, SpanBatch};
use std::hint::black_box;
use std::time::Duration;
use support::report::Row;
use support::{analyse, cpu, export, jaeger, otlp_json, otlp_protobuf, read, zipkin};

/// The format that is the fastest to read.
const OWN: &str = "spanwise-parquet";

/// The library that reads a format alone, and the name that it goes by.
struct Reference {
    format: &'static str,
    name: &'static str,
    parse: fn(&[u8]) -> usize,
    /// All spans stand in one document, as this format's tools write them.
    is_one_document: bool,
    /// The largest good ratio of reading and analysing to the reference, with
    /// all attributes and without those that no analysis reads.
    goals: [f64; 2],
}

const REFERENCES: [Reference; 4] = [
    Reference {
        format: "otlp-protobuf",
        name: "prost",
        parse: otlp_protobuf::parse,
        is_one_document: false,
        goals: [0.5, 0.2],
    },
    Reference {
        format: "otlp-json",
        name: "serde_json",
        parse: otlp_json::parse,
        is_one_document: false,
        goals: [0.75, 0.75],
    },
    Reference {
        format: "jaeger-json",
        name: "serde_json",
        parse: jaeger::parse,
        is_one_document: true,
        goals: [0.75, 0.75],
    },
    Reference {
        format: "zipkin-json",
        name: "serde_json",
        parse: zipkin::parse,
        is_one_document: false,
        goals: [0.75, 0.75],
    },
];

fn main() {
    let (spans, rounds) = (support::spans_or(200_000), support::rounds_or(5));
    let batches = export::batches(spans);
    let spans: usize = batches.iter().map(spanwise::SpanBatch::len).sum();
    let joined = [export::joined(&batches)];
    let mut rows = Vec::new();
    for reference in REFERENCES.iter().filter(|one| is_asked(one.format)) {
        let documents = if reference.is_one_document {
            &joined[..]
        } else {
            &batches[..]
        };
        let bytes = export::written(reference.format, documents);
        assert_eq!((reference.parse)(&bytes), spans, "{}", reference.format);
        rows.extend(compare(reference, &bytes, (spans, rounds)));
    }
    if is_asked(OWN) {
        rows.extend(own_parquet(&joined, (spans, rounds)));
    }
    support::report::print(&rows);
}

/// True for the formats that arguments name; for all where none does.
fn is_asked(format: &str) -> bool {
    let arguments = std::env::args().skip(1);
    let mut names = arguments.filter(|name| !name.starts_with('-')).peekable();
    names.peek().is_none() || names.any(|name| name == format)
}

/// spanwise's own Parquet against the fastest of the other formats, where the
/// bench was built with the feature that reads it.
fn own_parquet(joined: &[SpanBatch], (spans, rounds): (usize, u64)) -> Option<Row> {
    spanwise::format(OWN).ok()?;
    let files = ["otlp-protobuf", OWN].map(|format| export::written(format, joined));
    let [reference, own] = files.each_ref().map(|file| export::input(file));
    let [reference, ours] = cpu::best(
        rounds,
        [&|| drop(read(&reference, AttributeKeep::All)), &|| {
            drop(read(&own, AttributeKeep::All));
        }],
    );
    let per_span = |time: Duration| time.as_nanos() as f64 / spans as f64;
    let [reference_bytes, bytes] = files.map(|file| file.len() / spans);
    Some(Row {
        what: format!(
            "{OWN} ({bytes} bytes a span): read / otlp-protobuf ({reference_bytes}), CPU ns a span"
        ),
        reference: per_span(reference),
        ours: per_span(ours),
        goal: Some(1.0),
    })
}

fn compare(reference: &Reference, bytes: &[u8], (spans, rounds): (usize, u64)) -> [Row; 3] {
    let input = export::input(bytes);
    let [parsed, loaded, analysed, lazy] = cpu::best(
        rounds,
        [
            &|| {
                black_box((reference.parse)(bytes));
            },
            &|| drop(read(&input, AttributeKeep::All)),
            &|| analyse(&read(&input, AttributeKeep::All)),
            &|| analyse(&read(&input, AttributeKeep::None)),
        ],
    );
    let per_span = |time: Duration| time.as_nanos() as f64 / spans as f64;
    let row = |what: &str, ours, goal| Row {
        what: format!(
            "{}: {what} / {}, CPU ns a span",
            reference.format, reference.name
        ),
        reference: per_span(parsed),
        ours: per_span(ours),
        goal: Some(goal),
    };
    let [goal, lazy_goal] = reference.goals;
    [
        row("read", loaded, goal),
        row("read and analyse", analysed, goal),
        row("the same, few attributes", lazy, lazy_goal),
    ]
}

//! Instructions of reading and analysing ten thousand spans, counted by
//! callgrind and held against committed figures.
//!
//! Instructions hardly vary from run to run or from machine to machine, so a
//! regression shows that no clock would see. Without arguments the program
//! simulates the exports and runs itself under valgrind once a case; `accept`
//! writes the figures that were counted down as the new ones.

#![allow(clippy::print_stdout, reason = "a bench program prints its table")]

mod support;

use spanwise::{AttributeKeep, Input};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use support::{analyse, analyse_latency, export, otlp_protobuf, read};

/// How many spans the committed figures are of.
const SPANS: u64 = 10_000;

/// How much more than its figure a case may take.
const TOLERANCE: f64 = 0.05;

/// A case: its name, the format of its input, and the largest good ratio to
/// decoding the same bytes with prost.
struct Case {
    name: &'static str,
    format: &'static str,
    goal: Option<f64>,
}

const fn case(name: &'static str, format: &'static str, goal: Option<f64>) -> Case {
    Case { name, format, goal }
}

const PROST: &str = "prost";

/// Reading without analysing, and with the analyses about latency in the place
/// of the foundation's.
const READ: &str = "otlp-protobuf, read alone";
const FOUNDATION: &str = "otlp-protobuf";
const LATENCY: &str = "otlp-protobuf, latency";

/// How many times the instructions of the foundation's analyses those about
/// latency may have.
const LATENCY_GOAL: f64 = 2.0;

const CASES: [Case; 9] = [
    case(PROST, "otlp-protobuf", None),
    case(FOUNDATION, "otlp-protobuf", Some(1.0 / 3.0)),
    case(READ, "otlp-protobuf", None),
    case(LATENCY, "otlp-protobuf", None),
    case(
        "otlp-protobuf, few attributes",
        "otlp-protobuf",
        Some(1.0 / 8.0),
    ),
    case("otlp-json", "otlp-json", None),
    case("jaeger-json", "jaeger-json", None),
    case("zipkin-json", "zipkin-json", None),
    case("zipkin-json, few attributes", "zipkin-json", None),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["case", name, file] => {
            run(name, Path::new(file));
            ExitCode::SUCCESS
        }
        words => measure(words.contains(&"accept")),
    }
}

/// What valgrind counts.
fn run(name: &str, file: &Path) {
    let bytes = std::fs::read(file).expect("the export of this run");
    if name == PROST {
        assert!(otlp_protobuf::parse(&bytes) > 0);
        return;
    }
    let keep = match name.ends_with("few attributes") {
        true => AttributeKeep::None,
        false => AttributeKeep::All,
    };
    let traces = read(&Input::bytes(bytes), keep);
    match name {
        READ => drop(black_box(traces)),
        LATENCY => analyse_latency(&traces),
        _ => analyse(&traces),
    }
}

fn measure(accept: bool) -> ExitCode {
    let folder = std::env::temp_dir().join(format!("spanwise-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let asked = support::spans_or(SPANS);
    let batches = export::batches(asked);
    let spans: usize = batches.iter().map(spanwise::SpanBatch::len).sum();
    let figures = if asked == SPANS {
        figures()
    } else {
        BTreeMap::new()
    };
    let (mut counted, mut failed) = (BTreeMap::new(), false);
    println!("| instructions a span | counted | figure | of prost | goal | verdict |");
    println!("|---|---:|---:|---:|---:|---|");
    for case in &CASES {
        let file = folder.join(case.format);
        std::fs::write(&file, export::written(case.format, &batches)).expect("room");
        let count = instructions(case.name, &file) / spans as u64;
        counted.insert(case.name.to_owned(), count);
        let figure = figures.get(case.name).copied();
        let verdict = verdict(count, figure);
        failed |= verdict == "regression";
        let of_prost = count as f64 / counted[PROST] as f64;
        let goal = case.goal.map_or(String::new(), |goal| format!("{goal:.3}"));
        let figure = figure.map_or(String::new(), |figure| figure.to_string());
        println!(
            "| {} | {count} | {figure} | {of_prost:.3} | {goal} | {verdict} |",
            case.name
        );
    }
    std::fs::remove_dir_all(&folder).expect("our own folder");
    println!("{}", latency(&counted));
    if accept && asked == SPANS {
        let text = serde_json::to_string_pretty(&counted).expect("names and numbers");
        std::fs::write(path(), text + "\n").expect("a writable project");
        return ExitCode::SUCCESS;
    }
    ExitCode::from(u8::from(failed))
}

/// The analyses about latency against those of the foundation, both with their
/// facts and without reading.
fn latency(counted: &BTreeMap<String, u64>) -> String {
    let [foundation, latency] = [FOUNDATION, LATENCY].map(|case| counted[case] - counted[READ]);
    let ratio = latency as f64 / foundation as f64;
    let verdict = match ratio <= LATENCY_GOAL {
        true => "met",
        false => "missed",
    };
    format!(
        "\nanalyses about latency / foundation: {latency} / {foundation} = {ratio:.2}, \
         goal {LATENCY_GOAL:.2}, {verdict}"
    )
}

fn verdict(count: u64, figure: Option<u64>) -> &'static str {
    let ratio = figure.map_or(1.0, |figure| count as f64 / figure as f64);
    if ratio > 1.0 + TOLERANCE {
        "regression"
    } else if ratio < 1.0 - TOLERANCE {
        "better: accept it"
    } else {
        "as before"
    }
}

/// The instructions of a case in a process of its own.
fn instructions(name: &str, file: &Path) -> u64 {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["case", name])
        .arg(file)
        .output()
        .expect("valgrind, which this bench needs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {told}");
    let count = told.lines().find_map(|line| line.split_once("Collected :"));
    let count = count.and_then(|(_, count)| count.trim().parse().ok());
    count.expect("callgrind tells what it counted")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.json")
}

fn figures() -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

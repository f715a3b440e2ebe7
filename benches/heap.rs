//! The heap: what it holds after reading and every analysis, what it held at
//! its peak, and what a scan takes of input that is larger than its memory.

mod support;

use peak_alloc::PeakAlloc;
use spanwise::analyses::{CriticalPath, Dependencies, Errors, Hotspots};
use spanwise::{Analysis, AttributeKeep, Table};
use std::io;
use std::path::Path;
use support::report::Row;
use support::{export, read_and_analyse};

/// Counts what is held.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> io::Result<()> {
    let spans = support::spans_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("spans.otlp.pb");
    let spans = export::file("otlp-protobuf", spans, &path)?;
    let few = held(&path, spans, ("few attributes", AttributeKeep::None, 100.0));
    let all = held(&path, spans, ("every attribute", AttributeKeep::All, 300.0));
    support::report::print(&[few, all].concat());
    support::report::print(&[scan(&path, spans)?]);
    Ok(())
}

/// What the heap holds in the end, and the most that it held.
fn held(path: &Path, spans: u64, (what, keep, goal): (&str, AttributeKeep, f64)) -> Vec<Row> {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let traces = read_and_analyse(path, keep, 1);
    let [after, peak] = [ALLOCATOR.current_usage(), ALLOCATOR.peak_usage()]
        .map(|bytes| bytes.saturating_sub(before) as f64 / spans as f64);
    drop(traces);
    let row = |when: &str, ours| Row {
        what: format!("{what}, {when}, bytes a span"),
        reference: 1.0,
        ours,
        goal: Some(goal),
    };
    vec![row("after every analysis", after), row("at the peak", peak)]
}

/// A scan within a quarter of the file's size, whose answers must be those of
/// reading everything at once.
fn scan(path: &Path, spans: u64) -> io::Result<Row> {
    let memory = std::fs::metadata(path)?.len() / 4;
    let (critical, hotspots) = (CriticalPath::default(), Hotspots::default());
    let (errors, dependencies) = (Errors::default(), Dependencies::default());
    let analyses: [&dyn Analysis; 4] = [&critical, &hotspots, &errors, &dependencies];
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let scan = spanwise::scan([path]).memory_bytes(memory);
    let scanned: Vec<Table> = scan.run(&analyses).expect("a disk with room");
    let peak = ALLOCATOR.peak_usage().saturating_sub(before);
    let read = spanwise::read(path).expect("memory for all").run(&analyses);
    assert_eq!(scanned, read, "a scan answers as a read does");
    Ok(Row {
        what: format!("peak of a scan of {spans} spans / the memory it may take, MB"),
        reference: memory as f64 / 1e6,
        ours: peak as f64 / 1e6,
        goal: Some(1.0),
    })
}

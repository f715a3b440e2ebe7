//! Scale: two threads against one, and ten times as many spans.

mod support;

use mimalloc::MiMalloc;
use spanwise::AttributeKeep;
use std::io;
use std::path::Path;
use std::time::Instant;
use support::report::Row;
use support::{cpu, export, read_and_analyse};

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> io::Result<()> {
    let (spans, rounds) = (support::spans_or(1_000_000), support::rounds_or(3));
    let folder = tempfile::tempdir()?;
    let small = folder.path().join("small.otlp.pb");
    let count = export::file("otlp-protobuf", spans, &small)?;
    let mut rows = Vec::new();
    rows.extend(threads(&small, rounds));
    let large = folder.path().join("large.otlp.pb");
    let more = export::file("otlp-protobuf", spans * 10, &large)?;
    rows.push(growth((&small, count), (&large, more), rounds));
    support::report::print(&rows);
    Ok(())
}

/// Time on the wall and CPU time, in nanoseconds.
fn times(work: impl FnOnce()) -> [f64; 2] {
    let start = Instant::now();
    let cpu = cpu::once(work);
    [start.elapsed(), cpu].map(|time| time.as_nanos() as f64)
}

fn threads(path: &Path, rounds: u64) -> [Row; 2] {
    let mut best = [[f64::MAX; 2]; 2];
    for _ in 0..rounds {
        for (best, threads) in best.iter_mut().zip([1, 2]) {
            let times = times(|| drop(read_and_analyse(path, AttributeKeep::All, threads)));
            *best = [best[0].min(times[0]), best[1].min(times[1])];
        }
    }
    let [one, two] = best;
    let row = |what: &str, at: usize, goal| Row {
        what: format!("one file, two threads / one thread, {what} ms"),
        reference: one[at] / 1e6,
        ours: two[at] / 1e6,
        goal: Some(goal),
    };
    [row("wall", 0, 0.6), row("CPU", 1, 1.15)]
}

/// CPU time a span of ten times as many spans.
fn growth((small, count): (&Path, u64), (large, more): (&Path, u64), rounds: u64) -> Row {
    let per_span = |path: &Path, spans: u64, rounds: u64| {
        let once = || times(|| drop(read_and_analyse(path, AttributeKeep::All, 1)))[1];
        let best = (0..rounds).map(|_| once()).fold(f64::MAX, f64::min);
        best / spans as f64
    };
    Row {
        what: format!("{more} spans / {count} spans, CPU ns a span"),
        reference: per_span(small, count, rounds),
        ours: per_span(large, more, rounds),
        goal: Some(1.25),
    }
}

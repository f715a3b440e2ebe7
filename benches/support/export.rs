//! Simulated exports in memory.

use spanwise::simulate::{Limit, Simulation};
use spanwise::{Input, SpanBatch};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Simulated spans, in the batches of a collector.
pub(crate) fn batches(spans: u64) -> Vec<SpanBatch> {
    let simulation = Simulation::default().limit(Limit::Spans(spans));
    simulation.run().expect("the shop is sound").collect()
}

/// All spans in one batch.
pub(crate) fn joined(batches: &[SpanBatch]) -> SpanBatch {
    let mut all = SpanBatch::default();
    for batch in batches {
        all.absorb(batch.clone()).expect("few spans");
    }
    all
}

/// The batches in a format, one document each.
pub(crate) fn written(format: &str, batches: &[SpanBatch]) -> Vec<u8> {
    let format = spanwise::format(format).expect("a format of ours");
    let mut bytes = Vec::new();
    for batch in batches {
        format.write(batch, &mut bytes).expect("memory");
    }
    bytes
}

/// Bytes as an input.
pub(crate) fn input(bytes: &[u8]) -> Input {
    Input::bytes(bytes)
}

/// A file of simulated spans, and how many there are; it is never held whole.
pub(crate) fn file(format: &str, spans: u64, path: &Path) -> io::Result<u64> {
    let format = spanwise::format(format).expect("a format of ours");
    let simulation = Simulation::default().limit(Limit::Spans(spans));
    let mut out = BufWriter::new(File::create(path)?);
    let mut written = 0;
    for batch in simulation.run().expect("the shop is sound") {
        written += batch.len() as u64;
        format.write(&batch, &mut out).expect("a disk with room");
    }
    out.flush()?;
    Ok(written)
}

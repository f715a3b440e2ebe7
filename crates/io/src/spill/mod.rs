//! Batches on disk, for input that is larger than memory.
//!
//! Each frame of a spill file is a part: a batch with what it says of its
//! sources.

use crate::frames::{Encoder, Frames, Values};
use spanwise_model::{Result, SpanBatch};
use std::path::{Path, PathBuf};

/// A run of records that came from one source, by the source's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) source: u32,
    pub(crate) records: u32,
}

/// Some records, and the runs that they came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) batch: SpanBatch,
    pub(crate) runs: Vec<Run>,
}

/// A part as it lies in a frame.
type Packed = (SpanBatch, Vec<(u32, u32)>);

impl Part {
    /// Notes that the last record came from a source.
    pub(crate) fn note(&mut self, source: u32) {
        match self.runs.last_mut() {
            Some(run) if run.source == source => run.records += 1,
            _ => self.runs.push(Run { source, records: 1 }),
        }
    }

    fn unpacked((mut batch, runs): Packed) -> Self {
        batch.rebuild_indexes();
        let run = |(source, records)| Run { source, records };
        Self {
            batch,
            runs: runs.into_iter().map(run).collect(),
        }
    }
}

/// A file of parts, made when the first one comes.
#[derive(Debug)]
pub(crate) struct Spill(Frames);

impl Spill {
    /// A file without a name in this folder, or where the system keeps
    /// temporary files.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self(Frames::new(folder))
    }

    /// A file of this name, of which so many bytes are whole.
    pub(crate) fn named(path: PathBuf, bytes: u64) -> Result<Self> {
        Frames::named(path, bytes).map(Self)
    }

    /// Removes the file, where it has a name.
    pub(crate) fn remove(self) -> Result<()> {
        self.0.remove()
    }

    /// How many bytes the file has.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// Appends a part.
    pub(crate) fn push(&mut self, part: &Part, encoder: &mut Encoder) -> Result<()> {
        let runs: Vec<(u32, u32)> = part.runs.iter().map(|r| (r.source, r.records)).collect();
        self.0.push(&(&part.batch, runs), encoder)
    }

    /// The parts in the order in which they were written.
    pub(crate) fn parts(&self) -> Parts {
        Parts(self.0.values(0..self.bytes()))
    }
}

/// The parts of a file.
#[derive(Debug)]
pub(crate) struct Parts(Values<Packed>);

impl Iterator for Parts {
    type Item = Result<Part>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map(Part::unpacked))
    }
}

#[cfg(test)]
mod tests;

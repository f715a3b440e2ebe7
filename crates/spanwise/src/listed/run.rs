//! Runs: rows in order, at rest.

use spanwise_analyze::RowOrder;
use spanwise_io::frames::{Encoder, Frames, Values};
use spanwise_model::{Result, Table};
use std::ops::Range;
use std::path::Path;

/// Some rows of a run, with where they stand.
pub(super) type Chunk = (Table, Vec<RowOrder>);

/// Where the rows of a run are: on disk, or in memory.
enum Run {
    Kept(Range<u64>),
    Held(Chunk),
}

/// Runs in a file without a name, but for the last one, which is held.
pub(super) struct Runs {
    frames: Frames,
    encoder: Encoder,
    chunk_rows: usize,
    runs: Vec<Run>,
}

impl Runs {
    /// No runs; of each, so many rows will be read at once.
    pub(super) fn new(folder: Option<&Path>, chunk_rows: usize) -> Result<Self> {
        Ok(Self {
            frames: Frames::new(folder),
            encoder: Encoder::new()?,
            chunk_rows,
            runs: Vec::new(),
        })
    }

    /// No runs, which will be kept as these are.
    pub(super) fn like(&self) -> Result<Self> {
        Ok(Self {
            frames: self.frames.another(),
            encoder: Encoder::new()?,
            chunk_rows: self.chunk_rows,
            runs: Vec::new(),
        })
    }

    pub(super) fn chunk_rows(&self) -> usize {
        self.chunk_rows
    }

    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    /// Adds a run of these rows.
    pub(super) fn push(&mut self, rows: Chunk) -> Result<()> {
        if let Some(Run::Held(_)) = self.runs.last() {
            if let Some(Run::Held(held)) = self.runs.pop() {
                self.keep(std::iter::once(Ok(held)))?;
            }
        }
        self.runs.push(Run::Held(rows));
        Ok(())
    }

    /// Adds a run of these chunks, on disk.
    pub(super) fn keep(&mut self, chunks: impl Iterator<Item = Result<Chunk>>) -> Result<()> {
        let start = self.frames.bytes();
        for chunk in chunks {
            let (table, order) = chunk?;
            for first in (0..order.len()).step_by(self.chunk_rows) {
                let rows = first..order.len().min(first + self.chunk_rows);
                let cells = table.take(&rows.clone().collect::<Vec<_>>());
                self.frames
                    .push(&(cells, &order[rows]), &mut self.encoder)?;
            }
        }
        self.runs.push(Run::Kept(start..self.frames.bytes()));
        Ok(())
    }

    /// The chunks of a run.
    pub(super) fn chunks(&self, run: usize) -> Chunks<'_> {
        match &self.runs[run] {
            Run::Kept(bytes) => Chunks::Kept(self.frames.values(bytes.clone())),
            Run::Held(held) => Chunks::Held(Some(held)),
        }
    }
}

/// The chunks of a run.
pub(super) enum Chunks<'r> {
    Kept(Values<Chunk>),
    Held(Option<&'r Chunk>),
}

impl Iterator for Chunks<'_> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Kept(values) => values.next(),
            Self::Held(held) => held.take().map(|held| Ok(held.clone())),
        }
    }
}

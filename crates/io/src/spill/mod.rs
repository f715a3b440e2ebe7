//! Batches on disk, for input that is larger than memory.
//!
//! A spill file is a run of frames: a length, and a batch with what it says of
//! its sources, serialized and compressed with a checksum. The file has no
//! name: it is gone when its process is, however that ends.

use spanwise_model::{Error, ErrorKind, Result, SpanBatch};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// The level of compression: the fastest.
const LEVEL: i32 = 1;

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

impl Part {
    /// Notes that the last record came from a source.
    pub(crate) fn note(&mut self, source: u32) {
        match self.runs.last_mut() {
            Some(run) if run.source == source => run.records += 1,
            _ => self.runs.push(Run { source, records: 1 }),
        }
    }
}

/// A file of parts, made when the first one comes.
#[derive(Debug)]
pub(crate) struct Spill {
    folder: Option<PathBuf>,
    file: Option<File>,
    bytes: u64,
}

impl Spill {
    /// A file without a name in this folder, or where the system keeps
    /// temporary files.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self {
            folder: folder.map(Into::into),
            file: None,
            bytes: 0,
        }
    }

    fn file(&mut self) -> std::io::Result<&mut File> {
        if self.file.is_none() {
            self.file = Some(match &self.folder {
                Some(folder) => tempfile::tempfile_in(folder)?,
                None => tempfile::tempfile()?,
            });
        }
        self.file
            .as_mut()
            .ok_or(std::io::ErrorKind::NotFound.into())
    }

    /// How many bytes the file has.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends a part.
    pub(crate) fn push(&mut self, part: &Part, encoder: &mut Encoder) -> Result<()> {
        let frame = encoder.encode(part)?;
        let length = (frame.len() as u64).to_le_bytes();
        let mut write = || -> std::io::Result<()> {
            let file = self.file()?;
            file.write_all(&length)?;
            file.write_all(&frame)
        };
        write().map_err(of_spill)?;
        self.bytes += (length.len() + frame.len()) as u64;
        Ok(())
    }

    /// The parts in the order in which they were written.
    pub(crate) fn into_parts(mut self) -> Result<Parts> {
        let mut rewound = || {
            let file = self.file()?;
            file.seek(SeekFrom::Start(0))?;
            file.try_clone()
        };
        Ok(Parts {
            file: BufReader::new(rewound().map_err(of_spill)?),
            left: self.bytes,
        })
    }
}

/// The parts of a file.
#[derive(Debug)]
pub(crate) struct Parts {
    file: BufReader<File>,
    left: u64,
}

impl Parts {
    fn read(&mut self) -> Result<Part> {
        let mut length = [0; 8];
        self.file.read_exact(&mut length).map_err(of_spill)?;
        let length = u64::from_le_bytes(length);
        let fits = self.left.checked_sub(length.saturating_add(8));
        self.left = fits.ok_or_else(damaged)?;
        let mut frame = Vec::new();
        let mut limited = self.file.by_ref().take(length);
        limited.read_to_end(&mut frame).map_err(of_spill)?;
        decode(&frame)
    }
}

impl Iterator for Parts {
    type Item = Result<Part>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.left > 0).then(|| {
            let part = self.read();
            if part.is_err() {
                self.left = 0;
            }
            part
        })
    }
}

/// Makes frames of parts, with memory that is kept from one to the next.
pub(crate) struct Encoder {
    bytes: Vec<u8>,
    compressor: Compressor<'static>,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self> {
        let mut compressor = Compressor::new(LEVEL).map_err(of_spill)?;
        let checksum = CParameter::ChecksumFlag(true);
        compressor.set_parameter(checksum).map_err(of_spill)?;
        Ok(Self {
            bytes: Vec::new(),
            compressor,
        })
    }

    /// A part as a frame.
    pub(crate) fn encode(&mut self, part: &Part) -> Result<Vec<u8>> {
        let runs: Vec<(u32, u32)> = part.runs.iter().map(|r| (r.source, r.records)).collect();
        self.bytes.clear();
        postcard::to_io(&(&part.batch, runs), &mut self.bytes).map_err(|_| damaged())?;
        self.compressor.compress(&self.bytes).map_err(of_spill)
    }
}

/// A frame as a part.
pub(crate) fn decode(frame: &[u8]) -> Result<Part> {
    let bytes = zstd::decode_all(frame).map_err(|_| damaged())?;
    let (mut batch, runs): (SpanBatch, Vec<(u32, u32)>) =
        postcard::from_bytes(&bytes).map_err(|_| damaged())?;
    batch.rebuild_indexes();
    let run = |(source, records)| Run { source, records };
    Ok(Part {
        batch,
        runs: runs.into_iter().map(run).collect(),
    })
}

fn of_spill(error: std::io::Error) -> Error {
    let message = format!("a temporary file: {error}");
    Error::new(ErrorKind::Io, message).caused_by(error)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Io, "a temporary file is damaged")
}

#[cfg(test)]
mod tests;

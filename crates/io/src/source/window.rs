//! A window that moves over the bytes of an item, decompressed.

use super::decompress::{Decompressed, Magic, Step, HEAD};
use super::expand::{Item, Origin};
use crate::format::{Cut, Cutting};
use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::{Error, ErrorKind, Guard, Result};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;

/// The bytes of an item that have come and have not been read yet.
pub(crate) struct Window<'a> {
    bytes: Bytes<'a>,
    /// What was read is dropped when the window moves.
    start: usize,
    /// The offset in the file of the window's first byte; below the true one
    /// by the bytes that were put before it.
    offset: i64,
    /// How many records stand before the window.
    records: u64,
    ended: bool,
    truncated: bool,
}

enum Bytes<'a> {
    /// In memory already.
    Whole(&'a [u8]),
    Coming(Vec<u8>, Box<Decompressed<'a>>),
}

/// Where a piece stands in its file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) offset: i64,
    pub(crate) records: u64,
}

impl<'a> Window<'a> {
    /// A window before the first byte of an item.
    pub(crate) fn open(
        item: &'a Item,
        limits: &Limits,
        meter: &'a Meter,
        cutting: Cutting,
    ) -> Result<Self> {
        let source: Box<dyn Read + 'a> = match &item.origin {
            Origin::File(path) => Box::new(File::open(path)?),
            Origin::Bytes(bytes) => match (Magic::of(bytes), cutting) {
                (Magic::None, Cutting::Cheap) => return Self::whole(bytes, limits, meter),
                _ => Box::new(&bytes[..]),
            },
            Origin::Stdin => Box::new(std::io::stdin().lock()),
        };
        let coming = Decompressed::new(source, item.size, limits, meter)?;
        Ok(Self::of(Bytes::Coming(Vec::new(), Box::new(coming)), false))
    }

    fn whole(bytes: &'a [u8], limits: &Limits, meter: &Meter) -> Result<Self> {
        if bytes.len() as u64 > limits.file_bytes {
            return Err(Guard::exceeded("file_bytes", limits.file_bytes));
        }
        if !meter.advance(bytes.len() as u64) {
            return Err(Error::new(ErrorKind::Cancelled, "stopped"));
        }
        Ok(Self::of(Bytes::Whole(bytes), true))
    }

    fn of(bytes: Bytes<'a>, ended: bool) -> Self {
        Self {
            bytes,
            start: 0,
            offset: 0,
            records: 0,
            ended,
            truncated: false,
        }
    }

    /// Fills the window up to its first bytes, by which a format is guessed.
    pub(crate) fn fill_head(&mut self) -> Result<()> {
        self.fill(HEAD)
    }

    /// Fills the window to this size, unless the file ends before.
    pub(crate) fn fill(&mut self, size: usize) -> Result<()> {
        let Bytes::Coming(bytes, coming) = &mut self.bytes else {
            return Ok(());
        };
        while !self.ended && bytes.len() - self.start < size {
            match coming.step(bytes, self.start.saturating_add(size))? {
                Step::More => {}
                Step::End => self.ended = true,
                Step::Broken => (self.ended, self.truncated) = (true, true),
            }
        }
        Ok(())
    }

    /// What the window shows.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Whole(bytes) => &bytes[self.start..],
            Bytes::Coming(bytes, _) => &bytes[self.start..],
        }
    }

    /// The first bytes of the window, apart from it: borrowed where the whole
    /// item is in memory, otherwise copied.
    pub(crate) fn share(&self, bytes: usize) -> Cow<'a, [u8]> {
        match &self.bytes {
            Bytes::Whole(all) => Cow::Borrowed(&all[self.start..][..bytes]),
            Bytes::Coming(held, _) => Cow::Owned(held[self.start..][..bytes].to_vec()),
        }
    }

    /// Where the window's first byte stands.
    pub(crate) fn place(&self) -> Place {
        Place {
            offset: self.offset,
            records: self.records,
        }
    }

    /// True where nothing follows behind the window.
    pub(crate) fn is_last(&self) -> bool {
        self.ended
    }

    /// True where the bytes come as they lie in the file.
    pub(crate) fn is_plain(&self) -> bool {
        match &self.bytes {
            Bytes::Whole(_) => true,
            Bytes::Coming(_, coming) => !coming.is_compressed(),
        }
    }

    /// True where compressed data ended too early or was broken.
    pub(crate) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Leaves these bytes behind.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as i64;
    }

    /// Moves the window behind a cut.
    pub(crate) fn move_behind(&mut self, cut: &Cut) {
        self.records += cut.records;
        self.pass(cut.next);
        if let Bytes::Coming(bytes, _) = &mut self.bytes {
            bytes.drain(..self.start);
            bytes.splice(..0, cut.opening.iter().copied());
            self.start = 0;
            self.offset -= cut.opening.len() as i64;
        }
    }
}

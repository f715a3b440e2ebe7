//! An archive that can be read from any place.

use crate::source::allowance::Allowance;
use rawzip::{FileReader, ReaderAt};
use std::fs::File;
use std::io;
use std::path::Path;
use std::rc::Rc;

/// A file, or bytes in memory.
pub(in crate::source) struct Seekable<'a> {
    bytes: Bytes<'a>,
    size: u64,
    /// Where what is read counts as read of the item itself.
    outermost: Option<Rc<Allowance<'a>>>,
}

enum Bytes<'a> {
    File(FileReader),
    Borrowed(&'a [u8]),
    Owned(Vec<u8>),
}

impl<'a> Seekable<'a> {
    pub(in crate::source) fn file(path: &Path, allowance: Rc<Allowance<'a>>) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self {
            size: file.metadata()?.len(),
            bytes: Bytes::File(file.into()),
            outermost: Some(allowance),
        })
    }

    pub(in crate::source) fn borrowed(bytes: &'a [u8]) -> Self {
        Self {
            size: bytes.len() as u64,
            bytes: Bytes::Borrowed(bytes),
            outermost: None,
        }
    }

    pub(in crate::source) fn owned(bytes: Vec<u8>) -> Self {
        Self {
            size: bytes.len() as u64,
            bytes: Bytes::Owned(bytes),
            outermost: None,
        }
    }

    /// How many bytes there are.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    fn slice(&self) -> &[u8] {
        match &self.bytes {
            Bytes::File(_) => &[],
            Bytes::Borrowed(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

impl ReaderAt for Seekable<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let read = match &self.bytes {
            Bytes::File(file) => file.read_at(buffer, offset)?,
            _ => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let mut rest = self.slice().get(start..).unwrap_or(&[]);
                io::Read::read(&mut rest, buffer)?
            }
        };
        if let Some(allowance) = self.outermost.as_ref().filter(|_| read > 0) {
            allowance.pass(read as u64)?;
        }
        Ok(read)
    }
}

//! Content whose length, and perhaps checksum, is stated beside it.

use std::io::{Error, ErrorKind, Read, Result};

/// Content that must have so many bytes, no fewer and no more, with this sum.
pub(super) struct Checked<R> {
    inner: R,
    size: u64,
    crc: Option<u32>,
    read: u64,
    found: flate2::Crc,
}

impl<R> Checked<R> {
    pub(super) fn new(inner: R, size: u64, crc: Option<u32>) -> Self {
        let found = flate2::Crc::new();
        Self {
            inner,
            size,
            crc,
            read: 0,
            found,
        }
    }

    fn check(&self) -> Result<()> {
        let broken = |what| Err(Error::new(ErrorKind::InvalidData, what));
        match self.crc {
            _ if self.read < self.size => Err(ErrorKind::UnexpectedEof.into()),
            _ if self.read > self.size => broken("more bytes than the archive says"),
            Some(crc) if crc != self.found.sum() => broken("the checksum does not match"),
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.crc.is_some() {
            self.found.update(&buffer[..read]);
        }
        if read == 0 {
            self.check()?;
        }
        Ok(read)
    }
}

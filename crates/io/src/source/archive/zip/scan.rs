//! A search through an archive that only goes forward.

use super::{bytes_at, Seekable};
use memchr::memmem;
use std::io;

/// How many bytes are looked through at once.
const STEP: usize = 1 << 16;

/// How many bytes behind the beginning of a signature are looked at.
const BEHIND: usize = 24;

/// Bytes of an archive that were read ahead; each is read once.
pub(super) struct Scan<'s, 'a> {
    archive: &'s Seekable<'a>,
    chunk: Vec<u8>,
    at: u64,
}

impl<'s, 'a> Scan<'s, 'a> {
    pub(super) fn new(archive: &'s Seekable<'a>) -> Self {
        Self {
            archive,
            chunk: Vec::new(),
            at: 0,
        }
    }

    /// The next place of a signature that is accepted by the bytes from there
    /// on and by the place. The search must not go back.
    pub(super) fn find(
        &mut self,
        signature: &[u8; 4],
        from: u64,
        accepts: &dyn Fn(u64, &[u8]) -> bool,
    ) -> io::Result<Option<u64>> {
        let mut from = from;
        while from < self.archive.size() {
            let bytes = self.bytes(from)?;
            let is_last = bytes.len() < BEHIND + signature.len();
            let enough = if is_last {
                bytes.len()
            } else {
                bytes.len() - BEHIND
            };
            let found = memmem::find_iter(bytes, signature)
                .take_while(|&place| place < enough)
                .find(|&place| accepts(from + place as u64, &bytes[place..]));
            if let Some(place) = found {
                return Ok(Some(from + place as u64));
            }
            if is_last {
                break;
            }
            from += enough as u64;
        }
        Ok(None)
    }

    /// The bytes from here on that were read ahead, a few of them at least.
    fn bytes(&mut self, from: u64) -> io::Result<&[u8]> {
        let end = self.at + self.chunk.len() as u64;
        if from < self.at || from + (BEHIND as u64) * 2 > end {
            self.chunk = bytes_at(self.archive, from, STEP)?;
            self.at = from;
        }
        Ok(&self.chunk[(from - self.at) as usize..])
    }
}

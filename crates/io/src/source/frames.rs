//! Messages that were compressed each by itself, behind its length: what the
//! collector's file exporter writes with `compression: zstd`.
//!
//! They become what the exporter writes without compression: messages of
//! protobuf behind their lengths, messages of JSON in lines. So the readers of
//! these formats number the records and find the places of issues. A message
//! that cannot be decompressed is left empty, and the ones behind it keep their
//! numbers.

use super::allowance::{Allowance, Flawed};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// How many bytes are decompressed between two looks at limits.
const STEP: u64 = 1 << 20;

/// How messages lie in what comes out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Out {
    Lengths,
    Lines,
}

/// A source whose messages are decompressed one by one.
pub(super) struct Frames<'a, R> {
    source: R,
    allowance: Rc<Allowance<'a>>,
    /// Known from the first message that can be decompressed.
    out: Option<Out>,
    /// Messages before that one.
    unknown: u64,
    record: u64,
    offset: u64,
    packed: Vec<u8>,
    message: Vec<u8>,
    ready: Vec<u8>,
    read: usize,
    cut: bool,
}

/// How a message came out.
enum Unpacked {
    Whole,
    Cut,
    Broken(String),
}

impl<'a, R: BufRead> Frames<'a, R> {
    pub(super) fn new(source: R, allowance: Rc<Allowance<'a>>) -> Self {
        Self {
            source,
            allowance,
            out: None,
            unknown: 0,
            record: 0,
            offset: 0,
            packed: Vec::new(),
            message: Vec::new(),
            ready: Vec::new(),
            read: 0,
            cut: false,
        }
    }

    /// Makes the next message ready; false at the end.
    fn next(&mut self) -> io::Result<bool> {
        if self.cut {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut length = Vec::with_capacity(4);
        self.source.by_ref().take(4).read_to_end(&mut length)?;
        let Some(length) = length.first_chunk::<4>() else {
            self.cut = !length.is_empty();
            return if self.cut { self.next() } else { Ok(false) };
        };
        self.record += 1;
        let length = u64::from(u32::from_be_bytes(*length));
        self.packed.clear();
        self.source
            .by_ref()
            .take(length)
            .read_to_end(&mut self.packed)?;
        self.cut = (self.packed.len() as u64) < length;
        let unpacked = self.unpack()?;
        self.offset += self.ready.len() as u64;
        (self.read, self.ready) = (0, Vec::with_capacity(self.message.len() + 4));
        self.lay_out(&unpacked);
        Ok(true)
    }

    fn unpack(&mut self) -> io::Result<Unpacked> {
        self.message.clear();
        let mut decoder = zstd::Decoder::with_buffer(&self.packed[..])?;
        loop {
            match decoder.by_ref().take(STEP).read_to_end(&mut self.message) {
                Ok(0) => return Ok(Unpacked::Whole),
                Ok(_) => {
                    let (come, of) = (self.message.len() as u64, self.packed.len() as u64);
                    self.allowance.check(come, of)?;
                }
                Err(_) if self.cut => return Ok(Unpacked::Cut),
                Err(error) => return Ok(Unpacked::Broken(error.to_string())),
            }
        }
    }

    /// Puts a message where the readers look for it.
    fn lay_out(&mut self, unpacked: &Unpacked) {
        if let Unpacked::Broken(why) = unpacked {
            self.message.clear();
            self.allowance.flaw(Flawed {
                record: self.record,
                offset: self.offset,
                detail: format!("a message that cannot be decompressed: {why}"),
            });
        }
        let Some(out) = self.out.or_else(|| kind_of(&self.message)) else {
            self.unknown += 1;
            return;
        };
        if self.out.is_none() {
            let empty: &[u8] = if out == Out::Lines { b"\n" } else { &[0; 4] };
            self.ready = empty.repeat(self.unknown as usize);
            self.out = Some(out);
        }
        let cut = u32::from(matches!(unpacked, Unpacked::Cut));
        if out == Out::Lengths {
            let length = (self.message.len() as u32).saturating_add(cut);
            self.ready.extend(length.to_be_bytes());
        }
        self.ready.extend(&self.message);
        if out == Out::Lines && cut == 0 {
            self.ready.push(b'\n');
        }
    }
}

fn kind_of(message: &[u8]) -> Option<Out> {
    match message.trim_ascii_start() {
        [] => None,
        [b'{' | b'[', ..] => Some(Out::Lines),
        _ => Some(Out::Lengths),
    }
}

impl<R: BufRead> Read for Frames<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.ready.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let read = (&self.ready[self.read..]).read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

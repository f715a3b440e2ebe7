//! Decompression by what the bytes say, under limits.

use super::allowance::Allowance;
use super::decoder::Decoder;
use super::held::Held;
use super::magic::Packing;
use crate::guess::HEAD_BYTES;
use spanwise_model::Result;
use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

/// How many bytes are decompressed between two looks at limits.
const STEP: usize = 1 << 20;

/// How many bytes are read at once of what lies in something larger.
const BUFFER_INSIDE: usize = 1 << 16;

/// How many bytes are read before it is asked whether the rest is wanted: as
/// many as a guess looks at, and a byte order mark.
pub(super) const HEAD: usize = HEAD_BYTES + 3;

/// The most that is reserved on the word of a file's size.
const RESERVE: u64 = 1 << 30;

/// Where bytes come from.
pub(super) type Source<'a> = Box<dyn Read + 'a>;

/// A file as it lies there.
pub(super) struct Raw<'a> {
    pub(super) source: Source<'a>,
    pub(super) allowance: Rc<Allowance<'a>>,
}

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.allowance.pass(read as u64)?;
        Ok(read)
    }
}

/// Counts the bytes that pass.
struct Counted<R> {
    inner: R,
    passed: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.passed.set(self.passed.get() + read as u64);
        Ok(read)
    }
}

/// What is left of a source that could not be read further.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        let end = || io::ErrorKind::UnexpectedEof.into();
        Err(self.0.take().unwrap_or_else(end))
    }
}

/// What is known of a source before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// How many bytes are expected.
    pub(super) size: Option<u64>,
    /// True where it is part of something larger, so that what is wrong with
    /// that may show here.
    pub(super) inside: bool,
    /// True where its bytes were counted as they came out of that.
    pub(super) counted: bool,
}

/// A source that is decompressed step by step.
pub(super) struct Decompressed<'a> {
    decoder: Decoder<'a, Counted<io::Chain<Cursor<Vec<u8>>, Source<'a>>>>,
    allowance: Rc<Allowance<'a>>,
    known: Known,
    /// How many bytes are expected in all; zero where that is not known.
    expected: usize,
    /// How many bytes have come, and of how many.
    come: u64,
    passed: Rc<Cell<u64>>,
    broken: bool,
}

/// What a step gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    End,
    /// Data ends too early, or is broken in the way that is told.
    Broken(String),
}

impl<'a> Decompressed<'a> {
    /// Looks at the first bytes of a source.
    pub(super) fn new(
        mut source: Source<'a>,
        known: Known,
        allowance: &Rc<Allowance<'a>>,
    ) -> Result<Self> {
        let mut magic = Vec::with_capacity(Packing::BYTES);
        let looked = source
            .by_ref()
            .take(Packing::BYTES as u64)
            .read_to_end(&mut magic);
        if let Err(error) = looked {
            if let Some(why) = allowance.stopped() {
                return Err(why);
            }
            if !known.inside || !is_broken_data(&error) {
                return Err(error.into());
            }
            source = Box::new(Failed(Some(error)));
        }
        Self::of(Packing::of(&magic), (magic, source), known, allowance)
    }

    /// A source whose packing is known, some of which was read before.
    pub(super) fn of(
        packing: Option<Packing>,
        (begun, source): (Vec<u8>, Source<'a>),
        known: Known,
        allowance: &Rc<Allowance<'a>>,
    ) -> Result<Self> {
        let passed = Rc::<Cell<u64>>::default();
        let counted = Counted {
            inner: Cursor::new(begun).chain(source),
            passed: passed.clone(),
        };
        let buffer = if known.inside { BUFFER_INSIDE } else { STEP };
        let decoder = Decoder::new(packing, (counted, buffer), allowance)?;
        let plain_size = known.size.filter(|_| !decoder.is_compressed()).unwrap_or(0);
        let most = RESERVE.min(allowance.limits().file_bytes);
        Ok(Self {
            expected: plain_size.min(most) as usize,
            decoder,
            allowance: allowance.clone(),
            known,
            come: 0,
            passed,
            broken: false,
        })
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.decoder.is_compressed()
    }

    /// Appends some of the next bytes to `bytes`, which are to become no more
    /// than `wanted` if that can be.
    pub(super) fn step(&mut self, bytes: &mut Held, wanted: usize) -> Result<Step> {
        let step = if self.come == 0 { HEAD } else { STEP };
        let expected = (bytes.len() + self.expected).saturating_sub(self.come as usize);
        make_room(bytes, step, expected.min(wanted));
        let before = bytes.len();
        let filled = bytes.fill(&mut self.decoder.reader(), step);
        let counted = self.count((bytes.len() - before) as u64);
        let error = match filled.and_then(|come| counted.map(|()| come)) {
            Ok(0) => return Ok(Step::End),
            Ok(_) => return Ok(Step::More),
            Err(error) => error,
        };
        if let Some(why) = self.allowance.stopped() {
            return Err(why);
        }
        self.broken = (self.is_compressed() || self.known.inside) && is_broken_data(&error);
        match self.broken {
            true => Ok(Step::Broken(reason(&error))),
            false => Err(error.into()),
        }
    }

    /// Counts what came.
    fn count(&mut self, bytes: u64) -> io::Result<()> {
        self.come += bytes;
        if self.is_compressed() {
            self.allowance.check(self.come, self.passed.get())?;
        }
        if self.is_compressed() || !self.known.counted {
            self.allowance.come(bytes)?;
        }
        Ok(())
    }
}

/// What comes, for a layer that lies inside.
impl Read for Decompressed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.broken {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let read = self.decoder.reader().read(buffer)?;
        self.count(read as u64)?;
        Ok(read)
    }
}

/// Makes room for a step: at once where a size is expected, and then by half of
/// what is there, because doubling would need thrice the memory at its peak.
fn make_room(bytes: &mut Held, step: usize, expected: usize) {
    let length = bytes.len();
    if expected > length {
        bytes.make_room(expected - length + 1);
    } else if length >= expected && bytes.free() <= step {
        bytes.make_room((length / 2).max(step) + 1);
    }
}

/// True where the data are to blame and not the system.
pub(super) fn is_broken_data(error: &io::Error) -> bool {
    use io::ErrorKind::{
        InvalidData, InvalidInput, Other, OutOfMemory, UnexpectedEof, Unsupported,
    };
    let of_data = [
        UnexpectedEof,
        InvalidData,
        InvalidInput,
        Other,
        OutOfMemory,
        Unsupported,
    ];
    of_data.contains(&error.kind()) && error.raw_os_error().is_none()
}

/// What is wrong with data; nothing where they end too early.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => String::new(),
        _ => error.to_string(),
    }
}

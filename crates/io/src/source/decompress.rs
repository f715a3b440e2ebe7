//! Decompression by what the bytes say, under limits.

use crate::guess::HEAD_BYTES;
use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::{Error, ErrorKind, Guard, Result};
use std::io::{self, BufReader, Chain, Cursor, Read};

/// How many bytes are decompressed between two looks at limits.
const STEP: usize = 1 << 20;

/// How many bytes are read before it is asked whether the rest is wanted: as
/// many as a guess looks at, and a byte order mark.
pub(super) const HEAD: usize = HEAD_BYTES + 3;

/// Below this many bytes no ratio is suspicious.
const RATIO_FROM: u64 = 64 << 20;

/// The most that is reserved on the word of a file's size.
const RESERVE: u64 = 1 << 30;

/// Counts the bytes that pass, and stops when the user wants to.
struct Counted<'a, R> {
    inner: R,
    meter: &'a Meter,
    passed: u64,
    told: u64,
    cancelled: bool,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.passed += read as u64;
        if self.passed - self.told >= STEP as u64 || read == 0 {
            let step = self.passed - self.told;
            self.told = self.passed;
            self.cancelled |= !self.meter.advance(step);
        }
        Ok(read)
    }
}

type Rewound<'a, R> = BufReader<Chain<Cursor<Vec<u8>>, Counted<'a, R>>>;

enum Decoder<'a, R: Read> {
    Plain(Rewound<'a, R>),
    Gzip(flate2::bufread::MultiGzDecoder<Rewound<'a, R>>),
    Zstd(Box<zstd::Decoder<'static, Rewound<'a, R>>>),
}

impl<'a, R: Read> Decoder<'a, R> {
    fn new(mut source: Counted<'a, R>) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(4);
        source.by_ref().take(4).read_to_end(&mut magic)?;
        let kind = Magic::of(&magic);
        let whole = BufReader::with_capacity(STEP, Cursor::new(magic).chain(source));
        Ok(match kind {
            Magic::Gzip => Self::Gzip(flate2::bufread::MultiGzDecoder::new(whole)),
            Magic::Zstd => Self::Zstd(Box::new(zstd::Decoder::with_buffer(whole)?)),
            Magic::None => Self::Plain(whole),
        })
    }

    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Plain(reader) => reader,
            Self::Gzip(reader) => reader,
            Self::Zstd(reader) => reader,
        }
    }

    fn source(&self) -> &Counted<'a, R> {
        let buffered = match self {
            Self::Plain(reader) => reader,
            Self::Gzip(reader) => reader.get_ref(),
            Self::Zstd(reader) => reader.get_ref(),
        };
        buffered.get_ref().get_ref().1
    }

    fn is_compressed(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }
}

/// What the first bytes say of compression.
#[derive(Clone, Copy)]
pub(super) enum Magic {
    Gzip,
    Zstd,
    None,
}

impl Magic {
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// A source that is decompressed step by step.
pub(super) struct Decompressed<'a> {
    decoder: Decoder<'a, Box<dyn Read + 'a>>,
    limits: Limits,
    /// How many bytes are expected in all; zero where that is not known.
    expected: usize,
    /// How many bytes have come.
    come: u64,
}

/// What a step gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    End,
    /// Compressed data ends too early or is broken.
    Broken,
}

impl<'a> Decompressed<'a> {
    /// Looks at the first bytes of a source of which `size` bytes are expected.
    pub(super) fn new(
        source: Box<dyn Read + 'a>,
        size: Option<u64>,
        limits: &Limits,
        meter: &'a Meter,
    ) -> Result<Self> {
        let counted = Counted {
            inner: source,
            meter,
            passed: 0,
            told: 0,
            cancelled: false,
        };
        let decoder = Decoder::new(counted)?;
        let plain_size = size.filter(|_| !decoder.is_compressed()).unwrap_or(0);
        Ok(Self {
            expected: plain_size.min(RESERVE).min(limits.file_bytes) as usize,
            decoder,
            limits: *limits,
            come: 0,
        })
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.decoder.is_compressed()
    }

    /// Appends some of the next bytes to `bytes`, which is to become no longer
    /// than `wanted` if that can be.
    pub(super) fn step(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<Step> {
        let step = if self.come == 0 { HEAD } else { STEP };
        let expected = (bytes.len() + self.expected).saturating_sub(self.come as usize);
        make_room(bytes, step, expected.min(wanted));
        let step = self.decoder.reader().take(step as u64).read_to_end(bytes);
        if self.decoder.source().cancelled {
            return Err(Error::new(ErrorKind::Cancelled, "stopped"));
        }
        self.come += *step.as_ref().unwrap_or(&0) as u64;
        check(self.come, &self.decoder, &self.limits)?;
        match step {
            Ok(0) => Ok(Step::End),
            Ok(_) => Ok(Step::More),
            Err(error) if self.decoder.is_compressed() && is_broken_data(&error) => {
                Ok(Step::Broken)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Makes room for a step: at once where a size is expected, and then by half of
/// what is there, because doubling would need thrice the memory at its peak.
fn make_room(bytes: &mut Vec<u8>, step: usize, expected: usize) {
    let length = bytes.len();
    if expected > length {
        bytes.reserve_exact(expected - length + 1);
    } else if length >= expected && bytes.capacity() - length <= step {
        bytes.reserve_exact((length / 2).max(step) + 1);
    }
}

/// True where the data are to blame and not the system.
fn is_broken_data(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(
        error.kind(),
        UnexpectedEof | InvalidData | InvalidInput | Other
    ) && error.raw_os_error().is_none()
}

fn check<R: Read>(bytes: u64, decoder: &Decoder<'_, R>, limits: &Limits) -> Result<()> {
    if bytes > limits.file_bytes {
        return Err(Guard::exceeded("file_bytes", limits.file_bytes));
    }
    let compressed = decoder.source().passed.max(1);
    if decoder.is_compressed() && bytes > RATIO_FROM && bytes / compressed > limits.ratio {
        return Err(Guard::exceeded("ratio", limits.ratio));
    }
    Ok(())
}

//! The decoders, one for each compression, behind one way to read.

use super::allowance::Allowance;
use super::frames::Frames;
use super::magic::Packing;
use std::io::{BufReader, Read, Result};
use std::rc::Rc;

/// The most memory that a decoder of xz may take: the highest level of its
/// command takes a quarter.
const XZ_KIB: u32 = 256 << 10;

/// A source as it comes to a decoder.
pub(super) type Buffered<R> = BufReader<R>;

/// What undoes a compression.
pub(super) enum Decoder<'a, R: Read> {
    /// Bytes as they come, which are read straight to where they are wanted.
    Plain(R),
    Deflate(flate2::bufread::DeflateDecoder<Buffered<R>>),
    Gzip(flate2::bufread::MultiGzDecoder<Buffered<R>>),
    Zstd(Box<zstd::Decoder<'static, Buffered<R>>>),
    ZstdFrames(Frames<'a, Buffered<R>>),
    Bzip2(Box<bzip2::bufread::MultiBzDecoder<Buffered<R>>>),
    Xz(Box<lzma_rust2::XzReader<Buffered<R>>>),
    Lz4(Box<lz4_flex::frame::FrameDecoder<Buffered<R>>>),
    Snappy(Box<snap::read::FrameDecoder<Buffered<R>>>),
}

impl<'a, R: Read> Decoder<'a, R> {
    pub(super) fn new(
        packing: Option<Packing>,
        (source, buffer): (R, usize),
        allowance: &Rc<Allowance<'a>>,
    ) -> Result<Self> {
        let Some(packing) = packing else {
            return Ok(Self::Plain(source));
        };
        let source = BufReader::with_capacity(buffer, source);
        Ok(match packing {
            Packing::Deflate => Self::Deflate(flate2::bufread::DeflateDecoder::new(source)),
            Packing::Gzip => Self::Gzip(flate2::bufread::MultiGzDecoder::new(source)),
            Packing::Zstd => Self::Zstd(Box::new(zstd::Decoder::with_buffer(source)?)),
            Packing::ZstdFrames => Self::ZstdFrames(Frames::new(source, allowance.clone())),
            Packing::Bzip2 => Self::Bzip2(Box::new(bzip2::bufread::MultiBzDecoder::new(source))),
            Packing::Xz => Self::Xz(Box::new(lzma_rust2::XzReader::new_mem_limit(
                source, true, XZ_KIB,
            ))),
            Packing::Lz4 => Self::Lz4(Box::new(lz4_flex::frame::FrameDecoder::new(source))),
            Packing::Snappy => Self::Snappy(Box::new(snap::read::FrameDecoder::new(source))),
        })
    }

    pub(super) fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Plain(reader) => reader,
            Self::Deflate(reader) => reader,
            Self::Gzip(reader) => reader,
            Self::Zstd(reader) => reader,
            Self::ZstdFrames(reader) => reader,
            Self::Bzip2(reader) => reader,
            Self::Xz(reader) => reader,
            Self::Lz4(reader) => reader,
            Self::Snappy(reader) => reader,
        }
    }

    pub(super) fn is_compressed(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }
}

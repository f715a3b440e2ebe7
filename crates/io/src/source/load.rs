//! Loading one item whole.

use super::decompress::{self, Magic};
use super::expand::{Item, Origin};
use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::{Error, ErrorKind, Guard, Result};
use std::borrow::Cow;
use std::fs::File;

/// All bytes of an item, decompressed.
#[derive(Debug)]
pub(crate) struct Loaded<'a> {
    /// Borrowed where they were in memory already.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// True where the compressed data ends too early or is broken.
    pub(crate) truncated: bool,
}

/// Reads and decompresses an item, or its beginning alone where that is not
/// `wanted`.
pub(crate) fn load<'a>(
    item: &'a Item,
    limits: &Limits,
    meter: &Meter,
    wanted: &dyn Fn(&[u8]) -> bool,
) -> Result<Loaded<'a>> {
    let read = |source: &mut dyn std::io::Read| {
        decompress::read_all(source, item.size, limits, meter, wanted)
    };
    let (bytes, truncated) = match &item.origin {
        Origin::File(path) => read(&mut File::open(path)?)?,
        Origin::Bytes(bytes) => match Magic::of(bytes) {
            Magic::None => return borrow(bytes, limits, meter),
            _ => read(&mut &bytes[..])?,
        },
        Origin::Stdin => read(&mut std::io::stdin().lock())?,
    };
    Ok(Loaded {
        bytes: Cow::Owned(bytes),
        truncated,
    })
}

fn borrow<'a>(bytes: &'a [u8], limits: &Limits, meter: &Meter) -> Result<Loaded<'a>> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Guard::exceeded("file_bytes", limits.file_bytes));
    }
    if !meter.advance(bytes.len() as u64) {
        return Err(Error::new(ErrorKind::Cancelled, "stopped"));
    }
    Ok(Loaded {
        bytes: Cow::Borrowed(bytes),
        truncated: false,
    })
}

//! Loading one item whole.

use super::decompress;
pub(crate) use super::decompress::Loaded;
use super::expand::{Item, Origin};
use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::Result;
use std::fs::File;

/// Reads and decompresses an item.
pub(crate) fn load(item: &Item, limits: &Limits, meter: &Meter) -> Result<Loaded> {
    let read =
        |source: &mut dyn std::io::Read| decompress::read_all(source, item.size, limits, meter);
    match &item.origin {
        Origin::File(path) => read(&mut File::open(path)?),
        Origin::Bytes(bytes) => read(&mut &bytes[..]),
        Origin::Stdin => read(&mut std::io::stdin().lock()),
    }
}

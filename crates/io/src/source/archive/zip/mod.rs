//! Archives of zip, whose entries are found by the directory at their end, or
//! one after the other where that is missing.
//!
//! Any entry is read from its place, so the archive must be a file or lie in
//! memory.

mod directory;
mod local;
mod scan;
mod seekable;

pub(in crate::source) use seekable::Seekable;

use super::checked::Checked;
use super::{ended, name, Damage, Each, Ended, Entry};
use crate::source::allowance::Allowance;
use crate::source::decompress::{Decompressed, Known, Source};
use crate::source::magic::Packing;
use rawzip::{CompressionMethod, RangeReader, ReaderAt};
use spanwise_model::{Error, ErrorKind, Result};
use std::io;
use std::ops::Range;
use std::rc::Rc;

/// An entry, as the archive tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    name: Vec<u8>,
    method: u16,
    is_encrypted: bool,
    /// Where its header begins.
    header: u64,
    /// Where its content lies, or why it is not known.
    content: std::result::Result<Range<u64>, String>,
    /// The size and checksum of the content when it is decompressed.
    stated: Option<(u64, u32)>,
}

/// The entries that an archive tells of, and what is wrong with it.
type Listing = io::Result<(Vec<Found>, Option<Damage>)>;

/// Gives all entries of an archive.
pub(in crate::source) fn entries<'a>(
    archive: &Seekable<'a>,
    allowance: &Rc<Allowance<'a>>,
    each: &mut Each<'_>,
) -> Ended {
    let (found, damage) = match list(archive, allowance) {
        Ok(listing) => listing,
        Err(error) => return ended(error, 0, allowance),
    };
    check_apart(&found)?;
    allowance.add_entries(found.len() as u64);
    for entry in found {
        if !name::is_hidden(&entry.name) && !entry.name.ends_with(b"/") {
            give(archive, &entry, allowance, each)?;
        }
    }
    match allowance.pass_all() {
        Ok(()) => Ok(damage),
        Err(error) => ended(error, 0, allowance),
    }
}

/// By the directory, which alone says which entries count; by the headers
/// before each entry where the directory is missing or damaged.
fn list(archive: &Seekable<'_>, allowance: &Allowance<'_>) -> Listing {
    match directory::list(archive, allowance) {
        Ok(found) => Ok((found, None)),
        Err(error) if super::super::decompress::is_broken_data(&error) => {
            let (found, offset) = local::list(archive, allowance)?;
            let detail = format!("{error}; entries were found by their own headers");
            Ok((found, Some(Damage { offset, detail })))
        }
        Err(error) => Err(error),
    }
}

/// Refuses entries that have bytes in common: each would be decompressed from
/// the same ones, and a small archive could become very large.
fn check_apart(found: &[Found]) -> Result<()> {
    let places = found.iter().filter_map(|entry| {
        let content = entry.content.as_ref().ok()?;
        Some((entry.header, content.end, &entry.name))
    });
    let mut places: Vec<_> = places.collect();
    places.sort_unstable();
    let overlap = places.windows(2).find(|pair| pair[1].0 < pair[0].1);
    overlap.map_or(Ok(()), |pair| {
        let (one, other) = (name::shown(pair[0].2), name::shown(pair[1].2));
        let message = format!(
            "limit overlap (0) exceeded: entries {one} and {other} share bytes, as in a zip bomb"
        );
        Err(Error::new(ErrorKind::Limit, message).at_offset(pair[1].0))
    })
}

fn give<'a>(
    archive: &Seekable<'a>,
    entry: &Found,
    allowance: &Rc<Allowance<'a>>,
    each: &mut Each<'_>,
) -> Result<()> {
    each(Entry {
        name: name::shown(&entry.name),
        size: entry.stated.map(|(size, _)| size),
        content: content(archive, entry, allowance)?,
    })
}

type Content<'e> = std::result::Result<Source<'e>, String>;

fn content<'e>(
    archive: &'e Seekable<'_>,
    entry: &Found,
    allowance: &Rc<Allowance<'e>>,
) -> Result<Content<'e>> {
    if entry.is_encrypted {
        return Ok(Err("encrypted".to_owned()));
    }
    let method = CompressionMethod::new(entry.method);
    let Some(packing) = packing_of(method) else {
        let method = method
            .name()
            .map_or_else(|| entry.method.to_string(), str::to_owned);
        return Ok(Err(format!(
            "compressed by {method}, which is not supported"
        )));
    };
    let range = match &entry.content {
        Ok(range) => range.clone(),
        Err(why) => return Ok(Err(why.clone())),
    };
    let known = Known {
        inside: true,
        ..Known::default()
    };
    let source: Source<'e> = Box::new(RangeReader::new(archive, range));
    let unpacked = Decompressed::of(packing, (Vec::new(), source), known, allowance)?;
    Ok(Ok(match entry.stated {
        Some((size, crc)) => Box::new(Checked::new(unpacked, size, Some(crc))),
        None => Box::new(unpacked),
    }))
}

/// How a method is undone; `None` where it cannot be.
fn packing_of(method: CompressionMethod) -> Option<Option<Packing>> {
    Some(match method {
        CompressionMethod::STORE => None,
        CompressionMethod::DEFLATE => Some(Packing::Deflate),
        CompressionMethod::BZIP2 => Some(Packing::Bzip2),
        CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => Some(Packing::Zstd),
        CompressionMethod::XZ => Some(Packing::Xz),
        _ => return None,
    })
}

/// Some bytes at a place, as far as there are any.
fn bytes_at(archive: &Seekable<'_>, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut read = 0;
    while read < count {
        match archive.read_at(&mut bytes[read..], offset + read as u64)? {
            0 => break,
            more => read += more,
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

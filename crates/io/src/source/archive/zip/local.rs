//! The entries of a zip by the headers before each of them, for archives whose
//! directory is missing, which stands at the end and is lost first.

use super::scan::Scan;
use super::{bytes_at, Found, Seekable};
use crate::source::allowance::Allowance;
use std::io;

const HEADER: &[u8; 4] = b"PK\x03\x04";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
const HEADER_BYTES: u64 = 30;

/// All entries whose headers are found, and where the last of them ends.
pub(super) fn list(
    archive: &Seekable<'_>,
    allowance: &Allowance<'_>,
) -> io::Result<(Vec<Found>, u64)> {
    let (mut found, mut at) = (Vec::new(), 0);
    let mut scan = Scan::new(archive);
    while let Some(header) = scan.find(HEADER, at, &|_, _| true)? {
        allowance.check_entries(found.len() as u64 + 1)?;
        let Some(entry) = entry(archive, header, &mut scan)? else {
            break;
        };
        at = entry.content.as_ref().map_or(header + 4, |range| range.end);
        found.push(entry);
    }
    Ok((found, at.min(archive.size())))
}

/// The fields of a header that count.
struct Header {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
}

impl Header {
    fn of(bytes: &[u8]) -> Self {
        Self {
            flags: u16_at(bytes, 6),
            method: u16_at(bytes, 8),
            crc: u32_at(bytes, 14),
            packed: u32_at(bytes, 18).into(),
            size: u32_at(bytes, 22).into(),
        }
    }

    /// True where sizes stand behind the content.
    fn is_open(&self) -> bool {
        self.flags & 1 << 3 != 0 && self.packed == 0
    }

    /// Takes the sizes that need 64 bits from the extra fields.
    fn extend(&mut self, extra: &[u8]) {
        let mut rest = extra;
        while let Some((start, behind)) = rest.split_at_checked(4) {
            let Some((field, next)) = behind.split_at_checked(u16_at(start, 2).into()) else {
                return;
            };
            if u16_at(start, 0) == 1 {
                let mut numbers = field.chunks_exact(8).map(|eight| u64_at(eight, 0));
                for size in [&mut self.size, &mut self.packed] {
                    if *size == u64::from(u32::MAX) {
                        *size = numbers.next().unwrap_or(*size);
                    }
                }
            }
            rest = next;
        }
    }
}

/// The entry whose header stands here; `None` where the archive ends in it.
fn entry(archive: &Seekable<'_>, at: u64, scan: &mut Scan<'_, '_>) -> io::Result<Option<Found>> {
    let fixed = bytes_at(archive, at, HEADER_BYTES as usize)?;
    if (fixed.len() as u64) < HEADER_BYTES {
        return Ok(None);
    }
    let mut header = Header::of(&fixed);
    let (name, extra) = (u16_at(&fixed, 26).into(), u16_at(&fixed, 28).into());
    let name = bytes_at(archive, at + HEADER_BYTES, name)?;
    let behind = at + HEADER_BYTES + name.len() as u64;
    let extra = bytes_at(archive, behind, extra)?;
    header.extend(&extra);
    let start = behind + extra.len() as u64;
    let (end, stated) = if header.is_open() {
        let end = scan.find(DESCRIPTOR, start, &|at, bytes| ends_here(at - start, bytes))?;
        (end.unwrap_or(archive.size()), None)
    } else {
        let end = start.saturating_add(header.packed);
        (end, Some((header.size, header.crc)))
    };
    Ok(Some(Found {
        name,
        method: header.method,
        is_encrypted: header.flags & 1 != 0,
        header: at,
        content: Ok(start..end.max(start)),
        stated,
    }))
}

/// True where a descriptor says that so many bytes stand before it.
fn ends_here(before: u64, descriptor: &[u8]) -> bool {
    let narrow = || u64::from(u32_at(descriptor, 8));
    let wide = || u64_at(descriptor, 8);
    descriptor.len() >= 16 && narrow() == before || descriptor.len() >= 24 && wide() == before
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |two| u16::from_le_bytes(*two))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |four| u32::from_le_bytes(*four))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |eight| u64::from_le_bytes(*eight))
}

//! The seal of a file: a checksum that is found without parsing anything.
//!
//! A file of Parquet ends with its footer, the footer's length and a magic
//! word, and nothing points at the bytes right before the footer. There the
//! seal stands, and covers all other bytes; other readers do not see it. So a
//! file that was damaged or cut is known as such before Parquet's own
//! structures are followed.

use crate::odd;
use spanwise_model::{Error, ErrorKind, Result};
use std::hash::Hasher;
use twox_hash::XxHash64;

/// What a seal begins with; the checksum follows.
const MAGIC: [u8; 8] = *b"SPANWISE";
const SEAL_BYTES: usize = 16;

/// The length of the footer, and Parquet's magic word.
const END_BYTES: usize = 8;
const END: [u8; 4] = *b"PAR1";

/// Puts the seal into a whole file of Parquet.
pub(crate) fn seal(mut file: Vec<u8>) -> Result<Vec<u8>> {
    let footer = footer(&file)?;
    let checksum = checksum(&file[..footer], &file[footer..]);
    let seal = MAGIC.into_iter().chain(checksum.to_le_bytes());
    file.splice(footer..footer, seal);
    Ok(file)
}

/// Refuses a file that is not as it was when it was sealed.
pub(crate) fn check(file: &[u8]) -> Result<()> {
    let (before, footer) = file.split_at(footer(file)?);
    let Some((data, seal)) = before.split_last_chunk::<SEAL_BYTES>() else {
        return Err(foreign());
    };
    let (magic, held) = seal.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(foreign());
    }
    match held == checksum(data, footer).to_le_bytes() {
        true => Ok(()),
        false => Err(odd("its checksum is another, so it was damaged")),
    }
}

/// Where the footer begins.
fn footer(file: &[u8]) -> Result<usize> {
    let none = || Error::new(ErrorKind::Format, "no partial: not a whole file of Parquet");
    let (rest, end) = file.split_last_chunk::<END_BYTES>().ok_or_else(none)?;
    let (length, magic) = end.split_at(END_BYTES - END.len());
    let length = length
        .iter()
        .rev()
        .fold(0, |n, &byte| n << 8 | usize::from(byte));
    match magic == END && file.starts_with(&END) {
        true => rest.len().checked_sub(length).ok_or_else(none),
        false => Err(none()),
    }
}

fn checksum(data: &[u8], footer: &[u8]) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(data);
    hasher.write(footer);
    hasher.finish()
}

fn foreign() -> Error {
    let message = "no partial: a file of Parquet that spanwise did not write";
    Error::new(ErrorKind::Format, message)
}

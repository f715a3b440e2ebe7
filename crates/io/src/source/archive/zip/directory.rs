//! The entries of a zip by the directory at its end.

use super::{Found, Seekable};
use crate::source::allowance::Allowance;
use rawzip::{ErrorKind, ZipArchive, ZipFileHeaderRecord, ZipLocator};
use std::io;

/// Room for the largest record of a directory.
const BUFFER: usize = rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE;

/// All entries. An error of the data says that the directory is missing or
/// damaged.
pub(super) fn list(archive: &Seekable<'_>, allowance: &Allowance<'_>) -> io::Result<Vec<Found>> {
    let mut buffer = vec![0; BUFFER];
    let located = ZipLocator::new().locate_in_reader(archive, &mut buffer, archive.size());
    let zip = located.map_err(|(_, error)| of_zip(error))?;
    let (mut found, mut records) = (Vec::new(), zip.entries(&mut buffer));
    while let Some(record) = records.next_entry().map_err(of_zip)? {
        allowance.check_entries(found.len() as u64 + 1)?;
        found.push(entry(&zip, &record));
    }
    let stated = zip.entries_hint();
    // Without zip64, the number of entries is kept in 16 bits.
    if stated & 0xffff != found.len() as u64 & 0xffff {
        let message = format!("{stated} entries are stated and {} are listed", found.len());
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(found)
}

fn entry(zip: &ZipArchive<&Seekable<'_>>, record: &ZipFileHeaderRecord<'_>) -> Found {
    let stated = (record.uncompressed_size_hint(), record.crc32());
    let content = match zip.get_entry(record.wayfinder()) {
        Ok(entry) => {
            let (start, end) = entry.compressed_data_range();
            Ok(start..end)
        }
        Err(error) => Err(format!("no header of the entry: {}", of_zip(error))),
    };
    Found {
        name: record.file_path().as_bytes().to_vec(),
        method: record.compression_method().as_u16(),
        is_encrypted: record.flags().is_encrypted(),
        header: record.local_header_offset(),
        content,
        stated: Some(stated),
    }
}

/// An error in our words; it is of the data unless the system made it.
fn of_zip(error: rawzip::Error) -> io::Error {
    let what = match error.into_kind() {
        ErrorKind::IO(error) => return error,
        ErrorKind::MissingEndOfCentralDirectory => "no directory of the archive",
        ErrorKind::Eof => "the directory of the archive is cut",
        _ => "the directory of the archive is damaged",
    };
    io::Error::new(io::ErrorKind::InvalidData, what)
}

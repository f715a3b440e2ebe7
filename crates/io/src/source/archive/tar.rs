//! Archives of tar, which are read as they stream by.

use super::checked::Checked;
use super::{ended, name, Damage, Each, Ended, Entry};
use crate::source::allowance::Allowance;
use crate::source::decompress::Source;
use ::tar::EntryType;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Headers and contents fill blocks of so many bytes.
const BLOCK: u64 = 512;

/// A stream that knows how far it is.
struct Positioned<'a> {
    inner: Source<'a>,
    position: Rc<Cell<u64>>,
}

impl Read for Positioned<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.set(self.position.get() + read as u64);
        Ok(read)
    }
}

/// Gives all entries of a stream.
pub(in crate::source) fn entries(
    source: Source<'_>,
    allowance: &Rc<Allowance<'_>>,
    each: &mut Each<'_>,
) -> Ended {
    let position = Rc::<Cell<u64>>::default();
    let inner = source;
    let mut archive = ::tar::Archive::new(Positioned {
        inner,
        position: position.clone(),
    });
    archive.set_ignore_zeros(true);
    let mut end = 0;
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return ended(error, 0, allowance),
    };
    for entry in entries {
        let counted = allowance.check_entries(1);
        let entry = match counted.and(entry) {
            Ok(entry) => entry,
            Err(error) => return ended(error, position.get(), allowance),
        };
        allowance.add_entries(1);
        end = entry.raw_file_position().saturating_add(stored(&entry));
        give(entry, each)?;
    }
    // Behind the last entry stands at least a block of zeros.
    let whole = position.get() >= end.saturating_add(BLOCK);
    let offset = position.get();
    Ok((!whole).then(|| Damage {
        offset,
        detail: String::new(),
    }))
}

/// How many bytes the content of an entry takes in the archive, at least.
fn stored<R: Read>(entry: &::tar::Entry<'_, R>) -> u64 {
    let size = match entry.header().entry_type() {
        EntryType::GNUSparse => entry.header().entry_size().unwrap_or(0),
        _ => entry.size(),
    };
    size.div_ceil(BLOCK).saturating_mul(BLOCK)
}

fn give<R: Read>(entry: ::tar::Entry<'_, R>, each: &mut Each<'_>) -> spanwise_model::Result<()> {
    let name = entry.path_bytes().into_owned();
    let kind = entry.header().entry_type();
    if name::is_hidden(&name) || name.ends_with(b"/") || is_silent(kind) {
        return Ok(());
    }
    let size = entry.size();
    let content: Result<Source<'_>, String> = match kind {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            Ok(Box::new(Checked::new(entry, size, None)))
        }
        EntryType::Link | EntryType::Symlink => Err("a link, which is not followed".to_owned()),
        _ => Err("not a regular file".to_owned()),
    };
    each(Entry {
        name: name::shown(&name),
        size: Some(size),
        content,
    })
}

/// True for what no folder would list as a file.
fn is_silent(kind: EntryType) -> bool {
    matches!(kind, EntryType::Directory | EntryType::XGlobalHeader)
}

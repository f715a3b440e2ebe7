//! Archives: files of files, whose entries are read one after the other.
//!
//! Nothing is ever written anywhere: an entry is a name and bytes, and its name
//! is only shown. Entries are given in the order in which the archive has them.

mod checked;
mod name;
mod tar;
mod zip;

use super::allowance::Allowance;
use super::decompress::Source;
use std::io;
use std::rc::Rc;

pub(super) use self::tar::entries as tar_entries;
pub(super) use zip::{entries as zip_entries, Seekable};

/// An entry of an archive.
pub(super) struct Entry<'e> {
    /// Its name, fit to be shown.
    pub(super) name: String,
    /// How many bytes it has, where that is known.
    pub(super) size: Option<u64>,
    /// Its bytes, or why there are none.
    pub(super) content: Result<Source<'e>, String>,
}

/// Takes an entry.
pub(super) type Each<'t> = dyn FnMut(Entry<'_>) -> spanwise_model::Result<()> + 't;

/// What was wrong with an archive as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Where.
    pub(crate) offset: u64,
    /// What, in a few words; nothing where it ends too early.
    pub(crate) detail: String,
}

/// How an archive was read: to its end, or to where it is damaged.
pub(super) type Ended = spanwise_model::Result<Option<Damage>>;

/// What an error of an archive comes to: damage, unless the read is to stop.
fn ended(error: io::Error, offset: u64, allowance: &Rc<Allowance<'_>>) -> Ended {
    if let Some(why) = allowance.stopped() {
        return Err(why);
    }
    if !super::decompress::is_broken_data(&error) {
        return Err(error.into());
    }
    let detail = super::decompress::reason(&error);
    Ok(Some(Damage { offset, detail }))
}

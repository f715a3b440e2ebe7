//! Sources: where bytes come from.
//!
//! Inputs (paths, patterns, folders, standard input, bytes in memory) expand
//! to items in a fixed order; an item is decompressed by what its first bytes
//! say, as often as they say it, and where it is an archive its entries are read
//! like the files of a folder. Reading is by `read(2)` into memory and not by
//! mapping: a mapped file that shrinks kills the process.

mod allowance;
mod archive;
mod companion;
mod decoder;
mod decompress;
mod expand;
mod files;
mod frames;
mod held;
mod input;
mod magic;
mod seems;
mod spool;
mod window;

pub(crate) use archive::Damage;
pub(crate) use expand::{expand, Expansion, Item, Origin};
pub use files::{each_file, EachFile};
pub(crate) use held::give_back;
pub use input::Input;
pub(crate) use magic::Archive;
pub(crate) use seems::seems;
pub use spool::Spool;
pub(crate) use window::{Inner, Place, Window};

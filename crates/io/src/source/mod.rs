//! Sources: where bytes come from.
//!
//! Inputs (paths, patterns, folders, standard input, bytes in memory) expand
//! to items in a fixed order; an item is read whole, and decompressed by what
//! its first bytes say. Reading is by `read(2)` into memory and not by mapping:
//! a mapped file that shrinks kills the process.

mod decompress;
mod expand;
mod files;
mod input;
mod seems;
mod window;

pub(crate) use expand::{expand, Expansion, Item};
pub use files::{each_file, EachFile};
pub use input::Input;
pub(crate) use seems::seems;
pub(crate) use window::{Place, Window};

//! A cursor over JSON text: what a reader needs to walk a document of a known
//! schema without building a tree.
//!
//! The text is valid UTF-8 as a whole, so strings are sliced without being
//! looked at twice; nesting that a reader does not know is skipped with a stack
//! on the heap.

mod raw;
mod walk;

pub(crate) use raw::Raw;
pub(crate) use walk::{Broken, Cursor, Entered, Fault, Scalar};

#[cfg(test)]
mod tests;

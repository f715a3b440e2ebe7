//! JSON without trees: what readers of a known schema need to walk documents,
//! and what writers need to write them.
//!
//! The text is valid UTF-8 as a whole, so strings are sliced without being
//! looked at twice; what a reader does not know is skipped with a stack on the
//! heap. Tools disagree on what is a number and what a text, on whether a list
//! of records is a document or a run of lines, and on how carefully a file is
//! closed. So every scalar is taken for what it can be read as, and reading
//! goes on behind what is broken.

mod container;
mod cursor;
mod cut;
mod documents;
mod flat;
mod guesses;
mod head;
mod members;
pub(crate) mod nested;
mod raw;
mod reader;
mod records;
mod repeated;
mod scalar;
pub(crate) mod write;

pub(crate) use cursor::{Broken, Cursor, Entered, Fault, Scalar};
pub(crate) use cut::cut;
pub(crate) use documents::Documents;
pub(crate) use guesses::Guesses;
pub(crate) use head::has_object;
pub(crate) use members::Members;
pub(crate) use raw::Raw;
pub(crate) use reader::{
    head_text, look, objects, objects_in_lists, read, Parts, Reader, Stop, Walked, Walks,
};
pub(crate) use records::{Open, Records};
pub(crate) use repeated::Repeated;
pub(crate) use scalar::Rooms;

#[cfg(test)]
mod tests;

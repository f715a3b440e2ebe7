//! Visitors over JSON that build no tree, for Jaeger and Zipkin: documents one
//! after another, objects of a known shape, scalars of any type.
//!
//! Tools disagree on what is a number and what a text, on whether a list of
//! records is a document or a run of lines, and on how carefully a file is
//! closed. Readers here take every scalar for what it can be read as, pass
//! over what they do not know, and go on behind what is broken.

mod context;
mod documents;
mod lines;
mod scalar;
mod shape;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use context::Context;
pub(crate) use documents::{probe, read, Document, Documents, Spot};
pub(crate) use scalar::{Decimal, Scalar, Text};
pub(crate) use shape::{Seed, Shape};

//! Readers and writers of trace formats, and the assembly of spans into traces.

pub mod assemble;
mod decimal;
pub mod format;
pub mod notation;

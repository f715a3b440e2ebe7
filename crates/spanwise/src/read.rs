//! Reading exports into traces.

use crate::Traces;
use spanwise_io::{read_table, Input, ReadOptions};
use spanwise_model::Result;

/// Reads a file, a folder, a glob, or `-` for standard input, and guesses the
/// formats from the bytes.
///
/// # Errors
///
/// Where nothing is there, nothing can be read, or no span is found; see
/// [`crate::ErrorKind`]. Bad records are not errors: see [`Traces::issues`].
pub fn read(input: impl Into<Input>) -> Result<Traces> {
    read_with([input], &ReadOptions::default())
}

/// Reads several inputs as one set of traces.
///
/// # Errors
///
/// As [`read`]; with [`ReadOptions::strict`], also where there are issues.
pub fn read_with<I>(inputs: I, options: &ReadOptions) -> Result<Traces>
where
    I: IntoIterator,
    I::Item: Into<Input>,
{
    let inputs: Vec<Input> = inputs.into_iter().map(Into::into).collect();
    read_table(&inputs, options).map(Traces::new)
}

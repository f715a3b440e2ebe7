//! Errors of the engine as Python's exceptions, one class for each kind.
//!
//! The classes are written in Python (`spanwise.errors`), because most of them
//! have two bases and all of them are documented there; they are looked up
//! here by name when an error is raised.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use spanwise::{Error, ErrorKind, Mistake};

/// The name of the class for a kind.
fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Io => "ReadError",
        ErrorKind::Format => "FormatError",
        ErrorKind::Limit => "LimitError",
        ErrorKind::NoSpans => "NoSpansError",
        ErrorKind::Usage => "UsageError",
        ErrorKind::Strict => "StrictError",
        ErrorKind::Merge => "MergeError",
        _ => "SpanwiseError",
    }
}

/// The exception for an error, with its place as attributes.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let place = PyDict::new(py);
    place.set_item("file", error.place().file.as_deref())?;
    place.set_item("record", error.place().record)?;
    place.set_item("offset", error.place().offset)?;
    let class = py.import("spanwise.errors")?.getattr(class(error.kind()))?;
    let raised = class.call((text(error),), Some(&place))?;
    Ok(PyErr::from_value(raised))
}

/// What an error says; where a query is wrong, its lines show the place.
fn text(error: &Error) -> String {
    let mistake: Option<&Mistake> =
        std::error::Error::source(error).and_then(|one| one.downcast_ref());
    match mistake {
        Some(mistake) => format!("{error}\n{}", mistake.shown()),
        None => error.to_string(),
    }
}

/// An argument that is none of what it may be.
pub(crate) fn usage(argument: &str, found: &str, expected: &str) -> Error {
    let message = format!("{argument}: `{found}` is not {expected}");
    Error::new(ErrorKind::Usage, message)
}

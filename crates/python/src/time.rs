//! Durations, times and sizes from texts, as the command line reads them.

use crate::errors::exception;
use pyo3::prelude::*;
use spanwise::report::{size, time, units};

/// The nanoseconds of a duration such as `500ms`.
#[pyfunction]
pub(crate) fn duration_ns(py: Python<'_>, text: &str) -> PyResult<u64> {
    time::duration_nano(text).map_err(|error| exception(py, &error))
}

/// The nanoseconds since the epoch of a time: RFC 3339, an epoch number, or
/// relative to now such as `-15m`.
#[pyfunction]
pub(crate) fn time_unix_nano(py: Python<'_>, text: &str) -> PyResult<i64> {
    time::time_unix_nano(text, time::now_unix_nano()).map_err(|error| exception(py, &error))
}

/// The bytes of a size such as `512M`.
#[pyfunction]
pub(crate) fn size_bytes(py: Python<'_>, text: &str) -> PyResult<u64> {
    size::bytes(text).map_err(|error| exception(py, &error))
}

/// A duration in nanoseconds as people read it, such as `1.235 ms`.
#[pyfunction]
pub(crate) fn duration_text(nanoseconds: u64) -> String {
    units::unsigned_duration(nanoseconds)
}

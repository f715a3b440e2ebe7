//! The command line inside Python's process.

use pyo3::prelude::*;

/// Runs the command with these arguments on the standard streams of the
/// process; gives its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<String>) -> i32 {
    py.detach(|| spanwise_cli::run_process(arguments))
}

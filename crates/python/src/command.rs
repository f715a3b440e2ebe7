//! The command line inside Python's process.

use pyo3::prelude::*;
use std::io;

/// Runs the command with these arguments on the standard streams of the
/// process; gives its exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<String>) -> i32 {
    py.detach(|| {
        let (input, out, err) = (io::stdin(), io::stdout(), io::stderr());
        spanwise_cli::run(
            arguments,
            &mut input.lock(),
            &mut out.lock(),
            &mut err.lock(),
        )
    })
}

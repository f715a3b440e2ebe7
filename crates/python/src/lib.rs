//! The native half of the Python package `spanwise`.
//!
//! It holds what Python cannot do itself: reading, analyses, tables as Arrow
//! streams. Names, defaults and documentation that users see are in the Python
//! half, which parses arguments of convenience (times, paths) into the plain
//! ones that are taken here.
//!
//! # Invariants
//!
//! 1. Every class is frozen; nothing here changes after it is made.
//! 2. Whatever may take long runs without the GIL and is stopped by Ctrl-C.
//! 3. An error of the engine becomes the exception of its kind.

mod bottlenecks;
mod command;
mod compare;
mod convert;
mod errors;
mod hot_keys;
mod loads;
mod partials;
mod read;
mod report;
mod run;
mod scan;
mod shape_problems;
mod simulate;
mod spool;
mod summary;
mod table;
mod time;
mod trace;
mod traces;
mod what_if;

use mimalloc::MiMalloc;
use pyo3::prelude::*;

/// As in the command: fewer page faults take a quarter off every read.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Reading, analyses and tables of spanwise.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<spool::Spooled>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<partials::Partials>()?;
    module.add_class::<trace::Trace>()?;
    module.add_class::<traces::Traces>()?;
    module.add_function(wrap_pyfunction!(command::run_command, module)?)?;
    module.add_function(wrap_pyfunction!(compare::compare, module)?)?;
    module.add_function(wrap_pyfunction!(compare::compare_windows, module)?)?;
    module.add_function(wrap_pyfunction!(convert::convert, module)?)?;
    module.add_function(wrap_pyfunction!(convert::formats, module)?)?;
    module.add_function(wrap_pyfunction!(partials::merge, module)?)?;
    module.add_function(wrap_pyfunction!(read::notation, module)?)?;
    module.add_function(wrap_pyfunction!(read::read, module)?)?;
    module.add_function(wrap_pyfunction!(report::report, module)?)?;
    module.add_function(wrap_pyfunction!(scan::scan, module)?)?;
    module.add_function(wrap_pyfunction!(scan::scan_rows, module)?)?;
    module.add_function(wrap_pyfunction!(simulate::simulate, module)?)?;
    module.add_function(wrap_pyfunction!(spool::spool, module)?)?;
    module.add_function(wrap_pyfunction!(time::duration_text, module)?)?;
    module.add_function(wrap_pyfunction!(time::duration_ns, module)?)?;
    module.add_function(wrap_pyfunction!(time::size_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(time::time_unix_nano, module)?)?;
    Ok(())
}

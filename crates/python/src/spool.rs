//! Streams of Python that are copied, so that they can be read again.

use crate::errors::exception;
use crate::read::ReadArguments;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use spanwise::{Input, ScanOptions};
use std::io::{self, Read};
use std::path::PathBuf;

/// What a stream held: in memory, or in a file without a name.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Spooled {
    input: Input,
}

impl Spooled {
    pub(crate) fn input(&self) -> Input {
        self.input.clone()
    }
}

#[pymethods]
impl Spooled {
    fn __repr__(&self) -> String {
        format!("<spanwise native Spooled: {}>", self.input.name())
    }
}

/// An object of Python with a method `read`.
struct Stream<'py> {
    object: Bound<'py, PyAny>,
    /// What it raised.
    raised: Option<PyErr>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.some(buffer.len()) {
            Ok(some) if some.len() <= buffer.len() => {
                buffer[..some.len()].copy_from_slice(&some);
                Ok(some.len())
            }
            Ok(_) => Err(io::Error::other("it gave more than it was asked for")),
            Err(raised) => {
                self.raised = Some(raised);
                Err(io::Error::other("it raised an exception"))
            }
        }
    }
}

impl Stream<'_> {
    fn some(&self, bytes: usize) -> PyResult<PyBackedBytes> {
        self.object.py().check_signals()?;
        let some = self.object.call_method1("read", (bytes,))?;
        Ok(some.extract::<PyBackedBytes>()?)
    }
}

/// Copies what a stream still holds, under this name: to a temporary file in
/// `folder` where it has no room in `memory_bytes`.
#[pyfunction]
#[pyo3(signature = (stream, name, arguments, limits))]
pub(crate) fn spool(
    stream: &Bound<'_, PyAny>,
    name: String,
    arguments: ReadArguments,
    limits: (Option<u64>, Option<PathBuf>),
) -> PyResult<Spooled> {
    let py = stream.py();
    let mut scan = ScanOptions::default();
    (scan.memory_bytes, scan.spill_folder) = limits;
    let read = arguments.options().map_err(|error| exception(py, &error))?;
    let object = stream.clone();
    let mut stream = Stream {
        object,
        raised: None,
    };
    let input = Input::spooled(name, &mut stream, &read, &scan);
    match (input, stream.raised) {
        (_, Some(raised)) => Err(raised),
        (input, None) => input
            .map(|input| Spooled { input })
            .map_err(|error| exception(py, &error)),
    }
}

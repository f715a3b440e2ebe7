//! From one format to another.

use crate::read::{ReadArguments, Source};
use crate::run::run_watched;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spanwise::{Input, Progress, ReadOptions, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// A file that is made when the first byte is written to it, so that a read
/// that fails leaves no empty file behind.
pub(crate) struct LateFile {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl LateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        let file = match self.file.take() {
            Some(file) => file,
            None => BufWriter::new(File::create(&self.path)?),
        };
        Ok(self.file.insert(file))
    }
}

impl Write for LateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

/// What is converted: inputs, how they are read, and the name of the format.
struct Conversion {
    inputs: Vec<Input>,
    options: ReadOptions,
    format: String,
}

impl Conversion {
    fn run(&self, out: &mut dyn Write) -> Result<u64> {
        let format = spanwise::format(&self.format)?;
        let records = spanwise::convert(&self.inputs, &self.options, format, out)?;
        out.flush()?;
        Ok(records)
    }
}

/// Reads inputs and writes their records in another format: into a file, or
/// into bytes where the target has no path. The answer is their number, and
/// the bytes.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, target, show=None))]
pub(crate) fn convert<'py>(
    py: Python<'py>,
    inputs: Vec<Source>,
    arguments: ReadArguments,
    target: (String, Option<PathBuf>),
    show: Option<Py<PyAny>>,
) -> PyResult<(u64, Option<Bound<'py, PyBytes>>)> {
    let (records, bytes) = run_watched(py, show, move |watch| {
        let progress: Arc<dyn Progress> = watch;
        let (format, output) = target;
        let conversion = Conversion {
            inputs: inputs.into_iter().map(Input::from).collect(),
            options: arguments.options()?.progress(progress),
            format,
        };
        if let Some(path) = output {
            return Ok((conversion.run(&mut LateFile::new(path))?, None));
        }
        let mut bytes = Vec::new();
        let records = conversion.run(&mut bytes)?;
        Ok((records, Some(bytes)))
    })?;
    Ok((records, bytes.map(|bytes| PyBytes::new(py, &bytes))))
}

/// The names of the formats, or of those that are written too, in the order in
/// which they are guessed.
#[pyfunction]
#[pyo3(signature = (written=false))]
pub(crate) fn formats(written: bool) -> Vec<&'static str> {
    spanwise::formats()
        .iter()
        .filter(|format| !written || format.writer().is_some())
        .map(|format| format.name())
        .collect()
}

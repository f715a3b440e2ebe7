//! From one format to another.

use crate::read::{ReadArguments, Source};
use crate::run::run_watched;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spanwise::{Anonymise, Input, Progress, ReadOptions, Result, WriteOptions, Written};
use std::path::PathBuf;
use std::sync::Arc;

/// How spans are written, by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct WriteArguments {
    format: String,
    /// A key, and by how many nanoseconds times are moved.
    anonymise: Option<(String, i64)>,
}

impl WriteArguments {
    pub(crate) fn options(self) -> Result<WriteOptions> {
        let options = WriteOptions::new(spanwise::format(&self.format)?);
        Ok(match self.anonymise {
            Some((key, nano)) => options.anonymise(Anonymise::new(&key).shift_nano(nano)),
            None => options,
        })
    }
}

/// How many spans were written, and what was lost of how many.
pub(crate) type Told = (u64, Vec<(&'static str, u64)>);

pub(crate) fn told(written: &Written) -> Told {
    let lost = written
        .lost
        .iter()
        .map(|&(loss, spans)| (loss.name(), spans));
    (written.spans, lost.collect())
}

/// What is converted: inputs, how they are read, and how they are written.
struct Conversion {
    inputs: Vec<Input>,
    reading: ReadOptions,
    options: WriteOptions,
}

impl Conversion {
    fn run(&self, output: Option<PathBuf>) -> Result<(Told, Option<Vec<u8>>)> {
        let write = |out: &mut dyn std::io::Write| {
            spanwise::convert(&self.inputs, &self.reading, &self.options, out)
        };
        if let Some(path) = output {
            return Ok((told(&spanwise::write_file(&path, write)?), None));
        }
        let mut bytes = Vec::new();
        let written = write(&mut bytes)?;
        Ok((told(&written), Some(bytes)))
    }
}

/// Reads inputs and writes their records in another format: into a file, or
/// into bytes where the target has no path. The answer is their number, what
/// was lost, and the bytes.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, target, show=None))]
pub(crate) fn convert<'py>(
    py: Python<'py>,
    inputs: Vec<Source>,
    arguments: ReadArguments,
    target: (WriteArguments, Option<PathBuf>),
    show: Option<Py<PyAny>>,
) -> PyResult<(Told, Option<Bound<'py, PyBytes>>)> {
    let (told, bytes) = run_watched(py, show, move |watch| {
        let progress: Arc<dyn Progress> = watch;
        let (how, output) = target;
        let conversion = Conversion {
            inputs: inputs.into_iter().map(Input::from).collect(),
            reading: arguments.options()?.progress(progress),
            options: how.options()?,
        };
        conversion.run(output)
    })?;
    Ok((told, bytes.map(|bytes| PyBytes::new(py, &bytes))))
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

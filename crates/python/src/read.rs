//! Reading, from Python's arguments to traces.

use crate::errors::usage;
use crate::run::{run, run_watched};
use crate::spool::Spooled;
use crate::traces::{FilterArguments, Traces};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use spanwise::{AttributeKeep, Input, Limits, Mapping, Progress, ReadOptions, Result, Unit};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// One input: a path, bytes under a name, or what a stream held.
#[derive(FromPyObject)]
pub(crate) enum Source {
    Bytes(String, PyBackedBytes),
    Spooled(Py<Spooled>),
    Path(PathBuf),
}

impl From<Source> for Input {
    fn from(source: Source) -> Self {
        match source {
            Source::Bytes(name, bytes) => Self::Bytes {
                name,
                bytes: bytes.as_ref().into(),
            },
            Source::Spooled(spooled) => spooled.get().input(),
            Source::Path(path) if path.as_os_str() == "-" => Self::Stdin,
            Source::Path(path) => Self::Path(path),
        }
    }
}

/// Which attributes are kept: a word for all or none, or their keys.
#[derive(FromPyObject)]
enum Keep {
    Word(String),
    Keys(Vec<String>),
}

/// The arguments of a read by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ReadArguments {
    attributes: Keep,
    strict: bool,
    threads: Option<usize>,
    format: Option<String>,
    limits: BTreeMap<String, u64>,
    mapping: Columns,
    filter: FilterArguments,
}

/// Which columns of a table of spans hold what.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Columns {
    columns: Vec<(String, String)>,
    units: Vec<(String, String)>,
}

impl Columns {
    fn mapping(self) -> Result<Mapping> {
        let none = Ok(Mapping::default());
        let mapping = self
            .columns
            .into_iter()
            .fold(none, |mapping, (field, column)| {
                mapping?.column(&field, column)
            });
        self.units
            .into_iter()
            .fold(mapping, |mapping, (field, unit)| {
                let known = Unit::from_name(&unit);
                let unit = known.ok_or_else(|| usage("units", &unit, "s, ms, us or ns"))?;
                mapping?.unit(&field, unit)
            })
    }
}

impl ReadArguments {
    /// The options of the engine.
    pub(crate) fn options(self) -> Result<ReadOptions> {
        let keep = match self.attributes {
            Keep::Keys(keys) => AttributeKeep::Keys(keys),
            Keep::Word(word) => match word.as_str() {
                "all" => AttributeKeep::All,
                "none" => AttributeKeep::None,
                other => return Err(usage("attributes", other, "all, none or a list of keys")),
            },
        };
        let mut options = ReadOptions::default()
            .attributes(keep)
            .strict(self.strict)
            .limits(limits(&self.limits)?)
            .mapping(self.mapping.mapping()?)
            .filter(self.filter.filter());
        options.threads = self.threads;
        options.format = self.format;
        Ok(options)
    }
}

fn limits(wanted: &BTreeMap<String, u64>) -> Result<Limits> {
    let start = Limits::default();
    wanted.iter().try_fold(start, |limits, (name, &limit)| {
        let size = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(match name.as_str() {
            "file_bytes" => limits.file_bytes(limit),
            "ratio" => limits.ratio(limit),
            "entries" => limits.entries(limit),
            "layers" => limits.layers(size),
            "text_bytes" => limits.text_bytes(size),
            "attributes" => limits.attributes(size),
            "depth" => limits.depth(size),
            other => {
                let known = "file_bytes, ratio, entries, layers, text_bytes, attributes or depth";
                return Err(usage("limits", other, known));
            }
        })
    })
}

/// Reads inputs as one set of traces. `show` is called with the bytes read and
/// the bytes in all (0 where not known) while it waits.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, show=None))]
pub(crate) fn read(
    py: Python<'_>,
    inputs: Vec<Source>,
    arguments: ReadArguments,
    show: Option<Py<PyAny>>,
) -> PyResult<Traces> {
    let traces = run_watched(py, show, move |watch| {
        let inputs = inputs.into_iter().map(Input::from);
        let progress: Arc<dyn Progress> = watch;
        spanwise::read_with(inputs, &arguments.options()?.progress(progress))
    })?;
    Ok(Traces::new(traces))
}

/// The traces that a text in trace notation describes.
#[pyfunction]
pub(crate) fn notation(py: Python<'_>, text: String) -> PyResult<Traces> {
    run(py, move || spanwise::notation(&text)).map(Traces::new)
}

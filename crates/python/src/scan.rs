//! Scanning: answers about input that may be larger than memory.

use crate::errors::usage;
use crate::read::{ReadArguments, Source};
use crate::run::run_watched;
use crate::summary::dictionary;
use crate::table::Table;
use crate::traces::{blocking, CriticalPathArguments, FilterArguments};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spanwise::analyses::{Dependencies, Errors, Hotspots, IssueList};
use spanwise::{Analysis, Assembly, Input, Progress, Result, Scanned};
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of a scan by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ScanArguments {
    memory_bytes: Option<u64>,
    spill: Option<PathBuf>,
    complete: bool,
    filter: FilterArguments,
    blocking: Option<String>,
    tolerance_ns: Option<u64>,
}

impl ScanArguments {
    fn scan(self, inputs: Vec<Source>, read: spanwise::ReadOptions) -> Result<spanwise::Scan> {
        let inputs = inputs.into_iter().map(Input::from);
        let mut policy = spanwise::Policy::default();
        if let Some(word) = self.blocking {
            policy.blocking = blocking(&word)?;
        }
        policy.tolerance_nano = self.tolerance_ns.unwrap_or(policy.tolerance_nano);
        let mut scan = spanwise::scan(inputs)
            .read_options(read)
            .with_policy(policy)
            .filter(self.filter.filter());
        if let Some(bytes) = self.memory_bytes {
            scan = scan.memory_bytes(bytes);
        }
        if let Some(folder) = self.spill {
            scan = scan.spill_folder(folder);
        }
        if self.complete {
            scan = scan.assembly(Assembly::Complete);
        }
        Ok(scan)
    }
}

/// An analysis by name, with what it is told.
#[derive(FromPyObject)]
pub(crate) enum Question {
    CriticalPath(String, CriticalPathArguments),
    By(String, String),
    Plain(String),
}

impl Question {
    fn analysis(self) -> Result<Box<dyn Analysis>> {
        let known = "critical_path, hotspots, errors or dependencies";
        Ok(match self {
            Self::CriticalPath(name, arguments) if name == "critical_path" => {
                Box::new(arguments.options()?)
            }
            Self::By(name, by) => match name.as_str() {
                "hotspots" => Box::new(Hotspots::default().by(crate::traces::hotspots_by(&by)?)),
                "errors" => Box::new(Errors::default().by(crate::traces::errors_by(&by)?)),
                other => return Err(usage("analysis", other, known)),
            },
            Self::Plain(name) if name == "dependencies" => Box::new(Dependencies::default()),
            Self::CriticalPath(name, _) | Self::Plain(name) => {
                return Err(usage("analysis", &name, known));
            }
        })
    }
}

/// Scans inputs once: the summary, the issues, and a table for each question.
/// `show` is called as in a read.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, questions, show=None))]
pub(crate) fn scan(
    py: Python<'_>,
    inputs: Vec<Source>,
    arguments: (ReadArguments, ScanArguments),
    questions: Vec<Question>,
    show: Option<Py<PyAny>>,
) -> PyResult<(Py<PyDict>, Table, Vec<Table>)> {
    let (read, arguments) = arguments;
    let (scanned, tables) = run_watched(py, show, move |watch| {
        let progress: Arc<dyn Progress> = watch;
        let scan = arguments.scan(inputs, read.options()?.progress(progress))?;
        answer(&scan, questions)
    })?;
    let issues = Table::new(py, scanned.issue_list(&IssueList::default()))?;
    let tables = tables.into_iter().map(|table| Table::new(py, table));
    let tables = tables.collect::<PyResult<Vec<_>>>()?;
    Ok((dictionary(py, scanned.summary)?.unbind(), issues, tables))
}

fn answer(
    scan: &spanwise::Scan,
    questions: Vec<Question>,
) -> Result<(Scanned, Vec<spanwise::Table>)> {
    let analyses = questions.into_iter().map(Question::analysis);
    let analyses = analyses.collect::<Result<Vec<_>>>()?;
    let borrowed: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
    let scanned = scan.pass(&borrowed)?;
    let pairs = borrowed.iter().zip(&scanned.partials);
    let tables = pairs.map(|(analysis, partial)| analysis.finish(partial));
    let tables = tables.collect();
    Ok((scanned, tables))
}

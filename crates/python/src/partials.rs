//! Partials: what analyses know of traces that need not be held.

use crate::bottlenecks::BottlenecksArguments;
use crate::errors::usage;
use crate::hot_keys::HotKeysArguments;
use crate::loads::LoadArguments;
use crate::read::Source;
use crate::report::{markdown, titled};
use crate::run::run;
use crate::shape_problems::ShapeProblemsArguments;
use crate::summary::dictionary;
use crate::table::Table;
use crate::traces::{
    clocks_by, completeness_by, errors_by, flows_by, rows_by, CriticalPathArguments,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use spanwise::analyses::{
    Bottlenecks, Clocks, Compare, Completeness, Dependencies, Errors, Flows, HotKeys, Hotspots,
    IssueList, ShapeProblems, SiblingOrder, Slack, WhatIf,
};
use spanwise::{Analysis, Input, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// An analysis by name, with what it is told.
#[derive(FromPyObject)]
pub(crate) enum Question {
    CriticalPath(String, CriticalPathArguments),
    ShapeProblems(String, ShapeProblemsArguments),
    Bottlenecks(String, BottlenecksArguments),
    HotKeys(String, HotKeysArguments),
    Load(String, LoadArguments),
    By(String, String),
    Plain(String),
}

impl Question {
    pub(crate) fn analysis(self) -> Result<Box<dyn Analysis>> {
        let known =
            "critical_path, time_kinds, call_tree, bottlenecks, what_if, shape_problems, hot_keys, \
             concurrency, heat_map, hotspots, slack, sibling_order, flows, clocks, errors, dependencies, completeness or compare";
        Ok(match self {
            Self::CriticalPath(name, arguments) if name == "critical_path" => {
                Box::new(arguments.options()?)
            }
            Self::CriticalPath(name, arguments) if name == "time_kinds" => {
                Box::new(arguments.time_kinds()?)
            }
            Self::CriticalPath(name, arguments) if name == "call_tree" => {
                Box::new(arguments.call_tree()?)
            }
            Self::ShapeProblems(name, arguments) if name == "shape_problems" => {
                Box::new(arguments.options())
            }
            Self::Bottlenecks(name, arguments) if name == "bottlenecks" => {
                Box::new(arguments.options())
            }
            Self::HotKeys(name, arguments) if name == "hot_keys" => Box::new(arguments.options()),
            Self::Load(name, arguments) if name == "concurrency" => {
                Box::new(arguments.concurrency()?)
            }
            Self::Load(name, arguments) if name == "heat_map" => Box::new(arguments.heat_map()?),
            Self::By(name, by) if name == "hotspots" => {
                Box::new(Hotspots::default().by(rows_by(&by)?))
            }
            Self::By(name, by) if name == "clocks" => {
                Box::new(Clocks::default().by(clocks_by(&by)?))
            }
            Self::By(name, by) if name == "slack" => Box::new(Slack::default().by(rows_by(&by)?)),
            Self::By(name, by) if name == "flows" => Box::new(Flows::default().by(flows_by(&by)?)),
            Self::By(name, by) if name == "errors" => {
                Box::new(Errors::default().by(errors_by(&by)?))
            }
            Self::By(name, by) if name == "completeness" => {
                Box::new(Completeness::default().by(completeness_by(&by)?))
            }
            Self::Plain(name) if name == "dependencies" => Box::new(Dependencies::default()),
            Self::Plain(name) if name == "completeness" => Box::new(Completeness::default()),
            Self::Plain(name) if name == "sibling_order" => Box::new(SiblingOrder::default()),
            Self::Plain(name) if name == "bottlenecks" => Box::new(Bottlenecks::default()),
            Self::Plain(name) if name == "hot_keys" => Box::new(HotKeys::default()),
            Self::Plain(name) if name == "what_if" => Box::new(WhatIf::default()),
            Self::Plain(name) if name == "shape_problems" => Box::new(ShapeProblems::default()),
            Self::Plain(name) if name == "compare" => Box::new(Compare::default()),
            Self::CriticalPath(name, _)
            | Self::ShapeProblems(name, _)
            | Self::Bottlenecks(name, _)
            | Self::HotKeys(name, _)
            | Self::Load(name, _)
            | Self::By(name, _)
            | Self::Plain(name) => {
                return Err(usage("analysis", &name, known));
            }
        })
    }
}

/// Partials of several analyses of the same traces.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Partials {
    inner: Arc<spanwise::Partials>,
}

impl Partials {
    pub(crate) fn new(inner: spanwise::Partials) -> Self {
        let inner = Arc::new(inner);
        Self { inner }
    }

    fn made<W>(&self, py: Python<'_>, work: W) -> PyResult<Table>
    where
        W: FnOnce(&spanwise::Partials) -> Result<spanwise::Table> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        Table::new(py, run(py, move || work(&inner))?)
    }
}

#[pymethods]
impl Partials {
    /// What the input held, in counts.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dictionary(py, self.inner.summary())
    }

    /// What was wrong with the input.
    fn issues(&self, py: Python<'_>) -> PyResult<Table> {
        self.made(py, |found| Ok(found.issue_list(&IssueList::default())))
    }

    /// The table of an analysis.
    fn table(&self, py: Python<'_>, question: Question) -> PyResult<Table> {
        self.made(py, move |found| found.table(question.analysis()?.as_ref()))
    }

    /// Compares these traces as a baseline with those of an incident.
    fn compare(&self, py: Python<'_>, incident: &Self) -> PyResult<Table> {
        let incident = Arc::clone(&incident.inner);
        self.made(py, move |baseline| baseline.compare(&incident))
    }

    /// A report in Markdown, and about what changed since a baseline.
    #[pyo3(signature = (baseline=None, title=None))]
    fn report(
        &self,
        py: Python<'_>,
        baseline: Option<&Self>,
        title: Option<String>,
    ) -> PyResult<String> {
        let inner = Arc::clone(&self.inner);
        let baseline = baseline.map(|baseline| Arc::clone(&baseline.inner));
        run(py, move || {
            markdown(&inner.report(baseline.as_deref(), &titled(title))?)
        })
    }

    /// The analyses that there are partials of, with their groupings.
    fn analyses(&self) -> Vec<(&'static str, &'static str)> {
        let partials = self.inner.as_slice().iter();
        partials
            .map(|one| (one.analysis(), one.grouping()))
            .collect()
    }

    /// Writes a file for each analysis into a folder.
    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        let inner = Arc::clone(&self.inner);
        run(py, move || inner.write(folder))
    }
}

/// Merges the partials in files.
#[pyfunction]
pub(crate) fn merge(py: Python<'_>, inputs: Vec<Source>) -> PyResult<Partials> {
    let inputs = inputs.into_iter().map(Input::from).collect::<Vec<_>>();
    run(py, move || spanwise::merge(inputs)).map(Partials::new)
}

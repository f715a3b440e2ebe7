//! A set of traces, and what can be asked of it.

use crate::errors::{exception, usage};
use crate::run::run;
use crate::table::Table;
use crate::trace::Trace;
use pyo3::prelude::*;
use spanwise::analyses::{
    CriticalPath, CriticalPathBy, Dependencies, Errors, ErrorsBy, EventList, Hotspots, HotspotsBy,
    IssueList, LinkList, SpanList, TraceList,
};
use spanwise::{Blocking, Filter, Result};

/// Traces under a policy.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Traces {
    inner: spanwise::Traces,
}

/// The arguments of the critical path by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct CriticalPathArguments {
    by: String,
    percentile: Option<f64>,
    band: Option<(f64, f64)>,
    root_operation: Option<String>,
}

impl CriticalPathArguments {
    fn options(self) -> Result<CriticalPath> {
        let mut options = CriticalPath::default().by(match self.by.as_str() {
            "operation" => CriticalPathBy::Operation,
            "service" => CriticalPathBy::Service,
            "path" => CriticalPathBy::Path,
            other => return Err(usage("by", other, "operation, service or path")),
        });
        options.percentile = self.percentile;
        options.band = self.band;
        options.root_operation = self.root_operation;
        Ok(options)
    }
}

/// The conditions of a filter by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct FilterArguments {
    service: Option<String>,
    operation: Option<String>,
    root_operation: Option<String>,
    min_duration_ns: Option<u64>,
    error: Option<bool>,
    since_unix_nano: Option<i64>,
    until_unix_nano: Option<i64>,
    attributes: Vec<(String, String)>,
}

impl Traces {
    pub(crate) fn new(inner: spanwise::Traces) -> Self {
        Self { inner }
    }

    /// The engine's traces.
    pub(crate) fn inner(&self) -> spanwise::Traces {
        self.inner.clone()
    }

    fn table<W>(&self, py: Python<'_>, work: W) -> PyResult<Table>
    where
        W: FnOnce(&spanwise::Traces) -> Result<spanwise::Table> + Send + 'static,
    {
        let traces = self.inner();
        Table::new(py, run(py, move || work(&traces))?)
    }

    fn choose<W>(&self, py: Python<'_>, work: W) -> PyResult<Self>
    where
        W: FnOnce(&spanwise::Traces) -> Result<spanwise::Traces> + Send + 'static,
    {
        let traces = self.inner();
        run(py, move || work(&traces)).map(Self::new)
    }
}

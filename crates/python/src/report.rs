//! A report in Markdown.

use crate::run::run;
use crate::traces::Traces;
use pyo3::prelude::*;
use spanwise::report::report::{write_markdown, Report};
use spanwise::{ReportOptions, Result};

/// A report about traces, and about what changed since a baseline.
#[pyfunction]
#[pyo3(signature = (traces, baseline=None, title=None))]
pub(crate) fn report(
    py: Python<'_>,
    traces: &Bound<'_, Traces>,
    baseline: Option<&Bound<'_, Traces>>,
    title: Option<String>,
) -> PyResult<String> {
    let traces = traces.get().inner();
    let baseline = baseline.map(|baseline| baseline.get().inner());
    run(py, move || {
        markdown(&traces.report(baseline.as_ref(), &titled(title))?)
    })
}

/// How a report is made, under this title where there is one.
pub(crate) fn titled(title: Option<String>) -> ReportOptions {
    let options = ReportOptions::default();
    match title {
        Some(title) => options.title(title),
        None => options,
    }
}

/// The text of a report.
pub(crate) fn markdown(report: &Report) -> Result<String> {
    let mut out = Vec::new();
    write_markdown(report, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

//! The summary as a dictionary, field by field as the JSON contract has it.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use spanwise::analyses::{FileSummary, IssueSummary, Summary};

/// The dictionary of a summary.
pub(crate) fn dictionary<'py>(py: Python<'py>, summary: Summary) -> PyResult<Bound<'py, PyDict>> {
    let document = PyDict::new(py);
    let counts = [
        ("traces", summary.traces),
        ("spans", summary.spans),
        ("services", summary.services),
        ("operations", summary.operations),
        ("roots", summary.roots),
        ("orphans", summary.orphans),
        ("errors", summary.errors),
        ("links", summary.links),
        ("events", summary.events),
        ("rows", summary.rows),
    ];
    for (name, count) in counts {
        document.set_item(name, count)?;
    }
    document.set_item("start_unix_nano", summary.start_unix_nano)?;
    document.set_item("end_unix_nano", summary.end_unix_nano)?;
    let files = summary.files.into_iter().map(|file| of_file(py, file));
    document.set_item("files", files.collect::<PyResult<Vec<_>>>()?)?;
    let issues = summary.issues.into_iter().map(|issue| of_issue(py, issue));
    document.set_item("issues", issues.collect::<PyResult<Vec<_>>>()?)?;
    Ok(document)
}

fn of_file(py: Python<'_>, file: FileSummary) -> PyResult<Bound<'_, PyDict>> {
    let document = PyDict::new(py);
    document.set_item("path", file.path)?;
    document.set_item("format", file.format)?;
    document.set_item("spans", file.spans)?;
    document.set_item("orphans", file.orphans)?;
    document.set_item("truncated", file.truncated)?;
    Ok(document)
}

fn of_issue(py: Python<'_>, issue: IssueSummary) -> PyResult<Bound<'_, PyDict>> {
    let document = PyDict::new(py);
    document.set_item("issue", issue.issue.name())?;
    document.set_item("service", issue.service)?;
    document.set_item("count", issue.count)?;
    document.set_item("total_time_ns", issue.size.map(|size| size.total_nano))?;
    document.set_item("max_time_ns", issue.size.map(|size| size.max_nano))?;
    document.set_item("examples", issue.examples)?;
    Ok(document)
}

//! A report in Markdown.

use crate::run::run;
use crate::traces::Traces;
use pyo3::prelude::*;
use spanwise::analyses::{CriticalPath, Dependencies, Errors, IssueList};
use spanwise::report::report::{write_markdown, Material, Report};
use spanwise::report::summary::sentences;
use spanwise::Result;

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
    let title = title.unwrap_or_else(|| "Trace report".to_owned());
    run(py, move || {
        let material = material(title, &traces, baseline.as_ref())?;
        let mut out = Vec::new();
        write_markdown(&Report::new(&material), &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    })
}

fn material(
    title: String,
    traces: &spanwise::Traces,
    baseline: Option<&spanwise::Traces>,
) -> Result<Material> {
    let (path, errors, calls) = (
        CriticalPath::default(),
        Errors::default(),
        Dependencies::default(),
    );
    let mut tables = traces.run(&[&path, &errors, &calls]).into_iter();
    let mut material = Material::new(title);
    material.read = sentences(&traces.summary());
    material.critical_path = tables.next().unwrap_or_default();
    material.errors = tables.next().unwrap_or_default();
    material.dependencies = tables.next().unwrap_or_default();
    material.issues = traces.issues(&IssueList::default());
    material.compare = baseline
        .map(|baseline| spanwise::compare(baseline, traces))
        .transpose()?;
    Ok(material)
}

//! Comparison of a healthy time and an incident.

use crate::run::run;
use crate::table::Table;
use crate::traces::Traces;
use pyo3::prelude::*;

/// What changed between two sets of traces.
#[pyfunction]
pub(crate) fn compare(
    py: Python<'_>,
    baseline: &Bound<'_, Traces>,
    incident: &Bound<'_, Traces>,
) -> PyResult<Table> {
    let (baseline, incident) = (baseline.get().inner(), incident.get().inner());
    let table = run(py, move || spanwise::compare(&baseline, &incident))?;
    Table::new(py, table)
}

/// What changed between two windows of one set of traces; windows are half-open
/// and in nanoseconds since the epoch.
#[pyfunction]
pub(crate) fn compare_windows(
    py: Python<'_>,
    traces: &Bound<'_, Traces>,
    baseline: (i64, i64),
    incident: (i64, i64),
) -> PyResult<Table> {
    let traces = traces.get().inner();
    let table = run(py, move || {
        Ok(spanwise::compare_windows(&traces, baseline, incident))
    })?;
    Table::new(py, table)
}

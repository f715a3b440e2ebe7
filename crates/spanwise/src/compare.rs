//! Two cohorts of traces side by side.

use crate::Traces;
use spanwise_analyze::analyses::{Cohort, Compare, Window};
use spanwise_analyze::Analysis;
use spanwise_model::{Result, Table};

/// Compares an incident with a healthy baseline, operation by operation; see
/// [`Compare`] for the columns.
///
/// # Errors
///
/// [`crate::ErrorKind::Merge`] where a trace is in both.
pub fn compare(baseline: &Traces, incident: &Traces) -> Result<Table> {
    let observe = |traces: &Traces, cohort: Cohort| {
        let analysis = Compare::default().cohort(cohort);
        traces.partials(&[&analysis]).swap_remove(0)
    };
    let mut partial = observe(baseline, Cohort::Baseline);
    partial.merge(&observe(incident, Cohort::Incident))?;
    Ok(Compare::default().finish(&partial))
}

/// Compares two windows of time of the same traces; see [`Compare`] for the
/// columns. A trace belongs to the window that its primary top span starts in.
#[must_use]
pub fn compare_windows(traces: &Traces, baseline: Window, incident: Window) -> Table {
    let analysis = Compare::default().windows(baseline, incident);
    traces.run(&[&analysis]).swap_remove(0)
}

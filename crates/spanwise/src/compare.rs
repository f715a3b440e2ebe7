//! Two cohorts of traces side by side.

use crate::Traces;
use spanwise_analyze::analyses::{Cohort, Compare, Window};
use spanwise_analyze::Analysis;
use spanwise_model::{Result, Table};

/// Compares an incident with a healthy baseline, operation by operation; see
/// [`Compare`] for the columns.
///
/// ```
/// use spanwise::model::table::Cell;
///
/// let healthy = spanwise::notation("shop GET 0..100\n  cart Get 10..20")?;
/// let slow = spanwise::notation("shop GET 0..150\n  cart Get 10..70")?;
/// let table = spanwise::compare(&healthy, &slow)?;
/// assert_eq!(table.cell(0, "operation"), Cell::Text("Get"));
/// assert_eq!(table.cell(0, "change_critical_time"), Cell::Duration(50_000_000));
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// None in practice: the two may even hold the same trace.
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
///
/// ```
/// use spanwise::model::table::Cell;
///
/// let traces = spanwise::notation("
///     trace 1
///     shop GET   0..100
///     trace 2
///     shop GET   1000..1150
/// ")?;
/// let second = 1_000_000_000;
/// let table = spanwise::compare_windows(&traces, (0, second), (second, 2 * second));
/// assert_eq!(table.cell(0, "change_critical_time"), Cell::Duration(50_000_000));
/// # Ok::<(), spanwise::Error>(())
/// ```
#[must_use]
pub fn compare_windows(traces: &Traces, baseline: Window, incident: Window) -> Table {
    let analysis = Compare::default().windows(baseline, incident);
    traces.run(&[&analysis]).swap_remove(0)
}

//! The table at the end of a bench program.

use std::time::Duration;

/// One comparison.
pub(crate) struct Row {
    /// What is compared.
    pub(crate) what: String,
    /// CPU time of the reference.
    pub(crate) reference: Duration,
    /// Our CPU time.
    pub(crate) ours: Duration,
    /// The largest ratio that is good.
    pub(crate) goal: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.reference.as_secs_f64()
    }
}

/// Prints the comparisons, with CPU time in nanoseconds a span.
pub(crate) fn print(rows: &[Row], spans: u64) {
    let per_span = |time: Duration| time.as_nanos() as f64 / spans.max(1) as f64;
    println!(
        "{:<44} {:>12} {:>12} {:>7} {:>6}  verdict",
        "CPU nanoseconds a span", "reference", "ours", "ratio", "goal"
    );
    for row in rows {
        let verdict = if row.ratio() <= row.goal {
            "met"
        } else {
            "missed"
        };
        println!(
            "{:<44} {:>12.0} {:>12.0} {:>7.2} {:>6.2}  {verdict}",
            row.what,
            per_span(row.reference),
            per_span(row.ours),
            row.ratio(),
            row.goal
        );
    }
}

//! The table at the end of a bench program.

/// One comparison.
#[derive(Clone)]
pub(crate) struct Row {
    /// What is compared, and in which unit.
    pub(crate) what: String,
    /// The reference.
    pub(crate) reference: f64,
    /// Ours.
    pub(crate) ours: f64,
    /// The largest ratio that is good.
    pub(crate) goal: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours / self.reference
    }
}

/// Prints comparisons.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "{:<60} {:>10} {:>10} {:>7} {:>6}  verdict",
        "", "reference", "ours", "ratio", "goal"
    );
    for row in rows {
        let verdict = if row.ratio() <= row.goal {
            "met"
        } else {
            "missed"
        };
        println!(
            "{:<60} {:>10.0} {:>10.0} {:>7.2} {:>6.2}  {verdict}",
            row.what,
            row.reference,
            row.ours,
            row.ratio(),
            row.goal
        );
    }
}

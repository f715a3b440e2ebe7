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
    /// The largest ratio that is good, where there is a goal.
    pub(crate) goal: Option<f64>,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours / self.reference
    }

    fn verdict(&self) -> &'static str {
        match self.goal {
            None => "",
            Some(goal) if self.ratio() <= goal => "met",
            Some(_) => "missed",
        }
    }
}

/// Prints comparisons.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "{:<60} {:>10} {:>10} {:>7} {:>6}  verdict",
        "", "reference", "ours", "ratio", "goal"
    );
    for row in rows {
        let goal = row.goal.map_or(String::new(), |goal| format!("{goal:.2}"));
        println!(
            "{:<60} {:>10.0} {:>10.0} {:>7.2} {goal:>6}  {}",
            row.what,
            row.reference,
            row.ours,
            row.ratio(),
            row.verdict()
        );
    }
}

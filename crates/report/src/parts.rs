//! A table that may come in parts.
//!
//! Rows that were never all in memory are written as they come. What is known
//! of a whole table alone, such as the width of its columns, takes one look at
//! all parts before.

use spanwise_model::Table;
use std::io;

/// A table in parts, of which each has the same columns. There is one at least.
///
/// ```
/// use spanwise_model::{ColumnData, Table};
/// use spanwise_report::{csv, Parts};
///
/// struct Halves([Table; 2]);
///
/// impl Parts for Halves {
///     fn each(&self, see: &mut dyn FnMut(&Table) -> std::io::Result<()>) -> std::io::Result<()> {
///         self.0.iter().try_for_each(see)
///     }
/// }
///
/// let half = |n: u64| Table::new().with("n", ColumnData::U64([n].into_iter().collect()));
/// let mut out = Vec::new();
/// csv::write(&Halves([half(1), half(2)]), &mut out)?;
/// assert_eq!(out, b"n\n1\n2\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Parts {
    /// Shows all parts in order; this can be asked for several times.
    ///
    /// # Errors
    ///
    /// Where a part cannot be had, and what `see` answers.
    fn each(&self, see: &mut dyn FnMut(&Table) -> io::Result<()>) -> io::Result<()>;
}

impl Parts for Table {
    fn each(&self, see: &mut dyn FnMut(&Table) -> io::Result<()>) -> io::Result<()> {
        see(self)
    }
}

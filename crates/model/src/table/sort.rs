//! What rows are sorted by.

use super::Cell;
use std::cmp::Ordering;

/// What rows are sorted by: a column, ascending or descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey<'a> {
    /// The name of the column.
    pub column: &'a str,
    /// Whether the largest stands first.
    pub descending: bool,
}

impl<'a> SortKey<'a> {
    /// The key that a text names: a column, descending behind a `-`.
    ///
    /// ```
    /// use spanwise_model::table::SortKey;
    /// assert!(SortKey::parse("-duration").descending);
    /// assert_eq!(SortKey::parse("duration").column, "duration");
    /// ```
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self {
                column,
                descending: true,
            },
            None => Self {
                column: text,
                descending: false,
            },
        }
    }

    /// The order of two cells of the column.
    #[must_use]
    pub fn order(self, a: Cell<'_>, b: Cell<'_>) -> Ordering {
        let order = a.order(b);
        match self.descending {
            true => order.reverse(),
            false => order,
        }
    }
}

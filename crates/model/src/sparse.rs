//! Columns that few rows have an entry in, such as the texts of statuses.
//!
//! A full column would cost every span what one in a thousand needs.

use serde::{Deserialize, Serialize};

/// Entries of the few rows that have one, in the order of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sparse<T>(Vec<(u32, T)>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Texts that few rows have.
pub type SparseTexts = Sparse<Box<str>>;

impl<T> Sparse<T> {
    /// How many rows have an entry.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where no row has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows that have an entry, with it.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (u32, &T)> {
        self.0.iter().map(|(row, entry)| (*row, entry))
    }

    fn find(&self, row: u32) -> Option<&T> {
        let at = self.0.binary_search_by_key(&row, |entry| entry.0).ok()?;
        Some(&self.0[at].1)
    }

    /// Sets or takes away the entry of the last row.
    pub(crate) fn set_last(&mut self, row: u32, entry: Option<T>) {
        self.truncate(row);
        self.0.extend(entry.map(|entry| (row, entry)));
    }

    /// Drops the entries of this row and those behind it.
    pub(crate) fn truncate(&mut self, row: u32) {
        while self.0.last().is_some_and(|entry| entry.0 >= row) {
            self.0.pop();
        }
    }

    /// Appends the entries of rows that stand behind the first `base` ones.
    pub(crate) fn append(&mut self, other: Self, base: u32) {
        let moved = other.0.into_iter().map(|(row, entry)| (row + base, entry));
        self.0.extend(moved);
    }
}

impl Sparse<Box<str>> {
    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: u32) -> Option<&str> {
        self.find(row).map(AsRef::as_ref)
    }

    /// Sets the text of the last row; an empty text is none.
    pub(crate) fn set_text(&mut self, row: u32, text: &str) {
        self.set_last(row, (!text.is_empty()).then(|| text.into()));
    }
}

impl<T: Copy + Default + PartialEq> Sparse<T> {
    /// The entry of a row; the default where it has none.
    #[must_use]
    pub fn value(&self, row: u32) -> T {
        self.find(row).copied().unwrap_or_default()
    }

    /// Sets the entry of the last row; the default is none.
    pub(crate) fn set_value(&mut self, row: u32, value: T) {
        self.set_last(row, (value != T::default()).then_some(value));
    }
}

/// How much the source says that it dropped of a span before it was exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Attributes.
    pub attributes: u32,
    /// Events.
    pub events: u32,
    /// Links.
    pub links: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_can_be_set_again_and_rows_move() {
        let mut texts = SparseTexts::default();
        texts.set_text(1, "a");
        texts.set_text(4, "b");
        texts.set_text(4, "c");
        texts.set_text(5, "");
        let mut all = SparseTexts::default();
        all.set_text(0, "first");
        all.append(texts, 10);
        let entries: Vec<_> = all.entries().map(|(row, text)| (row, &**text)).collect();
        assert_eq!(entries, [(0, "first"), (11, "a"), (14, "c")]);
        assert_eq!((all.get(14), all.get(12)), (Some("c"), None));
        all.truncate(11);
        assert_eq!(all.len(), 1);
    }

    #[test]
    fn a_default_is_no_entry() {
        let mut counts: Sparse<u32> = Sparse::default();
        counts.set_value(3, 7);
        counts.set_value(4, 0);
        assert_eq!((counts.value(3), counts.value(4), counts.len()), (7, 0, 1));
    }
}

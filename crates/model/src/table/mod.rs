//! Result tables: named, typed columns. Every analysis gives one.

mod cells;
mod column;
mod sort;

pub use cells::{Cells, Names, Texts};
pub use column::{Cell, ColumnData, ColumnType};
pub use sort::SortKey;

use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A named column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The name, with its unit where the type does not say it.
    pub name: Cow<'static, str>,
    /// The cells.
    pub data: ColumnData,
}

/// Columns of one length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    columns: Vec<Column>,
}

impl Table {
    /// A table without columns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same table with one more column.
    ///
    /// # Panics
    ///
    /// In debug builds, where the column's length is not the table's.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, data: ColumnData) -> Self {
        debug_assert!(self.columns.is_empty() || self.rows() == data.len());
        self.columns.push(Column {
            name: name.into(),
            data,
        });
        self
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Takes the columns out.
    #[must_use]
    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.data.len())
    }

    /// The column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnData> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| &column.data)
    }

    /// The same columns without rows.
    #[must_use]
    pub fn empty(&self) -> Self {
        let empty = |column: &Column| Column {
            name: column.name.clone(),
            data: column.data.empty(),
        };
        Self {
            columns: self.columns.iter().map(empty).collect(),
        }
    }

    /// Appends a row of a table with the same columns.
    pub fn push_row(&mut self, other: &Self, row: usize) {
        for (column, theirs) in self.columns.iter_mut().zip(&other.columns) {
            column.data.push(theirs.data.cell(row));
        }
    }

    /// The same table with other cells in the column of this name.
    #[must_use]
    pub fn replaced(mut self, name: &str, data: ColumnData) -> Self {
        debug_assert_eq!(self.rows(), data.len());
        let found = self.columns.iter_mut().find(|column| column.name == name);
        if let Some(column) = found {
            column.data = data;
        }
        self
    }

    /// Where the column of this name stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The columns of these names in this order; names that are not there are
    /// passed over.
    #[must_use]
    pub fn select(&self, names: &[&str]) -> Self {
        let find = |name: &&str| self.columns.iter().find(|column| column.name == *name);
        Self {
            columns: names.iter().filter_map(find).cloned().collect(),
        }
    }

    /// The cell of a row in the column of this name; absent where there is none.
    #[must_use]
    pub fn cell(&self, row: usize, name: &str) -> Cell<'_> {
        self.column(name).map_or(Cell::Null, |data| data.cell(row))
    }

    /// These rows in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let take = |column: &Column| Column {
            name: column.name.clone(),
            data: column.data.take(rows),
        };
        Self {
            columns: self.columns.iter().map(take).collect(),
        }
    }

    /// The first rows.
    #[must_use]
    pub fn head(&self, rows: usize) -> Self {
        if rows >= self.rows() {
            return self.clone();
        }
        self.take(&(0..rows).collect::<Vec<_>>())
    }

    /// Sorted by a column; a leading `-` sorts descending. Equal rows keep
    /// their order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where there is no such column.
    pub fn sorted_by(&self, key: &str) -> Result<Self> {
        Ok(self.take(&self.order_by(key)?))
    }

    /// The rows in the order of [`Table::sorted_by`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where there is no such column.
    pub fn order_by(&self, key: &str) -> Result<Vec<usize>> {
        let key = SortKey::parse(key);
        let data = self.column(key.column);
        let data = data.ok_or_else(|| self.no_column(key.column))?;
        let mut rows: Vec<usize> = (0..self.rows()).collect();
        rows.sort_by(|&a, &b| key.order(data.cell(a), data.cell(b)));
        Ok(rows)
    }

    fn no_column(&self, name: &str) -> Error {
        let names: Vec<&str> = self
            .columns
            .iter()
            .map(|column| column.name.as_ref())
            .collect();
        Error::new(
            ErrorKind::Usage,
            format!("no column {name}; there are {}", names.join(", ")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::new()
            .with(
                "name",
                ColumnData::Name(["b", "a", "b"].into_iter().collect()),
            )
            .with(
                "n",
                ColumnData::U64([Some(2), None, Some(1)].into_iter().collect()),
            )
            .with(
                "text",
                ColumnData::Text([Some("x"), None, Some("yz")].into_iter().collect()),
            )
    }

    #[test]
    fn sorting_takes_whole_rows() {
        let sorted = table().sorted_by("-n").expect("a column");
        assert_eq!(sorted.cell(0, "n"), Cell::U64(2));
        assert_eq!(sorted.cell(2, "n"), Cell::Null);
        assert_eq!(sorted.cell(1, "text"), Cell::Text("yz"));
        assert_eq!(sorted.cell(2, "name"), Cell::Text("a"));
    }

    #[test]
    fn an_unknown_column_is_named() {
        let error = table().sorted_by("size").expect_err("no such column");
        assert_eq!(error.to_string(), "no column size; there are name, n, text");
    }
}

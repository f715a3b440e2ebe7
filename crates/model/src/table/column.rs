//! Columns: their types, and their cells one by one.

use super::cells::{Cells, Names, Texts};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Few distinct texts, stored once each: services, operations, kinds.
    Name,
    /// Texts that mostly differ: ids, messages.
    Text,
    /// Lists of texts.
    TextList,
    /// Whole numbers from zero.
    U64,
    /// Whole numbers.
    I64,
    /// Numbers with a fraction, computed when finishing.
    F64,
    /// Flags.
    Bool,
    /// Durations in nanoseconds.
    Duration,
    /// Times, nanoseconds since the epoch, UTC.
    Time,
}

impl ColumnType {
    /// The name in the JSON contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name | Self::Text => "text",
            Self::TextList => "text_list",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
            Self::Bool => "bool",
            Self::Duration => "duration_ns",
            Self::Time => "time_unix_ns",
        }
    }
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ColumnData {
    /// See [`ColumnType::Name`].
    Name(Names),
    /// See [`ColumnType::Text`].
    Text(Texts),
    /// See [`ColumnType::TextList`].
    TextList(Cells<Vec<String>>),
    /// See [`ColumnType::U64`].
    U64(Cells<u64>),
    /// See [`ColumnType::I64`].
    I64(Cells<i64>),
    /// See [`ColumnType::F64`].
    F64(Cells<f64>),
    /// See [`ColumnType::Bool`].
    Bool(Cells<bool>),
    /// See [`ColumnType::Duration`].
    Duration(Cells<i64>),
    /// See [`ColumnType::Time`].
    Time(Cells<i64>),
}

/// One cell, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Absent.
    Null,
    /// A text.
    Text(&'a str),
    /// A list of texts.
    TextList(&'a [String]),
    /// A whole number from zero.
    U64(u64),
    /// A whole number.
    I64(i64),
    /// A number.
    F64(f64),
    /// A flag.
    Bool(bool),
    /// Nanoseconds.
    Duration(i64),
    /// Nanoseconds since the epoch.
    Time(i64),
}

impl Cell<'_> {
    /// The total order of cells of one column: absent first, numbers by value.
    #[must_use]
    pub fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Cell::Null, Cell::Null) => Ordering::Equal,
            (Cell::Null, _) => Ordering::Less,
            (_, Cell::Null) => Ordering::Greater,
            (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
            (Cell::TextList(a), Cell::TextList(b)) => a.cmp(b),
            (Cell::U64(a), Cell::U64(b)) => a.cmp(&b),
            (Cell::F64(a), Cell::F64(b)) => a.total_cmp(&b),
            (Cell::Bool(a), Cell::Bool(b)) => a.cmp(&b),
            (Cell::I64(a), Cell::I64(b))
            | (Cell::Duration(a), Cell::Duration(b))
            | (Cell::Time(a), Cell::Time(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        }
    }
}

impl ColumnData {
    /// The type.
    #[must_use]
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::Name(_) => ColumnType::Name,
            Self::Text(_) => ColumnType::Text,
            Self::TextList(_) => ColumnType::TextList,
            Self::U64(_) => ColumnType::U64,
            Self::I64(_) => ColumnType::I64,
            Self::F64(_) => ColumnType::F64,
            Self::Bool(_) => ColumnType::Bool,
            Self::Duration(_) => ColumnType::Duration,
            Self::Time(_) => ColumnType::Time,
        }
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Name(names) => names.codes().len(),
            Self::Text(texts) => texts.ends().len(),
            Self::TextList(cells) => cells.len(),
            Self::U64(cells) => cells.len(),
            Self::I64(cells) | Self::Duration(cells) | Self::Time(cells) => cells.len(),
            Self::F64(cells) => cells.len(),
            Self::Bool(cells) => cells.len(),
        }
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell at a row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let cell = match self {
            Self::Name(names) => names.get(row).map(Cell::Text),
            Self::Text(texts) => texts.get(row).map(Cell::Text),
            Self::TextList(cells) => cells.get(row).map(|list| Cell::TextList(list)),
            Self::U64(cells) => cells.get(row).map(|&n| Cell::U64(n)),
            Self::I64(cells) => cells.get(row).map(|&n| Cell::I64(n)),
            Self::F64(cells) => cells.get(row).map(|&n| Cell::F64(n)),
            Self::Bool(cells) => cells.get(row).map(|&flag| Cell::Bool(flag)),
            Self::Duration(cells) => cells.get(row).map(|&n| Cell::Duration(n)),
            Self::Time(cells) => cells.get(row).map(|&n| Cell::Time(n)),
        };
        cell.unwrap_or(Cell::Null)
    }

    /// A column of the same type without cells.
    #[must_use]
    pub fn empty(&self) -> Self {
        match self {
            Self::Name(_) => Self::Name(Names::default()),
            Self::Text(_) => Self::Text(Texts::default()),
            Self::TextList(_) => Self::TextList(Cells::default()),
            Self::U64(_) => Self::U64(Cells::default()),
            Self::I64(_) => Self::I64(Cells::default()),
            Self::F64(_) => Self::F64(Cells::default()),
            Self::Bool(_) => Self::Bool(Cells::default()),
            Self::Duration(_) => Self::Duration(Cells::default()),
            Self::Time(_) => Self::Time(Cells::default()),
        }
    }

    /// Appends a cell of another column of the same type; of another type it
    /// is an absent one.
    ///
    /// ```
    /// use spanwise_model::table::Cell;
    /// use spanwise_model::ColumnData;
    /// let counts = ColumnData::U64([1, 2].into_iter().collect());
    /// let mut last = counts.empty();
    /// last.push(counts.cell(1));
    /// assert_eq!((last.len(), last.cell(0)), (1, Cell::U64(2)));
    /// ```
    pub fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Name(names), Cell::Text(text)) => names.push(Some(text)),
            (Self::Text(texts), Cell::Text(text)) => texts.push(Some(text)),
            (Self::TextList(cells), Cell::TextList(list)) => cells.push(Some(list.to_vec())),
            (Self::U64(cells), Cell::U64(n)) => cells.push(Some(n)),
            (Self::I64(cells), Cell::I64(n))
            | (Self::Duration(cells), Cell::Duration(n))
            | (Self::Time(cells), Cell::Time(n)) => cells.push(Some(n)),
            (Self::F64(cells), Cell::F64(n)) => cells.push(Some(n)),
            (Self::Bool(cells), Cell::Bool(flag)) => cells.push(Some(flag)),
            (column, _) => column.push_absent(),
        }
    }

    fn push_absent(&mut self) {
        match self {
            Self::Name(names) => names.push(None),
            Self::Text(texts) => texts.push(None),
            Self::TextList(cells) => cells.push(None),
            Self::U64(cells) => cells.push(None),
            Self::I64(cells) | Self::Duration(cells) | Self::Time(cells) => cells.push(None),
            Self::F64(cells) => cells.push(None),
            Self::Bool(cells) => cells.push(None),
        }
    }

    pub(super) fn take(&self, rows: &[usize]) -> Self {
        fn cells<T: Clone + Default>(from: &Cells<T>, rows: &[usize]) -> Cells<T> {
            rows.iter().map(|&row| from.get(row).cloned()).collect()
        }
        match self {
            Self::Name(names) => Self::Name(rows.iter().map(|&row| names.get(row)).collect()),
            Self::Text(texts) => Self::Text(rows.iter().map(|&row| texts.get(row)).collect()),
            Self::TextList(from) => Self::TextList(cells(from, rows)),
            Self::U64(from) => Self::U64(cells(from, rows)),
            Self::I64(from) => Self::I64(cells(from, rows)),
            Self::F64(from) => Self::F64(cells(from, rows)),
            Self::Bool(from) => Self::Bool(cells(from, rows)),
            Self::Duration(from) => Self::Duration(cells(from, rows)),
            Self::Time(from) => Self::Time(cells(from, rows)),
        }
    }
}

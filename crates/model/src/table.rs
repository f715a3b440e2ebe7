//! Result tables: named, typed columns. Every analysis gives one.

use crate::error::{Error, ErrorKind, Result};
use std::borrow::Cow;
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

/// Cells of one type, some of them absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells<T> {
    values: Vec<T>,
    /// One flag a cell; empty where none is absent.
    valid: Vec<bool>,
}

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            valid: Vec::new(),
        }
    }
}

impl<T: Clone + Default> Cells<T> {
    /// Appends a cell.
    pub fn push(&mut self, cell: Option<T>) {
        if cell.is_none() && self.valid.is_empty() {
            self.valid = vec![true; self.values.len()];
        }
        if !self.valid.is_empty() || cell.is_none() {
            self.valid.push(cell.is_some());
        }
        self.values.push(cell.unwrap_or_default());
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&T> {
        let present = self.valid.get(row).copied().unwrap_or(true);
        self.values.get(row).filter(|_| present)
    }

    /// All values; absent cells hold the type's default.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// One flag a cell; empty where none is absent.
    #[must_use]
    pub fn valid(&self) -> &[bool] {
        &self.valid
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes the values and flags apart.
    #[must_use]
    pub fn into_parts(self) -> (Vec<T>, Vec<bool>) {
        (self.values, self.valid)
    }
}

impl<T: Clone + Default> FromIterator<Option<T>> for Cells<T> {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let mut column = Self::default();
        cells.into_iter().for_each(|cell| column.push(cell));
        column
    }
}

impl<T: Clone + Default> FromIterator<T> for Cells<T> {
    fn from_iter<I: IntoIterator<Item = T>>(cells: I) -> Self {
        Self {
            values: cells.into_iter().collect(),
            valid: Vec::new(),
        }
    }
}

/// Texts of which few are distinct: codes into a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    codes: Cells<u32>,
    values: Vec<String>,
    index: crate::keyed::KeyedMap<String, u32>,
}

impl Names {
    /// Appends a cell.
    pub fn push(&mut self, name: Option<&str>) {
        let code = name.map(|name| self.code(name));
        self.codes.push(code);
    }

    /// Cells that are given as numbers, of which each stands for a text and
    /// equal texts have equal ones. Every number is looked up once alone.
    pub fn of_numbers<'a>(
        numbers: impl IntoIterator<Item = Option<u32>>,
        text: impl Fn(u32) -> &'a str,
    ) -> Self {
        let (mut names, mut codes) = (Self::default(), Vec::new());
        let cells = numbers.into_iter().map(|number| {
            let at = number? as usize;
            if at >= codes.len() {
                codes.resize(at + 1, None);
            }
            Some(*codes[at].get_or_insert_with(|| names.code(text(at as u32))))
        });
        let cells: Cells<u32> = cells.collect();
        Self {
            codes: cells,
            ..names
        }
    }

    fn code(&mut self, name: &str) -> u32 {
        if let Some(&code) = self.index.get(name) {
            return code;
        }
        let code = self.values.len() as u32;
        self.values.push(name.to_owned());
        self.index.insert(name.to_owned(), code);
        code
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.codes
            .get(row)
            .map(|&code| self.values[code as usize].as_str())
    }

    /// The codes, one a cell.
    #[must_use]
    pub fn codes(&self) -> &Cells<u32> {
        &self.codes
    }

    /// The distinct texts.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Takes the codes and the distinct texts apart.
    #[must_use]
    pub fn into_parts(self) -> (Cells<u32>, Vec<String>) {
        (self.codes, self.values)
    }
}

impl<'a> FromIterator<Option<&'a str>> for Names {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cells: I) -> Self {
        let mut names = Self::default();
        cells.into_iter().for_each(|cell| names.push(cell));
        names
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(cells: I) -> Self {
        cells.into_iter().map(Some).collect()
    }
}

/// Texts that mostly differ, in one buffer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    buffer: String,
    ends: Cells<u64>,
}

impl Texts {
    /// Appends a cell.
    pub fn push(&mut self, text: Option<&str>) {
        self.buffer.push_str(text.unwrap_or_default());
        let end = self.buffer.len() as u64;
        self.ends.push(text.map(|_| end));
        if text.is_none() {
            if let Some(last) = self.ends.values.last_mut() {
                *last = end;
            }
        }
    }

    /// The cell at a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)? as usize;
        let start = if row == 0 {
            0
        } else {
            self.ends.values()[row - 1] as usize
        };
        Some(&self.buffer[start..end])
    }

    /// All texts one after the other.
    #[must_use]
    pub fn buffer(&self) -> &str {
        &self.buffer
    }

    /// The end of each text in the buffer.
    #[must_use]
    pub fn ends(&self) -> &Cells<u64> {
        &self.ends
    }

    /// Takes the buffer and the ends apart.
    #[must_use]
    pub fn into_parts(self) -> (String, Cells<u64>) {
        (self.buffer, self.ends)
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let mut texts = Self::default();
        cells
            .into_iter()
            .for_each(|cell| texts.push(cell.as_ref().map(AsRef::as_ref)));
        texts
    }
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
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
            Self::Name(names) => names.codes.len(),
            Self::Text(texts) => texts.ends.len(),
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

    fn take(&self, rows: &[usize]) -> Self {
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

/// A named column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name, with its unit where the type does not say it.
    pub name: Cow<'static, str>,
    /// The cells.
    pub data: ColumnData,
}

/// Columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
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
        let (name, descending) = match key.strip_prefix('-') {
            Some(name) => (name, true),
            None => (key, false),
        };
        let data = self.column(name).ok_or_else(|| self.no_column(name))?;
        let mut rows: Vec<usize> = (0..self.rows()).collect();
        rows.sort_by(|&a, &b| {
            let order = data.cell(a).order(data.cell(b));
            if descending {
                order.reverse()
            } else {
                order
            }
        });
        Ok(self.take(&rows))
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

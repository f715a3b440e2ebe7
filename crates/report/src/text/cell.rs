//! Cells as texts, by the type of their column.

use crate::escape::for_terminal;
use crate::units;
use spanwise_model::table::Cell;
use spanwise_model::{Column, ColumnData, ColumnType};

/// True for columns of fractions of one, which people read in percent: those
/// whose name ends in `share`, `ratio` or `error_rate`.
#[must_use]
pub fn is_share(column: &Column) -> bool {
    let fraction = column.data.column_type() == ColumnType::F64;
    let ends = |suffix: &str| column.name.ends_with(suffix);
    fraction && ["share", "ratio", "error_rate"].into_iter().any(ends)
}

/// The texts of a column's cells.
pub(crate) struct Texts<'a> {
    data: &'a ColumnData,
    share: bool,
    time_digits: u8,
}

impl<'a> Texts<'a> {
    pub(crate) fn of(column: &'a Column) -> Self {
        Self {
            share: is_share(column),
            time_digits: time_digits(&column.data),
            data: &column.data,
        }
    }

    /// The digits of the second that all times of the column need.
    pub(super) fn time_digits(&self) -> u8 {
        self.time_digits
    }

    /// The same with this many digits of the second.
    pub(super) fn with_time_digits(mut self, digits: u8) -> Self {
        self.time_digits = digits;
        self
    }

    /// True where cells are compared by their digits and so stand to the right.
    pub(crate) fn is_number(&self) -> bool {
        use ColumnType::{Duration, F64, I64, U64};
        matches!(self.data.column_type(), U64 | I64 | F64 | Duration)
    }

    pub(crate) fn get(&self, row: usize) -> String {
        match self.data.cell(row) {
            Cell::Null => units::NONE.to_owned(),
            Cell::Text(text) => for_terminal(text).into_owned(),
            Cell::TextList(list) => list_text(list),
            Cell::U64(n) => units::count(n),
            Cell::I64(n) => units::signed_count(n),
            Cell::F64(n) if self.share => units::percent(n),
            Cell::F64(n) => units::number(n),
            Cell::Bool(true) => "yes".to_owned(),
            Cell::Bool(false) => "no".to_owned(),
            Cell::Duration(nano) => units::duration(nano),
            Cell::Time(unix_nano) => units::time(unix_nano, self.time_digits),
        }
    }
}

fn list_text(list: &[String]) -> String {
    let texts: Vec<_> = list.iter().map(|text| for_terminal(text)).collect();
    texts.join(", ")
}

/// The digits that all times of a column need, so that they line up.
fn time_digits(data: &ColumnData) -> u8 {
    let ColumnData::Time(times) = data else {
        return 0;
    };
    let needed = times.values().iter().map(|&time| units::time_digits(time));
    needed.max().unwrap_or(0)
}

//! A column as it will stand among others: its header and its width.

use super::cell::Texts;
use crate::escape::for_terminal;
use crate::units;
use spanwise_model::{Column, ColumnType};
use unicode_width::UnicodeWidthStr;

/// A column of a table that may come in parts, and what is known of all its
/// cells.
pub(super) struct Block {
    pub(super) header: String,
    pub(super) right: bool,
    /// Whether a cut cell would say something else.
    whole: bool,
    pub(super) width: usize,
    /// The digits that all times of the column need, so that they line up.
    time_digits: Option<u8>,
}

impl Block {
    /// The block of a column of which no cell was seen.
    pub(super) fn of(column: &Column) -> Self {
        let header = for_terminal(&column.name).into_owned();
        let texts = Texts::of(column);
        Self {
            width: header.width(),
            right: texts.is_number(),
            whole: texts.is_number() || column.data.column_type() == ColumnType::Time,
            header,
            time_digits: None,
        }
    }

    /// Makes room for the cells of a part of the column.
    pub(super) fn widen(&mut self, column: &Column) {
        let texts = Texts::of(column);
        let cells = (0..column.data.len()).map(|row| texts.get(row).width());
        self.width = self.width.max(cells.max().unwrap_or(0));
        if column.data.column_type() == ColumnType::Time && !column.data.is_empty() {
            let digits = self.time_digits.unwrap_or(0).max(texts.time_digits());
            let grows = self.time_digits.is_some_and(|before| before < digits);
            self.time_digits = Some(digits);
            if grows {
                self.width = self.width.max(units::time(0, digits).width());
            }
        }
    }

    /// The cells of a part of the column.
    pub(super) fn texts<'a>(&self, column: &'a Column) -> Texts<'a> {
        let texts = Texts::of(column);
        match self.time_digits {
            Some(digits) => texts.with_time_digits(digits),
            None => texts,
        }
    }

    /// The width where texts are cut to `cap`; numbers and times never are.
    pub(super) fn at_most(&self, cap: usize) -> usize {
        match self.whole {
            true => self.width,
            false => self.width.min(cap),
        }
    }
}

//! What rows hold: the cells of their keys, and their states.

use super::state::State;
use super::{Exemplar, Key, KeyType, Partial, Row};
use crate::histogram::Histogram;
use spanwise_model::table::Names;
use spanwise_model::Symbol;
use std::ops::Range;

impl Partial {
    /// A cell of a row's key.
    ///
    /// # Panics
    ///
    /// Where the schema has no such column.
    #[must_use]
    pub fn key(&self, row: Row, column: usize) -> Key<'_> {
        let at = row * self.width() + self.offsets[column];
        let word = self.words[at];
        match self.schema.keys[column].1 {
            KeyType::Name => Key::Name(self.names.get(Symbol(word as u32))),
            KeyType::U64 => Key::U64(word),
            KeyType::I64 => Key::I64(word as i64),
            KeyType::U128 => Key::U128(u128::from(word) << 64 | u128::from(self.words[at + 1])),
        }
    }

    /// What these columns of rows' keys hold, as words: equal cells have equal
    /// words.
    pub(crate) fn words_of<'a>(&'a self, columns: Range<usize>) -> impl Fn(Row) -> &'a [u64] {
        let width = self.width();
        let from = self.offsets[columns.start];
        let to = self.offsets[columns.end];
        move |row| &self.words[row * width..][from..to]
    }

    /// What a row's key holds, as words.
    pub(crate) fn words_of_row(&self, row: Row) -> &[u64] {
        &self.words[row * self.width()..][..self.width()]
    }

    /// The names of codes that stand in keys.
    pub(crate) fn names_of_codes<const N: usize>(&self, codes: [u64; N]) -> [&str; N] {
        codes.map(|code| self.names.get(Symbol(code as u32)))
    }

    /// The first word of a cell of a row's key.
    pub(super) fn word(&self, row: Row, column: usize) -> u64 {
        self.words[row * self.width() + self.offsets[column]]
    }

    /// The names of rows in a column of their keys.
    pub(crate) fn names_of(&self, rows: &[Row], column: usize) -> Names {
        let codes = rows.iter().map(|&row| Some(self.word(row, column) as u32));
        Names::of_numbers(codes, |code| self.names.get(Symbol(code)))
    }

    /// A name in a row's key; empty where the column holds none.
    #[must_use]
    pub fn name(&self, row: Row, column: usize) -> &str {
        match self.key(row, column) {
            Key::Name(name) => name,
            _ => "",
        }
    }

    /// A number of a row: a sum, minimum or maximum.
    #[inline]
    #[must_use]
    pub fn number(&self, row: Row, column: usize) -> i128 {
        match &self.states[column] {
            State::Numbers(cells) => cells.get(row),
            _ => 0,
        }
    }

    /// A histogram of a row; empty where the column holds none.
    #[must_use]
    pub fn histogram(&self, row: Row, column: usize) -> &Histogram {
        match &self.states[column] {
            State::Histograms(cells) => &cells[row],
            _ => &crate::histogram::EMPTY,
        }
    }

    /// The examples of a row, best first.
    #[must_use]
    pub fn exemplars(&self, row: Row, column: usize) -> &[Exemplar] {
        match &self.states[column] {
            State::Best(cells) => &cells[row],
            _ => &[],
        }
    }

    /// The smallest hashes of a row's set.
    #[must_use]
    pub fn hashes(&self, row: Row, column: usize) -> &[u64] {
        match &self.states[column] {
            State::Hashes(cells) => cells[row].hashes(),
            _ => &[],
        }
    }
}

//! Rows by key, and what is added to their states.

use super::state::State;
use super::{best, state, Key, NameCode, Partial, Row};
use crate::histogram::Histogram;
use rustc_hash::FxHasher;
use spanwise_model::Symbol;
use std::hash::Hasher;

impl Partial {
    /// The row of a key, added where it is new.
    ///
    /// # Panics
    ///
    /// In debug builds, where the key is not of the schema; and with more than
    /// four billion rows, which memory forbids before.
    pub fn row(&mut self, key: &[Key<'_>]) -> Row {
        debug_assert_eq!(key.len(), self.schema.keys.len());
        let start = self.words.len();
        for &cell in key {
            self.push_word(cell);
        }
        self.row_of_last_words(start)
    }

    /// Makes room for so many more rows, and for a key that is looked for.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.words.reserve((rows + 1) * self.width());
        self.states.iter_mut().for_each(|state| state.reserve(rows));
    }

    /// Merges numbers, one a state column, into the row of a key. A new key is
    /// one that no row has yet, so that it is not looked for.
    pub(crate) fn put(&mut self, key: &[Key<'_>], numbers: &[i128], is_new: bool) {
        let start = self.words.len();
        key.iter().for_each(|&cell| self.push_word(cell));
        self.put_last_words(start, numbers, is_new);
    }

    /// The same of a key that is told by its words: codes of names, numbers, and
    /// the higher and the lower half of wide ones.
    pub(crate) fn put_words(&mut self, key: &[u64], numbers: &[i128], is_new: bool) {
        debug_assert_eq!(key.len(), self.width());
        let start = self.words.len();
        self.words.extend_from_slice(key);
        self.put_last_words(start, numbers, is_new);
    }

    /// Merges numbers, one a state column, into the rows of keys that all begin
    /// with the same cells. New keys are those that no row has yet, so that they
    /// are not looked for.
    pub(crate) fn put_all<'k, const K: usize, const N: usize>(
        &mut self,
        first: &[Key<'_>],
        rows: impl Iterator<Item = ([Key<'k>; K], [i128; N])>,
        is_new: bool,
    ) {
        let begun = self.words.len();
        first.iter().for_each(|&cell| self.push_word(cell));
        let first = self.words.split_off(begun);
        for (rest, numbers) in rows {
            let start = self.words.len();
            self.words.extend_from_slice(&first);
            rest.into_iter().for_each(|cell| self.push_word(cell));
            self.put_last_words(start, &numbers, is_new);
        }
    }

    /// Merges numbers into the row of the key behind `start`.
    #[inline]
    fn put_last_words(&mut self, start: usize, numbers: &[i128], is_new: bool) {
        debug_assert_eq!(numbers.len(), self.states.len());
        if !is_new {
            let row = self.row_of_last_words(start);
            let numbers = numbers.iter().enumerate();
            return numbers.for_each(|(column, &number)| self.add(row, column, number));
        }
        for (state, &number) in self.states.iter_mut().zip(numbers) {
            match state {
                State::Numbers(cells) => cells.push(number),
                _ => debug_assert!(false, "all columns hold numbers"),
            }
        }
        self.rows += 1;
    }

    /// The row of the key behind `start`, which is dropped where it is known.
    pub(super) fn row_of_last_words(&mut self, start: usize) -> Row {
        let width = self.words.len() - start;
        self.index_rows(width);
        let (old, new) = self.words.split_at(start);
        let hash = hash(new);
        let same = |&row: &u32| old[row as usize * width..][..width] == *new;
        if let Some(&row) = self.index.find(hash, same) {
            self.words.truncate(start);
            return row as usize;
        }
        let words = &self.words;
        let hash_at = |&row: &u32| self::hash(&words[row as usize * width..][..width]);
        let row = self.rows as u32;
        self.index.insert_unique(hash, row, hash_at);
        self.push_states()
    }

    /// Appends the states of a row whose key is there.
    fn push_states(&mut self) -> Row {
        let row = u32::try_from(self.rows).expect("fewer than 2^32 rows");
        for (state, &(_, merge)) in self.states.iter_mut().zip(self.schema.states) {
            state.push(merge);
        }
        self.rows += 1;
        row as usize
    }

    /// Indexes the rows that nobody has looked for yet.
    fn index_rows(&mut self, width: usize) {
        if self.index.len() == self.rows {
            return;
        }
        let words = &self.words;
        let hash = |&row: &u32| self::hash(&words[row as usize * width..][..width]);
        self.index.reserve(self.rows - self.index.len(), hash);
        for row in self.index.len() as u32..self.rows as u32 {
            self.index.insert_unique(hash(&row), row, hash);
        }
    }

    #[inline]
    pub(super) fn push_word(&mut self, cell: Key<'_>) {
        match cell {
            Key::Name("") => self.words.push(u64::from(Symbol::EMPTY.0)),
            Key::Name(name) => {
                let code = self.names.intern(name);
                self.words.push(u64::from(code.0));
            }
            Key::Code(code) => self.words.push(u64::from(code.0)),
            Key::U64(n) => self.words.push(n),
            Key::I64(n) => self.words.push(n as u64),
            Key::U128(n) => self.words.extend([(n >> 64) as u64, n as u64]),
        }
    }

    /// Holds a name, so that keys with it need not be hashed as texts.
    pub fn intern(&mut self, name: &str) -> NameCode {
        NameCode(self.names.intern(name).0)
    }

    /// Merges `value` into a number: a sum, minimum or maximum.
    #[inline]
    pub fn add(&mut self, row: Row, column: usize, value: impl Into<i128>) {
        match &mut self.states[column] {
            State::Numbers(cells) => cells.add(row, value.into()),
            _ => debug_assert!(false, "column {column} holds no numbers"),
        }
    }

    /// Counts a duration in a histogram.
    #[inline]
    pub fn record(&mut self, row: Row, column: usize, nano: u64) {
        match &mut self.states[column] {
            State::Histograms(cells) => cells[row].add(nano),
            _ => debug_assert!(false, "column {column} holds no histograms"),
        }
    }

    /// Counts all values of a histogram.
    pub fn record_all(&mut self, row: Row, column: usize, histogram: &Histogram) {
        match &mut self.states[column] {
            State::Histograms(cells) => cells[row].merge(histogram),
            _ => debug_assert!(false, "column {column} holds no histograms"),
        }
    }

    /// Offers an example of this value; its ids (trace, span) are asked for
    /// only where it is good enough.
    pub fn offer(
        &mut self,
        row: Row,
        column: usize,
        value: i64,
        ids: impl FnOnce() -> (String, String),
    ) {
        let limit = state::limit(self.schema.states[column].1);
        match &mut self.states[column] {
            State::Best(cells) => best::offer(&mut cells[row], limit, value, ids),
            _ => debug_assert!(false, "column {column} holds no examples"),
        }
    }

    /// Adds a hash to a set.
    pub fn insert(&mut self, row: Row, column: usize, hash: u64) {
        match &mut self.states[column] {
            State::Hashes(cells) => cells[row].insert(hash),
            _ => debug_assert!(false, "column {column} holds no sets"),
        }
    }
}

fn hash(words: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    words.iter().for_each(|&word| hasher.write_u64(word));
    hasher.finish()
}

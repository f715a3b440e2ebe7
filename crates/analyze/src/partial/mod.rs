//! Partials: what an analysis knows after some of the traces.
//!
//! A partial is data, not code: a table of rows found by key, whose state
//! columns declare how they merge. One merge serves every analysis, and one
//! test of its laws covers them all: partials of any split of the traces,
//! merged in any order, have the same bytes.
//!
//! A partial may only be taken of whole traces. Each keeps *marks*, the 1,024
//! smallest hashes of its trace ids, and a merge refuses two partials that
//! share one: this catches the same hour merged twice and systematic cuts
//! through traces, though not a single cut trace. Partials of different
//! cohorts mark with different hashes ([`crate::Analysis::cohort`]), because a
//! trace may be in both sides of a comparison.
//!
//! Names stand in partials as texts of their own; symbols of span tables never
//! do, so partials of different tables merge.

mod best;
mod numbers;
mod order;
mod schema;
mod smallest;
mod state;
mod sums;

pub use best::Exemplar;
pub use schema::{Key, KeyType, Merge, NameCode, Schema};
pub use smallest::Smallest;
pub(crate) use sums::{add_to, total};

use crate::histogram::Histogram;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use spanwise_model::id::avalanche;
use spanwise_model::table::Names;
use spanwise_model::{Error, ErrorKind, Result, Strings, Symbol, TraceId};
use state::State;
use std::hash::Hasher;
use std::ops::Range;

/// How many hashes of trace ids a partial keeps.
pub const MARKS: usize = 1_024;

/// The row of a partial; it means nothing in another one.
pub type Row = usize;

/// A keyed table whose state columns merge.
///
/// ```
/// use spanwise_analyze::{Key, KeyType, Merge, Partial, Schema};
/// let schema = Schema {
///     keys: &[("service", KeyType::Name)],
///     states: &[("calls", Merge::Sum), ("longest", Merge::Max)],
/// };
/// let of = |service, calls: u64, longest: u64| {
///     let mut partial = Partial::new("example", &schema);
///     let row = partial.row(&[Key::Name(service)]);
///     partial.add(row, 0, calls);
///     partial.add(row, 1, longest);
///     partial
/// };
/// let mut both = of("cart", 2, 30);
/// both.merge(&of("cart", 1, 50))?;
/// both.merge(&of("shop", 1, 5))?;
/// assert_eq!((both.len(), both.number(0, 0), both.number(0, 1)), (2, 3, 50));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Partial {
    analysis: &'static str,
    grouping: &'static str,
    schema: Schema,
    /// By key column, its first word in a key; then how many words there are.
    offsets: Vec<usize>,
    names: Strings,
    /// The keys, row after row.
    words: Vec<u64>,
    rows: usize,
    /// The first rows by key; the others are added when one is looked for.
    index: HashTable<u32>,
    states: Vec<State>,
    marks: Smallest,
}

impl Partial {
    /// An empty partial: the identity of merging.
    #[must_use]
    pub fn new(analysis: &'static str, schema: &Schema) -> Self {
        let states = schema.states.iter().map(|&(_, merge)| State::new(merge));
        Self {
            analysis,
            grouping: "",
            schema: *schema,
            offsets: schema.key_offsets(),
            names: Strings::new(),
            words: Vec::new(),
            rows: 0,
            index: HashTable::new(),
            states: states.collect(),
            marks: Smallest::new(MARKS),
        }
    }

    /// The same partial of an analysis that groups its rows in this way; see
    /// [`crate::Analysis::grouping`].
    #[must_use]
    pub fn by(mut self, grouping: &'static str) -> Self {
        self.grouping = grouping;
        self
    }

    /// The name of the analysis that it belongs to.
    #[must_use]
    pub fn analysis(&self) -> &'static str {
        self.analysis
    }

    /// What a row stands for; see [`crate::Analysis::grouping`].
    #[must_use]
    pub fn grouping(&self) -> &'static str {
        self.grouping
    }

    /// The columns.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The marks of the traces that were observed, ascending: the smallest
    /// [`MARKS`] of them.
    #[must_use]
    pub fn marks(&self) -> &[u64] {
        self.marks.hashes()
    }

    /// True where both are of one analysis with the same options, so that they
    /// merge unless they share a trace.
    #[must_use]
    pub fn is_like(&self, other: &Partial) -> bool {
        let names = |partial: &Partial| (partial.analysis, partial.grouping);
        names(self) == names(other) && self.schema == other.schema
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

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
    fn row_of_last_words(&mut self, start: usize) -> Row {
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
    fn push_word(&mut self, cell: Key<'_>) {
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
    fn word(&self, row: Row, column: usize) -> u64 {
        self.words[row * self.width() + self.offsets[column]]
    }

    /// How many words a key has.
    fn width(&self) -> usize {
        self.offsets[self.schema.keys.len()]
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

    /// Marks that a trace was observed.
    pub fn mark(&mut self, mark: u64) {
        self.marks.insert(mark);
    }

    /// Marks all traces of `marks`.
    pub(crate) fn mark_all(&mut self, marks: &Smallest) {
        self.marks.merge(marks);
    }

    /// Merges `other` into this partial.
    ///
    /// ```
    /// use spanwise_analyze::{Merge, Partial, Schema};
    /// let schema = Schema { keys: &[], states: &[("traces", Merge::Sum)] };
    /// let mut partial = Partial::new("example", &schema);
    /// partial.mark(42);
    /// let same_hour = partial.clone();
    /// let error = partial.merge(&same_hour).err().map(|error| error.kind());
    /// assert_eq!(error, Some(spanwise_model::ErrorKind::Merge));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Merge`] where the two are of different analyses, or have
    /// observed one trace both.
    pub fn merge(&mut self, other: &Partial) -> Result<()> {
        if !self.is_like(other) {
            let (ours, theirs) = (self.analysis, other.analysis);
            let message = format!("partials of {ours} and {theirs}, or of different options");
            return Err(Error::new(ErrorKind::Merge, message));
        }
        if self.marks.shared_with(&other.marks).is_some() {
            let message = "both partials hold the same trace; \
                           partials may only be taken of whole traces, each once";
            return Err(Error::new(ErrorKind::Merge, message));
        }
        self.absorb(other);
        Ok(())
    }

    /// Merges a partial of the same schema and of other traces.
    pub(crate) fn absorb(&mut self, other: &Partial) {
        let names = self.names.absorb(&other.names);
        let kinds = self.schema.word_types();
        for theirs in 0..other.rows {
            let start = self.words.len();
            let words = &other.words[theirs * kinds.len()..];
            let ours = words.iter().zip(&kinds).map(|(&word, kind)| match kind {
                KeyType::Name => u64::from(names[word as usize].0),
                _ => word,
            });
            self.words.extend(ours);
            let ours = self.row_of_last_words(start);
            let states = self.states.iter_mut().zip(&other.states);
            for ((state, from), &(_, merge)) in states.zip(self.schema.states) {
                state.merge(ours, from, theirs, merge);
            }
        }
        self.marks.merge(&other.marks);
    }

    /// The same rows with one cell of every key replaced; those whose keys
    /// become equal merge. It marks no trace.
    #[must_use]
    pub fn with_key<'a>(&'a self, column: usize, cell: Key<'a>) -> Self {
        let replaced = |at: usize, key| if at == column { cell } else { key };
        self.regrouped(0..self.rows, replaced)
    }

    /// Some of the rows with other cells in their keys; those whose keys become
    /// equal merge. It marks no trace.
    pub(crate) fn regrouped<'a>(
        &'a self,
        rows: impl Iterator<Item = Row>,
        cell: impl Fn(usize, Key<'a>) -> Key<'a>,
    ) -> Self {
        let mut changed = Self::new(self.analysis, &self.schema).by(self.grouping);
        let mut codes = vec![None; self.names.len()];
        for theirs in rows {
            let start = changed.words.len();
            for column in 0..self.schema.keys.len() {
                let key = self.key(theirs, column);
                match (key, cell(column, key)) {
                    (Key::Name(held), Key::Name(same)) if std::ptr::eq(held, same) => {
                        let code = &mut codes[self.word(theirs, column) as usize];
                        let code = *code.get_or_insert_with(|| changed.intern(held));
                        changed.push_word(Key::Code(code));
                    }
                    (_, cell) => changed.push_word(cell),
                }
            }
            let ours = changed.row_of_last_words(start);
            let states = changed.states.iter_mut().zip(&self.states);
            for ((state, from), &(_, merge)) in states.zip(self.schema.states) {
                state.merge(ours, from, theirs, merge);
            }
        }
        changed
    }

    fn keys(&self, row: Row) -> Vec<Key<'_>> {
        let columns = 0..self.schema.keys.len();
        columns.map(|column| self.key(row, column)).collect()
    }

    /// All rows in the order of their keys.
    #[must_use]
    pub fn sorted_rows(&self) -> Vec<Row> {
        let names = self.name_ranks();
        let kinds = self.schema.word_types();
        let width = kinds.len();
        if order::are_sorted(&self.words, &kinds, &names) {
            return (0..self.rows).collect();
        }
        let ordered = |(word, kind): (&u64, &KeyType)| match kind {
            KeyType::Name => names[*word as usize].into(),
            KeyType::I64 => word ^ 1 << 63,
            _ => *word,
        };
        let keys: Vec<u64> = self
            .words
            .iter()
            .zip(kinds.iter().cycle())
            .map(ordered)
            .collect();
        order::sorted(&keys, width, self.rows)
    }

    /// By code of a name: its rank among all names.
    fn name_ranks(&self) -> Vec<u32> {
        let mut codes: Vec<u32> = (0..self.names.len() as u32).collect();
        codes.sort_unstable_by_key(|&code| self.names.get(Symbol(code)));
        let mut ranks = vec![0; codes.len()];
        for (rank, &code) in (0..).zip(&codes) {
            ranks[code as usize] = rank;
        }
        ranks
    }

    /// Puts the rows into the order of their keys.
    pub(crate) fn canonicalise(&mut self) {
        let rows = self.sorted_rows();
        if rows.iter().copied().eq(0..self.rows) {
            return;
        }
        let width = self.width();
        let words = rows
            .iter()
            .flat_map(|&row| &self.words[row * width..][..width]);
        self.words = words.copied().collect();
        self.states.iter_mut().for_each(|state| state.take(&rows));
        self.index.clear();
    }

    /// A canonical encoding: equal content gives equal bytes, whatever the
    /// order in which it was observed and merged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.analysis.as_bytes().to_vec();
        for row in self.sorted_rows() {
            for cell in self.keys(row) {
                encode_key(cell, &mut out);
            }
            self.states
                .iter()
                .for_each(|state| state.encode(row, &mut out));
        }
        for mark in self.marks.hashes() {
            out.extend_from_slice(&mark.to_le_bytes());
        }
        out
    }
}

/// The mark of a trace in a cohort.
#[must_use]
pub(crate) fn mark_of(trace: TraceId, cohort: u64) -> u64 {
    let (high, low) = ((trace.0 >> 64) as u64, trace.0 as u64);
    avalanche(avalanche(high ^ avalanche(cohort)).wrapping_add(low))
}

fn encode_key(cell: Key<'_>, out: &mut Vec<u8>) {
    match cell {
        Key::Code(code) => out.extend_from_slice(&code.0.to_le_bytes()),
        Key::Name(name) => {
            out.extend_from_slice(&(name.len() as u64).to_le_bytes());
            out.extend_from_slice(name.as_bytes());
        }
        Key::U64(n) => out.extend_from_slice(&n.to_le_bytes()),
        Key::I64(n) => out.extend_from_slice(&n.to_le_bytes()),
        Key::U128(n) => out.extend_from_slice(&n.to_le_bytes()),
    }
}

fn hash(words: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    words.iter().for_each(|&word| hasher.write_u64(word));
    hasher.finish()
}

#[cfg(test)]
mod tests;

//! Rows of one key become one: of several partials, or of one with other keys.

use super::{Key, KeyType, Partial, Row};
use spanwise_model::{Error, ErrorKind, Result};

impl Partial {
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
}

//! Reads what rows of halves say.

use super::graph::{Id, Receiver, Root, Sender};
use super::operations::Operations;
use super::{key, END, RECEIVED, ROOT_END, ROOT_START, SENT, START};
use crate::partial::{Partial, Row};

/// The kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Passed,
    Received,
    Sent,
}

/// Places of words in a key.
mod word {
    pub(super) const TRACE: usize = 1;
    pub(super) const SPAN: usize = 3;
    pub(super) const OTHER_TRACE: usize = 7;
    pub(super) const OTHER_SPAN: usize = 9;
    pub(super) const ROOT_SPAN: usize = 11;
}

/// A reader of rows.
pub(super) struct Reader<'a, 'o> {
    partial: &'a Partial,
    operations: &'o Operations<'a>,
}

impl<'a, 'o> Reader<'a, 'o> {
    pub(super) fn new(partial: &'a Partial, operations: &'o Operations<'a>) -> Self {
        Self {
            partial,
            operations,
        }
    }

    /// The kinds of rows; those of none of the names send, as those that pass on.
    pub(super) fn kinds(&self, rows: &[Row]) -> Vec<Kind> {
        let mut last = None;
        let kinds = rows.iter().map(|&row| {
            let part = self.words(row)[key::PART];
            match last {
                Some((held, kind)) if held == part => kind,
                _ => {
                    let kind = match self.partial.name(row, key::PART) {
                        RECEIVED => Kind::Received,
                        SENT => Kind::Sent,
                        _ => Kind::Passed,
                    };
                    last = Some((part, kind));
                    kind
                }
            }
        });
        kinds.collect()
    }

    /// Trace and span.
    pub(super) fn id(&self, row: Row) -> Id {
        let words = self.words(row);
        (wide(words, word::TRACE), words[word::SPAN])
    }

    /// Trace and span of the other side.
    pub(super) fn other_id(&self, row: Row) -> Id {
        let words = self.words(row);
        (wide(words, word::OTHER_TRACE), words[word::OTHER_SPAN])
    }

    pub(super) fn other_span(&self, row: Row) -> u64 {
        self.words(row)[word::OTHER_SPAN]
    }

    pub(super) fn relation(&self, row: Row) -> &'a str {
        self.partial.name(row, key::RELATION)
    }

    /// The receiver of a row, which stands at this place of all.
    pub(super) fn receiver(&self, id: Id, (row, at): (Row, usize)) -> Receiver {
        let end = self.end(row, END);
        Receiver {
            id,
            operation: self.operations.of(at)[0],
            start: self.partial.number(row, START),
            end,
            origin: None,
            last_end: end,
        }
    }

    /// The sender of a row, which stands at this place of all, and the receiver
    /// above it.
    pub(super) fn sender(
        &self,
        id: Id,
        (row, at, kind): (Row, usize, Kind),
        above: Option<u32>,
    ) -> Sender {
        let [operation, root] = self.operations.of(at);
        let root = Root {
            start: self.partial.number(row, ROOT_START),
            id: (id.0, self.words(row)[word::ROOT_SPAN]),
            end: self.end(row, ROOT_END),
            operation: root,
        };
        Sender {
            id,
            operation,
            end: self.end(row, END),
            alone: kind == Kind::Sent,
            above,
            root,
        }
    }

    /// The latest of the ends of a row; none where nothing was added.
    fn end(&self, row: Row, column: usize) -> Option<i128> {
        let end = self.partial.number(row, column);
        (end > i128::MIN).then_some(end)
    }

    fn words(&self, row: Row) -> &'a [u64] {
        self.partial.words_of_row(row)
    }
}

/// A number of two words.
fn wide(words: &[u64], at: usize) -> u128 {
    u128::from(words[at]) << 64 | u128::from(words[at + 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyses::flows::SCHEMA;

    #[test]
    fn words_stand_where_the_schema_says() {
        let offsets = SCHEMA.key_offsets();
        let names = SCHEMA.keys.iter().map(|key| key.0);
        let word = |name: &str| {
            names
                .clone()
                .position(|held| held == name)
                .map(|at| offsets[at])
        };
        assert_eq!(word("part"), Some(key::PART));
        assert_eq!(word("trace"), Some(word::TRACE));
        assert_eq!(word("span"), Some(word::SPAN));
        assert_eq!(word("other_trace"), Some(word::OTHER_TRACE));
        assert_eq!(word("other_span"), Some(word::OTHER_SPAN));
        assert_eq!(word("root_span"), Some(word::ROOT_SPAN));
    }
}

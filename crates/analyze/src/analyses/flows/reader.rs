//! Reads what rows of halves say.

use super::graph::{Arrival, Departure, Graph, Operation, Root};
use super::operations::Operations;
use super::{key, END, RECEIVED, ROOT_END, ROOT_START, SENT, START};
use crate::partial::{Partial, Row};

/// The kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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

/// The hops of a partial.
pub(super) fn graph(partial: &Partial) -> Graph<'_> {
    let rows = partial.sorted_rows();
    let (operations, places) = Operations::read(partial, &rows);
    let reader = Reader { partial };
    let kinds = reader.kinds(&rows);
    let of_kind = |kind: Kind| {
        let all = rows.iter().zip(&places).zip(&kinds);
        all.filter(move |row| *row.1 == kind).map(|row| row.0)
    };
    let arrivals = of_kind(Kind::Received);
    // Of one span, what stands in the part whose name comes first is told.
    let departures = [Kind::Passed, Kind::Sent].into_iter().flat_map(|kind| {
        let alone = kind == Kind::Sent;
        of_kind(kind).map(move |(&row, &places)| reader.departure(row, places, alone))
    });
    let arrivals = arrivals.map(|(&row, &[operation, _])| reader.arrival(row, operation));
    let received = kinds.iter().filter(|kind| **kind == Kind::Received).count();
    let sent = kinds.len() - received;
    Graph::join(operations, (arrivals, received), (departures, sent))
}

/// A reader of rows.
#[derive(Clone, Copy)]
struct Reader<'a> {
    partial: &'a Partial,
}

impl<'a> Reader<'a> {
    /// The kinds of rows; those of none of the names send, as those that pass on.
    fn kinds(self, rows: &[Row]) -> Vec<Kind> {
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

    fn arrival(self, row: Row, operation: Operation) -> Arrival<'a> {
        let words = self.words(row);
        Arrival {
            id: (wide(words, word::TRACE), words[word::SPAN]),
            operation,
            sender: (wide(words, word::OTHER_TRACE), words[word::OTHER_SPAN]),
            relation: self.partial.name(row, key::RELATION),
            start: self.partial.number(row, START),
            end: self.end(row, END),
        }
    }

    fn departure(
        self,
        row: Row,
        [operation, root_operation]: [Operation; 2],
        alone: bool,
    ) -> Departure {
        let words = self.words(row);
        let trace = wide(words, word::TRACE);
        Departure {
            id: (trace, words[word::SPAN]),
            operation,
            end: self.end(row, END),
            alone,
            above: words[word::OTHER_SPAN],
            root: Root {
                start: self.partial.number(row, ROOT_START),
                id: (trace, words[word::ROOT_SPAN]),
                end: self.end(row, ROOT_END),
                operation: root_operation,
            },
        }
    }

    /// The latest of the ends of a row; none where nothing was added.
    fn end(self, row: Row, column: usize) -> Option<i128> {
        let end = self.partial.number(row, column);
        (end > i128::MIN).then_some(end)
    }

    fn words(self, row: Row) -> &'a [u64] {
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

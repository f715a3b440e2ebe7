//! Lines that are read beside their order: errors, which belong to spans, and
//! transactions, from which old agents count the time.

use crate::json::{Cursor, Raw};
use memchr::memchr_iter;
use spanwise_model::keyed::KeyedMap;
use std::ops::Range;

/// What a first look at the lines finds.
#[derive(Debug, Default)]
pub(super) struct Lines<'a> {
    /// Where errors stand, by the ids of trace and span.
    errors: KeyedMap<&'a str, KeyedMap<&'a str, Vec<Range<usize>>>>,
    /// The offsets of all errors that were found.
    offsets: KeyedMap<usize, ()>,
    /// The timestamps of transactions as they are written, by their ids.
    transactions: KeyedMap<&'a str, &'a str>,
}

impl<'a> Lines<'a> {
    /// Looks at all lines of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let mut lines = Self::default();
        let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
        let mut start = 0;
        for end in ends {
            lines.note(&text[start..end], start);
            start = (end + 1).min(text.len());
        }
        lines
    }

    fn note(&mut self, line: &'a str, offset: usize) {
        let inner = line.trim_start().strip_prefix('{').map(str::trim_start);
        let Some(inner) = inner else {
            return;
        };
        let is_error = inner.starts_with("\"error\"");
        if !is_error && !inner.starts_with("\"transaction\"") {
            return;
        }
        let Some(colon) = inner.find(':') else {
            return;
        };
        let at = line.len() - inner.len() + colon + 1;
        let Some(ids) = Ids::of(&line[at..]) else {
            return;
        };
        if is_error {
            let place = offset + at + ids.place.start..offset + at + ids.place.end;
            self.offsets.insert(place.start, ());
            let spans = self.errors.entry(ids.trace).or_default();
            spans.entry(ids.parent).or_default().push(place);
        } else if !ids.timestamp.is_empty() {
            self.transactions.insert(ids.id, ids.timestamp);
        }
    }

    /// True where an error was found at this offset.
    pub(super) fn has_error(&self, offset: usize) -> bool {
        self.offsets.contains_key(&offset)
    }

    /// Takes the places of a span's errors.
    pub(super) fn take_errors(&mut self, trace: &str, span: &str) -> Vec<Range<usize>> {
        let spans = self.errors.get_mut(trace);
        spans
            .and_then(|spans| spans.remove(span))
            .unwrap_or_default()
    }

    /// The offsets of errors that no span took, ascending.
    pub(super) fn left(&self) -> Vec<usize> {
        let places = self
            .errors
            .values()
            .flat_map(|spans| spans.values().flatten());
        let mut left: Vec<usize> = places.map(|place| place.start).collect();
        left.sort_unstable();
        left
    }

    /// The timestamp of a transaction.
    pub(super) fn timestamp(&self, transaction: &str) -> Option<&'a str> {
        self.transactions.get(transaction).copied()
    }
}

/// The ids of a record as they are written.
#[derive(Default)]
struct Ids<'a> {
    id: &'a str,
    trace: &'a str,
    parent: &'a str,
    timestamp: &'a str,
    /// Where the object stands.
    place: Range<usize>,
}

impl<'a> Ids<'a> {
    /// The ids of the object that a text begins with.
    fn of(text: &'a str) -> Option<Self> {
        let mut cursor = Cursor::new(text, usize::MAX);
        cursor.peek();
        let mut ids = Self {
            place: cursor.at..cursor.at,
            ..Self::default()
        };
        cursor.enter(b'{').ok()?;
        let mut first = true;
        while let Some(key) = cursor.key(&mut first).ok()? {
            let slot = match key {
                "id" => &mut ids.id,
                "trace_id" => &mut ids.trace,
                "parent_id" => &mut ids.parent,
                "timestamp" => &mut ids.timestamp,
                _ => {
                    cursor.skip().ok()?;
                    continue;
                }
            };
            let word = cursor.scalar().ok()?.word();
            *slot = word.map_or("", |Raw { text, .. }| text);
        }
        ids.place.end = cursor.at;
        Some(ids)
    }
}

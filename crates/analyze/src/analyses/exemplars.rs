//! The spans that are examples of a row, found by number: their ids are written
//! once all spans were seen.

use crate::partial::{Partial, Row};
use spanwise_model::{Span, SpanTable};
use std::cmp::Ordering;

/// How many examples a row has.
const MOST: usize = 3;

/// The spans with the highest values, of equal ones those with the smallest ids,
/// best first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exemplars {
    count: u32,
    /// Where there are so many, spans from this row on have larger ids than the
    /// last of them.
    behind: u32,
    rows: [u32; MOST],
    values: [i64; MOST],
}

impl Exemplars {
    /// Offers the span at `row` for its value.
    #[inline]
    pub(super) fn offer(&mut self, table: &SpanTable, value: u64, row: u32) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        if self.count as usize == MOST {
            let last = self.values[MOST - 1];
            if value < last || (value == last && row >= self.behind) {
                return;
            }
        }
        self.insert(table, value, row);
    }

    /// What spans in this row and in later ones must be worth to be one of them.
    pub(super) fn least_from(&self, row: u32) -> u64 {
        let last = self.values[MOST - 1].unsigned_abs();
        match self.count as usize == MOST {
            true => last + u64::from(row >= self.behind),
            false => 0,
        }
    }

    fn insert(&mut self, table: &SpanTable, value: i64, row: u32) {
        let held = self.values.iter().zip(&self.rows);
        let before = |&(&other, &at): &(&i64, &u32)| match other.cmp(&value) {
            Ordering::Equal => by_id(table, at, row).is_lt(),
            order => order.is_gt(),
        };
        let place = held.take(self.count as usize).take_while(before).count();
        if place == MOST {
            return;
        }
        self.rows[place..].rotate_right(1);
        self.values[place..].rotate_right(1);
        (self.rows[place], self.values[place]) = (row, value);
        self.count = (self.count + 1).min(MOST as u32);
        if self.count as usize == MOST {
            self.behind = end_of_smaller_ids(table, self.rows[MOST - 1]);
        }
    }

    /// Offers them as examples of a row of a partial.
    pub(super) fn flush(&self, table: &SpanTable, (row, column): (Row, usize), out: &mut Partial) {
        let held = self.values.iter().zip(&self.rows);
        for (&value, &span) in held.take(self.count as usize) {
            out.offer(row, column, value, || ids(table, span));
        }
    }
}

/// The trace and the span of a row, as they are shown.
fn ids(table: &SpanTable, row: u32) -> (String, String) {
    let (span, store) = (Span::new(table, row), &table.store);
    (
        store.show_trace(span.trace().id(), str::to_owned),
        store.show_span(span.id(), str::to_owned),
    )
}

/// From which row on spans have larger ids than the span at `row`, as they are
/// shown: digits sort as traces do, words do not.
fn end_of_smaller_ids(table: &SpanTable, row: u32) -> u32 {
    match are_digits(table) {
        true => Span::new(table, row).trace().rows().end,
        false => u32::MAX,
    }
}

/// True where no id is a word.
fn are_digits(table: &SpanTable) -> bool {
    table.store.trace_words.is_empty() && table.store.span_words.is_empty()
}

/// The order of two spans as examples of one value: that of their traces as they
/// are shown, then their own.
#[cold]
fn by_id(table: &SpanTable, one: u32, other: u32) -> Ordering {
    let (store, [a, b]) = (&table.store, [one, other].map(|row| Span::new(table, row)));
    if are_digits(table) {
        // Ids are shown as so many digits, and traces stand in their order.
        let is_one_trace = a.trace().rows().contains(&other);
        return match is_one_trace {
            true => a.id().cmp(&b.id()),
            false => one.cmp(&other),
        };
    }
    let [ours, theirs] = [a, b].map(|span| span.trace().id());
    let traces = store.show_trace(ours, |a| store.show_trace(theirs, |b| a.cmp(b)));
    traces.then_with(|| store.show_span(a.id(), |a| store.show_span(b.id(), |b| a.cmp(b))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partial::{Merge, Schema};
    use spanwise_io::{assemble::assemble, notation::parse};

    const SCHEMA: Schema = Schema {
        keys: &[],
        states: &[("examples", Merge::Best(MOST))],
    };

    /// What is offered by number gives the examples that offering ids gives.
    #[test]
    fn they_are_those_of_a_partial() {
        for word in ["", "x"] {
            let text = (1..=9).fold(String::new(), |text, trace| {
                format!("{text}trace {word}{trace}\nshop GET 0..9\n  cart Get 1..5\n")
            });
            check(&text);
        }
    }

    fn check(text: &str) {
        let table = assemble(parse(text)).expect("spans");
        let mut state = 1_u64;
        for _ in 0..200 {
            let mut expected = Partial::new("test", &SCHEMA);
            let (into, mut found) = (expected.row(&[]), Exemplars::default());
            for row in 0..table.len() as u32 {
                state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
                let (value, at) = ((state >> 33) % 4, (row * 7) % table.len() as u32);
                found.offer(&table, value, at);
                expected.offer(into, 0, value as i64, || ids(&table, at));
            }
            let mut partial = Partial::new("test", &SCHEMA);
            let row = partial.row(&[]);
            found.flush(&table, (row, 0), &mut partial);
            assert_eq!(partial.exemplars(row, 0), expected.exemplars(into, 0));
        }
    }
}

//! Which operations have a hot key.

use super::column::{ATTRIBUTE, CALLS, ERRORS, KEY, THROTTLED, TIME};
use super::distribution::{gini, median};
use super::HotKeys;
use crate::analyses::columns::ratio;
use crate::partial::{total, Partial, Row};
use std::cmp::Reverse;

/// Of all self time, and how many times its share of all calls, an operation
/// takes whose hot key is a likely cause.
const TIME_SHARE: f64 = 0.2;
const TIMES_CALLS: f64 = 2.0;

/// How many times as many calls as the median key, or as long ones as other keys,
/// is evidence.
const MORE: f64 = 2.0;

/// An operation and an attribute of which one value is hot.
#[derive(Debug)]
pub(super) struct HotKey {
    /// The row of that value.
    pub(super) top: Row,
    pub(super) keys: usize,
    pub(super) calls: i128,
    pub(super) time: i128,
    pub(super) top_calls: i128,
    pub(super) top_time: i128,
    pub(super) errors: i128,
    pub(super) median_time: i128,
    pub(super) gini: f64,
    /// Of all operations, what this one has of the self time and of the calls.
    pub(super) shares: [Option<f64>; 2],
    pub(super) evidence: Vec<&'static str>,
}

impl HotKey {
    /// What the hottest key has more than the median key.
    pub(super) fn excess(&self) -> i128 {
        self.top_time.saturating_sub(self.median_time)
    }

    /// How many times what the median key has.
    pub(super) fn times(&self) -> Option<f64> {
        ratio(self.top_time, self.median_time)
    }

    /// The self time of a span with the hottest key and with another, in
    /// nanoseconds.
    pub(super) fn means(&self) -> [Option<f64>; 2] {
        let others = self.calls.saturating_sub(self.top_calls);
        let rest = self.time.saturating_sub(self.top_time);
        [ratio(self.top_time, self.top_calls), ratio(rest, others)]
    }

    /// True where the operation takes much of all time for its calls.
    pub(super) fn is_likely(&self) -> bool {
        let [Some(time), Some(calls)] = self.shares else {
            return false;
        };
        time >= TIME_SHARE && time >= TIMES_CALLS * calls
    }

    fn holds(&self, options: &HotKeys) -> bool {
        let often = self.top_calls >= i128::from(options.calls);
        let many = self.times().is_none_or(|times| times >= options.times);
        often && many && self.gini >= options.gini && self.excess() > 0
    }
}

/// All of them, the largest excess first, then by the key.
pub(super) fn all(options: &HotKeys, partial: &Partial) -> Vec<HotKey> {
    let rows = partial.sorted_rows();
    let is_whole = |row: &Row| partial.name(*row, ATTRIBUTE).is_empty();
    let wholes = rows.iter().copied().filter(is_whole);
    let wholes: Vec<Row> = wholes.collect();
    let sums = [TIME, CALLS].map(|column| {
        let numbers = wholes.iter().map(|&row| partial.number(row, column));
        total(numbers)
    });
    let mut found: Vec<HotKey> = Vec::new();
    // A row of all spans stands before those of the keys of its operation.
    for of_operation in rows.chunk_by(|&a, &b| are_alike(partial, a, b, ATTRIBUTE)) {
        let whole = of_operation.iter().copied().find(is_whole);
        let part = |column| whole.map_or(0, |row| partial.number(row, column));
        let shares = [ratio(part(TIME), sums[0]), ratio(part(CALLS), sums[1])];
        let of_attributes = of_operation.chunk_by(|&a, &b| are_alike(partial, a, b, KEY));
        let is_asked = |row: Row| {
            let attribute = partial.name(row, ATTRIBUTE);
            options.by.iter().any(|asked| asked == attribute)
        };
        let keyed = of_attributes.filter(|rows| !is_whole(&rows[0]) && is_asked(rows[0]));
        found.extend(keyed.filter_map(|rows| hottest(partial, rows, shares)));
    }
    found.retain(|one| one.holds(options));
    found.sort_by_key(|one| Reverse(one.excess()));
    found
}

/// True where the first cells of two keys are equal.
fn are_alike(partial: &Partial, one: Row, other: Row, columns: usize) -> bool {
    (0..columns).all(|column| partial.name(one, column) == partial.name(other, column))
}

/// The hottest of the keys of an operation and an attribute, a row each.
fn hottest(partial: &Partial, rows: &[Row], shares: [Option<f64>; 2]) -> Option<HotKey> {
    let number = |row, column| partial.number(row, column);
    let ascending = |column| {
        let mut numbers: Vec<i128> = rows.iter().map(|&row| number(row, column)).collect();
        numbers.sort_unstable();
        numbers
    };
    let [times, calls] = [TIME, CALLS].map(ascending);
    // The first of equal ones.
    let top = rows
        .iter()
        .rev()
        .copied()
        .max_by_key(|&row| number(row, TIME))?;
    let mut found = HotKey {
        top,
        keys: rows.len(),
        calls: total(calls.iter().copied()),
        time: total(times.iter().copied()),
        top_calls: number(top, CALLS),
        top_time: number(top, TIME),
        errors: number(top, ERRORS),
        median_time: median(&times),
        gini: gini(&times)?,
        shares,
        evidence: Vec::new(),
    };
    found.evidence = evidence(&found, median(&calls), number(top, THROTTLED));
    Some(found)
}

fn evidence(found: &HotKey, median_calls: i128, throttled: i128) -> Vec<&'static str> {
    let more = ratio(found.top_calls, median_calls).is_none_or(|times| times >= MORE);
    let [top, other] = found.means();
    let longer = other.is_some_and(|other| top >= Some(MORE * other));
    let signs = [
        (more, "more calls"),
        (longer, "longer calls"),
        (throttled > 0, "throttled calls"),
    ];
    signs
        .into_iter()
        .filter(|sign| sign.0)
        .map(|sign| sign.1)
        .collect()
}

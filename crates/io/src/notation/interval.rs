//! Times and intervals: `0..100`, `1.5us..2s`, `-60..-10`, `10..`.

use crate::decimal::{scaled, Fit};

/// Units, longest suffix first: what stands behind the number, and how many
/// places the unit lies above the nanosecond.
const UNITS: [(&str, u32); 5] = [("ns", 0), ("us", 3), ("µs", 3), ("ms", 6), ("s", 9)];

/// An interval with ends that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
}

/// The interval that a token is, if it is one.
pub(super) fn interval(token: &str) -> Option<Interval> {
    let (start, end) = token.split_once("..")?;
    Some(Interval {
        start: optional(start)?,
        end: optional(end)?,
    })
}

fn optional(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    time(text).map(Some)
}

/// A time in nanoseconds; without a unit it is milliseconds. `None` where it
/// is no time, or not a whole number of nanoseconds.
pub(super) fn time(text: &str) -> Option<i64> {
    let with_unit = |&(suffix, power): &(&'static str, u32)| {
        let number = text.strip_suffix(suffix)?;
        Some((number, power))
    };
    let (number, power) = UNITS.iter().find_map(with_unit).unwrap_or((text, 6));
    match scaled(number, power)? {
        (nano, Fit::Exact) => Some(nano),
        _ => None,
    }
}

/// Appends a time in its shortest whole unit.
pub(super) fn push_time(nano: i64, out: &mut String) {
    const FORMS: [(i64, &str); 4] = [
        (1_000_000, ""),
        (1_000_000_000, "s"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let shortest = FORMS
        .iter()
        .filter(|(unit, _)| nano % unit == 0)
        .map(|(unit, suffix)| format!("{}{suffix}", nano / unit))
        .min_by_key(String::len);
    out.push_str(&shortest.unwrap_or_default());
}

/// Appends an interval.
pub(super) fn push_interval(interval: Interval, out: &mut String) {
    if let Some(start) = interval.start {
        push_time(start, out);
    }
    out.push_str("..");
    if let Some(end) = interval.end {
        push_time(end, out);
    }
}

//! Times that stand in tables as text.

use super::field::Unit;
use crate::date;
use crate::decimal::{scaled, Fit};

/// The nanoseconds of a time that is a number in this unit, a date with a time
/// of day (`2024-10-30 12:24:00.218138154`, in UTC unless it says otherwise),
/// or, without a unit, nanoseconds. `None` where it is none of these.
pub(crate) fn nanos(text: &str, unit: Option<Unit>) -> Option<(i64, Fit)> {
    let text = text.trim();
    match scaled(text, unit.unwrap_or_default().power()) {
        Some(number) => Some(number),
        None => date::nanos(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        for (text, unit, expected) in [
            (
                "2024-10-30 12:24:00.218138154",
                None,
                Some(1_730_291_040_218_138_154),
            ),
            (
                "2024-10-30T12:24:00.218138154Z",
                None,
                Some(1_730_291_040_218_138_154),
            ),
            (
                "2024-10-30T13:24:00.5+01:00",
                None,
                Some(1_730_291_040_500_000_000),
            ),
            ("1969-12-31 23:59:59.999999999", None, Some(-1)),
            (
                "1730291040.218138154",
                Some(Unit::Seconds),
                Some(1_730_291_040_218_138_154),
            ),
            ("12.5", Some(Unit::Milliseconds), Some(12_500_000)),
            ("17", None, Some(17)),
            ("yesterday", None, None),
            ("", None, None),
        ] {
            let read = nanos(text, unit);
            assert_eq!(read, expected.map(|nanos| (nanos, Fit::Exact)), "{text}");
        }
        assert_eq!(
            nanos("2500-01-01 00:00:00", None),
            Some((i64::MAX, Fit::Clipped))
        );
    }
}

//! Dates with a time of day, as nanoseconds.

use crate::decimal::Fit;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::Timestamp;

/// The nanoseconds since the epoch of a date with a time of day, such as
/// `2021-03-25T17:23:30.088478464Z`; in UTC unless it says otherwise. `None`
/// where the text is none.
pub(crate) fn nanos(text: &str) -> Option<(i64, Fit)> {
    let zoned = || text.parse::<Timestamp>().ok();
    let civil = || {
        let time = text.parse::<DateTime>().ok()?;
        Offset::UTC.to_timestamp(time).ok()
    };
    let nanos = zoned().or_else(civil)?.as_nanosecond();
    Some(match i64::try_from(nanos) {
        Ok(nanos) => (nanos, Fit::Exact),
        Err(_) if nanos < 0 => (i64::MIN, Fit::Clipped),
        Err(_) => (i64::MAX, Fit::Clipped),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_exact_to_the_nanosecond() {
        for (text, expected) in [
            ("2021-03-25T17:23:30.088478464Z", 1_616_693_010_088_478_464),
            ("2021-03-25T18:23:30.5+01:00", 1_616_693_010_500_000_000),
            ("1969-12-31 23:59:59.999999999", -1),
        ] {
            assert_eq!(nanos(text), Some((expected, Fit::Exact)), "{text}");
        }
        assert_eq!(
            nanos("2500-01-01T00:00:00Z"),
            Some((i64::MAX, Fit::Clipped))
        );
        assert_eq!((nanos("yesterday"), nanos("")), (None, None));
    }
}

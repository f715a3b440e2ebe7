//! Durations and times as people write them on a command line or in a call.

use jiff::{civil, tz::TimeZone, SignedDuration, SpanRelativeTo, Timestamp};
use spanwise_model::{Error, ErrorKind, Result};

/// Reads a duration such as `500ms`, `10us`, `1.5 s`, `2h30m`, `7d` or
/// `PT0.5S`, in nanoseconds. A bare `0` needs no unit.
///
/// ```
/// use spanwise_report::time::duration_nano;
/// assert_eq!(duration_nano("1.5ms")?, 1_500_000);
/// assert!(duration_nano("15").is_err());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the text is none, is negative or exceeds 584 years.
pub fn duration_nano(text: &str) -> Result<u64> {
    if text.trim() == "0" {
        return Ok(0);
    }
    span(text)
        .and_then(|duration| u64::try_from(duration.as_nanos()).ok())
        .ok_or_else(|| usage(text, "a duration such as 500ms, 10us, 1.5s or 2h30m"))
}

fn span(text: &str) -> Option<SignedDuration> {
    let span: jiff::Span = text.trim().parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// Reads a time, in nanoseconds since the epoch: RFC 3339 (UTC where no offset
/// is said), a date, an epoch number in s, ms, µs or ns by its size, `now`, or
/// a duration from `now` such as `-15m`.
///
/// A number below 10¹¹ counts seconds, below 10¹⁴ milliseconds, below 10¹⁷
/// microseconds, otherwise nanoseconds.
///
/// ```
/// use spanwise_report::time::time_unix_nano;
/// assert_eq!(time_unix_nano("1970-01-02", 0)?, 86_400_000_000_000);
/// assert_eq!(time_unix_nano("1714564800", 0)?, time_unix_nano("2024-05-01T12:00:00Z", 0)?);
/// assert_eq!(time_unix_nano("-15m", 900_000_000_000)?, 0);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where the text is none of these or the time cannot be
/// held in 64 bits.
pub fn time_unix_nano(text: &str, now_unix_nano: i64) -> Result<i64> {
    let bare = text.trim();
    relative(bare, now_unix_nano)
        .or_else(|| epoch(bare))
        .or_else(|| civil(bare))
        .ok_or_else(|| {
            usage(
                text,
                "a time such as 2024-05-01T12:00:00Z, 1714564800 or -15m",
            )
        })
}

/// Reads a range `FROM..TO` of times; an empty side is open.
///
/// # Errors
///
/// As [`time_unix_nano`], and where the range is empty.
pub fn range_unix_nano(text: &str, now_unix_nano: i64) -> Result<(i64, i64)> {
    let expected = "a range FROM..TO of times";
    let (from, to) = text.split_once("..").ok_or_else(|| usage(text, expected))?;
    let side = |side: &str, open| match side.trim() {
        "" => Ok(open),
        side => time_unix_nano(side, now_unix_nano),
    };
    let range = (side(from, i64::MIN)?, side(to, i64::MAX)?);
    if range.0 < range.1 {
        return Ok(range);
    }
    Err(usage(text, "a range whose start is before its end"))
}

/// The present, in nanoseconds since the epoch.
#[must_use]
pub fn now_unix_nano() -> i64 {
    i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

fn relative(text: &str, now: i64) -> Option<i64> {
    if text == "now" {
        return Some(now);
    }
    let (forward, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('-')?),
    };
    let by = duration_nano(rest).ok()?;
    if forward {
        now.checked_add_unsigned(by)
    } else {
        now.checked_sub_unsigned(by)
    }
}

fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let decimals = match whole {
        0..100_000_000_000 => 9,
        100_000_000_000..100_000_000_000_000 => 6,
        100_000_000_000_000..100_000_000_000_000_000 => 3,
        _ => 0,
    };
    let kept: String = fraction.chars().take(decimals).collect();
    let below: u64 = format!("{kept:0<decimals$}").parse().unwrap_or(0);
    let unit = 10u64.pow(decimals as u32);
    let nano = whole.checked_mul(unit)?.checked_add(below)?;
    i64::try_from(nano).ok()
}

fn civil(text: &str) -> Option<i64> {
    let timestamp = text.parse::<Timestamp>().ok();
    let in_utc = || {
        let civil: civil::DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let nano = timestamp.or_else(in_utc)?.as_nanosecond();
    // No span lies beyond the year 2262, so a time there is as good as the last.
    Some(nano.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}

fn usage(text: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("`{text}` is not {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        let cases = [
            ("10us", 10_000),
            ("10µs", 10_000),
            ("1.5 s", 1_500_000_000),
            ("2h30m", 9_000_000_000_000),
            ("7d", 604_800_000_000_000),
            ("PT0.000000001S", 1),
            ("999999999ns", 999_999_999),
            ("0", 0),
        ];
        for (text, nano) in cases {
            assert_eq!(duration_nano(text).ok(), Some(nano), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_said_in_one_line() {
        for text in ["", "15", "-5ms", "5 parsecs", "1 month", "900000000000s"] {
            let error = duration_nano(text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn epochs_are_told_apart_by_size() {
        let at = 1_714_564_800_123_456_789;
        let cases = [
            ("1714564800", at / 1_000_000_000 * 1_000_000_000),
            ("1714564800.123456789", at),
            ("1714564800123", at / 1_000_000 * 1_000_000),
            ("1714564800123.456", at / 1_000 * 1_000),
            ("1714564800123456", at / 1_000 * 1_000),
            ("1714564800123456789", at),
            ("0", 0),
        ];
        for (text, nano) in cases {
            assert_eq!(time_unix_nano(text, 0).ok(), Some(nano), "{text}");
        }
        assert!(time_unix_nano("99999999999999999999", 0).is_err());
    }

    #[test]
    fn civil_times_are_utc_unless_they_say_otherwise() {
        let noon = time_unix_nano("2024-05-01T12:00:00Z", 0).ok();
        assert_eq!(noon, Some(1_714_564_800_000_000_000));
        for text in [
            "2024-05-01T14:00:00+02:00",
            "2024-05-01 12:00",
            "2024-05-01T12:00:00",
        ] {
            assert_eq!(time_unix_nano(text, 0).ok(), noon, "{text}");
        }
    }

    #[test]
    fn relative_times_start_from_now() {
        assert_eq!(time_unix_nano("-1s", 0).ok(), Some(-1_000_000_000));
        assert_eq!(time_unix_nano("+1s", 1).ok(), Some(1_000_000_001));
        assert_eq!(time_unix_nano("now", 7).ok(), Some(7));
        assert!(time_unix_nano("-15", 0).is_err());
        assert!(time_unix_nano("-1s", i64::MIN).is_err());
    }

    #[test]
    fn ranges_have_a_start_before_an_end() {
        assert_eq!(
            range_unix_nano("-1s..now", 0).ok(),
            Some((-1_000_000_000, 0))
        );
        assert_eq!(
            range_unix_nano("..1", 0).ok(),
            Some((i64::MIN, 1_000_000_000))
        );
        assert!(range_unix_nano("2..1", 0).is_err());
        assert!(range_unix_nano("2", 0).is_err());
    }
}

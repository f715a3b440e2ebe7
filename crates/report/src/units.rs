//! Quantities as people read them: durations with a unit and four digits,
//! counts in groups of three, shares in percent, times in RFC 3339.
//!
//! The number of digits is fixed, so that two values of one column compare at
//! a glance. All rounding is integer arithmetic, half away from zero.

use jiff::Timestamp;

const MICRO: u64 = 1_000;
const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A duration in the largest unit that leaves a whole number before the point.
///
/// ```
/// use spanwise_report::units::duration;
/// assert_eq!(duration(987), "987 ns");
/// assert_eq!(duration(1_234_567), "1.235 ms");
/// assert_eq!(duration(-45_600_000_000), "-45.60 s");
/// assert_eq!(duration(3_725_000_000_000), "1h 02m 05s");
/// ```
#[must_use]
pub fn duration(nano: i64) -> String {
    let sign = if nano < 0 { "-" } else { "" };
    format!("{sign}{}", unsigned_duration(nano.unsigned_abs()))
}

/// As [`duration`], from unsigned nanoseconds.
#[must_use]
pub fn unsigned_duration(nano: u64) -> String {
    if nano < MICRO {
        return format!("{nano} ns");
    }
    let scales = [(MICRO, "µs"), (MILLI, "ms"), (SECOND, "s")];
    let fits = |&(unit, _): &(u64, &str)| nano < rolls_over(unit);
    match scales.iter().find(|scale| fits(scale)) {
        Some(&(unit, name)) => format!("{} {name}", four_digits(nano, unit)),
        None => long_duration(nano),
    }
}

/// The first value that would no longer round to a number of the unit.
fn rolls_over(unit: u64) -> u64 {
    match unit {
        SECOND => 60 * SECOND - 5 * MILLI,
        _ => unit * 1_000 - unit / 20,
    }
}

fn four_digits(nano: u64, unit: u64) -> String {
    let decimals = [(10, 3u32), (100, 2), (1_000, 1)]
        .into_iter()
        .find(|&(below, decimals)| rounded(nano, unit, decimals) < below * 10u64.pow(decimals));
    let (_, decimals) = decimals.unwrap_or((0, 0));
    let scaled = rounded(nano, unit, decimals);
    let one = 10u64.pow(decimals);
    let width = decimals as usize;
    format!("{}.{:0width$}", scaled / one, scaled % one)
}

fn rounded(nano: u64, unit: u64, decimals: u32) -> u64 {
    let step = unit / 10u64.pow(decimals);
    nano / step + u64::from(nano % step >= step - step / 2)
}

fn long_duration(nano: u64) -> String {
    if nano < HOUR - 50 * MILLI {
        let tenths = rounded(nano, SECOND, 1);
        let seconds = tenths / 10 % 60;
        return format!("{}m {seconds:02}.{}s", tenths / 600, tenths % 10);
    }
    let seconds = rounded(nano, SECOND, 0);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3_600);
    if nano < DAY - SECOND / 2 {
        return format!("{hours}h {minutes:02}m {:02}s", seconds % 60);
    }
    format!("{}d {:02}h {minutes:02}m", hours / 24, hours % 24)
}

/// A duration without trailing zeros, for the ticks of an axis.
///
/// ```
/// assert_eq!(spanwise_report::units::short_duration(2_500_000), "2.5 ms");
/// ```
#[must_use]
pub fn short_duration(nano: u64) -> String {
    let text = unsigned_duration(nano);
    match text.split_once(' ') {
        _ if nano == 0 => "0".to_owned(),
        Some((number, unit)) if number.contains('.') => {
            let number = number.trim_end_matches('0').trim_end_matches('.');
            format!("{number} {unit}")
        }
        _ => text,
    }
}

/// A whole number in groups of three.
///
/// ```
/// assert_eq!(spanwise_report::units::count(1_234_567), "1,234,567");
/// ```
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As [`count`], with a sign where it is negative.
#[must_use]
pub fn signed_count(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", count(n.unsigned_abs()))
}

/// A share of one in percent.
///
/// ```
/// assert_eq!(spanwise_report::units::percent(0.4321), "43.2%");
/// ```
#[must_use]
pub fn percent(share: f64) -> String {
    if share.is_nan() {
        return NONE.to_owned();
    }
    let text = format!("{:.1}%", share * 100.0);
    if text == "0.0%" && share > 0.0 {
        return "<0.1%".to_owned();
    }
    text
}

/// A number with four significant digits.
///
/// ```
/// use spanwise_report::units::number;
/// assert_eq!(number(0.012345), "0.01235");
/// assert_eq!(number(12.0), "12.00");
/// assert_eq!(number(2.5e12), "2.500e12");
/// ```
#[must_use]
pub fn number(n: f64) -> String {
    if n.is_nan() {
        return NONE.to_owned();
    }
    if n == 0.0 {
        return "0".to_owned();
    }
    let exponent = n.abs().log10().floor();
    if !(-5.0..9.0).contains(&exponent) {
        return format!("{n:.3e}");
    }
    let decimals = (3.0 - exponent).max(0.0) as usize;
    format!("{n:.decimals$}")
}

/// How many digits of the second a time needs to lose nothing: 0, 3, 6 or 9.
#[must_use]
pub fn time_digits(unix_nano: i64) -> u8 {
    [(SECOND as i64, 0), (MILLI as i64, 3), (MICRO as i64, 6)]
        .into_iter()
        .find(|&(unit, _)| unix_nano % unit == 0)
        .map_or(9, |(_, digits)| digits)
}

/// A time in RFC 3339, in UTC, with this many digits of the second.
///
/// ```
/// assert_eq!(spanwise_report::units::time(1_500_000_000, 3), "1970-01-01T00:00:01.500Z");
/// ```
#[must_use]
pub fn time(unix_nano: i64, digits: u8) -> String {
    let precision = usize::from(digits.min(9));
    match Timestamp::from_nanosecond(i128::from(unix_nano)) {
        Ok(time) => format!("{time:.precision$}"),
        Err(_) => unix_nano.to_string(),
    }
}

/// What stands for an absent value.
pub const NONE: &str = "-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_roll_over_to_the_next_unit_by_their_rounded_value() {
        let cases = [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.000 µs"),
            (99_994, "99.99 µs"),
            (99_995, "100.0 µs"),
            (999_949, "999.9 µs"),
            (999_950, "1.000 ms"),
            (59_994_999_999, "59.99 s"),
            (59_995_000_000, "1m 00.0s"),
            (3_599_949_000_000, "59m 59.9s"),
            (3_599_950_000_000, "1h 00m 00s"),
            (86_399_500_000_000, "1d 00h 00m"),
        ];
        for (nano, text) in cases {
            assert_eq!(duration(nano), text, "{nano}");
        }
        assert_eq!(duration(i64::MIN), "-106751d 23h 47m");
        assert_eq!(unsigned_duration(u64::MAX), "213503d 23h 34m");
    }

    #[test]
    fn counts_are_grouped_from_a_thousand() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(signed_count(-1_234), "-1,234");
    }

    #[test]
    fn shares_never_round_to_nothing() {
        assert_eq!(percent(0.0), "0.0%");
        assert_eq!(percent(0.000_01), "<0.1%");
        assert_eq!(percent(1.0), "100.0%");
        assert_eq!(percent(f64::NAN), "-");
    }

    #[test]
    fn times_keep_the_digits_they_need() {
        assert_eq!(time_digits(0), 0);
        assert_eq!(time_digits(1_000_001), 9);
        assert_eq!(time_digits(1_001_000), 6);
        assert_eq!(time(i64::MIN, 0), "1677-09-21T00:12:43Z");
        assert_eq!(time(-1_000_000, 3), "1969-12-31T23:59:59.999Z");
    }
}

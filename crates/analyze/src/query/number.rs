//! Numbers and durations.

use super::token::Token;
use std::fmt;

/// A number, exact where it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    /// The number, or what is as far below zero.
    pub(super) fn signed(self, negative: bool) -> Self {
        match (negative, self) {
            (false, number) => number,
            (true, Self::Whole(n)) => Self::Whole(-n),
            (true, Self::Fraction(n)) => Self::Fraction(-n),
        }
    }
}

/// Units of time in nanoseconds, the common ones first.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("µs", 1_000),
    ("μs", 1_000),
];

/// A number, or a duration where there is a unit.
pub(super) fn number(digits: &str, unit: &str) -> Result<Token, String> {
    if unit.is_empty() {
        return plain(digits).map(Token::Number);
    }
    let scale = UNITS.iter().find(|(name, _)| *name == unit);
    let scale = scale.ok_or_else(|| format!("no unit {unit}; there are ns, us, ms, s, m and h"))?;
    nano(digits, scale.1).map(Token::Duration)
}

fn plain(digits: &str) -> Result<Number, String> {
    let is_whole = !digits.contains('.');
    match is_whole {
        true => digits.parse().map(Number::Whole).map_err(|_| too_large()),
        false => match digits.parse::<f64>() {
            Ok(n) if n.is_finite() && !digits.ends_with('.') => Ok(Number::Fraction(n)),
            _ => Err("it is no number".to_owned()),
        },
    }
}

fn too_large() -> String {
    "the number is too large".to_owned()
}

/// Decimal text in a unit as whole nanoseconds.
fn nano(digits: &str, scale: u64) -> Result<u64, String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return Err("it is no number".to_owned());
    }
    let fraction = fraction.trim_end_matches('0');
    let whole: u64 = whole.parse().map_err(|_| too_large())?;
    let parts = 10_u128.checked_pow(fraction.len() as u32).unwrap_or(0);
    let part: u128 = match fraction {
        "" => 0,
        digits => digits.parse().unwrap_or(1),
    };
    let scaled = part.checked_mul(scale.into()).unwrap_or(1);
    if parts == 0 || scaled % parts != 0 {
        return Err("it is finer than a nanosecond".to_owned());
    }
    let nano = u128::from(whole) * u128::from(scale) + scaled / parts;
    let nano = i64::try_from(nano).map_err(|_| too_large())?;
    Ok(nano.unsigned_abs())
}

/// A duration as it is written in an expression, in the largest of the common
/// units that leaves a whole number.
pub(super) struct Duration(pub(super) u64);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = UNITS[..4].iter().rev();
        let mut whole = units.filter(|(_, scale)| self.0.is_multiple_of(*scale));
        let (unit, scale) = whole.next().unwrap_or(&UNITS[0]);
        write!(f, "{}{unit}", self.0 / scale)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(n) => write!(f, "{n}"),
            Self::Fraction(n) if n.fract() == 0.0 => write!(f, "{n}.0"),
            Self::Fraction(n) => write!(f, "{n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact() {
        let cases = [
            ("10", "ms", 10_000_000),
            ("1.5", "s", 1_500_000_000),
            ("0.000000001", "s", 1),
            ("2", "µs", 2_000),
            ("1.50", "us", 1_500),
            ("1", "h", 3_600_000_000_000),
        ];
        for (digits, unit, nano) in cases {
            assert_eq!(number(digits, unit), Ok(Token::Duration(nano)), "{digits}");
        }
        let nonsense = [
            ("1.5", "ns"),
            ("1", "parsecs"),
            ("1.2.3", "ms"),
            ("1.", "ms"),
            ("99999999999", "s"),
            ("0.1234567890123456789012345678901234567890123", "s"),
        ];
        for (digits, unit) in nonsense {
            assert!(number(digits, unit).is_err(), "{digits}{unit}");
        }
    }

    #[test]
    fn durations_are_written_in_the_largest_unit() {
        let cases = [
            (0, "0s"),
            (1_500_000, "1500us"),
            (7, "7ns"),
            (60_000_000_000, "60s"),
        ];
        for (nano, text) in cases {
            assert_eq!(Duration(nano).to_string(), text);
        }
    }
}

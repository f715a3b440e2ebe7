//! Decimal numbers in texts as scaled integers, exactly and never through
//! floating point: a time such as `1695947455229123.5` has more digits than a
//! double can hold.

use std::num::IntErrorKind;

/// How well a number fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Without loss.
    Exact,
    /// Digits behind the last place were cut off.
    Rounded,
    /// It is beyond 64 bits; the nearest number was taken.
    Clipped,
}

/// Significant digits that are looked at; more cannot matter in 64 bits.
const DIGITS: u32 = 36;

/// The number in `text` (`-12.5`, `1.7e15`) times ten to the `power`. `None`
/// where `text` is no such number.
pub(crate) fn scaled(text: &str, power: u32) -> Option<(i64, Fit)> {
    if let Some(exact) = plain(text, power) {
        return Some((exact, Fit::Exact));
    }
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let number = Number::parse(unsigned)?;
    let (magnitude, fit) = number.scale(i64::from(power));
    let signed = if negative { -magnitude } else { magnitude };
    Some(match i64::try_from(signed) {
        Ok(value) => (value, fit),
        Err(_) if negative => (i64::MIN, Fit::Clipped),
        Err(_) => (i64::MAX, Fit::Clipped),
    })
}

/// The usual case: a few digits and nothing else.
fn plain(text: &str, power: u32) -> Option<i64> {
    let (number, length) = digits(text.as_bytes())?;
    if length < text.len() {
        return None;
    }
    number.checked_mul(10i64.checked_pow(power)?)
}

/// Digits that a number of 64 bits always has room for.
const SAFE_DIGITS: usize = 18;

/// The number that `text` begins with, and how many digits it has; `None` where
/// these are none, or too many.
#[inline]
pub(crate) fn digits(text: &[u8]) -> Option<(i64, usize)> {
    let (mut number, mut rest) = (0i64, text);
    while let Some((eight, behind)) = rest.split_first_chunk() {
        let Some(value) = eight_digits(*eight).filter(|_| text.len() - rest.len() < 16) else {
            break;
        };
        (number, rest) = (number * 100_000_000 + value as i64, behind);
    }
    while let [digit @ b'0'..=b'9', behind @ ..] = rest {
        if text.len() - rest.len() == SAFE_DIGITS {
            return None;
        }
        (number, rest) = (number * 10 + i64::from(digit - b'0'), behind);
    }
    let length = text.len() - rest.len();
    (length > 0).then_some((number, length))
}

/// The number of eight digits: neighbours are joined to pairs, pairs to fours,
/// and these to one.
#[inline]
fn eight_digits(text: [u8; 8]) -> Option<u64> {
    const ZEROS: u64 = u64::from_le_bytes(*b"00000000");
    let word = u64::from_le_bytes(text);
    let above_nine = word.wrapping_add(0x4646_4646_4646_4646);
    let below_zero = word.wrapping_sub(ZEROS);
    if (above_nine | below_zero) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (below_zero.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// `mantissa` times ten to the `exponent`.
struct Number {
    mantissa: i128,
    exponent: i64,
    /// True where digits other than zero were passed over.
    cut: bool,
}

impl Number {
    fn parse(text: &[u8]) -> Option<Self> {
        let mut number = Self {
            mantissa: 0,
            exponent: 0,
            cut: false,
        };
        let (mut seen, mut kept, mut fraction) = (false, 0, false);
        for (at, &byte) in text.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    kept += u32::from(kept > 0 || byte != b'0');
                    number.digit(byte - b'0', kept, fraction);
                }
                b'.' if !fraction => fraction = true,
                b'e' | b'E' if seen => {
                    let exponent = exponent(&text[at + 1..])?;
                    number.exponent = number.exponent.saturating_add(exponent);
                    return Some(number);
                }
                _ => return None,
            }
        }
        seen.then_some(number)
    }

    fn digit(&mut self, digit: u8, kept: u32, fraction: bool) {
        if kept <= DIGITS {
            self.mantissa = self.mantissa * 10 + i128::from(digit);
            self.exponent -= i64::from(fraction);
        } else {
            self.cut |= digit != 0;
            self.exponent += i64::from(!fraction);
        }
    }

    fn scale(self, power: i64) -> (i128, Fit) {
        let fit = |cut| if cut { Fit::Rounded } else { Fit::Exact };
        let exponent = self.exponent.saturating_add(power);
        let steps = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
        let factor = 10i128.checked_pow(steps);
        match (exponent >= 0, factor) {
            (true, Some(factor)) => {
                let value = self.mantissa.saturating_mul(factor);
                (value, fit(self.cut))
            }
            (true, None) if self.mantissa != 0 => (i128::MAX, Fit::Clipped),
            (false, Some(factor)) => {
                let rest = self.mantissa % factor != 0;
                (self.mantissa / factor, fit(self.cut || rest))
            }
            (_, None) => (0, fit(self.cut || self.mantissa != 0)),
        }
    }
}

/// An exponent; one beyond all bounds is as good as a very large one.
fn exponent(text: &[u8]) -> Option<i64> {
    match std::str::from_utf8(text).ok()?.parse::<i64>() {
        Ok(exponent) => Some(exponent),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Some(i64::MAX / 2),
        Err(error) if *error.kind() == IntErrorKind::NegOverflow => Some(i64::MIN / 2),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str, power: u32) -> Option<i64> {
        scaled(text, power)
            .filter(|read| read.1 == Fit::Exact)
            .map(|read| read.0)
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(
            exact("1695947455229123", 3),
            Some(1_695_947_455_229_123_000)
        );
        assert_eq!(
            exact("1695947455229123.789", 3),
            Some(1_695_947_455_229_123_789)
        );
        assert_eq!(exact("-0.5", 6), Some(-500_000));
        assert_eq!(
            exact("1.695947455229e+15", 3),
            Some(1_695_947_455_229_000_000)
        );
        assert_eq!(exact("12e-1", 1), Some(12));
        assert_eq!(exact(".5", 1), Some(5));
        assert_eq!(exact("0e99999999999999999999", 0), Some(0));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        assert_eq!(scaled("1.0001", 3), Some((1000, Fit::Rounded)));
        assert_eq!(
            scaled("99999999999999999999", 0),
            Some((i64::MAX, Fit::Clipped))
        );
        assert_eq!(scaled("-1e400", 0), Some((i64::MIN, Fit::Clipped)));
        assert_eq!(scaled("1e-400", 9), Some((0, Fit::Rounded)));
        assert_eq!(
            scaled("1e99999999999999999999", 0),
            Some((i64::MAX, Fit::Clipped))
        );
    }

    #[test]
    fn digits_are_told_from_what_follows() {
        const ALL: &[u8] = b"123456789012345678901";
        for length in 0..ALL.len() {
            let number = std::str::from_utf8(&ALL[..length]).expect("digits");
            let number = number.parse().ok().filter(|_| length <= SAFE_DIGITS);
            for behind in [
                &b""[..],
                b",",
                b"/",
                b":",
                b"\xba",
                b"\xff1234567",
                b" 12345678",
            ] {
                let text = [&ALL[..length], behind].concat();
                let expected = number.map(|number| (number, length));
                assert_eq!(digits(&text), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn long_numbers_keep_their_size() {
        let long = format!("1{}", "0".repeat(60));
        assert_eq!(scaled(&long, 0), Some((i64::MAX, Fit::Clipped)));
        let fine = format!("5.{}1", "0".repeat(60));
        assert_eq!(scaled(&fine, 2), Some((500, Fit::Rounded)));
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", ".", "1.2.3", "x", "1e", "e5", "0x10", "1 "] {
            assert_eq!(scaled(text, 0), None, "{text}");
        }
    }
}

//! Trace and span ids: numbers inside, hexadecimal outside.
//!
//! Tools write the same id in many spellings (leading zeros dropped, upper
//! case, base64, X-Ray's dashes), so ids are compared as numbers.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A trace id of 128 bits; shorter ids are padded with zeros on the left.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct TraceId(pub u128);

/// A span id of 64 bits; zero means that there is none.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct SpanId(pub u64);

impl TraceId {
    /// Reads up to 32 hexadecimal digits of any case, with or without X-Ray's
    /// `1-` prefix and dashes. `None` where `text` is not such a number.
    ///
    /// ```
    /// use spanwise_model::TraceId;
    /// assert_eq!(TraceId::from_hex(b"00AB"), TraceId::from_hex(b"ab"));
    /// assert_eq!(
    ///     TraceId::from_hex(b"1-5759e988-bd862e3fe1be46a994272793"),
    ///     TraceId::from_hex(b"5759e988bd862e3fe1be46a994272793"),
    /// );
    /// assert_eq!(TraceId::from_hex(b"req-one"), None);
    /// ```
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        match text {
            [b'1', b'-', rest @ ..] if rest.len() == 33 && rest[8] == b'-' => {
                let high = hex(&rest[..8])?;
                Some(Self(high << 96 | hex(&rest[9..])?))
            }
            _ => hex(text).map(Self),
        }
    }

    /// A stable id for a text that is no number, such as `req-17`.
    #[must_use]
    pub fn from_word(word: &[u8]) -> Self {
        Self(hash_words(word))
    }

    /// The id that is shown as this text: a number, or else a word.
    ///
    /// ```
    /// use spanwise_model::TraceId;
    /// assert_eq!(TraceId::from_text("00ab"), TraceId(0xab));
    /// assert_eq!(TraceId::from_text("req-1"), TraceId::from_word(b"req-1"));
    /// ```
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let text = text.as_bytes();
        Self::from_hex(text).unwrap_or_else(|| Self::from_word(text))
    }

    /// True where the id is absent (all zeros).
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl SpanId {
    /// Reads up to 16 hexadecimal digits of any case; longer texts are read
    /// when what stands before the last 16 digits is zeros.
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        hex(text).and_then(|n| u64::try_from(n).ok()).map(Self)
    }

    /// A stable id, never zero, for a text that is no number.
    #[must_use]
    pub fn from_word(word: &[u8]) -> Self {
        Self((hash_words(word) as u64).max(1))
    }

    /// True where the id is absent.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl TraceId {
    /// Hands its 32 digits over.
    pub(crate) fn show<R>(self, to: impl FnOnce(&str) -> R) -> R {
        to(digits(&self.0.to_be_bytes(), &mut [0; 32]))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(|digits| f.write_str(digits))
    }
}

impl SpanId {
    /// Hands its 16 digits over.
    pub(crate) fn show<R>(self, to: impl FnOnce(&str) -> R) -> R {
        to(digits(&self.0.to_be_bytes(), &mut [0; 16]))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(|digits| f.write_str(digits))
    }
}

/// The hexadecimal digits of bytes, two each, in room that is large enough.
fn digits<'r>(bytes: &[u8], room: &'r mut [u8]) -> &'r str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in room.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]);
    }
    std::str::from_utf8(room).unwrap_or_default()
}

fn hex(text: &[u8]) -> Option<u128> {
    if text.is_empty() || text.len() > 32 {
        return None;
    }
    let (high, low) = text.split_at(text.len().saturating_sub(16));
    Some(u128::from(hex_of_16(high)?) << 64 | u128::from(hex_of_16(low)?))
}

/// The number in at most 16 digits. All are looked at before any is judged,
/// which spares a branch for each.
fn hex_of_16(text: &[u8]) -> Option<u64> {
    let mut seen = 0;
    let number = text.iter().fold(0u64, |n, &byte| {
        let digit = HEX_DIGITS[usize::from(byte)];
        seen |= digit;
        n << 4 | u64::from(digit)
    });
    (seen != NOT_HEX).then_some(number)
}

const NOT_HEX: u8 = 0xff;

/// The value of each byte as a hexadecimal digit.
const HEX_DIGITS: [u8; 256] = {
    let mut table = [NOT_HEX; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// A 128-bit hash that is the same on every machine and in every release:
/// two FNV-1a sums with different offsets, each finished by the avalanche of
/// MurmurHash3. Used for word ids, call paths and the marks of trace ids.
#[must_use]
pub fn hash_words(bytes: &[u8]) -> u128 {
    let fnv = |offset: u64| {
        bytes.iter().fold(offset, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let high = avalanche(fnv(0xcbf2_9ce4_8422_2325));
    let low = avalanche(fnv(0x8422_2325_cbf2_9ce4) ^ bytes.len() as u64);
    u128::from(high) << 64 | u128::from(low)
}

/// Mixes all bits of `n` into all bits of the result (MurmurHash3's finaliser).
#[must_use]
pub fn avalanche(mut n: u64) -> u64 {
    n = (n ^ (n >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    n = (n ^ (n >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    n ^ (n >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_upper_case_ids_are_the_same_number() {
        assert_eq!(SpanId::from_hex(b"1"), Some(SpanId(1)));
        assert_eq!(SpanId::from_hex(b"00000000000000AB"), Some(SpanId(0xab)));
        assert_eq!(SpanId::from_hex(b"10000000000000000"), None);
        assert_eq!(SpanId::from_hex(b""), None);
    }

    #[test]
    fn ids_print_in_full_width() {
        assert_eq!(SpanId(0xab).to_string(), "00000000000000ab");
        assert_eq!(TraceId(0xab).to_string().len(), 32);
    }

    #[test]
    fn words_hash_apart() {
        assert_ne!(TraceId::from_word(b"req1"), TraceId::from_word(b"req2"));
    }
}

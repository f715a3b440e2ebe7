//! Values, one behind the other.
//!
//! A text stands behind its length, a number as digits, and of bytes the length
//! alone, for they stand elsewhere ([`super::blobs`]). What type a value has
//! its key tells.

use super::digits;
use super::typed::Tag;
use super::value::Value;

/// How much has been passed of the values of all owners.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passed {
    pub(super) values: usize,
    pub(super) blob: usize,
}

/// Values of all owners that are read one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    pub(super) values: &'a str,
    pub(super) blob: &'a [u8],
    pub(super) passed: Passed,
}

impl<'a> Values<'a> {
    /// The next value, which is of this type.
    #[inline]
    pub(super) fn take(&mut self, tag: Tag) -> Value<'a> {
        match tag {
            Tag::Str => Value::Str(self.text()),
            Tag::Json => Value::Json(self.text()),
            Tag::Bytes => {
                let length = self.number() as usize;
                let start = self.passed.blob;
                self.passed.blob += length;
                Value::Bytes(&self.blob[start..start + length])
            }
            Tag::Int => Value::Int(digits::unfolded(self.number())),
            Tag::Double => Value::Double(f64::from_bits(self.number().swap_bytes())),
            Tag::Bool => Value::Bool(self.number() != 0),
            Tag::Empty => Value::Empty,
        }
    }

    /// Passes the next value, which is of this type.
    #[inline]
    pub(super) fn skip(&mut self, tag: Tag) {
        match tag {
            Tag::Str | Tag::Json => self.passed.values += self.number() as usize,
            Tag::Bytes => self.passed.blob += self.number() as usize,
            Tag::Int | Tag::Double | Tag::Bool => drop(self.number()),
            Tag::Empty => {}
        }
    }

    /// True where the next value, which is a text, is this one; then it is
    /// passed.
    #[inline]
    pub(super) fn skip_text(&mut self, text: &[u8]) -> bool {
        let bytes = self.values.as_bytes();
        let mut at = self.passed.values;
        let end = digits::take(bytes, &mut at) as usize + at;
        let is_same = &bytes[at..end] == text;
        if is_same {
            self.passed.values = end;
        }
        is_same
    }

    #[inline]
    fn number(&mut self) -> u64 {
        digits::take(self.values.as_bytes(), &mut self.passed.values)
    }

    #[inline]
    fn text(&mut self) -> &'a str {
        let length = self.number() as usize;
        let start = self.passed.values;
        self.passed.values += length;
        &self.values[start..self.passed.values]
    }
}

/// Appends a text, which may be no UTF-8 yet.
#[inline]
pub(super) fn push_text(values: &mut Vec<u8>, text: &[u8]) {
    digits::push(values, text.len() as u64);
    values.extend_from_slice(text);
}

/// Appends a value that is a number, a flag or nothing.
#[inline]
pub(super) fn push_number(values: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Int(n) => digits::push(values, digits::folded(n)),
        // Round numbers have their ones in the highest bytes.
        Value::Double(n) => digits::push(values, n.to_bits().swap_bytes()),
        Value::Bool(flag) => values.push(u8::from(flag)),
        Value::Str(_) | Value::Json(_) | Value::Bytes(_) | Value::Empty => {}
    }
}

/// Appends values whose texts may be no UTF-8, which is replaced by U+FFFD.
#[cold]
pub(super) fn push_repaired(to: &mut String, values: &[u8], tags: impl Iterator<Item = Tag>) {
    let mut repaired = Vec::new();
    let mut at = 0;
    for tag in tags.filter(|&tag| tag != Tag::Empty) {
        let number = digits::take(values, &mut at);
        if matches!(tag, Tag::Str | Tag::Json) {
            let end = at + number as usize;
            let text = String::from_utf8_lossy(&values[at..end]);
            push_text(&mut repaired, text.as_bytes());
            at = end;
        } else {
            digits::push(&mut repaired, number);
        }
    }
    to.push_str(&String::from_utf8_lossy(&repaired));
}

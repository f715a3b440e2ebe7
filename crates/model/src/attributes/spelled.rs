//! Values that are spelled before they are added, because many owners have
//! them.

use super::typed::{Tag, Typed};
use super::{digits, values, Value};
use crate::strings::Symbol;

/// Bytes that are copied at once. To copy just those of a short value takes
/// longer than to copy some that are dropped again.
const AT_ONCE: usize = 32;

/// Values of one key and one type as attributes hold them, each spelled once
/// for all owners that have it ([`crate::SpanBatch::row_spelled`]).
#[derive(Clone, Debug)]
pub struct Spelled {
    typed: Typed,
    /// The values, and behind them what may be copied at once with the last.
    bytes: Vec<u8>,
    /// Where they begin, and where the last one ends.
    ends: Vec<u32>,
    /// The length of the longest text.
    longest: usize,
}

impl Spelled {
    /// Texts of a key.
    #[must_use]
    pub fn texts(key: Symbol) -> Self {
        Self::of(Typed::new(key, Tag::Str))
    }

    /// Whole numbers of a key.
    #[must_use]
    pub fn ints(key: Symbol) -> Self {
        Self::of(Typed::new(key, Tag::Int))
    }

    /// Floating-point numbers of a key.
    #[must_use]
    pub fn doubles(key: Symbol) -> Self {
        Self::of(Typed::new(key, Tag::Double))
    }

    /// Flags of a key.
    #[must_use]
    pub fn flags(key: Symbol) -> Self {
        Self::of(Typed::new(key, Tag::Bool))
    }

    fn of(typed: Typed) -> Self {
        Self {
            typed,
            bytes: vec![0; AT_ONCE],
            ends: vec![0],
            longest: 0,
        }
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        self.bytes.truncate(0);
        self.bytes.resize(AT_ONCE, 0);
        self.ends.truncate(1);
        self.longest = 0;
    }

    /// Appends a text that should be UTF-8; what is not is replaced when the
    /// owner that it is added to is settled. `None` where it is not texts that
    /// stand here, or four billion bytes are reached.
    #[inline]
    pub fn push_text(&mut self, text: &[u8]) -> Option<()> {
        if self.typed.tag() != Tag::Str {
            return None;
        }
        self.open();
        values::push_text(&mut self.bytes, text);
        self.longest = self.longest.max(text.len());
        self.close()
    }

    /// Appends a value. `None` where it is of another type than those that
    /// stand here, or four billion bytes are reached.
    #[inline]
    pub fn push(&mut self, value: Value<'_>) -> Option<()> {
        let tag = match value {
            Value::Str(text) => return self.push_text(text.as_bytes()),
            Value::Int(_) => Tag::Int,
            Value::Double(_) => Tag::Double,
            Value::Bool(_) => Tag::Bool,
            Value::Bytes(_) | Value::Json(_) | Value::Empty => return None,
        };
        if self.typed.tag() != tag {
            return None;
        }
        self.open();
        values::push_number(&mut self.bytes, value);
        self.close()
    }

    fn open(&mut self) {
        self.bytes.truncate(self.bytes.len() - AT_ONCE);
    }

    fn close(&mut self) -> Option<()> {
        let end = self.bytes.len();
        self.bytes.resize(end + AT_ONCE, 0);
        self.ends.push(u32::try_from(end).ok()?);
        Some(())
    }

    /// The key with the type of all values.
    #[inline]
    pub(super) fn typed(&self) -> Typed {
        self.typed
    }

    /// The length of the longest text.
    #[inline]
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The length of a text; zero of what is none.
    #[cold]
    pub(crate) fn text_bytes(&self, nth: usize) -> usize {
        match (self.typed.tag(), self.ends.get(nth)) {
            (Tag::Str, Some(&start)) => digits::take(&self.bytes, &mut (start as usize)) as usize,
            _ => 0,
        }
    }

    /// Appends the bytes of a value; of one that is not there, none.
    #[inline(always)]
    pub(super) fn append(&self, nth: usize, to: &mut Vec<u8>) -> bool {
        let Some(&[start, end]) = self.ends.get(nth..).and_then(|ends| ends.first_chunk()) else {
            return false;
        };
        let (start, length) = (start as usize, (end - start) as usize);
        let rest = self.bytes.get(start..).unwrap_or_default();
        match rest.first_chunk::<AT_ONCE>() {
            Some(bytes) if length <= AT_ONCE => {
                let before = to.len();
                to.extend_from_slice(bytes);
                to.truncate(before + length);
            }
            _ => to.extend_from_slice(rest.get(..length).unwrap_or_default()),
        }
        true
    }
}

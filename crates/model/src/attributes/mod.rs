//! Attributes: rows of (key, typed value), appended and never hashed.
//!
//! The rows of one owner (a span, an event, a link, a resource) lie together;
//! owners are numbered in the order in which they were closed. Values stand in
//! one arena, because interning every value would cost more than the
//! whole rest of loading.

mod segments;
mod value;

pub(crate) use segments::Segments;
pub use value::{AttributeKeep, Value};

use crate::strings::{Strings, Symbol};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Str,
    Int,
    Double,
    Bool,
    Bytes,
    Json,
    Empty,
}

const TAGS: [Tag; 8] = [
    Tag::Str,
    Tag::Int,
    Tag::Double,
    Tag::Bool,
    Tag::Bytes,
    Tag::Json,
    Tag::Empty,
    Tag::Empty,
];

/// A key with the type of its value: the symbol above, the tag below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Typed(u32);

impl Typed {
    /// How many bits the tag takes; [`Strings`] numbers its texts so that they
    /// fit above.
    const TAG_BITS: u32 = 3;

    #[inline]
    fn new(key: Symbol, tag: Tag) -> Self {
        Self(key.0 << Self::TAG_BITS | tag as u32)
    }

    #[inline]
    fn key(self) -> Symbol {
        Symbol(self.0 >> Self::TAG_BITS)
    }

    #[inline]
    fn tag(self) -> Tag {
        TAGS[(self.0 & 7) as usize]
    }
}

/// Rows of attributes by owner.
///
/// Texts may come as bytes that nobody has looked at
/// ([`Attributes::push_bytes_of_text`]). Those of one owner wait together and
/// are checked at once when the owner is settled, because checking many short
/// texts one by one costs more than reading them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attributes {
    keys: Vec<Typed>,
    /// The value itself, or where a text or bytes stand.
    payloads: Vec<u64>,
    texts: String,
    /// Texts of the open owner that have not been checked; they will stand
    /// behind `texts`.
    unchecked: Vec<u8>,
    /// True where an unchecked text begins in the middle of a character.
    torn: bool,
    bytes: Vec<u8>,
    /// Places that a payload is too narrow for.
    wide: Vec<Range<usize>>,
    /// The end of each closed owner's rows.
    ends: Vec<u32>,
}

impl Attributes {
    /// Appends a row to the owner that is open.
    pub fn push(&mut self, key: Symbol, value: Value<'_>) {
        let (tag, payload) = match value {
            Value::Str(text) => (Tag::Str, self.store_text(text)),
            Value::Json(text) => (Tag::Json, self.store_text(text)),
            Value::Bytes(bytes) => (Tag::Bytes, self.store_bytes(bytes)),
            Value::Int(n) => (Tag::Int, n as u64),
            Value::Double(n) => (Tag::Double, n.to_bits()),
            Value::Bool(flag) => (Tag::Bool, u64::from(flag)),
            Value::Empty => (Tag::Empty, 0),
        };
        self.keys.push(Typed::new(key, tag));
        self.payloads.push(payload);
    }

    /// Appends a row with a text that should be UTF-8 to the owner that is
    /// open, which must be settled before it is closed.
    #[inline]
    pub fn push_bytes_of_text(&mut self, key: Symbol, text: &[u8]) {
        let start = self.texts.len() + self.unchecked.len();
        self.torn |= text.first().is_some_and(|&byte| byte & 0xc0 == 0x80);
        self.unchecked.extend_from_slice(text);
        let payload = self.pack(start..start + text.len());
        self.keys.push(Typed::new(key, Tag::Str));
        self.payloads.push(payload);
    }

    /// Checks the texts that came as bytes; what is no UTF-8 is replaced by
    /// U+FFFD. Answers whether all was UTF-8.
    #[inline]
    pub fn settle(&mut self) -> bool {
        if self.unchecked.is_empty() {
            self.torn = false;
            return true;
        }
        match std::str::from_utf8(&self.unchecked) {
            // Each text begins with a character, so each ends with one.
            Ok(texts) if !self.torn => {
                self.texts.push_str(texts);
                self.unchecked.clear();
                true
            }
            _ => {
                self.replace_unchecked();
                false
            }
        }
    }

    /// Moves unchecked texts one by one, repaired where they must be.
    #[cold]
    fn replace_unchecked(&mut self) {
        let unchecked = std::mem::take(&mut self.unchecked);
        let base = self.texts.len();
        for row in self.closed_rows()..self.keys.len() {
            if !matches!(self.keys[row].tag(), Tag::Str | Tag::Json) {
                continue;
            }
            let place = self.place(self.payloads[row]);
            if place.start >= base {
                let text =
                    String::from_utf8_lossy(&unchecked[place.start - base..place.end - base]);
                self.payloads[row] = self.store_text(&text);
            }
        }
        self.torn = false;
    }

    /// Makes room for so many more owners and rows, whose texts have no more
    /// than so many bytes.
    pub(crate) fn reserve(&mut self, owners: usize, rows: usize, bytes: usize) {
        let texts = self.texts.len() / self.ends.len().max(1) * owners;
        self.texts.reserve_exact(texts.min(bytes));
        self.keys.reserve_exact(rows);
        self.payloads.reserve_exact(rows);
        self.ends.reserve_exact(owners);
    }

    /// Closes the open owner and opens the next; answers the closed one's
    /// number, or `None` where four billion rows are reached.
    pub fn close(&mut self) -> Option<u32> {
        debug_assert!(
            self.unchecked.is_empty(),
            "an owner is settled before it is closed"
        );
        let owner = u32::try_from(self.ends.len()).ok()?;
        self.ends.push(u32::try_from(self.keys.len()).ok()?);
        Some(owner)
    }

    /// Forgets the rows of the open owner.
    pub fn abandon(&mut self) {
        self.truncate_rows(self.closed_rows());
    }

    /// The rows of the open owner.
    pub(crate) fn open_rows(&self) -> Range<usize> {
        self.closed_rows()..self.keys.len()
    }

    /// The rows of a closed owner.
    pub(crate) fn rows(&self, owner: u32) -> Range<usize> {
        self.range(owner)
    }

    /// Feeds rows, which are settled, to a hasher.
    pub(crate) fn hash_rows(&self, rows: Range<usize>, hasher: &mut impl Hasher) {
        for row in rows {
            let (typed, payload) = (self.keys[row], self.payloads[row]);
            hasher.write_u32(typed.0);
            match self.bytes_at(typed, payload) {
                Some(bytes) => bytes.hash(hasher),
                None => hasher.write_u64(payload),
            }
        }
    }

    /// True where the open owner, which is settled, has the rows of a closed
    /// one. Doubles are compared by their bits: a `NaN` must find its like.
    pub(crate) fn open_is_same_as(&self, owner: u32) -> bool {
        let (open, closed) = (self.open_rows(), self.range(owner));
        let is_same = |(one, other): (usize, usize)| {
            let typed = self.keys[one];
            let (left, right) = (self.payloads[one], self.payloads[other]);
            typed == self.keys[other]
                && match self.bytes_at(typed, left) {
                    Some(bytes) => Some(bytes) == self.bytes_at(typed, right),
                    None => left == right,
                }
        };
        open.len() == closed.len() && open.zip(closed).all(is_same)
    }

    /// True where this is the `nth` row of a closed owner.
    #[inline]
    pub(crate) fn is_row(&self, owner: u32, nth: usize, key: Symbol, value: Value<'_>) -> bool {
        match value {
            Value::Str(text) => self.is_row_of_text(owner, nth, key, text.as_bytes()),
            _ => self.row_of(owner, nth).is_some_and(|row| {
                self.keys[row].key() == key && self.value(row).is_identical(value)
            }),
        }
    }

    /// True where this text is the `nth` row of a closed owner.
    #[inline]
    pub(crate) fn is_row_of_text(&self, owner: u32, nth: usize, key: Symbol, text: &[u8]) -> bool {
        self.row_of(owner, nth).is_some_and(|row| {
            self.keys[row] == Typed::new(key, Tag::Str)
                && &self.texts.as_bytes()[self.place(self.payloads[row])] == text
        })
    }

    #[inline]
    fn row_of(&self, owner: u32, nth: usize) -> Option<usize> {
        let rows = self.range(owner);
        (nth < rows.len()).then(|| rows.start + nth)
    }

    /// How many rows a closed owner has.
    #[inline]
    pub(crate) fn rows_of(&self, owner: u32) -> usize {
        self.range(owner).len()
    }

    /// Appends the first rows of a closed owner to the open one.
    pub(crate) fn repeat(&mut self, owner: u32, count: usize) {
        for row in self.range(owner).take(count) {
            let typed = self.keys[row];
            let payload = match typed.tag() {
                Tag::Str | Tag::Json => {
                    let (place, start) = (self.place(self.payloads[row]), self.texts.len());
                    self.texts.extend_from_within(place);
                    self.pack(start..self.texts.len())
                }
                Tag::Bytes => {
                    let (place, start) = (self.place(self.payloads[row]), self.bytes.len());
                    self.bytes.extend_from_within(place);
                    self.pack(start..self.bytes.len())
                }
                _ => self.payloads[row],
            };
            self.keys.push(typed);
            self.payloads.push(payload);
        }
    }

    /// The bytes of a value that has some.
    #[inline]
    fn bytes_at(&self, typed: Typed, payload: u64) -> Option<&[u8]> {
        match typed.tag() {
            Tag::Str | Tag::Json => Some(&self.texts.as_bytes()[self.place(payload)]),
            Tag::Bytes => Some(&self.bytes[self.place(payload)]),
            _ => None,
        }
    }

    /// How many rows the open owner has.
    #[must_use]
    pub fn open_len(&self) -> usize {
        self.keys.len() - self.closed_rows()
    }

    /// How many owners are closed.
    #[must_use]
    pub fn owners(&self) -> usize {
        self.ends.len()
    }

    /// How many rows there are in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The rows of an owner, in the order in which they were written; none for
    /// an owner that is not there.
    #[inline]
    pub fn of(&self, owner: u32) -> impl DoubleEndedIterator<Item = (Symbol, Value<'_>)> + '_ {
        self.range(owner)
            .map(|row| (self.keys[row].key(), self.value(row)))
    }

    /// The value of `key` at an owner; the last one where it stands twice.
    #[must_use]
    pub fn get(&self, owner: u32, key: Symbol) -> Option<Value<'_>> {
        self.range(owner)
            .rev()
            .find(|&row| self.keys[row].key() == key)
            .map(|row| self.value(row))
    }

    /// The keys of an owner, without touching values.
    #[must_use]
    pub fn keys_of(&self, owner: u32) -> impl ExactSizeIterator<Item = Symbol> + '_ {
        self.keys[self.range(owner)].iter().map(|typed| typed.key())
    }

    /// The `nth` value of an owner.
    #[must_use]
    pub fn nth(&self, owner: u32, nth: usize) -> Option<Value<'_>> {
        let row = self.range(owner).start + nth;
        self.range(owner).contains(&row).then(|| self.value(row))
    }

    /// Gives all keys other numbers.
    pub(crate) fn rename(&mut self, map: &[Symbol]) {
        for typed in &mut self.keys {
            *typed = Typed::new(map[typed.key().index()], typed.tag());
        }
    }

    /// Appends all owners of `other`, whose keys have our numbers. `None` where
    /// four billion rows or owners are reached.
    pub(crate) fn absorb(&mut self, other: &Attributes) -> Option<()> {
        debug_assert_eq!((self.open_len(), self.unchecked.len()), (0, 0));
        let rows = u32::try_from(self.keys.len()).ok()?;
        u32::try_from(self.keys.len() + other.keys.len()).ok()?;
        u32::try_from(self.ends.len() + other.ends.len()).ok()?;
        let (texts, bytes) = (self.texts.len(), self.bytes.len());
        self.texts.push_str(&other.texts);
        self.bytes.extend_from_slice(&other.bytes);
        self.keys.extend(&other.keys);
        self.payloads.reserve(other.payloads.len());
        for (typed, &payload) in other.keys.iter().zip(&other.payloads) {
            let payload = match typed.tag() {
                Tag::Str | Tag::Json => self.pack(moved(other.place(payload), texts)),
                Tag::Bytes => self.pack(moved(other.place(payload), bytes)),
                _ => payload,
            };
            self.payloads.push(payload);
        }
        self.ends.extend(other.ends.iter().map(|end| end + rows));
        Some(())
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.keys.capacity() * 4
            + self.payloads.capacity() * 8
            + self.texts.capacity()
            + self.unchecked.capacity()
            + self.bytes.capacity()
            + self.wide.capacity() * 16
            + self.ends.capacity() * 4
    }

    /// The rows of an owner with their keys spelled out.
    pub fn named<'a>(
        &'a self,
        owner: u32,
        strings: &'a Strings,
    ) -> impl DoubleEndedIterator<Item = (&'a str, Value<'a>)> + 'a {
        self.of(owner).map(|(key, value)| (strings.get(key), value))
    }

    /// Takes back the last owner that was closed, with its rows.
    pub(crate) fn reopen_and_abandon(&mut self) {
        self.ends.pop();
        self.abandon();
    }

    fn closed_rows(&self) -> usize {
        self.ends.last().map_or(0, |&end| end as usize)
    }

    fn truncate_rows(&mut self, rows: usize) {
        let gone = |tags: &[Tag]| {
            let mut gone = self.keys[rows..].iter().zip(&self.payloads[rows..]);
            let first = gone.find(|(typed, _)| tags.contains(&typed.tag()))?;
            Some(self.place(*first.1).start)
        };
        let (texts, bytes) = (gone(&[Tag::Str, Tag::Json]), gone(&[Tag::Bytes]));
        self.texts.truncate(texts.unwrap_or(usize::MAX));
        self.bytes.truncate(bytes.unwrap_or(usize::MAX));
        self.unchecked.clear();
        self.torn = false;
        self.keys.truncate(rows);
        self.payloads.truncate(rows);
    }

    fn range(&self, owner: u32) -> Range<usize> {
        let owner = owner as usize;
        let Some(&end) = self.ends.get(owner) else {
            return 0..0;
        };
        let start = if owner == 0 { 0 } else { self.ends[owner - 1] };
        start as usize..end as usize
    }

    fn value(&self, row: usize) -> Value<'_> {
        let payload = self.payloads[row];
        match self.keys[row].tag() {
            Tag::Str => Value::Str(self.text(payload)),
            Tag::Json => Value::Json(self.text(payload)),
            Tag::Bytes => Value::Bytes(&self.bytes[self.place(payload)]),
            Tag::Int => Value::Int(payload as i64),
            Tag::Double => Value::Double(f64::from_bits(payload)),
            Tag::Bool => Value::Bool(payload != 0),
            Tag::Empty => Value::Empty,
        }
    }

    fn store_text(&mut self, text: &str) -> u64 {
        let start = self.texts.len() + self.unchecked.len();
        if self.unchecked.is_empty() {
            self.texts.push_str(text);
        } else {
            self.unchecked.extend_from_slice(text.as_bytes());
        }
        self.pack(start..start + text.len())
    }

    fn store_bytes(&mut self, bytes: &[u8]) -> u64 {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.pack(start..self.bytes.len())
    }

    /// A place as one number: the offset above, the length below. A place that
    /// does not fit is listed, and its row in the list stands for the offset.
    #[inline]
    fn pack(&mut self, place: Range<usize>) -> u64 {
        let (offset, length) = (place.start as u64, place.len() as u64);
        if length < WIDE && offset >> (64 - LENGTH_BITS) == 0 {
            return offset << LENGTH_BITS | length;
        }
        self.wide.push(place);
        (self.wide.len() as u64 - 1) << LENGTH_BITS | WIDE
    }

    #[inline]
    fn place(&self, payload: u64) -> Range<usize> {
        let (offset, length) = ((payload >> LENGTH_BITS) as usize, payload & WIDE);
        if length == WIDE {
            return self.wide[offset].clone();
        }
        offset..offset + length as usize
    }

    #[inline]
    fn text(&self, payload: u64) -> &str {
        &self.texts[self.place(payload)]
    }
}

/// How many bits of a payload hold a length.
const LENGTH_BITS: u32 = 24;

/// The length that says that the place is listed.
const WIDE: u64 = (1 << LENGTH_BITS) - 1;

fn moved(place: Range<usize>, by: usize) -> Range<usize> {
    place.start + by..place.end + by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_in() {
        let mut strings = Strings::new();
        let key = strings.intern("k");
        let long = "x".repeat(300);
        let values = [
            Value::Str("text"),
            Value::Int(-5),
            Value::Double(0.5),
            Value::Bool(true),
            Value::Bytes(&[1, 255]),
            Value::Json("[1]"),
            Value::Empty,
            Value::Str(&long),
        ];
        let mut attributes = Attributes::default();
        for value in values {
            attributes.push(key, value);
        }
        assert_eq!(attributes.close(), Some(0));
        attributes.push(key, Value::Int(1));
        attributes.abandon();
        assert_eq!(attributes.close(), Some(1));
        let read: Vec<_> = attributes.of(0).map(|(_, value)| value).collect();
        assert_eq!(read, values);
        assert_eq!(attributes.of(1).count(), 0);
    }

    #[test]
    fn texts_that_came_as_bytes_are_checked_together() {
        let mut strings = Strings::new();
        let key = strings.intern("k");
        let mut attributes = Attributes::default();
        attributes.push_bytes_of_text(key, "né".as_bytes());
        attributes.push(key, Value::Int(1));
        attributes.push(key, Value::Json("[é]"));
        attributes.push_bytes_of_text(key, b"");
        attributes.push_bytes_of_text(key, b"x");
        assert!(attributes.settle());
        attributes.close();
        // The halves of a character are no text, though together they are one.
        for torn in [&[0xc3][..], &[0xa9], b"whole"] {
            attributes.push_bytes_of_text(key, torn);
            attributes.push(key, Value::Json("{}"));
        }
        assert!(!attributes.settle());
        attributes.close();
        attributes.push_bytes_of_text(key, &[b'a', 0xff]);
        attributes.abandon();
        assert!(attributes.settle());
        attributes.close();
        let read = |owner| -> Vec<String> {
            attributes
                .of(owner)
                .map(|(_, value)| value.to_string())
                .collect()
        };
        assert_eq!(read(0), ["né", "1", "[é]", "", "x"]);
        assert_eq!(read(1), ["\u{fffd}", "{}", "\u{fffd}", "{}", "whole", "{}"]);
        assert!(read(2).is_empty());
    }

    #[test]
    fn texts_of_any_length_come_back_also_after_absorbing() {
        let mut strings = Strings::new();
        let key = strings.intern("k");
        let long = "x".repeat(WIDE as usize + 1);
        let edge = "y".repeat(WIDE as usize);
        let mut right = Attributes::default();
        for text in ["", &edge, "é", &long] {
            right.push(key, Value::Str(text));
        }
        right.push(key, Value::Bytes(edge.as_bytes()));
        right.close();
        let mut left = right.clone();
        left.absorb(&right).expect("few rows");
        for owner in 0..2 {
            let read: Vec<_> = left.of(owner).map(|(_, value)| value).collect();
            let expected = ["", &edge, "é", &long].map(Value::Str);
            assert!(read[..4] == expected, "texts of {owner}");
            assert!(read[4] == Value::Bytes(edge.as_bytes()), "bytes of {owner}");
        }
    }

    #[test]
    fn absorbing_keeps_values() {
        let mut strings = Strings::new();
        let key = strings.intern("k");
        let (mut left, mut right) = (Attributes::default(), Attributes::default());
        for (side, text) in [(&mut left, "one"), (&mut right, "two")] {
            side.push(key, Value::Str(text));
            side.close();
        }
        left.absorb(&right).expect("few rows");
        assert_eq!(left.get(1, key), Some(Value::Str("two")));
        assert_eq!(left.get(0, key), Some(Value::Str("one")));
    }
}

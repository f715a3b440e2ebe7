//! Attributes: rows of (key, typed value), appended and never hashed.
//!
//! The rows of one owner (a span, an event, a link, a resource) lie together;
//! owners are numbered in the order in which they were closed. The keys of an
//! owner are its shape, which many owners share, so that a row takes little more
//! than the bytes of its value. Values are not interned, because that would cost
//! more than the whole rest of loading.

mod blobs;
mod digits;
mod ends;
mod run;
mod segments;
mod shapes;
mod spelled;
#[cfg(test)]
mod tests;
mod typed;
mod value;
mod values;

pub use run::SpelledRows;
pub(crate) use segments::Segments;
pub(crate) use shapes::ShapeId;
pub use spelled::Spelled;
pub use value::{AttributeKeep, Value};

use crate::bits::Bits;
use crate::strings::{Strings, Symbol};
use blobs::Blobs;
use ends::Ends;
use serde::{Deserialize, Serialize};
use shapes::Shapes;
use typed::{Tag, Typed};
use values::{Passed, Values};

/// Rows of attributes by owner.
///
/// Texts may come as bytes that nobody has looked at
/// ([`Attributes::push_bytes_of_text`]). Those of one owner wait together and
/// are checked at once when the owner is settled, because checking many short
/// texts one by one costs more than reading them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attributes {
    shapes: Shapes,
    /// The shape of each closed owner.
    shape_of: Vec<ShapeId>,
    values: String,
    /// The end of each closed owner's values.
    ends: Ends,
    blobs: Blobs,
    /// The keys of the open owner.
    #[serde(skip)]
    open: Vec<Typed>,
    /// How many of its rows are settled.
    #[serde(skip)]
    settled: usize,
    /// Its values that are not settled; they will stand behind `values`.
    #[serde(skip)]
    unsettled: Vec<u8>,
}

/// All that an owner has, which is comparable within one [`Attributes`].
/// Doubles are compared by their bits: a `NaN` must find its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Content<'a> {
    keys: &'a [Typed],
    values: &'a [u8],
    blob: &'a [u8],
}

/// Where a row of a closed owner stands that others have been passed before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    first: Before,
    row: Before,
    /// Behind the last key.
    end: usize,
}

/// What stands before a row, of all owners.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    keys: usize,
    passed: Passed,
}

impl Place {
    /// True where no row has been passed.
    #[inline]
    pub(crate) fn is_start(self) -> bool {
        self.row.keys == self.first.keys
    }

    /// True where all rows have been passed.
    #[inline]
    pub(crate) fn is_end(self) -> bool {
        self.row.keys == self.end
    }
}

impl Attributes {
    /// Appends a row to the owner that is open.
    pub fn push(&mut self, key: Symbol, value: Value<'_>) {
        let tag = match value {
            Value::Str(text) => return self.push_bytes_of_text(key, text.as_bytes()),
            Value::Json(text) => {
                values::push_text(&mut self.unsettled, text.as_bytes());
                Tag::Json
            }
            Value::Bytes(bytes) => {
                self.blobs.push(self.shape_of.len() as u32, bytes);
                digits::push(&mut self.unsettled, bytes.len() as u64);
                Tag::Bytes
            }
            Value::Int(_) => Tag::Int,
            Value::Double(_) => Tag::Double,
            Value::Bool(_) => Tag::Bool,
            Value::Empty => Tag::Empty,
        };
        values::push_number(&mut self.unsettled, value);
        self.open.push(Typed::new(key, tag));
    }

    /// Appends a row with a text that should be UTF-8 to the owner that is
    /// open.
    #[inline]
    pub fn push_bytes_of_text(&mut self, key: Symbol, text: &[u8]) {
        values::push_text(&mut self.unsettled, text);
        self.open.push(Typed::new(key, Tag::Str));
    }

    /// Appends a row with one of these values to the owner that is open;
    /// nothing where there is no such value.
    #[inline(always)]
    pub(crate) fn push_spelled(&mut self, values: &Spelled, nth: usize) {
        if values.append(nth, &mut self.unsettled) {
            self.open.push(values.typed());
        }
    }

    /// Appends all these rows to the owner that is open.
    #[inline]
    pub(crate) fn push_rows(&mut self, rows: &SpelledRows) {
        self.unsettled.extend_from_slice(rows.values());
        self.open.extend_from_slice(rows.keys());
    }

    /// Checks the texts of the open owner that came as bytes; what is no UTF-8
    /// is replaced by U+FFFD. Answers whether all was UTF-8.
    #[inline]
    pub fn settle(&mut self) -> bool {
        self.unsettled.is_empty() || self.settle_some()
    }

    fn settle_some(&mut self) -> bool {
        let checked = std::str::from_utf8(&self.unsettled);
        let is_whole = checked.is_ok();
        match checked {
            Ok(values) => self.values.push_str(values),
            Err(_) => {
                let tags = self.open[self.settled..].iter().map(|typed| typed.tag());
                values::push_repaired(&mut self.values, &self.unsettled, tags);
            }
        }
        self.unsettled.clear();
        self.settled = self.open.len();
        is_whole
    }

    /// Makes room for so many more owners, whose values have so many bytes.
    pub(crate) fn reserve(&mut self, owners: usize, bytes: usize) {
        self.values.reserve_exact(bytes);
        self.shape_of.reserve_exact(owners);
        self.ends.reserve(owners);
    }

    /// Settles and closes the open owner and opens the next; answers the closed
    /// one's number, or `None` where four billion owners are reached.
    pub fn close(&mut self) -> Option<u32> {
        let expected = self.shape_of.last().copied().unwrap_or_default();
        let owner = u32::try_from(self.owners()).ok()?;
        self.close_like(expected).map(|_| owner)
    }

    /// The same for an owner that is expected to have this shape; answers the
    /// shape that it has.
    #[inline]
    pub(crate) fn close_like(&mut self, expected: ShapeId) -> Option<ShapeId> {
        u32::try_from(self.owners()).ok()?;
        self.settle();
        let shape = self.shapes.intern(&self.open, expected)?;
        self.shape_of.push(shape);
        self.ends.push(self.values.len());
        self.open.clear();
        self.settled = 0;
        Some(shape)
    }

    /// True where the open owner has no row yet.
    #[inline]
    pub(crate) fn is_open_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Forgets the rows of the open owner.
    pub fn abandon(&mut self) {
        self.open.clear();
        self.settled = 0;
        self.unsettled.clear();
        self.values.truncate(self.ends.last());
        self.blobs.truncate(self.shape_of.len() as u32);
    }

    /// What the open owner has, which is settled.
    pub(crate) fn open_content(&self) -> Content<'_> {
        Content {
            keys: &self.open,
            values: &self.values.as_bytes()[self.ends.last()..],
            blob: self.blobs.of(self.shape_of.len() as u32),
        }
    }

    /// What a closed owner has.
    pub(crate) fn content(&self, owner: u32) -> Content<'_> {
        Content {
            keys: self.keys(owner),
            values: &self.values.as_bytes()[self.ends.range(owner)],
            blob: self.blobs.of(owner),
        }
    }

    /// Where the first row of a closed owner stands.
    #[inline]
    pub(crate) fn place(&self, owner: u32) -> Place {
        let shape = self.shape_of.get(owner as usize);
        let keys = shape.map_or(0..0, |&shape| self.shapes.range(shape));
        let first = Before {
            keys: keys.start,
            passed: self.passed_before(owner),
        };
        Place {
            first,
            row: first,
            end: keys.end,
        }
    }

    /// The place behind the last row of a closed owner.
    #[inline]
    pub(crate) fn end(&self, owner: u32) -> Place {
        let mut place = self.place(owner);
        place.row = Before {
            keys: place.end,
            passed: Passed {
                values: self.ends.range(owner).end,
                blob: self.blobs.range(owner).end,
            },
        };
        place
    }

    /// True where this is the row at a place; then it is passed.
    #[inline]
    pub(crate) fn pass(&self, at: &mut Place, key: Symbol, value: Value<'_>) -> bool {
        if let Value::Str(text) = value {
            return self.pass_text(at, key, text.as_bytes());
        }
        if at.is_end() {
            return false;
        }
        let typed = self.shapes.all()[at.row.keys];
        let mut values = self.values_behind(at.row.passed);
        let is_same = typed.key() == key && values.take(typed.tag()).is_identical(value);
        if is_same {
            at.row.keys += 1;
            at.row.passed = values.passed;
        }
        is_same
    }

    /// True where this text is the row at a place; then it is passed.
    #[inline]
    pub(crate) fn pass_text(&self, at: &mut Place, key: Symbol, text: &[u8]) -> bool {
        if at.is_end() || self.shapes.all()[at.row.keys] != Typed::new(key, Tag::Str) {
            return false;
        }
        let mut values = self.values_behind(at.row.passed);
        let is_same = values.skip_text(text);
        if is_same {
            at.row.keys += 1;
            at.row.passed = values.passed;
        }
        is_same
    }

    /// Appends the rows of a closed owner before a place to the open one, which
    /// has none.
    pub(crate) fn repeat(&mut self, before: Place) {
        debug_assert!(self.open.is_empty(), "rows are repeated first");
        let Place { first, row, .. } = before;
        let keys = &self.shapes.all()[first.keys..row.keys];
        self.open.extend_from_slice(keys);
        self.settled = keys.len();
        let values = first.passed.values..row.passed.values;
        self.values.extend_from_within(values);
        let blob = first.passed.blob..row.passed.blob;
        if !blob.is_empty() {
            self.blobs.repeat(blob, self.shape_of.len() as u32);
        }
    }

    /// How many rows the open owner has.
    #[must_use]
    #[inline]
    pub fn open_len(&self) -> usize {
        self.open.len()
    }

    /// How many owners are closed.
    #[must_use]
    pub fn owners(&self) -> usize {
        self.shape_of.len()
    }

    /// How many bytes the values of closed owners take.
    #[inline]
    pub(crate) fn value_bytes(&self) -> usize {
        self.values.len()
    }

    /// The rows of an owner, in the order in which they were written; none for
    /// an owner that is not there.
    #[inline]
    pub fn of(&self, owner: u32) -> impl Iterator<Item = (Symbol, Value<'_>)> + '_ {
        let mut values = self.values_behind(self.passed_before(owner));
        let keys = self.keys(owner).iter();
        keys.map(move |typed| (typed.key(), values.take(typed.tag())))
    }

    /// The value of `key` at an owner; the last one where it stands twice.
    #[must_use]
    pub fn get(&self, owner: u32, key: Symbol) -> Option<Value<'_>> {
        let mut keys = self.keys(owner).iter();
        let nth = keys.rposition(|typed| typed.key() == key)?;
        self.nth(owner, nth)
    }

    /// True where some owner may have a key: one of the shapes has it.
    pub(crate) fn may_have(&self, key: Symbol) -> bool {
        self.shapes.all().iter().any(|typed| typed.key() == key)
    }

    /// Appends a bit for each owner: whether it has one of some keys.
    pub(crate) fn mark_with(&self, is_key: impl Fn(Symbol) -> bool, bits: &mut Bits) {
        let shapes = self.shapes.with_any(is_key);
        match shapes.contains(&true) {
            true => bits.extend(&self.shape_of, |shape| shapes[shape.at()]),
            false => bits.extend_unset(self.owners()),
        }
    }

    /// What the first of some keys says at an owner that says anything.
    pub(crate) fn first_of(&self, owner: u32, keys: &[Symbol]) -> Option<Value<'_>> {
        let mut said = keys.iter().filter_map(|&key| self.get(owner, key));
        said.find(|value| !value.is_blank())
    }

    /// The keys of an owner, without touching values.
    #[must_use]
    pub fn keys_of(&self, owner: u32) -> impl ExactSizeIterator<Item = Symbol> + '_ {
        self.keys(owner).iter().map(|typed| typed.key())
    }

    /// The `nth` value of an owner.
    #[must_use]
    pub fn nth(&self, owner: u32, nth: usize) -> Option<Value<'_>> {
        let keys = self.keys(owner);
        let typed = keys.get(nth)?;
        let mut values = self.values_behind(self.passed_before(owner));
        keys[..nth]
            .iter()
            .for_each(|typed| values.skip(typed.tag()));
        Some(values.take(typed.tag()))
    }

    /// Gives all keys other numbers.
    pub(crate) fn rename(&mut self, map: &[Symbol]) {
        self.shapes.rename(map);
    }

    /// Finds equal shapes again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.shapes.rebuild_index();
    }

    /// Appends all owners of `other`, whose keys have our numbers. `None` where
    /// four billion owners are reached.
    pub(crate) fn absorb(&mut self, other: &Attributes) -> Option<()> {
        debug_assert_eq!((self.open_len(), self.unsettled.len()), (0, 0));
        let owners = u32::try_from(self.owners()).ok()?;
        u32::try_from(self.owners() + other.owners()).ok()?;
        let shapes = self.shapes.absorb(&other.shapes)?;
        let theirs = other.shape_of.iter();
        self.shape_of
            .extend(theirs.map(|shape| shapes[shape.index()]));
        self.ends.absorb(&other.ends, self.values.len());
        self.values.push_str(&other.values);
        self.blobs.absorb(&other.blobs, owners);
        Some(())
    }

    /// Attributes without owners that know the shapes of these, where they are
    /// few.
    pub(crate) fn successor(&self) -> Self {
        let mut successor = Self::default();
        if self.shapes.heap_bytes() < self.values.len() / 16 {
            successor.shapes = self.shapes.clone();
        }
        successor
    }

    /// Gives back the room that no owner takes.
    pub(crate) fn shrink(&mut self) {
        self.shape_of.shrink_to_fit();
        self.ends.shrink();
        if self.values.capacity() - self.values.len() > self.values.len() / 8 {
            self.values.shrink_to_fit();
        }
        self.open = Vec::new();
        self.unsettled = Vec::new();
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.shapes.heap_bytes()
            + self.shape_of.capacity() * 4
            + self.values.capacity()
            + self.ends.heap_bytes()
            + self.blobs.heap_bytes()
            + self.open.capacity() * 4
            + self.unsettled.capacity()
    }

    /// The rows of an owner with their keys spelled out.
    pub fn named<'a>(
        &'a self,
        owner: u32,
        strings: &'a Strings,
    ) -> impl Iterator<Item = (&'a str, Value<'a>)> + 'a {
        self.of(owner).map(|(key, value)| (strings.get(key), value))
    }

    /// Takes back the last owner that was closed, with its rows.
    pub(crate) fn reopen_and_abandon(&mut self) {
        self.shape_of.pop();
        self.ends.pop();
        self.abandon();
    }

    #[inline]
    fn keys(&self, owner: u32) -> &[Typed] {
        let shape = self.shape_of.get(owner as usize);
        shape.map_or(&[], |&shape| self.shapes.keys(shape))
    }

    /// What stands before the values of an owner.
    #[inline]
    fn passed_before(&self, owner: u32) -> Passed {
        Passed {
            values: self.ends.range(owner).start,
            blob: self.blobs.range(owner).start,
        }
    }

    /// The values behind those that have been passed.
    #[inline]
    fn values_behind(&self, passed: Passed) -> Values<'_> {
        Values {
            values: &self.values,
            blob: self.blobs.bytes(),
            passed,
        }
    }
}

//! Attributes of records in segments.
//!
//! The attributes of a batch are most of what it holds. A segment that is full
//! is sealed and another one begun, because one arena that grows is copied again
//! and again and holds twice what it needs meanwhile. When batches are joined,
//! the segments of a large one are put behind ours as they are.

use super::{Attributes, ShapeId, Spelled, SpelledRows, Value};
use crate::bits::Bits;
use crate::strings::Symbol;
use serde::{Deserialize, Serialize};

/// From this many bytes of values on, attributes become a segment and are not
/// copied.
const MANY_BYTES: usize = if cfg!(test) { 1 << 8 } else { 1 << 18 };

/// How many bytes of values a segment has room for.
const SEGMENT_BYTES: usize = if cfg!(test) { 1 << 10 } else { 4 << 20 };

/// How much room may be left over in a segment that is full, so that the values
/// of the last record fit in.
const LEFT_BYTES: usize = SEGMENT_BYTES / 64;

/// Rows of attributes by record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Segments {
    sealed: Vec<Segment>,
    /// The first record of the open segment.
    first: u32,
    open: Attributes,
    /// How many more bytes of values are expected behind the open segment.
    #[serde(skip)]
    ahead: usize,
}

/// The attributes of records from the first one on; its owners are numbered
/// from 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Segment {
    first: u32,
    rows: Attributes,
}

impl Segments {
    /// Where the rows of a record stand.
    #[inline]
    pub(crate) fn of(&self, record: u32) -> (&Attributes, u32) {
        if record >= self.first {
            return (&self.open, record - self.first);
        }
        let at = self.sealed.partition_point(|one| one.first <= record) - 1;
        let segment = &self.sealed[at];
        (&segment.rows, record - segment.first)
    }

    /// True where some record may have a key.
    pub(crate) fn may_have(&self, key: Symbol) -> bool {
        let sealed = self.sealed.iter().map(|segment| &segment.rows);
        sealed.chain([&self.open]).any(|rows| rows.may_have(key))
    }

    /// Appends a bit for each record: whether it has one of some keys.
    pub(crate) fn mark_with(&self, is_key: impl Fn(Symbol) -> bool, bits: &mut Bits) {
        let all = self.all();
        all.for_each(|(_, rows)| rows.mark_with(&is_key, bits));
    }

    /// Tells where the rows of each of some records stand, which ascend.
    pub(crate) fn each_of<'a>(
        &'a self,
        records: impl Iterator<Item = u32>,
        mut tell: impl FnMut(&'a Attributes, u32),
    ) {
        let mut records = records.peekable();
        for (first, rows) in self.all() {
            let end = first + rows.owners() as u32;
            while let Some(record) = records.next_if(|&record| record < end) {
                tell(rows, record - first);
            }
        }
    }

    /// All segments, and the first record of each.
    fn all(&self) -> impl Iterator<Item = (u32, &Attributes)> {
        let sealed = self.sealed.iter();
        let sealed = sealed.map(|segment| (segment.first, &segment.rows));
        sealed.chain([(self.first, &self.open)])
    }

    /// See [`Attributes::push`].
    #[inline]
    pub(crate) fn push(&mut self, key: Symbol, value: Value<'_>) {
        self.open.push(key, value);
    }

    /// See [`Attributes::push_bytes_of_text`].
    #[inline]
    pub(crate) fn push_bytes_of_text(&mut self, key: Symbol, text: &[u8]) {
        self.open.push_bytes_of_text(key, text);
    }

    /// See [`Attributes::push_spelled`].
    #[inline(always)]
    pub(crate) fn push_spelled(&mut self, values: &Spelled, nth: usize) {
        self.open.push_spelled(values, nth);
    }

    /// See [`Attributes::push_rows`].
    #[inline]
    pub(crate) fn push_rows(&mut self, rows: &SpelledRows) {
        self.open.push_rows(rows);
    }

    /// See [`Attributes::settle`].
    #[inline]
    pub(crate) fn settle(&mut self) -> bool {
        self.open.settle()
    }

    /// Closes the open record, which is expected to have this shape, and answers
    /// the shape that it has; `None` where four billion records are reached.
    #[inline]
    pub(crate) fn close(&mut self, expected: ShapeId) -> Option<ShapeId> {
        let shape = self.open.close_like(expected);
        if self.open.value_bytes() > SEGMENT_BYTES - LEFT_BYTES {
            self.begin_segment()?;
        }
        shape
    }

    /// Seals the open segment, which is full, and begins another one.
    #[cold]
    fn begin_segment(&mut self) -> Option<()> {
        let (next, owners) = (self.open.successor(), self.open.owners());
        self.seal()?;
        self.open = next;
        let bytes = self.ahead.min(SEGMENT_BYTES);
        self.ahead -= bytes;
        if bytes > 0 {
            self.open.reserve(owners * bytes / SEGMENT_BYTES, bytes);
        }
        Some(())
    }

    /// See [`Attributes::abandon`].
    pub(crate) fn abandon(&mut self) {
        self.open.abandon();
    }

    /// See [`Attributes::open_len`].
    #[inline]
    pub(crate) fn open_len(&self) -> usize {
        self.open.open_len()
    }

    /// Says that so many more records are expected, whose values have no more
    /// than so many bytes.
    pub(crate) fn expect(&mut self, records: usize, most_bytes: usize) {
        let (known, of) = (self.open.value_bytes(), self.open.owners().max(1));
        let bytes = known as u128 * records as u128 / of as u128;
        self.ahead = most_bytes.min(bytes as usize);
        let bytes = self.ahead.min(SEGMENT_BYTES.saturating_sub(known));
        self.ahead -= bytes;
        let records = bytes as u128 * of as u128 / known.max(1) as u128;
        self.open.reserve(records as usize, bytes);
    }

    /// See [`Attributes::rebuild_index`].
    pub(crate) fn rebuild_index(&mut self) {
        let sealed = self.sealed.iter_mut().map(|segment| &mut segment.rows);
        sealed
            .chain([&mut self.open])
            .for_each(Attributes::rebuild_index);
    }

    /// See [`Attributes::rename`].
    pub(crate) fn rename(&mut self, map: &[Symbol]) {
        for segment in &mut self.sealed {
            segment.rows.rename(map);
        }
        self.open.rename(map);
    }

    /// Appends the rows of records that stand behind ours, whose keys have our
    /// numbers.
    pub(crate) fn append(&mut self, other: Self) -> Option<()> {
        let sealed = other.sealed.into_iter().map(|segment| segment.rows);
        for rows in sealed.chain([other.open]) {
            match rows.value_bytes() < MANY_BYTES {
                true => self.open.absorb(&rows)?,
                false => self.put(rows)?,
            }
        }
        Some(())
    }

    /// Makes rows a segment behind ours.
    fn put(&mut self, mut rows: Attributes) -> Option<()> {
        self.seal()?;
        rows.shrink();
        let first = self.first;
        self.first = first.checked_add(u32::try_from(rows.owners()).ok()?)?;
        self.sealed.push(Segment { first, rows });
        Some(())
    }

    /// Makes the open rows a segment.
    fn seal(&mut self) -> Option<()> {
        if self.open.owners() > 0 {
            let rows = std::mem::take(&mut self.open);
            self.put(rows)?;
        }
        Some(())
    }

    /// Bytes held on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        let sealed = self.sealed.iter().map(|segment| segment.rows.heap_bytes());
        sealed.sum::<usize>() + self.open.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::Strings;

    /// Records that say which record they are of, in so many rows each.
    fn records(key: Symbol, from: i64, count: usize, rows: usize) -> Segments {
        let mut segments = Segments::default();
        for record in from..from + count as i64 {
            (0..rows).for_each(|_| segments.push(key, Value::Int(record)));
            segments.close(ShapeId::default()).expect("few records");
        }
        segments
    }

    fn check(all: &Segments, key: Symbol, records: u32) {
        for record in 0..records {
            let (rows, owner) = all.of(record);
            let expected = Some(Value::Int(i64::from(record)));
            assert_eq!(rows.get(owner, key), expected, "{record}");
        }
        let (rows, owner) = all.of(records);
        assert_eq!(rows.of(owner).count(), 0, "none such");
    }

    #[test]
    fn records_are_found_in_whatever_segment_they_stand() {
        let key = Strings::new().intern("k");
        let mut all = records(key, 0, 3, 1);
        all.append(records(key, 3, 2, MANY_BYTES)).expect("room");
        all.append(records(key, 5, 4, 1)).expect("room");
        all.append(records(key, 9, 1, 2)).expect("room");
        let mut more = records(key, 10, 1, MANY_BYTES);
        more.append(records(key, 11, 1, MANY_BYTES)).expect("room");
        all.append(more).expect("room");
        all.push(key, Value::Int(12));
        all.close(ShapeId::default()).expect("room");
        assert_eq!(all.sealed.len(), 5, "small ones were copied");
        check(&all, key, 13);
    }

    #[test]
    fn a_segment_that_is_full_is_sealed() {
        let key = Strings::new().intern("k");
        let mut all = records(key, 0, 3, 1);
        all.expect(1 << 20, 3 * SEGMENT_BYTES);
        for record in 3..1000 {
            (0..5).for_each(|_| all.push(key, Value::Int(record)));
            all.close(ShapeId::default()).expect("room");
        }
        assert!(all.sealed.len() > 5, "{}", all.sealed.len());
        let rooms = all
            .sealed
            .iter()
            .map(|segment| segment.rows.values.capacity());
        assert!(
            rooms.take(3).all(|room| room == SEGMENT_BYTES),
            "as expected"
        );
        check(&all, key, 1000);
        all.rename(&[Symbol::EMPTY, Symbol(7)]);
        check(&all, Symbol(7), 1000);
    }
}

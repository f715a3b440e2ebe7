//! Attributes of records in segments.
//!
//! The attributes of a batch are most of what it holds. When batches are
//! joined, those of a large one become a segment of the other one as they are,
//! because to copy them would cost a good part of what reading them did.

use super::{Attributes, Value};
use crate::strings::Symbol;
use serde::{Deserialize, Serialize};

/// From this many rows on, attributes become a segment and are not copied.
const MANY: usize = 1 << 14;

/// Rows of attributes by record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Segments {
    sealed: Vec<Segment>,
    /// The first record of the open segment.
    first: u32,
    open: Attributes,
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

    /// See [`Attributes::settle`].
    #[inline]
    pub(crate) fn settle(&mut self) -> bool {
        self.open.settle()
    }

    /// Closes the open record; `None` where four billion rows are reached.
    #[inline]
    pub(crate) fn close(&mut self) -> Option<()> {
        self.open.close().map(drop)
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

    /// How many rows the last segment has, which is the one that grows.
    pub(crate) fn last_len(&self) -> usize {
        self.open.len()
    }

    /// How many records the last segment has.
    pub(crate) fn last_records(&self) -> usize {
        self.open.owners()
    }

    /// See [`Attributes::reserve`].
    pub(crate) fn reserve(&mut self, records: usize, rows: usize, bytes: usize) {
        self.open.reserve(records, rows, bytes);
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
            match rows.len() < MANY {
                true => self.open.absorb(&rows)?,
                false => self.put(rows)?,
            }
        }
        Some(())
    }

    /// Makes rows a segment behind ours.
    fn put(&mut self, rows: Attributes) -> Option<()> {
        self.seal()?;
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

    /// Records with so many rows each, which say which record they are of.
    fn records(key: Symbol, from: i64, count: usize, rows: usize) -> Segments {
        let mut segments = Segments::default();
        for record in from..from + count as i64 {
            (0..rows).for_each(|_| segments.push(key, Value::Int(record)));
            segments.close().expect("few rows");
        }
        segments
    }

    #[test]
    fn records_are_found_in_whatever_segment_they_stand() {
        let key = Strings::new().intern("k");
        let mut all = records(key, 0, 3, 1);
        all.append(records(key, 3, 2, MANY)).expect("room");
        all.append(records(key, 5, 4, 1)).expect("room");
        all.append(records(key, 9, 1, 2)).expect("room");
        let mut more = records(key, 10, 1, MANY);
        more.append(records(key, 11, 1, MANY)).expect("room");
        all.append(more).expect("room");
        all.push(key, Value::Int(12));
        all.close().expect("room");
        assert_eq!(all.sealed.len(), 5, "small ones were copied");
        for record in 0..13 {
            let (rows, owner) = all.of(record);
            let expected = Some(Value::Int(i64::from(record)));
            assert_eq!(rows.get(owner, key), expected, "{record}");
        }
        assert_eq!(all.of(13).0.of(all.of(13).1).count(), 0, "none such");
    }
}

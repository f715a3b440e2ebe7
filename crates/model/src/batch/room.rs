//! Room for the records to come, which the first ones of a file forecast.

use super::SpanBatch;

/// When a batch looks ahead to how much a file still holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forecast {
    /// The first record of the file.
    first: usize,
    /// The record at which it looks.
    due: usize,
    /// How many bytes the file has; zero where that is not known.
    bytes: usize,
}

/// The most bytes of a file that room is made for on the word of its size.
const MOST_AHEAD: u64 = 4 << 30;

/// How many records of a file tell what the others are like.
const SAMPLE: usize = 512;

/// The fewest bytes of a file that a record takes, as far as room is made for it
/// before it is read.
const LEAST_BYTES: usize = 64;

impl SpanBatch {
    /// Makes room for the fixed fields of so many more records: no more than that
    /// where they are most of all, and else so much that records that come few by
    /// few are not copied each time.
    pub fn reserve(&mut self, records: usize) {
        if records > self.len() {
            self.trace_ids.reserve_exact(records);
            self.placements.reserve_exact(records);
            self.heads.reserve_exact(records);
        } else {
            self.trace_ids.reserve(records);
            self.placements.reserve(records);
            self.heads.reserve(records);
        }
    }

    /// Says that the records that follow are those of another file, of so many
    /// bytes where that is known.
    pub fn begin_file(&mut self, bytes: Option<u64>) {
        let first = self.len();
        self.forecast = Forecast {
            first,
            due: first + SAMPLE,
            bytes: bytes.map_or(0, |bytes| bytes.min(MOST_AHEAD) as usize),
        };
    }

    /// Makes room for the rest of a file, of which `done` of the `all` bytes
    /// that a reader was given have been read, once enough records tell how
    /// much that may be. Columns that grow as they are written are copied
    /// again and again.
    #[inline]
    pub fn make_room(&mut self, done: usize, all: usize) {
        if self.len() == self.forecast.due {
            self.make_room_now(done.max(1), all);
        }
    }

    /// Makes room for the attributes of so many more records, which room was made
    /// for ([`SpanBatch::reserve`]) and are like those so far. It is made as
    /// they come, so that no more than a few megabytes are made in vain.
    pub fn expect_attributes(&mut self, records: usize) {
        if self.keep.has_rows() {
            self.attributes.expect(records, usize::MAX);
        }
    }

    #[cold]
    fn make_room_now(&mut self, done: usize, all: usize) {
        let rest = all.max(self.forecast.bytes).saturating_sub(done);
        let sample = self.len() - self.forecast.first;
        let ahead = |sample: usize| (sample as u128 * rest as u128 / done as u128) as usize;
        let records = ahead(sample).min(rest / LEAST_BYTES);
        self.reserve(records);
        if self.keep.has_rows() {
            self.attributes.expect(records, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SpanHead;

    #[test]
    fn records_that_come_few_by_few_are_copied_seldom() {
        let mut batch = SpanBatch::default();
        batch.reserve(1_000);
        assert_eq!(batch.heads.capacity(), 1_000, "most of all");
        let mut capacities = Vec::new();
        for _ in 0..1_000 {
            batch.reserve(10);
            for _ in 0..10 {
                batch.close(SpanHead::default()).expect("room");
            }
            capacities.push(batch.heads.capacity());
        }
        capacities.dedup();
        assert!(capacities.len() < 10, "{capacities:?}");
    }
}

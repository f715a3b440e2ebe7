//! From slices and bands to the buckets and the fewer bands that are shown.

use super::{BAND, COUNT, ERRORS, SLICE};
use crate::analyses::bands::band_start;
use crate::analyses::columns::{count, key_columns, nano, SPAN_OPERATION};
use crate::analyses::slices::{slice_start, Buckets};
use crate::histogram::{bucket, bucket_start};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};

/// The cells that are shown, column by column.
#[derive(Default)]
pub(super) struct Cells {
    /// What has their operations.
    pub(super) keys: Vec<usize>,
    from: Vec<i64>,
    bands: Vec<u32>,
    counts: Vec<u64>,
    errors: Vec<u64>,
}

/// A band of the bucket that is being read.
struct Open {
    band: u32,
    count: i128,
    errors: i128,
}

impl Cells {
    /// None yet, with room for so many.
    pub(super) fn of(count: usize) -> Self {
        Self {
            keys: Vec::with_capacity(count),
            from: Vec::with_capacity(count),
            bands: Vec::with_capacity(count),
            counts: Vec::with_capacity(count),
            errors: Vec::with_capacity(count),
        }
    }

    /// Adds a band of the bucket that begins with a slice: how many spans it has,
    /// and how many of them err.
    pub(super) fn push(&mut self, key: usize, first: i64, (band, count, errors): (u32, u64, u64)) {
        self.keys.push(key);
        self.from.push(slice_start(first));
        self.bands.push(band);
        self.counts.push(count);
        self.errors.push(errors);
    }

    /// Adds the bands of a bucket of an operation, which are taken.
    fn close(&mut self, row: Row, first: i64, bands: &mut Vec<Open>) {
        for open in bands.drain(..) {
            let numbers = (open.band, count(open.count), count(open.errors));
            self.push(row, first, numbers);
        }
    }

    /// Them as a table, behind columns that name operations.
    pub(super) fn table(self, keys: Table, bits: u32) -> Table {
        let edge = |further: u32| {
            let edge = |band: &u32| nano(bucket_start(band + further, bits).into());
            ColumnData::Duration(self.bands.iter().map(edge).collect())
        };
        let counts = |counts: &[u64]| ColumnData::U64(counts.iter().copied().collect());
        let from = ColumnData::Time(self.from.iter().copied().collect());
        keys.with("from", from)
            .with("latency_from", edge(0))
            .with("latency_to", edge(1))
            .with("count", counts(&self.counts))
            .with("errors", counts(&self.errors))
    }
}

/// The table of a partial in the order of its keys, with bands of which an
/// octave has `2^bits`.
pub(super) fn map(partial: &Partial, buckets: Buckets, bits: u32) -> Table {
    let (names, place) = (
        partial.words_of(0..SLICE),
        partial.words_of(SLICE..BAND + 1),
    );
    let (mut cells, mut open) = (Cells::default(), Vec::new());
    let mut bucket_of: Option<(Row, i64)> = None;
    for row in partial.sorted_rows() {
        let first = buckets.first(place(row)[0] as i64);
        let is_same = |&(held, at): &(Row, i64)| at == first && names(held) == names(row);
        if !bucket_of.as_ref().is_some_and(is_same) {
            if let Some((row, first)) = bucket_of.replace((row, first)) {
                cells.close(row, first, &mut open);
            }
        }
        let band = bucket(band_start(place(row)[1]), bits);
        let cell = open_band(&mut open, band);
        let sum = |held: i128, column| held.saturating_add(partial.number(row, column));
        (cell.count, cell.errors) = (sum(cell.count, COUNT), sum(cell.errors, ERRORS));
    }
    if let Some((row, first)) = bucket_of {
        cells.close(row, first, &mut open);
    }
    let keys = key_columns(partial, &cells.keys, SPAN_OPERATION);
    cells.table(keys, bits)
}

/// The band of this number among those of a bucket, which are sorted.
fn open_band(open: &mut Vec<Open>, band: u32) -> &mut Open {
    let at = match open.last() {
        Some(last) if last.band >= band => open.partition_point(|other| other.band < band),
        _ => open.len(),
    };
    if open.get(at).is_none_or(|found| found.band != band) {
        let (count, errors) = (0, 0);
        open.insert(
            at,
            Open {
                band,
                count,
                errors,
            },
        );
    }
    &mut open[at]
}

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
struct Cells {
    /// Rows with their operations.
    rows: Vec<Row>,
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
    /// Adds the bands of a bucket of an operation, which are taken.
    fn close(&mut self, row: Row, first: i64, bands: &mut Vec<Open>) {
        for open in bands.drain(..) {
            self.rows.push(row);
            self.from.push(slice_start(first));
            self.bands.push(open.band);
            self.counts.push(count(open.count));
            self.errors.push(count(open.errors));
        }
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
    table(cells, partial, bits)
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

fn table(cells: Cells, partial: &Partial, bits: u32) -> Table {
    let edge = |further: u32| {
        let edge = |band: &u32| nano(bucket_start(band + further, bits).into());
        ColumnData::Duration(cells.bands.iter().map(edge).collect())
    };
    key_columns(partial, &cells.rows, SPAN_OPERATION)
        .with("from", ColumnData::Time(cells.from.into_iter().collect()))
        .with("latency_from", edge(0))
        .with("latency_to", edge(1))
        .with("count", ColumnData::U64(cells.counts.into_iter().collect()))
        .with(
            "errors",
            ColumnData::U64(cells.errors.into_iter().collect()),
        )
}

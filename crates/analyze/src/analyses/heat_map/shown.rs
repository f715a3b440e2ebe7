//! From slices and bands to the buckets and the fewer bands that are shown.

use super::{BAND, COUNT, ERRORS, SLICE};
use crate::analyses::bands::band_start;
use crate::analyses::columns::{counts, durations, key_columns, SPAN_OPERATION};
use crate::analyses::slices::{slice_start, Buckets};
use crate::histogram::{bucket, bucket_start};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{ColumnData, Table};

/// A bucket of time of an operation and a band.
pub(super) struct Cell {
    /// A row with the operation.
    row: Row,
    /// The first slice.
    slice: i64,
    band: u32,
    count: i128,
    errors: i128,
}

/// The cells of a partial in the order of their keys, with bands of which an
/// octave has `2^bits`.
pub(super) fn cells(partial: &Partial, buckets: Buckets, bits: u32) -> Vec<Cell> {
    let rows = partial.sorted_rows();
    let first = |row: Row| match partial.key(row, SLICE) {
        Key::I64(slice) => buckets.first(slice),
        _ => 0,
    };
    let names = |row: Row| &partial.words(row)[..SLICE];
    let placed: Vec<(Row, i64)> = rows.iter().map(|&row| (row, first(row))).collect();
    let mut cells: Vec<Cell> = Vec::with_capacity(rows.len());
    for rows in placed.chunk_by(|a, b| a.1 == b.1 && names(a.0) == names(b.0)) {
        let begun = cells.len();
        for &(row, slice) in rows {
            let band = coarse(partial, row, bits);
            let place = cells[begun..].binary_search_by_key(&band, |cell| cell.band);
            if let Err(at) = place {
                cells.insert(begun + at, Cell::new(row, slice, band));
            }
            let (Ok(at) | Err(at)) = place;
            cells[begun + at].add(partial, row);
        }
    }
    cells
}

impl Cell {
    fn new(row: Row, slice: i64, band: u32) -> Self {
        Self {
            row,
            slice,
            band,
            count: 0,
            errors: 0,
        }
    }

    fn add(&mut self, partial: &Partial, row: Row) {
        let sum = |held: i128, column| held.saturating_add(partial.number(row, column));
        self.count = sum(self.count, COUNT);
        self.errors = sum(self.errors, ERRORS);
    }
}

fn coarse(partial: &Partial, row: Row, bits: u32) -> u32 {
    match partial.key(row, BAND) {
        Key::U64(band) => bucket(band_start(band), bits),
        _ => 0,
    }
}

/// The table of cells.
pub(super) fn map(cells: &[Cell], partial: &Partial, bits: u32) -> Table {
    let rows: Vec<Row> = cells.iter().map(|cell| cell.row).collect();
    let from = cells.iter().map(|cell| Some(slice_start(cell.slice)));
    let edge = |further: u32| {
        let edges = cells
            .iter()
            .map(|cell| bucket_start(cell.band + further, bits));
        durations(edges.map(i128::from))
    };
    key_columns(partial, &rows, SPAN_OPERATION)
        .with("from", ColumnData::Time(from.collect()))
        .with("latency_from", edge(0))
        .with("latency_to", edge(1))
        .with("count", counts(cells.iter().map(|cell| cell.count)))
        .with("errors", counts(cells.iter().map(|cell| cell.errors)))
}

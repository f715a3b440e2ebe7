//! Columns from iterators, in the types of result tables.

use crate::partial::{Exemplar, KeyType, Partial, Row};
use spanwise_model::table::Names;
use spanwise_model::{ColumnData, SpanTable, Symbol, Table};

pub(super) fn names<'a>(cells: impl IntoIterator<Item = &'a str>) -> ColumnData {
    ColumnData::Name(cells.into_iter().collect())
}

/// Names that are symbols of a table.
pub(crate) fn symbols(
    table: &SpanTable,
    cells: impl IntoIterator<Item = Option<Symbol>>,
) -> ColumnData {
    let numbers = cells
        .into_iter()
        .map(|symbol| symbol.map(|symbol| symbol.0));
    ColumnData::Name(Names::of_numbers(numbers, |number| {
        table.text(Symbol(number))
    }))
}

/// Names of values of which there are few.
pub(super) fn words<T: Copy + Eq>(
    cells: impl IntoIterator<Item = T>,
    name: fn(T) -> &'static str,
) -> ColumnData {
    let mut seen: Vec<T> = Vec::new();
    let numbers = cells.into_iter().map(|cell| {
        let place = seen.iter().position(|&held| held == cell);
        place.unwrap_or_else(|| {
            seen.push(cell);
            seen.len() - 1
        }) as u32
    });
    let numbers: Vec<u32> = numbers.collect();
    let name = |number: u32| name(seen[number as usize]);
    ColumnData::Name(Names::of_numbers(numbers.into_iter().map(Some), name))
}

pub(super) fn counts(cells: impl IntoIterator<Item = i128>) -> ColumnData {
    ColumnData::U64(cells.into_iter().map(count).collect())
}

/// A count as a cell: the nearest that 64 bits hold.
pub(super) fn count(n: i128) -> u64 {
    u64::try_from(n.max(0)).unwrap_or(u64::MAX)
}

pub(super) fn durations(cells: impl IntoIterator<Item = i128>) -> ColumnData {
    ColumnData::Duration(cells.into_iter().map(nano).collect())
}

pub(crate) fn some_durations(cells: impl IntoIterator<Item = Option<u64>>) -> ColumnData {
    let cells = cells.into_iter();
    ColumnData::Duration(cells.map(|n| n.map(|n| nano(n.into()))).collect())
}

/// Shares `part / whole`; absent where the whole is zero.
pub(super) fn shares(cells: impl IntoIterator<Item = (i128, i128)>) -> ColumnData {
    ColumnData::F64(
        cells
            .into_iter()
            .map(|(part, whole)| ratio(part, whole))
            .collect(),
    )
}

pub(super) fn ratio(part: i128, whole: i128) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

/// A duration as a cell: the nearest that 64 bits hold.
pub(super) fn nano(n: i128) -> i64 {
    n.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// The keys of rows that are operations.
pub(super) const SPAN_OPERATION: &[(&str, KeyType)] = &[
    ("service", KeyType::Name),
    ("operation", KeyType::Name),
    ("kind", KeyType::Name),
];

/// The first names of a key, a column each.
pub(super) fn key_columns(
    partial: &Partial,
    rows: &[Row],
    keys: &[(&'static str, KeyType)],
) -> Table {
    let columns = keys.iter().enumerate();
    columns.fold(Table::new(), |table, (column, &(name, _))| {
        table.with(name, ColumnData::Name(partial.names_of(rows, column)))
    })
}

/// A quantile of the histograms in a column.
pub(super) fn quantiles(partial: &Partial, rows: &[Row], column: usize, q: f64) -> ColumnData {
    let quantile = |&row: &Row| partial.histogram(row, column).quantile(q);
    some_durations(rows.iter().map(quantile))
}

/// The examples in a column, as `trace/span`.
pub(super) fn examples(partial: &Partial, rows: &[Row], column: usize) -> ColumnData {
    let text = |one: &Exemplar| format!("{}/{}", one.trace_id, one.span_id);
    let texts = |&row: &Row| {
        let exemplars = partial.exemplars(row, column).iter();
        exemplars.map(text).collect::<Vec<String>>()
    };
    ColumnData::TextList(rows.iter().map(texts).collect())
}

//! A table as a polars frame, for Rust programs that use polars already.
//!
//! Python does not come this way: it reads the Arrow C stream, so that polars
//! is not linked into the wheel.

use ::polars::prelude::*;
use spanwise_model::table::{Cells, Names, Texts};
use spanwise_model::{ColumnData, Table};

/// Gives a polars frame.
pub trait ToPolars {
    /// The rows as a frame: names are categorical, durations `Duration("ns")`,
    /// times `Datetime("ns", "UTC")`.
    ///
    /// # Errors
    ///
    /// Where polars refuses the columns, such as two of one name.
    fn to_polars(&self) -> PolarsResult<DataFrame>;
}

impl ToPolars for Table {
    fn to_polars(&self) -> PolarsResult<DataFrame> {
        let series = |column: &spanwise_model::Column| {
            let series = series(column.name.as_ref().into(), &column.data)?;
            Ok(series.into_column())
        };
        let columns: PolarsResult<Vec<Column>> = self.columns().iter().map(series).collect();
        DataFrame::new(self.rows(), columns?)
    }
}

fn series(name: PlSmallStr, data: &ColumnData) -> PolarsResult<Series> {
    let nanoseconds = TimeUnit::Nanoseconds;
    Ok(match data {
        ColumnData::Name(names) => return categories(name, names),
        ColumnData::Text(texts) => text_series(name, texts),
        ColumnData::TextList(lists) => list_series(name, lists),
        ColumnData::U64(cells) => {
            UInt64Chunked::from_iter_options(name, options(cells)).into_series()
        }
        ColumnData::F64(cells) => {
            Float64Chunked::from_iter_options(name, options(cells)).into_series()
        }
        ColumnData::Bool(cells) => {
            BooleanChunked::from_iter_options(name, options(cells)).into_series()
        }
        ColumnData::I64(cells) => integers(name, cells).into_series(),
        ColumnData::Duration(cells) => integers(name, cells)
            .into_duration(nanoseconds)
            .into_series(),
        ColumnData::Time(cells) => integers(name, cells)
            .into_datetime(nanoseconds, Some(TimeZone::UTC))
            .into_series(),
    })
}

fn options<T: Copy + Default>(cells: &Cells<T>) -> impl Iterator<Item = Option<T>> + '_ {
    (0..cells.len()).map(|row| cells.get(row).copied())
}

fn integers(name: PlSmallStr, cells: &Cells<i64>) -> Int64Chunked {
    Int64Chunked::from_iter_options(name, options(cells))
}

fn categories(name: PlSmallStr, names: &Names) -> PolarsResult<Series> {
    let texts = (0..names.codes().len()).map(|row| names.get(row));
    let texts: StringChunked = texts.collect();
    texts
        .with_name(name)
        .into_series()
        .cast(&DataType::from_categories(Categories::global()))
}

fn text_series(name: PlSmallStr, texts: &Texts) -> Series {
    let texts = (0..texts.ends().len()).map(|row| texts.get(row));
    let texts: StringChunked = texts.collect();
    texts.with_name(name).into_series()
}

fn list_series(name: PlSmallStr, lists: &Cells<Vec<String>>) -> Series {
    let values = lists.values().iter().map(Vec::len).sum();
    let mut builder = ListStringChunkedBuilder::new(name, lists.len(), values);
    for row in 0..lists.len() {
        match lists.get(row) {
            Some(list) => builder.append_values_iter(list.iter().map(String::as_str)),
            None => builder.append_null(),
        }
    }
    builder.finish().into_series()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_series() {
        let lists = [Some(vec!["a".to_owned()]), None];
        let table = Table::new()
            .with(
                "name",
                ColumnData::Name([Some("b"), None].into_iter().collect()),
            )
            .with(
                "text",
                ColumnData::Text([None, Some("x")].into_iter().collect()),
            )
            .with("list", ColumnData::TextList(lists.into_iter().collect()))
            .with("n", ColumnData::U64([u64::MAX, 1].into_iter().collect()))
            .with("start", ColumnData::Time([0, -1].into_iter().collect()))
            .with(
                "self",
                ColumnData::Duration([Some(1), None].into_iter().collect()),
            );
        let frame = table.to_polars().expect("a frame");
        let types: Vec<String> = frame.dtypes().iter().map(ToString::to_string).collect();
        assert_eq!(
            types,
            [
                "cat",
                "str",
                "list[str]",
                "u64",
                "datetime[ns, UTC]",
                "duration[ns]"
            ]
        );
        let nulls: Vec<usize> = frame.columns().iter().map(Column::null_count).collect();
        assert_eq!(nulls, [1, 1, 1, 0, 0, 1]);
    }

    #[test]
    fn two_columns_of_one_name_are_an_error() {
        let column = || ColumnData::U64([1].into_iter().collect());
        let table = Table::new().with("n", column()).with("n", column());
        assert!(table.to_polars().is_err());
    }
}

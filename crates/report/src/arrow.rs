//! A table as a record batch of arrow-rs.
//!
//! Buffers move where the layouts agree: numbers, flags' validity and texts
//! (as string views over the column's own buffer) are not copied. Through the
//! Arrow C stream this is how polars, pandas, pyarrow and DuckDB read tables.

use arrow_array::builder::{make_view, ListBuilder, StringViewBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, DurationNanosecondArray, Float64Array, Int32Array,
    Int64Array, RecordBatch, RecordBatchOptions, StringArray, StringViewArray,
    TimestampNanosecondArray, UInt64Array,
};
use arrow_buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, Field, Schema};
use spanwise_model::table::{Cells, Names, Texts};
use spanwise_model::{Column, ColumnData, Table};
use std::sync::Arc;

/// The greatest length of one buffer of a string view.
const VIEW_BUFFER: usize = i32::MAX as usize;

/// The table as one record batch; every column may hold nulls.
///
/// Names become dictionaries of `Int32` to `Utf8`, texts `Utf8View`, lists
/// lists of these, durations `Duration(ns)`, times `Timestamp(ns, "UTC")`.
///
/// ```
/// use spanwise_model::{ColumnData, Table};
/// let table = Table::new()
///     .with("self", ColumnData::Duration([Some(20), None].into_iter().collect()));
/// let batch = spanwise_report::arrow::record_batch(table)?;
/// assert_eq!((batch.num_rows(), batch.column(0).null_count()), (2, 1));
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
///
/// # Errors
///
/// Where a single text is longer than two gigabytes, or there are more than
/// 2³¹ names.
pub fn record_batch(table: Table) -> Result<RecordBatch, ArrowError> {
    let rows = table.rows();
    let mut fields = Vec::with_capacity(table.columns().len());
    let mut arrays = Vec::with_capacity(table.columns().len());
    for Column { name, data } in table.into_columns() {
        let array = array(data)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}

fn array(data: ColumnData) -> Result<ArrayRef, ArrowError> {
    Ok(match data {
        ColumnData::Name(names) => Arc::new(dictionary(names)?),
        ColumnData::Text(texts) => Arc::new(views(texts, VIEW_BUFFER)?),
        ColumnData::TextList(lists) => lists_of_texts(&lists),
        ColumnData::U64(cells) => {
            let (values, nulls) = parts(cells);
            Arc::new(UInt64Array::new(values.into(), nulls))
        }
        ColumnData::I64(cells) => {
            let (values, nulls) = parts(cells);
            Arc::new(Int64Array::new(values.into(), nulls))
        }
        ColumnData::F64(cells) => {
            let (values, nulls) = parts(cells);
            Arc::new(Float64Array::new(values.into(), nulls))
        }
        ColumnData::Bool(cells) => {
            let (values, nulls) = parts(cells);
            Arc::new(BooleanArray::new(values.into(), nulls))
        }
        ColumnData::Duration(cells) => {
            let (values, nulls) = parts(cells);
            Arc::new(DurationNanosecondArray::new(values.into(), nulls))
        }
        ColumnData::Time(cells) => {
            let (values, nulls) = parts(cells);
            let times = TimestampNanosecondArray::new(values.into(), nulls);
            Arc::new(times.with_timezone("UTC"))
        }
    })
}

fn parts<T: Clone + Default>(cells: Cells<T>) -> (Vec<T>, Option<NullBuffer>) {
    let (values, valid) = cells.into_parts();
    let nulls = (!valid.is_empty()).then(|| NullBuffer::from(valid));
    (values, nulls)
}

fn dictionary(names: Names) -> Result<DictionaryArray<Int32Type>, ArrowError> {
    let (codes, values) = names.into_parts();
    if i32::try_from(values.len()).is_err() {
        return Err(ArrowError::DictionaryKeyOverflowError);
    }
    let (codes, nulls) = parts(codes);
    let keys: Vec<i32> = codes.into_iter().map(|code| code as i32).collect();
    let keys = Int32Array::new(keys.into(), nulls);
    DictionaryArray::try_new(keys, Arc::new(StringArray::from_iter_values(values)))
}

/// Views into the column's own buffer, which is taken in slices of at most
/// `limit` bytes because a view's offset has 32 bits.
fn views(texts: Texts, limit: usize) -> Result<StringViewArray, ArrowError> {
    let (text, ends) = texts.into_parts();
    let (ends, nulls) = parts(ends);
    let bytes = Buffer::from_vec(text.into_bytes());
    let mut slices: Vec<(usize, usize)> = vec![(0, 0)];
    let mut views = Vec::with_capacity(ends.len());
    let mut from = 0;
    for end in ends.into_iter().map(|end| end as usize) {
        if end - from > limit {
            let message = format!("a text of {} bytes", end - from);
            return Err(ArrowError::InvalidArgumentError(message));
        }
        let begin = slices.last().map_or(0, |slice| slice.0);
        match slices.last_mut() {
            Some(slice) if end - begin <= limit => slice.1 = end,
            _ => slices.push((from, end)),
        }
        let begin = slices.last().map_or(0, |slice| slice.0);
        let block = (slices.len() - 1) as u32;
        views.push(make_view(&bytes[from..end], block, (from - begin) as u32));
        from = end;
    }
    let slice = |(from, to): (usize, usize)| bytes.slice_with_length(from, to - from);
    let buffers: Vec<Buffer> = slices.into_iter().map(slice).collect();
    StringViewArray::try_new(ScalarBuffer::from(views), buffers, nulls)
}

fn lists_of_texts(lists: &Cells<Vec<String>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for row in 0..lists.len() {
        if let Some(list) = lists.get(row) {
            list.iter()
                .for_each(|text| builder.values().append_value(text));
        }
        builder.append(lists.get(row).is_some());
    }
    Arc::new(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::cast::AsArray;
    use arrow_array::Array;
    use arrow_schema::{DataType, TimeUnit};

    fn table() -> Table {
        let lists = [Some(vec!["a".to_owned(), "b".to_owned()]), None];
        Table::new()
            .with(
                "name",
                ColumnData::Name([Some("b"), None].into_iter().collect()),
            )
            .with(
                "text",
                ColumnData::Text(
                    [None, Some("a text longer than twelve")]
                        .into_iter()
                        .collect(),
                ),
            )
            .with("list", ColumnData::TextList(lists.into_iter().collect()))
            .with("n", ColumnData::U64([u64::MAX, 1].into_iter().collect()))
            .with(
                "flag",
                ColumnData::Bool([Some(true), None].into_iter().collect()),
            )
            .with("start", ColumnData::Time([0, -1].into_iter().collect()))
            .with(
                "self",
                ColumnData::Duration([Some(1), None].into_iter().collect()),
            )
    }

    #[test]
    fn every_type_has_its_array() {
        let batch = record_batch(table()).expect("a batch");
        let types: Vec<_> = batch
            .columns()
            .iter()
            .map(|array| array.data_type().clone())
            .collect();
        let utc = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
        let text = Arc::new(Field::new_list_field(DataType::Utf8View, true));
        let dictionary = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
        let duration = DataType::Duration(TimeUnit::Nanosecond);
        let (views, list) = (DataType::Utf8View, DataType::List(text));
        assert_eq!(
            types,
            [
                dictionary,
                views,
                list,
                DataType::UInt64,
                DataType::Boolean,
                utc,
                duration
            ]
        );
        let nulls: Vec<_> = batch.columns().iter().map(Array::null_count).collect();
        assert_eq!(nulls, [1, 1, 1, 0, 1, 0, 1]);
        assert_eq!(
            batch.column(1).as_string_view().value(1),
            "a text longer than twelve"
        );
    }

    #[test]
    fn texts_are_not_copied() {
        let texts: Texts = [Some("a text longer than twelve")].into_iter().collect();
        let at = texts.buffer().as_ptr();
        let views = views(texts, VIEW_BUFFER).expect("an array");
        assert_eq!(views.data_buffers()[0].as_ptr(), at);
    }

    #[test]
    fn long_columns_are_cut_into_buffers_between_texts() {
        let words = [
            "a first long text",
            "a second long text",
            "",
            "a third long text",
        ];
        let texts: Texts = words.into_iter().map(Some).collect();
        let views = views(texts, 36).expect("an array");
        assert_eq!(views.data_buffers().len(), 2);
        assert_eq!(views.iter().flatten().collect::<Vec<_>>(), words);
        let texts: Texts = words.into_iter().map(Some).collect();
        assert!(super::views(texts, 5).is_err());
    }

    #[test]
    fn a_table_without_columns_is_a_batch() {
        assert_eq!(record_batch(Table::new()).expect("a batch").num_rows(), 0);
    }
}

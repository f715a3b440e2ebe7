//! Histograms; one without values has neither a smallest nor a largest one.

use super::list::{self, Lists};
use super::{field, structs, typed};
use crate::odd;
use arrow_array::{Array, ArrayRef, StructArray, UInt64Array};
use arrow_schema::{DataType, Field, Fields};
use spanwise_analyze::partial::Row;
use spanwise_analyze::{Histogram, Partial};
use spanwise_model::Result;
use std::sync::Arc;

pub(super) fn data_type() -> DataType {
    DataType::Struct(fields())
}

fn fields() -> Fields {
    let buckets = list::data_type(DataType::Struct(bucket_fields()));
    Fields::from(vec![
        Field::new("min", DataType::UInt64, true),
        Field::new("max", DataType::UInt64, true),
        Field::new("buckets", buckets, false),
    ])
}

fn bucket_fields() -> Fields {
    structs([("from", DataType::UInt64), ("count", DataType::UInt64)])
}

pub(super) fn array(partial: &Partial, rows: &[Row], column: usize) -> ArrayRef {
    let histograms = || rows.iter().map(|&row| partial.histogram(row, column));
    let numbers = |pick: fn(&Histogram) -> Option<u64>| -> ArrayRef {
        Arc::new(UInt64Array::from_iter(histograms().map(pick)))
    };
    let columns = vec![
        numbers(Histogram::min),
        numbers(Histogram::max),
        buckets(histograms().map(|one| one.buckets().collect())),
    ];
    Arc::new(StructArray::new(fields(), columns, None))
}

/// Lists of buckets: each the smallest value of the bucket, and its count.
fn buckets(lists: impl Iterator<Item = Vec<(u64, u64)>>) -> ArrayRef {
    let lists: Vec<_> = lists.collect();
    let all = || lists.iter().flatten();
    let from = UInt64Array::from_iter_values(all().map(|&(from, _)| from));
    let count = UInt64Array::from_iter_values(all().map(|&(_, count)| count));
    let columns: Vec<ArrayRef> = vec![Arc::new(from), Arc::new(count)];
    let items = Arc::new(StructArray::new(bucket_fields(), columns, None));
    Arc::new(list::array(lists.iter().map(Vec::len), items))
}

/// A column of histograms that was read.
pub(super) struct Histograms<'b> {
    min: &'b UInt64Array,
    max: &'b UInt64Array,
    buckets: Lists<'b>,
    from: &'b UInt64Array,
    count: &'b UInt64Array,
}

impl<'b> Histograms<'b> {
    pub(super) fn of(array: &'b ArrayRef) -> Result<Self> {
        let cells: &StructArray = typed(array)?;
        let lists = cells.column_by_name("buckets");
        let buckets = Lists::of(lists.ok_or_else(|| odd("a histogram lacks its buckets"))?)?;
        let items: &StructArray = buckets.items()?;
        Ok(Self {
            min: field(cells, "min")?,
            max: field(cells, "max")?,
            from: field(items, "from")?,
            count: field(items, "count")?,
            buckets,
        })
    }

    pub(super) fn put(&self, at: usize, out: &mut Partial, row: Row, column: usize) -> Result<()> {
        let items = self.buckets.range(at);
        if items.is_empty() && self.min.is_null(at) && self.max.is_null(at) {
            return Ok(());
        }
        let buckets = items.map(|item| (self.from.value(item), self.count.value(item)));
        let histogram = Histogram::of_buckets(buckets, self.min.value(at), self.max.value(at));
        let histogram = histogram.ok_or_else(|| odd("a histogram contradicts itself"))?;
        out.record_all(row, column, &histogram);
        Ok(())
    }
}

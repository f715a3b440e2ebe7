//! Examples, best first.

use super::list::{self, Lists};
use super::{field, structs};
use crate::odd;
use arrow_array::{ArrayRef, Int64Array, StringArray, StructArray};
use arrow_schema::{DataType, Fields};
use spanwise_analyze::partial::{Exemplar, Row};
use spanwise_analyze::Partial;
use spanwise_model::Result;
use std::sync::Arc;

pub(super) fn data_type() -> DataType {
    list::data_type(DataType::Struct(fields()))
}

fn fields() -> Fields {
    structs([
        ("value", DataType::Int64),
        ("trace_id", DataType::Utf8),
        ("span_id", DataType::Utf8),
    ])
}

pub(super) fn array(partial: &Partial, rows: &[Row], column: usize) -> ArrayRef {
    let cells = || rows.iter().map(|&row| partial.exemplars(row, column));
    let texts = |pick: fn(&Exemplar) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(cells().flatten().map(pick)))
    };
    let values = Int64Array::from_iter_values(cells().flatten().map(|one| one.value));
    let columns = vec![
        Arc::new(values) as ArrayRef,
        texts(|one| &one.trace_id),
        texts(|one| &one.span_id),
    ];
    let items = Arc::new(StructArray::new(fields(), columns, None));
    Arc::new(list::array(cells().map(<[_]>::len), items))
}

/// A column of examples that was read.
pub(super) struct Examples<'b> {
    limit: usize,
    lists: Lists<'b>,
    values: &'b Int64Array,
    traces: &'b StringArray,
    spans: &'b StringArray,
}

impl<'b> Examples<'b> {
    pub(super) fn of(array: &'b ArrayRef, limit: usize) -> Result<Self> {
        let lists = Lists::of(array)?;
        let items: &StructArray = lists.items()?;
        Ok(Self {
            limit,
            values: field(items, "value")?,
            traces: field(items, "trace_id")?,
            spans: field(items, "span_id")?,
            lists,
        })
    }

    pub(super) fn put(&self, at: usize, out: &mut Partial, row: Row, column: usize) -> Result<()> {
        let items = self.lists.range(at);
        if items.len() > self.limit {
            return Err(odd("a row has too many examples"));
        }
        for item in items {
            let id = |ids: &StringArray| ids.value(item).to_owned();
            let ids = || (id(self.traces), id(self.spans));
            out.offer(row, column, self.values.value(item), ids);
        }
        Ok(())
    }
}

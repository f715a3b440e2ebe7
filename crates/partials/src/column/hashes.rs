//! Sets: their smallest hashes, ascending.

use super::list::{self, Lists};
use crate::odd;
use arrow_array::{ArrayRef, UInt64Array};
use arrow_schema::DataType;
use spanwise_analyze::partial::Row;
use spanwise_analyze::Partial;
use spanwise_model::Result;
use std::sync::Arc;

pub(super) fn data_type() -> DataType {
    list::data_type(DataType::UInt64)
}

pub(super) fn array(partial: &Partial, rows: &[Row], column: usize) -> ArrayRef {
    let cells = || rows.iter().map(|&row| partial.hashes(row, column));
    let items = UInt64Array::from_iter_values(cells().flatten().copied());
    Arc::new(list::array(cells().map(<[_]>::len), Arc::new(items)))
}

/// A column of sets that was read.
pub(super) struct Hashes<'b> {
    limit: usize,
    lists: Lists<'b>,
    items: &'b UInt64Array,
}

impl<'b> Hashes<'b> {
    pub(super) fn of(array: &'b ArrayRef, limit: usize) -> Result<Self> {
        let lists = Lists::of(array)?;
        Ok(Self {
            limit,
            items: lists.items()?,
            lists,
        })
    }

    pub(super) fn put(&self, at: usize, out: &mut Partial, row: Row, column: usize) -> Result<()> {
        let items = self.lists.range(at);
        if items.len() > self.limit {
            return Err(odd("a set has too many hashes"));
        }
        items.for_each(|item| out.insert(row, column, self.items.value(item)));
        Ok(())
    }
}

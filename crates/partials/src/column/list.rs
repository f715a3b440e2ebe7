//! Lists: cells of several items.

use super::typed;
use crate::odd;
use arrow_array::{Array, ArrayRef, ListArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field};
use spanwise_model::Result;
use std::ops::Range;
use std::sync::Arc;

/// The type of lists of items that are never null.
pub(super) fn data_type(item: DataType) -> DataType {
    DataType::List(Arc::new(item_field(item)))
}

fn item_field(item: DataType) -> Field {
    Field::new("element", item, false)
}

/// Lists of so many of these items each.
pub(super) fn array(lengths: impl IntoIterator<Item = usize>, items: ArrayRef) -> ListArray {
    let field = Arc::new(item_field(items.data_type().clone()));
    ListArray::new(field, OffsetBuffer::from_lengths(lengths), items, None)
}

/// A column of lists that was read.
pub(super) struct Lists<'b>(&'b ListArray);

impl<'b> Lists<'b> {
    pub(super) fn of(array: &'b ArrayRef) -> Result<Self> {
        let lists: &ListArray = typed(array)?;
        match lists.null_count() + lists.values().null_count() {
            0 => Ok(Self(lists)),
            _ => Err(odd("a list or an item of it is null")),
        }
    }

    /// The items of all cells.
    pub(super) fn items<T: Array + 'static>(&self) -> Result<&'b T> {
        typed(self.0.values())
    }

    /// Which items are those of a cell.
    pub(super) fn range(&self, at: usize) -> Range<usize> {
        let offsets = self.0.value_offsets();
        offsets[at] as usize..offsets[at + 1] as usize
    }
}

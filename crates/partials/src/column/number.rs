//! Sums, smallest and largest values. A cell that nothing was merged into is
//! null.

use super::typed;
use crate::odd;
use arrow_array::{Array, ArrayRef, Decimal128Array};
use arrow_schema::{DataType, DECIMAL128_MAX_PRECISION};
use spanwise_analyze::partial::Row;
use spanwise_analyze::{Merge, Partial};
use spanwise_model::Result;
use std::sync::Arc;

/// No honest sum is as large: 2^32 of them have a sum of 128 bits.
const MOST: u128 = 1 << 95;

/// Smallest and largest values, which are never summed, may be larger: two of
/// them have a difference of 128 bits.
const MOST_SINGLE: u128 = (1 << 126) - 1;

pub(super) fn data_type() -> DataType {
    DataType::Decimal128(DECIMAL128_MAX_PRECISION, 0)
}

pub(super) fn array(partial: &Partial, rows: &[Row], column: usize) -> ArrayRef {
    let identity = identity(partial.schema().states[column].1);
    let numbers = rows.iter().map(|&row| partial.number(row, column));
    let cells: Decimal128Array = numbers
        .map(|number| (Some(number) != identity).then_some(number))
        .collect();
    Arc::new(cells.with_data_type(data_type()))
}

/// The value of a cell that nothing was merged into, where it is none.
fn identity(merge: Merge) -> Option<i128> {
    match merge {
        Merge::Min => Some(i128::MAX),
        Merge::Max => Some(i128::MIN),
        _ => None,
    }
}

/// A column of numbers that was read.
pub(super) struct Numbers<'b> {
    cells: &'b Decimal128Array,
    most: u128,
}

impl<'b> Numbers<'b> {
    pub(super) fn of(array: &'b ArrayRef, merge: Merge) -> Result<Self> {
        let cells: &Decimal128Array = typed(array)?;
        let is_sum = identity(merge).is_none();
        if is_sum && cells.null_count() > 0 {
            return Err(odd("a sum is null"));
        }
        let most = if is_sum { MOST } else { MOST_SINGLE };
        Ok(Self { cells, most })
    }

    pub(super) fn put(&self, at: usize, out: &mut Partial, row: Row, column: usize) -> Result<()> {
        if self.cells.is_null(at) {
            return Ok(());
        }
        let number = self.cells.value(at);
        if number.unsigned_abs() > self.most {
            return Err(odd("a number is too large"));
        }
        out.add(row, column, number);
        Ok(())
    }
}

//! Columns of known types, so that rows are read without asking for them.

use arrow_array::cast::AsArray;
use arrow_array::{Array, BinaryArray, StringArray, StructArray};

/// Texts, absent where a row has none.
pub(super) struct Texts<'t> {
    texts: &'t StringArray,
    none: bool,
}

impl<'t> Texts<'t> {
    pub(super) fn of(array: &'t dyn Array) -> Option<Self> {
        let texts = array.as_string_opt::<i32>()?;
        let none = texts.null_count() == texts.len();
        Some(Self { texts, none })
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<&'t str> {
        (!self.none && self.texts.is_valid(row)).then(|| self.texts.value(row))
    }
}

/// The column of this name in a structure.
pub(super) fn child<'t>(parts: &'t StructArray, name: &str) -> Option<&'t dyn Array> {
    parts.column_by_name(name).map(AsRef::as_ref)
}

/// Bytes of any length.
pub(super) fn binary(array: &dyn Array) -> Option<&BinaryArray> {
    array.as_binary_opt::<i32>()
}

/// The number in big-endian bytes, of which the last sixteen count.
#[inline]
pub(super) fn number(bytes: &BinaryArray, row: usize) -> u128 {
    let fold = |number: u128, &byte: &u8| number << 8 | u128::from(byte);
    bytes.value(row).iter().fold(0, fold)
}

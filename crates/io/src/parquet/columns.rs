//! Columns of known types, so that rows are read without asking for them.

use crate::json::Open;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, BinaryArray, FixedSizeBinaryArray, StringArray, StructArray};
use spanwise_model::{Result, Symbol};

/// Ids of a fixed length.
pub(super) struct Ids<'t>(&'t FixedSizeBinaryArray);

impl<'t> Ids<'t> {
    pub(super) fn of(array: &'t dyn Array) -> Option<Self> {
        array.as_fixed_size_binary_opt().map(Self)
    }

    /// The number of an id; zero where there is none.
    #[inline]
    pub(super) fn number(&self, row: usize) -> u128 {
        if self.0.is_null(row) {
            return 0;
        }
        let bytes = self.0.value(row);
        if let Ok(bytes) = bytes.try_into() {
            return u128::from_be_bytes(bytes);
        }
        match bytes.try_into() {
            Ok(bytes) => u128::from(u64::from_be_bytes(bytes)),
            Err(_) => 0,
        }
    }
}

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

/// Texts of which there are few distinct ones.
pub(super) struct Names<'t> {
    places: &'t [i32],
    array: &'t dyn Array,
    texts: &'t StringArray,
    /// The symbols of texts that were asked for.
    symbols: Vec<Option<Symbol>>,
}

impl<'t> Names<'t> {
    pub(super) fn of(array: &'t dyn Array) -> Option<Self> {
        let names = array.as_dictionary_opt::<Int32Type>()?;
        let texts = names.values().as_string_opt::<i32>()?;
        Some(Self {
            places: names.keys().values(),
            array,
            texts,
            symbols: vec![None; texts.len()],
        })
    }

    /// Where the text of a row stands.
    #[inline]
    pub(super) fn place(&self, row: usize) -> usize {
        self.places[row] as usize
    }

    /// The text of a row; empty where it has none.
    #[inline]
    pub(super) fn get(&self, row: usize) -> &'t str {
        self.find(row).unwrap_or_default()
    }

    /// The text of a row.
    #[inline]
    pub(super) fn find(&self, row: usize) -> Option<&'t str> {
        let place = self.place(row);
        let held = self.array.is_valid(row) && place < self.texts.len();
        held.then(|| self.texts.value(place))
    }

    /// The symbol of the text of a row.
    #[inline]
    pub(super) fn symbol(&mut self, row: usize, open: &mut Open<'_>) -> Result<Symbol> {
        let place = self.place(row);
        if let Some(Some(symbol)) = self.symbols.get(place) {
            return Ok(*symbol);
        }
        let symbol = open.intern(self.get(row))?;
        if let Some(slot) = self.symbols.get_mut(place) {
            *slot = Some(symbol);
        }
        Ok(symbol)
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

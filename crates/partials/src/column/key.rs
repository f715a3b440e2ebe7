//! Keys: texts, numbers and hashes.

use super::typed;
use crate::odd;
use arrow_array::{Array, ArrayRef, FixedSizeBinaryArray, Int64Array, StringArray, UInt64Array};
use arrow_schema::DataType;
use spanwise_analyze::partial::Row;
use spanwise_analyze::{Key, KeyType, Partial};
use spanwise_model::Result;
use std::sync::Arc;

/// Bytes of a hash.
const HASH_BYTES: usize = 16;

pub(super) fn data_type(kind: KeyType) -> DataType {
    match kind {
        KeyType::Name => DataType::Utf8,
        KeyType::U64 => DataType::UInt64,
        KeyType::I64 => DataType::Int64,
        KeyType::U128 => DataType::FixedSizeBinary(HASH_BYTES as i32),
    }
}

pub(super) fn array(partial: &Partial, rows: &[Row], column: usize) -> ArrayRef {
    let keys = rows.iter().map(|&row| partial.key(row, column));
    match partial.schema().keys[column].1 {
        KeyType::Name => {
            let texts = rows.iter().map(|&row| partial.name(row, column));
            Arc::new(StringArray::from_iter_values(texts))
        }
        KeyType::U64 => Arc::new(UInt64Array::from_iter_values(keys.map(whole))),
        KeyType::I64 => Arc::new(Int64Array::from_iter_values(keys.map(signed))),
        KeyType::U128 => {
            let bytes: Vec<u8> = keys.flat_map(|key| hash(key).to_be_bytes()).collect();
            Arc::new(FixedSizeBinaryArray::new(
                HASH_BYTES as i32,
                bytes.into(),
                None,
            ))
        }
    }
}

fn whole(key: Key<'_>) -> u64 {
    match key {
        Key::U64(n) => n,
        _ => 0,
    }
}

fn signed(key: Key<'_>) -> i64 {
    match key {
        Key::I64(n) => n,
        _ => 0,
    }
}

fn hash(key: Key<'_>) -> u128 {
    match key {
        Key::U128(n) => n,
        _ => 0,
    }
}

/// A column of keys that was read.
pub(super) enum KeyColumn<'b> {
    Names(&'b StringArray),
    Whole(&'b UInt64Array),
    Signed(&'b Int64Array),
    Hashes(&'b FixedSizeBinaryArray),
}

impl<'b> KeyColumn<'b> {
    pub(super) fn of(array: &'b ArrayRef, kind: KeyType) -> Result<Self> {
        if array.null_count() > 0 {
            return Err(odd("a key is null"));
        }
        Ok(match kind {
            KeyType::Name => Self::Names(typed(array)?),
            KeyType::U64 => Self::Whole(typed(array)?),
            KeyType::I64 => Self::Signed(typed(array)?),
            KeyType::U128 => Self::Hashes(typed(array)?),
        })
    }

    pub(super) fn get(&self, at: usize) -> Result<Key<'b>> {
        Ok(match self {
            Self::Names(cells) => Key::Name(cells.value(at)),
            Self::Whole(cells) => Key::U64(cells.value(at)),
            Self::Signed(cells) => Key::I64(cells.value(at)),
            Self::Hashes(cells) => {
                let bytes = cells.value(at).try_into();
                Key::U128(u128::from_be_bytes(
                    bytes.map_err(|_| odd("a hash is cut"))?,
                ))
            }
        })
    }
}

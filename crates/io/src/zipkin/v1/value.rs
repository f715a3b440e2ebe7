//! The types of binary annotations.

use base64::prelude::{Engine, BASE64_STANDARD};
use spanwise_model::Value;

/// The type that a binary annotation says it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Bytes,
    I16,
    I32,
    I64,
    Double,
    #[default]
    Text,
}

impl Type {
    /// By number: its index.
    const ALL: [(Self, &str); 7] = [
        (Self::Bool, "BOOL"),
        (Self::Bytes, "BYTES"),
        (Self::I16, "I16"),
        (Self::I32, "I32"),
        (Self::I64, "I64"),
        (Self::Double, "DOUBLE"),
        (Self::Text, "STRING"),
    ];

    /// The type of this number, as thrift writes it.
    pub(super) fn of_number(number: i64) -> Option<Self> {
        let number = usize::try_from(number).ok()?;
        Self::ALL.get(number).map(|entry| entry.0)
    }

    /// The type of this name or number.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let named = Self::ALL.iter().find(|it| it.1.eq_ignore_ascii_case(name));
        named
            .map(|entry| entry.0)
            .or_else(|| Self::of_number(name.parse().ok()?))
    }

    /// The value that these bytes are in this type, the highest byte first;
    /// else, where they are too few, the bytes. `text` is what they say as text.
    pub(super) fn of_bytes<'v>(self, bytes: &'v [u8], text: &'v str) -> Value<'v> {
        let value = match self {
            Self::Bool => bytes.first().map(|&byte| Value::Bool(byte != 0)),
            Self::I16 => first(bytes).map(|it| Value::Int(i16::from_be_bytes(it).into())),
            Self::I32 => first(bytes).map(|it| Value::Int(i32::from_be_bytes(it).into())),
            Self::I64 => first(bytes).map(|it| Value::Int(i64::from_be_bytes(it))),
            Self::Double => first(bytes).map(|it| Value::Double(f64::from_be_bytes(it))),
            Self::Bytes => None,
            Self::Text => Some(Value::Str(text)),
        };
        value.unwrap_or(Value::Bytes(bytes))
    }

    /// A value of JSON in this type where it can be, else as it is.
    pub(super) fn of_json<'v>(self, value: Value<'v>, room: &'v mut Vec<u8>) -> Value<'v> {
        let Value::Str(text) = value else {
            return match (self, value) {
                (Self::Double, Value::Int(number)) => Value::Double(number as f64),
                _ => value,
            };
        };
        let typed = match self {
            Self::Bool => value.as_bool().map(Value::Bool),
            Self::I16 | Self::I32 | Self::I64 => text.trim().parse().ok().map(Value::Int),
            Self::Double => text.trim().parse().ok().map(Value::Double),
            Self::Bytes if decode(text, room) => Some(Value::Bytes(room)),
            Self::Bytes | Self::Text => None,
        };
        typed.unwrap_or(value)
    }
}

fn first<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// Decodes base64; false where the text is none.
pub(super) fn decode(text: &str, room: &mut Vec<u8>) -> bool {
    room.clear();
    BASE64_STANDARD.decode_vec(text, room).is_ok()
}

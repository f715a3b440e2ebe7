//! Values of attributes, and which of them are kept.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A value of an attribute, borrowed from where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Str(&'a str),
    /// A signed integer of 64 bits.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// True or false.
    Bool(bool),
    /// Raw bytes.
    Bytes(&'a [u8]),
    /// An array or map, as compact JSON text.
    Json(&'a str),
    /// A value that is present but empty.
    Empty,
}

impl<'a> Value<'a> {
    /// The text of a string value.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value as a whole number, whether it came as number or as text
    /// (`503`, `"503"`, `503.0`); tools disagree on the type.
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(n),
            Self::Double(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(n as i64),
            Self::Str(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The value as a flag: a boolean, or the words `true` and `false`.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(flag),
            Self::Str(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Str(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// True where both are the same: doubles by their bits, so that a `NaN`
    /// finds its like.
    #[must_use]
    pub fn is_identical(self, other: Value<'_>) -> bool {
        match (self, other) {
            (Self::Double(one), Value::Double(other)) => one.to_bits() == other.to_bits(),
            (one, other) => one == other,
        }
    }

    /// True where a value says nothing: one that is empty, or a text without a
    /// character.
    #[must_use]
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Empty | Self::Str(""))
    }

    /// The value as a person would read it; strings are borrowed.
    #[must_use]
    pub fn to_text(self) -> Cow<'a, str> {
        match self {
            Self::Str(text) | Self::Json(text) => Cow::Borrowed(text),
            other => Cow::Owned(other.to_string()),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) | Self::Json(text) => f.write_str(text),
            Self::Int(n) => write!(f, "{n}"),
            Self::Double(n) => write!(f, "{n}"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Self::Empty => Ok(()),
        }
    }
}

/// Which attributes a reader keeps. Those that analyses need
/// ([`crate::semconv`]) are kept whatever is chosen here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeKeep {
    /// Every attribute.
    #[default]
    All,
    /// These keys alone.
    Keys(Vec<String>),
    /// None.
    None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_leniently() {
        assert_eq!(Value::Str("503").as_int(), Some(503));
        assert_eq!(Value::Double(503.0).as_int(), Some(503));
        assert_eq!(Value::Str("x").as_int(), None);
        assert_eq!(Value::Str("False").as_bool(), Some(false));
    }
}

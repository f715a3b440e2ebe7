//! Scalars, taken leniently: a number may stand in quotes, a text without.

use super::{Raw, Scalar};
use spanwise_model::Value;

impl<'a> Scalar<'a> {
    /// The scalar as a text; `None` for `null` and containers.
    #[inline]
    pub(crate) fn word(self) -> Option<Raw<'a>> {
        let plain = |text| Raw {
            text,
            escaped: false,
        };
        match self {
            Self::Str(raw) => Some(raw),
            Self::Number(text) => Some(plain(text)),
            Self::Bool(flag) => Some(plain(if flag { "true" } else { "false" })),
            Self::Null | Self::Container => None,
        }
    }
}

/// Room for values that do not stand in the source as they are.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    /// A text without its escapes.
    pub(crate) text: String,
    /// An array or object as compact JSON.
    pub(crate) json: String,
    /// What base64 says.
    pub(crate) bytes: Vec<u8>,
}

impl Rooms {
    /// The value of a scalar, and whether all of its text could be told. A
    /// container is what stands in the room for JSON.
    #[inline]
    pub(crate) fn value<'r>(&'r mut self, scalar: Scalar<'r>) -> (Value<'r>, bool) {
        if let Scalar::Str(Raw {
            text,
            escaped: false,
        }) = scalar
        {
            return (Value::Str(text), true);
        }
        self.unusual_value(scalar)
    }

    fn unusual_value<'r>(&'r mut self, scalar: Scalar<'r>) -> (Value<'r>, bool) {
        let value = match scalar {
            Scalar::Null => Value::Empty,
            Scalar::Bool(flag) => Value::Bool(flag),
            Scalar::Number(text) => number(text),
            Scalar::Container => Value::Json(&self.json),
            Scalar::Str(raw) => {
                let (text, whole) = raw.decode(&mut self.text);
                return (Value::Str(text), whole);
            }
        };
        (value, true)
    }
}

/// The value of a number: whole where it is written so and fits.
#[inline]
pub(crate) fn number(text: &str) -> Value<'static> {
    match text.parse() {
        Ok(number) => Value::Int(number),
        Err(_) => Value::Double(text.parse().unwrap_or(f64::NAN)),
    }
}

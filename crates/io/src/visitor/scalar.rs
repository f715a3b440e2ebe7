//! Scalars, taken leniently: a number may stand in quotes, a text without.

use super::text::Transcode;
use crate::decimal::{scaled, Fit};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use spanwise_model::Value;
use std::borrow::Cow;
use std::fmt;

/// Any value: a scalar, or an array or object as compact JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'de> {
    Null,
    Bool(bool),
    Int(i64),
    /// A whole number beyond 63 bits.
    Large(u64),
    Double(f64),
    Text(Cow<'de, str>),
    Json(String),
}

impl Scalar<'_> {
    /// The value as JSON has it.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Empty,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(n) => Value::Int(*n),
            Self::Large(n) => Value::Double(*n as f64),
            Self::Double(n) => Value::Double(*n),
            Self::Text(text) => Value::Str(text),
            Self::Json(text) => Value::Json(text),
        }
    }

    /// True for a true flag, be it a text.
    pub(crate) fn is_true(&self) -> bool {
        self.value().as_bool() == Some(true)
    }
}

impl<'de> Scalar<'de> {
    /// The value as a text; nothing for null.
    pub(crate) fn into_text(self) -> Cow<'de, str> {
        match self {
            Self::Text(text) => text,
            Self::Json(text) => Cow::Owned(text),
            Self::Large(n) => Cow::Owned(n.to_string()),
            other => Cow::Owned(other.value().to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool(flag))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Int(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Scalar<'de>, E> {
        Ok(i64::try_from(n).map_or(Scalar::Large(n), Scalar::Int))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Double(n))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar<'de>, A::Error> {
        let mut json = String::new();
        Transcode(&mut json).visit_map(map)?;
        Ok(Scalar::Json(json))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Scalar<'de>, A::Error> {
        let mut json = String::new();
        Transcode(&mut json).visit_seq(list)?;
        Ok(Scalar::Json(json))
    }
}

/// A scalar as a text; null is the empty text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer).map(|scalar| Self(scalar.into_text()))
    }
}

/// A number in its own digits, with or without quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'de>(&'de str);

impl<'de> Deserialize<'de> for Decimal<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(raw.trim_matches('"').trim()))
    }
}

impl Decimal<'_> {
    /// The number times ten to the `power`. `None` where it is no number.
    pub(crate) fn scaled(self, power: u32) -> Option<(i64, Fit)> {
        scaled(self.0, power)
    }
}

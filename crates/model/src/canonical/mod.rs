//! One name for what conventions, vendors and years name differently, for
//! listings.
//!
//! A canonical field bears OpenTelemetry's newest name; the table of fields
//! says under which other names it may stand, best first, and how what stands
//! there is read. Raw attributes stay as they came: fields are looked up in
//! them when somebody asks. What analyses read of attributes is stored apart
//! ([`crate::evidence`]), because they ask about every span.

mod fields;
mod reader;
mod rules;
#[cfg(test)]
mod tests;

pub use fields::FIELDS;
pub use reader::Reader;

use crate::span::Span;
use std::borrow::Cow;

/// The field that says how many spans a span stands for. It depends on the
/// whole trace, so listings fill it in and spans alone do not answer it.
pub const ADJUSTED_COUNT: &str = "sampling.adjusted_count";

/// What a canonical field says, in the type that the field has.
#[derive(Clone, Debug, PartialEq)]
pub enum CanonicalValue<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number, whatever it was written as.
    Number(i64),
    /// A length of time in nanoseconds.
    Duration(i64),
    /// Yes or no.
    Flag(bool),
}

/// The type of what a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// [`CanonicalValue::Text`].
    Text,
    /// [`CanonicalValue::Number`].
    Number,
    /// [`CanonicalValue::Duration`].
    Duration,
    /// [`CanonicalValue::Flag`].
    Flag,
}

/// How a field is read off a span.
type Rule = for<'a> fn(&Reader, Span<'a>) -> Option<CanonicalValue<'a>>;

/// A field with all its names.
#[derive(Clone, Copy)]
pub struct CanonicalField {
    /// The canonical name.
    pub name: &'static str,
    /// The attributes in which it may stand, best first.
    pub keys: &'static [&'static str],
    /// The type of what it says.
    pub holds: Holds,
    rule: Rule,
}

impl CanonicalField {
    /// The field of this name.
    ///
    /// ```
    /// use spanwise_model::CanonicalField;
    /// let field = CanonicalField::named("http.response.status_code").expect("a field");
    /// assert!(field.keys.contains(&"http.status_code"));
    /// assert!(CanonicalField::named("http.status_code").is_none(), "an old name");
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }
}

impl PartialEq for CanonicalField {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for CanonicalField {}

impl std::fmt::Debug for CanonicalField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl<'a> Span<'a> {
    /// What a canonical field says of the span, whatever its source calls the
    /// field; see [`FIELDS`]. To ask of many spans, make a [`Reader`] once.
    ///
    /// ```
    /// use spanwise_model::{canonical::CanonicalValue, Span};
    ///
    /// fn is_unavailable(span: Span<'_>) -> bool {
    ///     span.canonical("http.response.status_code") == Some(CanonicalValue::Number(503))
    /// }
    /// ```
    #[must_use]
    pub fn canonical(self, name: &str) -> Option<CanonicalValue<'a>> {
        let field = CanonicalField::named(name)?;
        Reader::new(field, self.table()).read(self)
    }
}

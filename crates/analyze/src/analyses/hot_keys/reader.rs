//! The values of an attribute, whatever sources call it.

use spanwise_model::attributes::Value;
use spanwise_model::canonical::Reader;
use spanwise_model::{CanonicalField, CanonicalValue, Span, SpanTable, Symbol};
use std::borrow::Cow;

/// Reads the key that a span has.
pub(super) enum KeyReader {
    /// A canonical field that is a text, by any of its names.
    Canonical(Reader),
    /// An attribute of the span, else of its resource.
    Named(Symbol),
}

impl KeyReader {
    /// A reader of an attribute; none where nothing can have it.
    pub(super) fn new(name: &str, table: &SpanTable) -> Option<Self> {
        match CanonicalField::named(name) {
            Some(field) => Some(Self::Canonical(Reader::new(field, table))),
            None => table.store.strings.find(name).map(Self::Named),
        }
    }

    /// The key of the span at a row.
    pub(super) fn read<'a>(&self, table: &'a SpanTable, row: u32) -> Option<Cow<'a, str>> {
        let span = Span::new(table, row);
        match self {
            Self::Canonical(reader) => reader.read(span).map(text),
            &Self::Named(key) => {
                let resource = table.columns.resource[row as usize];
                let of_resource = || table.store.resources.attribute(resource, key);
                let value = span.attribute_value(key).or_else(of_resource);
                value.map(Value::to_text)
            }
        }
    }
}

fn text(value: CanonicalValue<'_>) -> Cow<'_, str> {
    match value {
        CanonicalValue::Text(text) => text,
        CanonicalValue::Number(number) | CanonicalValue::Duration(number) => {
            Cow::Owned(number.to_string())
        }
        CanonicalValue::Flag(is_set) => Cow::Borrowed(if is_set { "true" } else { "false" }),
    }
}

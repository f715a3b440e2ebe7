//! Readers of what tells calls apart.

use spanwise_model::canonical::Reader;
use spanwise_model::{CanonicalField, CanonicalValue, Span, SpanTable};
use std::borrow::Cow;

/// A canonical field that is a text.
pub(super) struct Field(Option<Reader>);

impl Field {
    fn new(name: &str, table: &SpanTable) -> Self {
        Self(CanonicalField::named(name).map(|field| Reader::new(field, table)))
    }

    pub(super) fn text<'a>(&self, span: Span<'a>) -> Option<Cow<'a, str>> {
        match self.0.as_ref()?.read(span)? {
            CanonicalValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Readers of what tells calls apart.
pub(super) struct Readers {
    pub(super) system: Field,
    pub(super) query: Field,
    pub(super) summary: Field,
    pub(super) method: Field,
    pub(super) template: Field,
    pub(super) address: Field,
    pub(super) path: Field,
}

impl Readers {
    pub(super) fn new(table: &SpanTable) -> Self {
        let field = |name| Field::new(name, table);
        Self {
            system: field("db.system.name"),
            query: field("db.query.text"),
            summary: field("db.query.summary"),
            method: field("http.request.method"),
            template: field("url.template"),
            address: field("url.full"),
            path: field("url.path"),
        }
    }
}

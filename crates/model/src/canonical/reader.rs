//! A field whose keys are looked up in one table.

use super::{CanonicalField, CanonicalValue};
use crate::attributes::Value;
use crate::span::Span;
use crate::strings::Symbol;
use crate::trace_table::SpanTable;

/// A reader of one field, made once for a table.
#[derive(Clone, Debug)]
pub struct Reader {
    field: &'static CanonicalField,
    /// The keys of the field that the table has, best first.
    held: Vec<(&'static str, Symbol)>,
}

impl Reader {
    /// Looks up the keys of a field in a table.
    #[must_use]
    pub fn new(field: &'static CanonicalField, table: &SpanTable) -> Self {
        let find = |&key: &&'static str| Some((key, table.store.strings.find(key)?));
        Self {
            field,
            held: field.keys.iter().filter_map(find).collect(),
        }
    }

    /// The field.
    #[must_use]
    pub fn field(&self) -> &'static CanonicalField {
        self.field
    }

    /// What the field says of a span.
    #[must_use]
    pub fn read<'a>(&self, span: Span<'a>) -> Option<CanonicalValue<'a>> {
        (self.field.rule)(self, span)
    }

    /// Each key that the span or its resource has, best first, with what it
    /// says; texts that are empty say nothing.
    pub(super) fn said<'a>(
        &self,
        span: Span<'a>,
    ) -> impl Iterator<Item = (&'static str, Value<'a>)> + use<'a, '_> {
        let said = move |&(key, symbol): &(&'static str, Symbol)| {
            let own = span.attribute_value(symbol);
            let value = own.or_else(|| of_resource(span, symbol))?;
            (!matches!(value, Value::Empty | Value::Str(""))).then_some((key, value))
        };
        self.held.iter().filter_map(said)
    }

    /// What one of the keys says.
    pub(super) fn at<'a>(&self, span: Span<'a>, key: &str) -> Option<Value<'a>> {
        let mut said = self.said(span);
        said.find_map(|(held, value)| (held == key).then_some(value))
    }

    /// What the best key says.
    pub(super) fn best<'a>(&self, span: Span<'a>) -> Option<Value<'a>> {
        self.said(span).next().map(|(_, value)| value)
    }
}

fn of_resource(span: Span<'_>, key: Symbol) -> Option<Value<'_>> {
    let resources = &span.table().store.resources;
    resources.attribute(span.resource_id(), key)
}

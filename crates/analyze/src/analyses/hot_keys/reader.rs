//! The values of attributes, whatever sources call them.

use spanwise_model::attributes::Value;
use spanwise_model::{CanonicalField, Span, SpanTable, Symbol};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Reads the keys that spans have of some attributes.
pub(super) struct KeyReaders<'a> {
    table: &'a SpanTable,
    /// Those attributes that the table may have, and all their names, best first.
    attributes: Vec<(&'a str, Vec<Symbol>)>,
    /// By symbol: whether it is one of the names.
    is_name: Vec<bool>,
    /// By resource: whether it has one of them, once somebody asked.
    resources: Vec<Option<bool>>,
}

impl<'a> KeyReaders<'a> {
    /// Readers of attributes, each once.
    pub(super) fn new(attributes: &'a [String], table: &'a SpanTable) -> Self {
        let asked: BTreeSet<&str> = attributes.iter().map(String::as_str).collect();
        let asked = asked.into_iter().filter(|name| !name.is_empty());
        let named = asked.map(|name| (name, names(name, table)));
        let attributes: Vec<_> = named.filter(|(_, names)| !names.is_empty()).collect();
        let mut is_name = vec![false; table.store.strings.len()];
        for symbol in attributes.iter().flat_map(|(_, names)| names) {
            is_name[symbol.0 as usize] = true;
        }
        Self {
            table,
            attributes,
            is_name,
            resources: vec![None; table.store.resources.len()],
        }
    }

    /// The attribute of a number.
    pub(super) fn name(&self, attribute: u32) -> &'a str {
        self.attributes[attribute as usize].0
    }

    /// The keys of a span, and of which attribute each is.
    pub(super) fn read(&mut self, row: u32) -> impl Iterator<Item = (u32, Cow<'a, str>)> + '_ {
        let span = Span::new(self.table, row);
        let asked = match self.has_any(span) {
            true => self.attributes.as_slice(),
            false => &[],
        };
        let keys = (0..).zip(asked);
        keys.filter_map(move |(at, (_, names))| Some((at, value(span, names)?.to_text())))
    }

    /// True where a span or its resource has one of the names: most have none.
    fn has_any(&mut self, span: Span<'_>) -> bool {
        let Self { table, is_name, .. } = self;
        if self.attributes.is_empty() {
            return false;
        }
        let is_name = |key: Symbol| is_name[key.0 as usize];
        let resource = span.resource_id();
        let of_resource = self.resources[resource.0 as usize].get_or_insert_with(|| {
            let mut held = table.store.resources.attributes(resource);
            held.any(|(key, _)| is_name(key))
        });
        *of_resource || span.attribute_keys().any(is_name)
    }
}

/// The names of an attribute that spans or resources of a table may have: its own,
/// and those of its canonical field where it is one.
fn names(name: &str, table: &SpanTable) -> Vec<Symbol> {
    let field = CanonicalField::named(name);
    let others = field.map_or(&[][..], |field| field.keys).iter().copied();
    let others = others.filter(|&other| other != name);
    let all = std::iter::once(name).chain(others);
    let held = all.filter_map(|name| table.store.strings.find(name));
    held.filter(|&name| table.store.may_have(name)).collect()
}

/// What the best of some names says, of a span, else of its resource; texts that
/// are empty say nothing.
fn value<'a>(span: Span<'a>, names: &[Symbol]) -> Option<Value<'a>> {
    let resources = &span.table().store.resources;
    let mut said = names.iter().filter_map(|&name| {
        let of_resource = || resources.attribute(span.resource_id(), name);
        span.attribute_value(name).or_else(of_resource)
    });
    said.find(|value| !matches!(value, Value::Empty | Value::Str("")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_io::{assemble::assemble, notation::parse};

    /// What spans or resources have, by name; words that are values alone are none.
    #[test]
    fn names_are_those_that_somebody_has() {
        let text = "shop GET 0..9 tenant=shard @zone=b messaging.kafka.partition=3";
        let table = assemble(parse(text)).expect("a span");
        let partition = "messaging.destination.partition.id";
        let asked = ["tenant", "zone", "shard", "b", "", "none", partition];
        let found = asked.map(|name| names(name, &table).len());
        assert_eq!(found, [1, 1, 0, 0, 0, 0, 1]);
    }
}

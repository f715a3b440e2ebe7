//! The values of attributes, whatever sources call them.

use spanwise_model::attributes::Value;
use spanwise_model::evidence::EvidenceId;
use spanwise_model::{CanonicalField, RecordsWith, ResourceId, Span, SpanTable, Symbol};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Reads the keys that spans have of some attributes.
pub(super) struct KeyReaders<'a> {
    table: &'a SpanTable,
    /// Those attributes that the table may have, and all their names, best first.
    attributes: Vec<(&'a str, Vec<Symbol>)>,
    /// The records that have one of the names; most have none.
    records: RecordsWith,
    /// By resource: whether it has one.
    resources: Vec<bool>,
}

impl<'a> KeyReaders<'a> {
    /// Readers of attributes, each once.
    pub(super) fn new(attributes: &'a [String], table: &'a SpanTable) -> Self {
        let asked: BTreeSet<&str> = attributes.iter().map(String::as_str).collect();
        let asked = asked.into_iter().filter(|name| !name.is_empty());
        let named = asked.map(|name| (name, names(name, table)));
        let attributes: Vec<_> = named.filter(|(_, names)| !names.is_empty()).collect();
        let all = attributes.iter().flat_map(|(_, names)| names).copied();
        let all: Vec<Symbol> = all.collect();
        let resources = &table.store.resources;
        let has_any = |resource| {
            let mut held = resources.attributes(resource);
            held.any(|(key, _)| all.contains(&key))
        };
        let ids = (0..resources.len() as u32).map(ResourceId);
        Self {
            table,
            records: table.store.records_with(&all),
            resources: ids.map(has_any).collect(),
            attributes,
        }
    }

    /// True where no span has any of the attributes.
    pub(super) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The attribute of a number.
    pub(super) fn name(&self, attribute: u32) -> &'a str {
        self.attributes[attribute as usize].0
    }

    /// True where a record or its resource has one of the attributes.
    #[inline]
    pub(super) fn has_any(&self, record: u32, said: EvidenceId, resource: ResourceId) -> bool {
        self.records.holds(record, said) || self.resources[resource.0 as usize]
    }

    /// The keys of a span, and of which attribute each is.
    pub(super) fn read(&self, row: u32) -> impl Iterator<Item = (u32, Cow<'a, str>)> + '_ {
        let span = Span::new(self.table, row);
        let keys = (0..).zip(&self.attributes);
        keys.filter_map(move |(at, (_, names))| Some((at, value(span, names)?.to_text())))
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

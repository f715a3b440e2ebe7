//! The values of attributes, whatever sources call them.

use spanwise_model::attributes::Value;
use spanwise_model::{CanonicalField, RecordsWith, ResourceId, Span, SpanTable, Strings, Symbol};
use std::collections::BTreeSet;
use std::ops::Range;

/// Where there is no key. No text has this number.
const NONE: Symbol = Symbol(u32::MAX);

/// Reads the keys that spans have of some attributes.
pub(super) struct KeyReaders<'a> {
    table: &'a SpanTable,
    /// Those attributes that the table may have, and all their names, best first.
    attributes: Vec<(&'a str, Vec<Symbol>)>,
    /// The records that have one of the names; most have none.
    records: RecordsWith,
    /// By resource: whether it has one. Empty where none has.
    resources: Vec<bool>,
    /// All keys that have been read.
    keys: Strings,
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
        Self {
            table,
            records: table.store.records_with(&all),
            resources: resources_with(&all, table),
            attributes,
            keys: Strings::new(),
        }
    }

    /// The attribute of a number.
    pub(super) fn name(&self, attribute: u32) -> &'a str {
        self.attributes[attribute as usize].0
    }

    /// The text of a key.
    pub(super) fn key(&self, key: Symbol) -> &str {
        self.keys.get(key)
    }

    /// Appends those of some rows whose record or resource has one of the
    /// attributes.
    pub(super) fn find(&self, rows: Range<u32>, found: &mut Vec<u32>) {
        let columns = &self.table.columns;
        match self.resources.is_empty() {
            _ if self.attributes.is_empty() => {}
            true => self.records.find(columns, rows, found),
            false => found.extend(
                rows.filter(|&row| self.is_of_resource(row) || self.records.holds(columns, row)),
            ),
        }
    }

    /// True where the resource of a span has one of the attributes.
    #[inline]
    fn is_of_resource(&self, row: u32) -> bool {
        let resource = self.table.columns.resource[row as usize];
        let has_one = self.resources.get(resource.0 as usize);
        has_one.copied().unwrap_or(false)
    }

    /// Tells the keys of rows that were found, and of which attribute each is.
    pub(super) fn read(&mut self, rows: &[u32], mut tell: impl FnMut(u32, u32, Symbol)) {
        let columns = &self.table.columns;
        let of_records = |row: &&u32| !self.is_of_resource(**row);
        let mut asked = self.records.none();
        let of_records = rows.iter().filter(of_records);
        of_records.for_each(|&row| asked.add(columns, row));
        let numbered = asked.numbered();
        for attribute in 0..self.attributes.len() {
            let mut said = Vec::new();
            let names = &self.attributes[attribute].1;
            self.table.store.each_first_of(&numbered, names, |value| {
                said.push(value.map_or(NONE, |value| self.keys.intern(&value.to_text())));
            });
            for &row in rows {
                let key = match self.is_of_resource(row) {
                    false => said[numbered.number(columns, row) as usize],
                    true => self.key_of(row, attribute),
                };
                if key != NONE {
                    tell(row, attribute as u32, key);
                }
            }
        }
    }

    /// The key of a span whose resource may have one.
    fn key_of(&mut self, row: u32, attribute: usize) -> Symbol {
        let value = value(Span::new(self.table, row), &self.attributes[attribute].1);
        value.map_or(NONE, |value| self.keys.intern(&value.to_text()))
    }
}

/// By resource: whether it has one of some attributes; empty where none has.
fn resources_with(names: &[Symbol], table: &SpanTable) -> Vec<bool> {
    let resources = &table.store.resources;
    let has_any = |resource| {
        let mut held = resources.attributes(resource);
        held.any(|(key, _)| names.contains(&key))
    };
    let ids = (0..resources.len() as u32).map(ResourceId);
    let with: Vec<bool> = ids.map(has_any).collect();
    match with.contains(&true) {
        true => with,
        false => Vec::new(),
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
    said.find(|value| !value.is_blank())
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

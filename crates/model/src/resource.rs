//! Resources, scopes and operations: small tables that spans point into.

use crate::attributes::{Attributes, Value};
use crate::head::SpanKind;
use crate::keyed::HashState;
use crate::strings::{Strings, Symbol};
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// The row of a resource.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct ResourceId(pub u32);

/// The row of an instrumentation scope.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct ScopeId(pub u32);

/// The row of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub u32);

/// What emitted spans: a service's process, pod or host. Equal resources are
/// stored once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Resources {
    services: Vec<Symbol>,
    attributes: Attributes,
    #[serde(skip)]
    index: HashTable<(u64, u32)>,
    #[serde(skip)]
    hashing: HashState,
}

impl Resources {
    /// Adds an attribute to the resource that is open.
    pub fn push(&mut self, key: Symbol, value: Value<'_>) {
        self.attributes.push(key, value);
    }

    /// Closes the open resource under `service` (the empty symbol where the
    /// source names none). An equal one that is already here is reused.
    ///
    /// # Panics
    ///
    /// With more than four billion attributes of resources.
    pub fn close(&mut self, service: Symbol) -> ResourceId {
        let candidate = self.attributes.close().expect("fewer than 2^32 resources");
        let hash = self.content_hash(service, candidate);
        let same = |&(other, at): &(u64, u32)| {
            other == hash
                && self.services[at as usize] == service
                && self.attributes.content(at) == self.attributes.content(candidate)
        };
        if let Some(&(_, found)) = self.index.find(hash, same) {
            self.attributes.reopen_and_abandon();
            return ResourceId(found);
        }
        self.services.push(service);
        self.index
            .insert_unique(hash, (hash, candidate), |entry| entry.0);
        ResourceId(candidate)
    }

    /// How many distinct resources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.services.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// The service of a resource; the empty symbol where it has none.
    #[must_use]
    pub fn service(&self, id: ResourceId) -> Symbol {
        self.services
            .get(id.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The attributes of a resource, `service.name` among them only where the
    /// source wrote it so.
    pub fn attributes(&self, id: ResourceId) -> impl Iterator<Item = (Symbol, Value<'_>)> {
        self.attributes.of(id.0)
    }

    /// The value of an attribute of a resource; the last one where it stands
    /// twice.
    #[must_use]
    pub fn attribute(&self, id: ResourceId, key: Symbol) -> Option<Value<'_>> {
        self.attributes.get(id.0, key)
    }

    /// The instance that a resource names: the first of
    /// [`crate::semconv::INSTANCE_KEYS`] that it has.
    #[must_use]
    pub fn instance<'a>(&'a self, id: ResourceId, strings: &Strings) -> Option<Value<'a>> {
        crate::semconv::INSTANCE_KEYS
            .iter()
            .filter_map(|key| strings.find(key))
            .find_map(|key| self.attributes.get(id.0, key))
    }

    /// Finds equal resources again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.attributes.rebuild_index();
        self.index = HashTable::with_capacity(self.len());
        for row in 0..self.len() as u32 {
            let hash = self.content_hash(self.services[row as usize], row);
            self.index.insert_unique(hash, (hash, row), |entry| entry.0);
        }
    }

    fn content_hash(&self, service: Symbol, owner: u32) -> u64 {
        let content = self.attributes.content(owner);
        self.hashing.hash_one((service, content))
    }

    /// Adds the resources of `other`; the answer maps its rows to ours.
    pub fn absorb(&mut self, other: &Resources, symbols: &[Symbol]) -> Vec<ResourceId> {
        (0..other.len() as u32)
            .map(|row| {
                for (key, value) in other.attributes.of(row) {
                    self.push(symbols[key.index()], value);
                }
                self.close(symbols[other.services[row as usize].index()])
            })
            .collect()
    }
}

/// Instrumentation scopes: the libraries that made spans. The first is the
/// scope without a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scopes {
    rows: Vec<(Symbol, Symbol)>,
    #[serde(skip)]
    index: FxHashMap<(Symbol, Symbol), u32>,
}

impl Default for Scopes {
    fn default() -> Self {
        let mut scopes = Self {
            rows: Vec::new(),
            index: FxHashMap::default(),
        };
        scopes.intern(Symbol::EMPTY, Symbol::EMPTY);
        scopes
    }
}

impl Scopes {
    /// Finds equal scopes again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.index = self.rows.iter().copied().zip(0..).collect();
    }

    /// The scope of this name and version.
    pub fn intern(&mut self, name: Symbol, version: Symbol) -> ScopeId {
        let next = self.rows.len() as u32;
        let id = *self.index.entry((name, version)).or_insert(next);
        if id == next {
            self.rows.push((name, version));
        }
        ScopeId(id)
    }

    /// Name and version of a scope.
    #[must_use]
    pub fn get(&self, id: ScopeId) -> (Symbol, Symbol) {
        self.rows.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// How many scopes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// False: the scope without a name is always here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds the scopes of `other`; the answer maps its rows to ours.
    pub fn absorb(&mut self, other: &Scopes, symbols: &[Symbol]) -> Vec<ScopeId> {
        let map = |(name, version): &(Symbol, Symbol)| {
            self.intern(symbols[name.index()], symbols[version.index()])
        };
        other.rows.iter().map(map).collect()
    }
}

/// Operations: distinct (service, name, kind), numbered densely.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    rows: Vec<(Symbol, Symbol, SpanKind)>,
    index: FxHashMap<(Symbol, Symbol, SpanKind), u32>,
}

impl Operations {
    /// The operation of this service, name and kind.
    pub fn intern(&mut self, service: Symbol, name: Symbol, kind: SpanKind) -> OperationId {
        let next = self.rows.len() as u32;
        let id = *self.index.entry((service, name, kind)).or_insert(next);
        if id == next {
            self.rows.push((service, name, kind));
        }
        OperationId(id)
    }

    /// Adds the operations of `other`, which have our symbols; the answer maps
    /// its numbers to ours.
    pub fn absorb(&mut self, other: &Self) -> Vec<OperationId> {
        let rows = other.rows.iter();
        rows.map(|&(service, name, kind)| self.intern(service, name, kind))
            .collect()
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The service of an operation.
    #[must_use]
    pub fn service(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].0
    }

    /// The name of an operation.
    #[must_use]
    pub fn name(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].1
    }

    /// The kind of an operation.
    #[must_use]
    pub fn kind(&self, id: OperationId) -> SpanKind {
        self.rows[id.0 as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_resources_are_stored_once() {
        let mut strings = Strings::new();
        let (cart, pod) = (strings.intern("cart"), strings.intern("k8s.pod.name"));
        let mut resources = Resources::default();
        let ids: Vec<_> = ["a", "a", "b"]
            .into_iter()
            .map(|name| {
                resources.push(pod, Value::Str(name));
                resources.close(cart)
            })
            .collect();
        assert_eq!(ids, [ResourceId(0), ResourceId(0), ResourceId(1)]);
        assert_eq!(resources.instance(ids[2], &strings), Some(Value::Str("b")));
        assert_eq!(resources.service(ids[0]), cart);
    }

    #[test]
    fn resources_that_are_no_number_are_equal_too() {
        let mut resources = Resources::default();
        for value in [f64::NAN, f64::NAN, 0.0, -0.0] {
            resources.push(Symbol(1), Value::Double(value));
            resources.close(Symbol::EMPTY);
        }
        assert_eq!(resources.len(), 3);
    }
}

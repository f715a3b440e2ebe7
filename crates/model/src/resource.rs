//! Resources: a small table that spans point into.

use crate::attributes::{Attributes, Value};
use crate::keyed::HashState;
use crate::semconv::{HOST_KEYS, INSTANCE_KEYS};
use crate::strings::{Strings, Symbol};
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::hash::BuildHasher;

/// The row of a resource.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct ResourceId(pub u32);

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

    /// True where some resource may have an attribute.
    pub(crate) fn may_have(&self, key: Symbol) -> bool {
        self.attributes.may_have(key)
    }

    /// The value of an attribute of a resource; the last one where it stands
    /// twice.
    #[must_use]
    pub fn attribute(&self, id: ResourceId, key: Symbol) -> Option<Value<'_>> {
        self.attributes.get(id.0, key)
    }

    /// The instance that a resource names: the first of [`INSTANCE_KEYS`] that
    /// it has; behind a host, which may run several, its process.
    #[must_use]
    pub fn instance<'a>(&'a self, id: ResourceId, strings: &Strings) -> Option<Cow<'a, str>> {
        let value = |key: &str| self.attributes.get(id.0, strings.find(key)?);
        let named = |key: &'static str| Some((key, value(key)?.to_text()));
        let (key, name) = INSTANCE_KEYS.iter().find_map(|key| named(key))?;
        let process = HOST_KEYS.contains(&key).then(|| value("process.pid"));
        Some(match process.flatten() {
            Some(process) => format!("{name}/{}", process.to_text()).into(),
            None => name,
        })
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
        assert_eq!(resources.instance(ids[2], &strings).as_deref(), Some("b"));
        assert_eq!(resources.service(ids[0]), cart);
    }

    #[test]
    fn the_processes_of_a_host_are_instances() {
        let mut strings = Strings::new();
        let [host, pid, pod] =
            ["host.name", "process.pid", "k8s.pod.name"].map(|key| strings.intern(key));
        let mut resources = Resources::default();
        resources.push(pid, Value::Int(42));
        resources.push(host, Value::Str("node-1"));
        let process = resources.close(Symbol::EMPTY);
        resources.push(host, Value::Str("node-1"));
        resources.push(pid, Value::Int(42));
        resources.push(pod, Value::Str("cart-1"));
        let pod = resources.close(Symbol::EMPTY);
        let instance = |id| resources.instance(id, &strings);
        assert_eq!(instance(process).as_deref(), Some("node-1/42"));
        assert_eq!(instance(pod).as_deref(), Some("cart-1"));
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

//! Instrumentation scopes: a small table that spans point into.

use crate::attributes::{Attributes, Value};
use crate::keyed::HashState;
use crate::strings::Symbol;
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// The row of an instrumentation scope.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct ScopeId(pub u32);

/// Instrumentation scopes: the libraries that made spans. Equal scopes are
/// stored once; the first is the one without name and attributes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scopes {
    /// Names and versions.
    names: Vec<(Symbol, Symbol)>,
    attributes: Attributes,
    /// Those without attributes, which are nearly all.
    #[serde(skip)]
    bare: FxHashMap<(Symbol, Symbol), u32>,
    /// Those with attributes.
    #[serde(skip)]
    index: HashTable<(u64, u32)>,
    #[serde(skip)]
    hashing: HashState,
}

impl Default for Scopes {
    fn default() -> Self {
        let mut scopes = Self {
            names: Vec::new(),
            attributes: Attributes::default(),
            bare: FxHashMap::default(),
            index: HashTable::new(),
            hashing: HashState::default(),
        };
        scopes.intern(Symbol::EMPTY, Symbol::EMPTY);
        scopes
    }
}

impl Scopes {
    /// Adds an attribute to the scope that is interned next.
    pub fn push(&mut self, key: Symbol, value: Value<'_>) {
        self.attributes.push(key, value);
    }

    /// Forgets the attributes that no scope was interned with.
    pub fn abandon(&mut self) {
        self.attributes.abandon();
    }

    /// The scope of this name and version, and of the attributes pushed before.
    ///
    /// # Panics
    ///
    /// With more than four billion attributes of scopes.
    ///
    /// ```
    /// use spanwise_model::{Scopes, Symbol, Value};
    /// let (mut scopes, key) = (Scopes::default(), Symbol(1));
    /// let bare = scopes.intern(Symbol(2), Symbol::EMPTY);
    /// scopes.push(key, Value::Bool(true));
    /// let other = scopes.intern(Symbol(2), Symbol::EMPTY);
    /// assert_ne!(bare, other);
    /// assert_eq!(scopes.attributes(other).collect::<Vec<_>>(), [(key, Value::Bool(true))]);
    /// ```
    pub fn intern(&mut self, name: Symbol, version: Symbol) -> ScopeId {
        let names = (name, version);
        if self.attributes.is_open_empty() {
            if let Some(&known) = self.bare.get(&names) {
                return ScopeId(known);
            }
        }
        let candidate = self.attributes.close().expect("fewer than 2^32 scopes");
        let hash = self.content_hash(names, candidate);
        let same = |&(other, at): &(u64, u32)| {
            other == hash
                && self.names[at as usize] == names
                && self.attributes.content(at) == self.attributes.content(candidate)
        };
        if let Some(&(_, found)) = self.index.find(hash, same) {
            self.attributes.reopen_and_abandon();
            return ScopeId(found);
        }
        self.names.push(names);
        self.note(candidate);
        ScopeId(candidate)
    }

    /// Writes down where a scope is found again.
    fn note(&mut self, row: u32) {
        let names = self.names[row as usize];
        if self.attributes.of(row).next().is_none() {
            self.bare.insert(names, row);
        } else {
            let hash = self.content_hash(names, row);
            self.index.insert_unique(hash, (hash, row), |entry| entry.0);
        }
    }

    fn content_hash(&self, names: (Symbol, Symbol), row: u32) -> u64 {
        self.hashing.hash_one((names, self.attributes.content(row)))
    }

    /// Finds equal scopes again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.attributes.rebuild_index();
        (self.bare, self.index) = Default::default();
        (0..self.len() as u32).for_each(|row| self.note(row));
    }

    /// Name and version of a scope.
    #[must_use]
    pub fn get(&self, id: ScopeId) -> (Symbol, Symbol) {
        self.names.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The attributes of a scope.
    pub fn attributes(&self, id: ScopeId) -> impl Iterator<Item = (Symbol, Value<'_>)> {
        self.attributes.of(id.0)
    }

    /// The value of an attribute of a scope; the last one where it stands
    /// twice.
    #[must_use]
    pub fn attribute(&self, id: ScopeId, key: Symbol) -> Option<Value<'_>> {
        self.attributes.get(id.0, key)
    }

    /// True where no scope has an attribute.
    #[must_use]
    pub fn are_bare(&self) -> bool {
        self.index.is_empty()
    }

    /// How many scopes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// False: the scope without a name is always here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds the scopes of `other`; the answer maps its rows to ours.
    pub fn absorb(&mut self, other: &Scopes, symbols: &[Symbol]) -> Vec<ScopeId> {
        let absorb = |row: u32| {
            for (key, value) in other.attributes.of(row) {
                self.push(symbols[key.index()], value);
            }
            let (name, version) = other.names[row as usize];
            self.intern(symbols[name.index()], symbols[version.index()])
        };
        (0..other.len() as u32).map(absorb).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes() -> (Scopes, [ScopeId; 4]) {
        let mut scopes = Scopes::default();
        let ids = [None, Some(1), Some(2), Some(1)].map(|value| {
            if let Some(value) = value {
                scopes.push(Symbol(7), Value::Int(value));
            }
            scopes.intern(Symbol(3), Symbol(4))
        });
        (scopes, ids)
    }

    #[test]
    fn scopes_are_told_apart_by_their_attributes() {
        let (scopes, ids) = scopes();
        assert_eq!(ids, [1, 2, 3, 2].map(ScopeId));
        assert_eq!(scopes.attribute(ids[2], Symbol(7)), Some(Value::Int(2)));
        assert!(!scopes.are_bare() && Scopes::default().are_bare());
    }

    #[test]
    fn absorbed_scopes_keep_their_attributes_and_are_found_again() {
        let (other, ids) = scopes();
        let symbols: Vec<Symbol> = (0..9).map(|n| Symbol(n * 10)).collect();
        let mut all = Scopes::default();
        let map = all.absorb(&other, &symbols);
        let theirs = map[ids[1].0 as usize];
        assert_eq!(all.attribute(theirs, Symbol(70)), Some(Value::Int(1)));
        assert_eq!(all.absorb(&other, &symbols), map);
        all.rebuild_index();
        assert_eq!(all.absorb(&other, &symbols), map);
    }
}

//! Interned strings: one arena, one hash index over it.
//!
//! Keys, services, names and enums repeat millions of times; each is stored
//! once and named by a [`Symbol`]. Values of attributes are not interned.

use crate::keyed::HashState;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// The index of a string in one [`Strings`]; it means nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Symbol(pub u32);

impl Symbol {
    /// The empty string, which every [`Strings`] holds first.
    pub const EMPTY: Symbol = Symbol(0);

    /// The symbol as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Default for Symbol {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// A set of strings, each stored once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Strings {
    arena: String,
    ends: Vec<usize>,
    #[serde(skip)]
    index: HashTable<u32>,
    #[serde(skip)]
    hashing: HashState,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self {
            arena: String::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            hashing: HashState::default(),
        };
        strings.intern("");
        strings
    }
}

impl Strings {
    /// How many distinct strings a set can hold: their numbers leave room for
    /// the type of an attribute's value beside its key.
    pub const MOST: u32 = 1 << 29;

    /// A set that holds the empty string alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The symbol of `text`, added where it is new.
    ///
    /// # Panics
    ///
    /// With more than [`Strings::MOST`] distinct strings, which take more than
    /// ten gigabytes.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let hash = self.hashing.hash_one(text);
        if let Some(&found) = self
            .index
            .find(hash, |&at| slice(&self.arena, &self.ends, at) == text)
        {
            return Symbol(found);
        }
        let symbol = self.ends.len() as u32;
        assert!(symbol < Self::MOST, "too many distinct strings");
        self.arena.push_str(text);
        self.ends.push(self.arena.len());
        let hash_at = |&at: &u32| self.hashing.hash_one(slice(&self.arena, &self.ends, at));
        self.index.insert_unique(hash, symbol, hash_at);
        Symbol(symbol)
    }

    /// Finds strings again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.index = HashTable::with_capacity(self.len());
        let hash_at = |&at: &u32| self.hashing.hash_one(slice(&self.arena, &self.ends, at));
        for symbol in 0..self.ends.len() as u32 {
            let hash = hash_at(&symbol);
            self.index.insert_unique(hash, symbol, hash_at);
        }
    }

    /// The symbol of `text` where it is held.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.index
            .find(self.hashing.hash_one(text), |&at| {
                slice(&self.arena, &self.ends, at) == text
            })
            .map(|&at| Symbol(at))
    }

    /// The text of a symbol.
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        slice(&self.arena, &self.ends, symbol.0)
    }

    /// How many strings are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// False: the empty string is always held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All strings in the order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|at| slice(&self.arena, &self.ends, at))
    }

    /// Adds all strings of `other`; the answer maps its symbols to ours.
    pub fn absorb(&mut self, other: &Strings) -> Vec<Symbol> {
        other.iter().map(|text| self.intern(text)).collect()
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.arena.capacity() + self.ends.capacity() * 8 + self.index.capacity() * 5
    }
}

fn slice<'a>(arena: &'a str, ends: &[usize], at: u32) -> &'a str {
    let at = at as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &arena[start..ends[at]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_symbol() {
        let mut strings = Strings::new();
        let cart = strings.intern("cart");
        assert_eq!(strings.intern("cart"), cart);
        assert_eq!(strings.get(cart), "cart");
        assert_eq!(strings.find("cart"), Some(cart));
        assert_eq!(strings.find("redis"), None);
        assert_eq!(strings.intern(""), Symbol::EMPTY);
    }

    #[test]
    fn absorbing_maps_symbols() {
        let (mut left, mut right) = (Strings::new(), Strings::new());
        left.intern("a");
        let b = right.intern("b");
        let a = right.intern("a");
        let map = left.absorb(&right);
        assert_eq!(left.get(map[b.index()]), "b");
        assert_eq!(left.get(map[a.index()]), "a");
        assert_eq!(left.len(), 3);
    }
}

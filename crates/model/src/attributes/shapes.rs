//! Shapes: the distinct sequences of typed keys that owners have.
//!
//! Spans of one operation mostly have the same keys in the same order. The
//! sequence is stored once, and an owner names it by a number.

use super::typed::Typed;
use crate::keyed::HashState;
use crate::strings::Symbol;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;
use std::ops::Range;

/// The number of a shape; the first is the one without keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShapeId(u32);

/// A set of shapes, each stored once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Shapes {
    keys: Vec<Typed>,
    /// The end of the keys of each shape but the first.
    ends: Vec<u32>,
    #[serde(skip)]
    index: HashTable<u32>,
    #[serde(skip)]
    hashing: HashState,
}

impl ShapeId {
    /// Its place among all shapes.
    #[inline]
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

impl Shapes {
    /// By shape: whether it has one of some keys.
    pub(super) fn with_any(&self, is_key: impl Fn(Symbol) -> bool) -> Vec<bool> {
        let ids = (0..=self.ends.len() as u32).map(ShapeId);
        let has = |id| self.keys(id).iter().any(|typed| is_key(typed.key()));
        ids.map(has).collect()
    }

    /// The keys of a shape; none where there is no such shape.
    #[inline]
    pub(super) fn keys(&self, id: ShapeId) -> &[Typed] {
        &self.keys[self.range(id)]
    }

    /// Where the keys of a shape stand among those of all.
    #[inline]
    pub(super) fn range(&self, id: ShapeId) -> Range<usize> {
        range(&self.ends, id.0)
    }

    /// The keys of all shapes, one behind the other.
    #[inline]
    pub(super) fn all(&self) -> &[Typed] {
        &self.keys
    }

    /// The shape of these keys, which is looked up where it is not the
    /// expected one; `None` where four billion keys are reached.
    #[inline]
    pub(super) fn intern(&mut self, row: &[Typed], expected: ShapeId) -> Option<ShapeId> {
        let is_expected = self.keys(expected) == row && expected.0 as usize <= self.ends.len();
        if is_expected {
            return Some(expected);
        }
        self.look_up(row)
    }

    fn look_up(&mut self, row: &[Typed]) -> Option<ShapeId> {
        if row.is_empty() {
            return Some(ShapeId::default());
        }
        let hash = self.hashing.hash_one(row);
        let same = |&at: &u32| &self.keys[range(&self.ends, at)] == row;
        if let Some(&found) = self.index.find(hash, same) {
            return Some(ShapeId(found));
        }
        let end = u32::try_from(self.keys.len() + row.len()).ok()?;
        self.keys.extend_from_slice(row);
        self.ends.push(end);
        let id = u32::try_from(self.ends.len()).ok()?;
        let hash_at = |&at: &u32| self.hashing.hash_one(&self.keys[range(&self.ends, at)]);
        self.index.insert_unique(hash, id, hash_at);
        Some(ShapeId(id))
    }

    /// Takes up all shapes of `other`; the answer maps its numbers to ours.
    pub(super) fn absorb(&mut self, other: &Self) -> Option<Vec<ShapeId>> {
        (0..=other.ends.len() as u32)
            .map(|id| self.look_up(other.keys(ShapeId(id))))
            .collect()
    }

    /// Gives all keys other numbers, of which no two are equal.
    pub(super) fn rename(&mut self, map: &[Symbol]) {
        for typed in &mut self.keys {
            *typed = Typed::new(map[typed.key().index()], typed.tag());
        }
        self.rebuild_index();
    }

    /// Finds equal shapes again after the index was left behind.
    pub(super) fn rebuild_index(&mut self) {
        self.index = HashTable::with_capacity(self.ends.len());
        let hash_at = |&at: &u32| self.hashing.hash_one(&self.keys[range(&self.ends, at)]);
        for id in 1..=self.ends.len() as u32 {
            self.index.insert_unique(hash_at(&id), id, hash_at);
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        (self.keys.capacity() + self.ends.capacity()) * 4 + self.index.allocation_size()
    }
}

impl ShapeId {
    /// The shape as an index into what [`Shapes::absorb`] answers.
    #[inline]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

#[inline]
fn range(ends: &[u32], id: u32) -> Range<usize> {
    let at = id as usize;
    let Some(&end) = at.checked_sub(1).and_then(|at| ends.get(at)) else {
        return 0..0;
    };
    let start = if at == 1 { 0 } else { ends[at - 2] };
    start as usize..end as usize
}

#[cfg(test)]
mod tests {
    use super::super::typed::Tag;
    use super::*;

    #[test]
    fn what_is_expected_never_changes_the_answer() {
        let typed = |key, tag| Typed::new(Symbol(key), tag);
        let all = [typed(1, Tag::Str), typed(2, Tag::Int), typed(2, Tag::Str)];
        let rows = [&all[..0], &all[..1], &all[..2], &all, &all[1..], &all[2..]];
        let mut shapes = Shapes::default();
        for expected in 0..8 {
            for (id, row) in rows.iter().enumerate() {
                let found = shapes.intern(row, ShapeId(expected)).expect("few keys");
                assert_eq!(found.index(), id, "{expected} was expected");
                assert_eq!(shapes.keys(found), *row);
            }
        }
    }

    #[test]
    fn shapes_are_known_again_under_other_numbers() {
        let row = |keys: [u32; 2]| keys.map(|key| Typed::new(Symbol(key), Tag::Int));
        let mut shapes = Shapes::default();
        let id = shapes.look_up(&row([1, 2])).expect("few keys");
        shapes.rename(&[0, 2, 1].map(Symbol));
        assert_eq!(shapes.look_up(&row([2, 1])), Some(id));
        assert_ne!(shapes.look_up(&row([1, 2])), Some(id));
        let mut other = Shapes::default();
        other.look_up(&row([5, 5])).expect("few keys");
        let map = other.absorb(&shapes).expect("few keys");
        assert_eq!(other.keys(map[id.index()]), row([2, 1]));
        assert_eq!(other.keys(map[0]), []);
    }
}

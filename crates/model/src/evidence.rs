//! Evidence: what the attributes of a span say that analyses read.
//!
//! Analyses ask few things of attributes: the code of a protocol, who the peer
//! was, what kind of call it is ([`crate::semconv`]). Millions of spans say
//! the same few thousand things. So what a span's attributes say in this is
//! stored once for all spans that say it, as an *evidence set*, and whatever
//! an analysis concludes from a set it concludes once.

use crate::attributes::{Attributes, Content, Place, Value};
use crate::keyed::HashState;
use crate::semconv::Families;
use crate::strings::Symbol;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// The number of an evidence set in one [`Evidence`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct EvidenceId(pub u32);

impl EvidenceId {
    /// The set that says nothing, which every [`Evidence`] holds first.
    pub const NONE: Self = Self(0);

    /// The number as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The distinct evidence sets of a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// The owner is the set.
    attributes: Attributes,
    families: Vec<Families>,
    #[serde(skip)]
    index: HashTable<(u64, u32)>,
    #[serde(skip)]
    hashing: HashState,
    /// The families of all keys of the open set, also of those it has no row
    /// for.
    #[serde(skip)]
    open: Families,
    #[serde(skip)]
    expected: Expected,
    /// A set that the open one has all of; no row has come.
    #[serde(skip)]
    given: Option<EvidenceId>,
}

/// The set that the open one is expected to equal.
#[derive(Clone, Copy, Debug, Default)]
struct Expected {
    id: EvidenceId,
    /// Up to where its rows have come.
    place: Place,
    /// True where another row has come; the open rows are written down.
    is_wrong: bool,
}

impl Default for Evidence {
    fn default() -> Self {
        let mut attributes = Attributes::default();
        attributes.close();
        Self {
            attributes,
            families: vec![Families::default()],
            index: HashTable::new(),
            hashing: HashState::default(),
            open: Families::default(),
            expected: Expected::default(),
            given: None,
        }
    }
}

impl Evidence {
    /// How many sets there are; the one that says nothing is always there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.families.len()
    }

    /// False: the set that says nothing is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.families.is_empty()
    }

    /// The attributes of all sets; the owner is the set's number.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The families of the keys that the spans of a set have, kept or not.
    #[must_use]
    pub fn families(&self, id: EvidenceId) -> Families {
        self.families[id.index()]
    }

    /// Notes that the open set's span has a key of these families.
    #[inline]
    pub(crate) fn note(&mut self, families: Families) {
        self.open |= families;
    }

    /// Says which set the open one, which has no row yet, probably equals.
    #[inline]
    pub(crate) fn expect(&mut self, id: EvidenceId) {
        if self.expected.place.is_start() && !self.expected.is_wrong {
            self.expected.id = id;
            self.expected.place = self.attributes.place(id.0);
        }
    }

    /// Adds the rows and families of a set to the open one, which has none.
    #[inline]
    pub(crate) fn add(&mut self, id: EvidenceId) {
        self.given = Some(id);
        self.open |= self.families[id.index()];
    }

    /// Makes the rows of a set that was given those that have come.
    #[inline]
    fn take_given(&mut self) {
        if let Some(id) = self.given.take() {
            self.expected = Expected {
                id,
                place: self.attributes.end(id.0),
                is_wrong: false,
            };
        }
    }

    /// Adds a row to the open set.
    #[inline]
    pub(crate) fn push(&mut self, key: Symbol, value: Value<'_>) {
        self.take_given();
        let expected = &mut self.expected;
        if expected.is_wrong || !self.attributes.pass(&mut expected.place, key, value) {
            self.write_down();
            self.attributes.push(key, value);
        }
    }

    /// Adds a row with a text that has not been checked to the open set.
    #[inline]
    pub(crate) fn push_bytes_of_text(&mut self, key: Symbol, text: &[u8]) {
        self.take_given();
        let expected = &mut self.expected;
        if expected.is_wrong || !self.attributes.pass_text(&mut expected.place, key, text) {
            self.write_down();
            self.attributes.push_bytes_of_text(key, text);
        }
    }

    /// Gives up what is expected.
    fn write_down(&mut self) {
        let expected = self.expected;
        if !expected.is_wrong {
            self.attributes.repeat(expected.place);
            self.expected.is_wrong = true;
        }
    }

    /// Checks the texts of the open set; answers whether all was UTF-8.
    #[inline]
    pub(crate) fn settle(&mut self) -> bool {
        self.attributes.settle()
    }

    /// Forgets the open set.
    pub(crate) fn abandon(&mut self) {
        self.attributes.abandon();
        self.open = Families::default();
        self.expected = Expected::default();
        self.given = None;
    }

    /// Closes the open set; the answer is that of an equal one where there is
    /// one. `None` where four billion rows are reached.
    #[inline]
    pub(crate) fn close(&mut self) -> Option<EvidenceId> {
        let families = std::mem::take(&mut self.open);
        if let Some(id) = self.given {
            if self.families[id.index()] == families {
                self.given = None;
                self.expected = Expected::default();
                return Some(id);
            }
            self.take_given();
        }
        let Expected {
            id,
            place,
            is_wrong,
        } = self.expected;
        let as_expected = !is_wrong && self.families[id.index()] == families && place.is_end();
        if !as_expected {
            self.write_down();
        }
        self.expected = Expected::default();
        if as_expected {
            Some(id)
        } else {
            self.look_up(families)
        }
    }

    /// The set that equals the rows that are written down.
    fn look_up(&mut self, families: Families) -> Option<EvidenceId> {
        if self.attributes.open_len() == 0 && families == Families::default() {
            return Some(EvidenceId::NONE);
        }
        self.attributes.settle();
        let hash = self.hash(families, self.attributes.open_content());
        let same = |&(other, at): &(u64, u32)| {
            other == hash
                && self.families[at as usize] == families
                && self.attributes.content(at) == self.attributes.open_content()
        };
        if let Some(&(_, found)) = self.index.find(hash, same) {
            self.attributes.abandon();
            return Some(EvidenceId(found));
        }
        let id = self.attributes.close()?;
        self.families.push(families);
        self.index.insert_unique(hash, (hash, id), |entry| entry.0);
        Some(EvidenceId(id))
    }

    /// Adds the sets of `other`; the answer maps its numbers to ours. `None`
    /// where four billion rows are reached.
    pub(crate) fn absorb(&mut self, other: &Self, symbols: &[Symbol]) -> Option<Vec<EvidenceId>> {
        let take = |id: u32| self.copy(other, EvidenceId(id), |symbol| symbols[symbol.index()]);
        (0..other.len() as u32).map(take).collect()
    }

    /// Adds a set of another batch; `symbol` says what its symbols are here.
    pub(crate) fn copy(
        &mut self,
        other: &Self,
        id: EvidenceId,
        mut symbol: impl FnMut(Symbol) -> Symbol,
    ) -> Option<EvidenceId> {
        for (key, value) in other.attributes.of(id.0) {
            self.push(symbol(key), value);
        }
        self.note(other.families(id));
        self.close()
    }

    /// Finds equal sets again after a copy that left the index behind.
    pub(crate) fn rebuild_index(&mut self) {
        self.attributes.rebuild_index();
        self.index = HashTable::with_capacity(self.len());
        for id in 1..self.len() as u32 {
            let hash = self.hash(self.families(EvidenceId(id)), self.attributes.content(id));
            self.index.insert_unique(hash, (hash, id), |entry| entry.0);
        }
    }

    fn hash(&self, families: Families, content: Content<'_>) -> u64 {
        self.hashing.hash_one((families.0, content))
    }

    /// Bytes held on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.attributes.heap_bytes() + self.families.capacity() + self.index.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strings;

    fn set(evidence: &mut Evidence, rows: &[(Symbol, Value<'_>)], families: u8) -> u32 {
        for &(key, value) in rows {
            evidence.push(key, value);
        }
        evidence.note(Families(families));
        evidence.close().expect("room").0
    }

    #[test]
    fn equal_sets_are_one() {
        let mut strings = Strings::new();
        let [a, b] = ["a", "b"].map(|key| strings.intern(key));
        let mut evidence = Evidence::default();
        let one = [(a, Value::Str("x")), (b, Value::Int(1))];
        let first = set(&mut evidence, &one, 1);
        for (rows, families) in [
            (&[(a, Value::Str("x")), (b, Value::Int(2))][..], 1),
            (&[(a, Value::Str("x"))], 1),
            (&[(a, Value::Str("xx"))], 1),
            (&[(a, Value::Json("x")), (b, Value::Int(1))], 1),
            (&one, 2),
            (&[], 2),
        ] {
            assert!(set(&mut evidence, rows, families) > first, "{rows:?}");
        }
        assert_eq!(set(&mut evidence, &one, 1), first);
        assert_eq!(set(&mut evidence, &[], 0), 0);
        assert_eq!(evidence.len(), 8);
        let values: Vec<_> = evidence.attributes().of(first).map(|row| row.1).collect();
        assert_eq!(values, [Value::Str("x"), Value::Int(1)]);
    }

    #[test]
    fn what_is_expected_never_changes_the_answer() {
        let mut strings = Strings::new();
        let [a, b] = ["a", "b"].map(|key| strings.intern(key));
        let rows = [
            (a, Value::Str("x")),
            (b, Value::Int(1)),
            (a, Value::Str("y")),
        ];
        let sets = [&rows[..], &rows[..2], &rows[..1], &rows[1..], &[]];
        let mut evidence = Evidence::default();
        let ids = sets.map(|rows| set(&mut evidence, rows, 1));
        for expected in 0..=ids.len() as u32 {
            for (rows, id) in sets.iter().zip(ids) {
                evidence.expect(EvidenceId(expected));
                assert_eq!(set(&mut evidence, rows, 1), id);
                evidence.expect(EvidenceId(expected));
                for &(key, value) in *rows {
                    match value {
                        Value::Str(text) => evidence.push_bytes_of_text(key, text.as_bytes()),
                        value => evidence.push(key, value),
                    }
                }
                evidence.note(Families(1));
                assert!(evidence.settle());
                assert_eq!(evidence.close(), Some(EvidenceId(id)));
            }
        }
        assert_eq!(evidence.len(), 1 + sets.len());
    }

    #[test]
    fn rows_may_follow_a_set_that_was_given() {
        let mut strings = Strings::new();
        let [a, b] = ["a", "b"].map(|key| strings.intern(key));
        let mut evidence = Evidence::default();
        let first = set(&mut evidence, &[(a, Value::Str("x"))], 1);
        let both = set(
            &mut evidence,
            &[(a, Value::Str("x")), (b, Value::Int(1))],
            3,
        );
        evidence.add(EvidenceId(first));
        assert_eq!(evidence.close(), Some(EvidenceId(first)));
        evidence.add(EvidenceId(first));
        assert_eq!(set(&mut evidence, &[(b, Value::Int(1))], 2), both);
        evidence.add(EvidenceId(first));
        let noted = set(&mut evidence, &[], 2);
        assert_ne!(noted, first, "a family counts without a row");
        evidence.add(EvidenceId(first));
        evidence.abandon();
        assert_eq!(set(&mut evidence, &[], 0), 0);
    }

    #[test]
    fn absorbing_maps_sets() {
        let mut strings = Strings::new();
        let [a, b] = ["a", "b"].map(|key| strings.intern(key));
        let (mut left, mut right) = (Evidence::default(), Evidence::default());
        set(&mut left, &[(b, Value::Str("x"))], 0);
        set(&mut right, &[(b, Value::Str("y"))], 0);
        set(&mut right, &[(a, Value::Str("x"))], 0);
        let swapped = [Symbol::EMPTY, b, a];
        let map = left.absorb(&right, &swapped).expect("room");
        assert_eq!(map, [0, 2, 1].map(EvidenceId));
    }
}

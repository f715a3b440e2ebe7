//! Senders and receivers by their ids.

use super::graph::{Id, Receiver};
use hashbrown::HashTable;
use spanwise_model::keyed::HashState;
use std::hash::BuildHasher;

/// Finds receivers among all of them, which stand in the order of their ids, for
/// one trace after the other.
#[derive(Debug, Default)]
pub(super) struct Near {
    trace: u128,
    /// Where those of the trace stand.
    from: usize,
    to: usize,
}

impl Near {
    /// The receiver with an id; nobody has the span nought.
    pub(super) fn receiver(&mut self, receivers: &[Receiver], (trace, span): Id) -> Option<u32> {
        if span == 0 {
            return None;
        }
        if self.to == 0 || self.trace != trace {
            self.trace = trace;
            self.from = receivers.partition_point(|held| held.id.0 < trace);
            let behind = &receivers[self.from..];
            self.to = self.from + behind.partition_point(|held| held.id.0 == trace);
        }
        let of_trace = &receivers[self.from..self.to];
        let found = of_trace.binary_search_by_key(&span, |receiver| receiver.id.1);
        found.ok().map(|at| (self.from + at) as u32)
    }
}

/// The numbers of senders by their ids.
#[derive(Debug, Default)]
pub(super) struct BySender {
    ids: Vec<Id>,
    numbers: HashTable<u32>,
    state: HashState,
}

impl BySender {
    pub(super) fn with_room_for(count: usize) -> Self {
        Self {
            ids: Vec::with_capacity(count),
            numbers: HashTable::with_capacity(count),
            state: HashState::default(),
        }
    }

    /// Numbers a sender; false where it has a number.
    pub(super) fn add(&mut self, id: Id) -> bool {
        let (ids, state) = (&self.ids, &self.state);
        let same = |&number: &u32| ids[number as usize] == id;
        let hash_of = |&number: &u32| state.hash_one(ids[number as usize]);
        let entry = self.numbers.entry(state.hash_one(id), same, hash_of);
        let hashbrown::hash_table::Entry::Vacant(vacant) = entry else {
            return false;
        };
        vacant.insert(ids.len() as u32);
        self.ids.push(id);
        true
    }

    pub(super) fn number(&self, id: Id) -> Option<u32> {
        let same = |&number: &u32| self.ids[number as usize] == id;
        self.numbers.find(self.state.hash_one(id), same).copied()
    }
}

//! Halves that are joined: senders, receivers, and what leads on to what.
//!
//! A hop continues another where its sender stands at or below that one's
//! receiver.

use super::follow::follow;
use super::operations::Operations;
use super::reader::{Kind, Reader};
use crate::partial::Partial;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Service, name and kind of an operation; empty where there is none.
pub(super) type Names<'a> = [&'a str; 3];

/// The place of an operation in the order of names.
pub(super) type Operation = u32;

/// No operation: its names are empty, so that it stands first.
pub(super) const NOBODY: Operation = 0;

/// Trace and span.
pub(super) type Id = (u128, u64);

/// A span that others may be joined to.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) id: Id,
    pub(super) operation: Operation,
    /// Where it is known.
    pub(super) end: Option<i128>,
    /// Told also where nobody received.
    pub(super) alone: bool,
    /// The nearest receiver at or above it.
    pub(super) above: Option<u32>,
    /// The request that it belongs to where there is no receiver above it.
    pub(super) root: Root,
}

/// A top span: where a request may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Root {
    pub(super) start: i128,
    pub(super) id: Id,
    /// Where it is known.
    pub(super) end: Option<i128>,
    pub(super) operation: Operation,
}

/// A span that received one message or more.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    pub(super) id: Id,
    pub(super) operation: Operation,
    pub(super) start: i128,
    /// Where it is known.
    pub(super) end: Option<i128>,
    /// Where the oldest of the requests that led to it began, and over how many
    /// hops.
    pub(super) origin: Option<(Root, u64)>,
    /// When the last thing ended that it led to, as far as that is known.
    pub(super) last_end: Option<i128>,
}

/// From a sender, where it is there, to a receiver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop<'a> {
    pub(super) sender: Option<u32>,
    pub(super) receiver: u32,
    pub(super) relation: &'a str,
}

/// All hops of a partial.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) operations: Operations<'a>,
    pub(super) senders: Vec<Sender>,
    pub(super) receivers: Vec<Receiver>,
    pub(super) hops: Vec<Hop<'a>>,
}

impl<'a> Graph<'a> {
    pub(super) fn read(partial: &'a Partial) -> Self {
        let rows = partial.sorted_rows();
        let mut graph = Self {
            operations: Operations::read(partial, &rows),
            ..Self::default()
        };
        let reader = Reader::new(partial, &graph.operations);
        let kinds = reader.kinds(&rows);
        let of_kind = |kind: Kind| {
            let rows = (0..).zip(&rows).zip(&kinds);
            rows.filter(move |row| *row.1 == kind).map(|row| row.0)
        };
        for (at, &row) in of_kind(Kind::Received) {
            let id = reader.id(row);
            if graph.receivers.last().is_none_or(|last| last.id != id) {
                graph.receivers.push(reader.receiver(id, (row, at)));
            }
            let receiver = graph.receivers.len() as u32 - 1;
            graph.hops.push(Hop {
                sender: None,
                receiver,
                relation: reader.relation(row),
            });
        }
        // Those of the part whose name comes first are told.
        let mut senders = BySender::with_room_for(rows.len() - graph.hops.len());
        for kind in [Kind::Passed, Kind::Sent] {
            let mut near = Near::default();
            for (at, &row) in of_kind(kind) {
                let id = reader.id(row);
                if senders.add(id) {
                    let above = near.receiver(&graph.receivers, (id.0, reader.other_span(row)));
                    graph
                        .senders
                        .push(reader.sender(id, (row, at, kind), above));
                }
            }
        }
        for (hop, (_, &row)) in graph.hops.iter_mut().zip(of_kind(Kind::Received)) {
            hop.sender = senders.number(reader.other_id(row));
        }
        follow(&mut graph);
        graph
    }

    /// The sender of a hop.
    pub(super) fn sender(&self, hop: &Hop<'a>) -> Option<&Sender> {
        hop.sender.map(|at| &self.senders[at as usize])
    }

    pub(super) fn receiver(&self, hop: &Hop<'a>) -> &Receiver {
        &self.receivers[hop.receiver as usize]
    }

    /// Where the request of a hop began, and which hop of it this is.
    pub(super) fn origin(&self, hop: &Hop<'a>) -> Option<(Root, u64)> {
        self.origin_of(self.sender(hop)?)
    }

    /// Where the request of a sender began, and which hop of it this sends.
    pub(super) fn origin_of(&self, sender: &Sender) -> Option<(Root, u64)> {
        match sender.above {
            None => Some((sender.root, 1)),
            Some(above) => {
                let (root, hops) = self.receivers[above as usize].origin?;
                Some((root, hops + 1))
            }
        }
    }

    /// True where the sender of a hop is a part of the request's own component.
    pub(super) fn is_first(&self, hop: &Hop<'a>) -> bool {
        self.sender(hop)
            .is_some_and(|sender| sender.above.is_none())
    }
}

/// Finds receivers among all of them, which stand in the order of their ids, for
/// one trace after the other.
#[derive(Debug, Default)]
struct Near {
    trace: u128,
    /// Where those of the trace stand.
    from: usize,
    to: usize,
}

impl Near {
    /// The receiver with an id; nobody has the span nought.
    fn receiver(&mut self, receivers: &[Receiver], (trace, span): Id) -> Option<u32> {
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
struct BySender {
    ids: Vec<Id>,
    numbers: HashTable<u32>,
}

impl BySender {
    fn with_room_for(count: usize) -> Self {
        Self {
            ids: Vec::with_capacity(count),
            numbers: HashTable::with_capacity(count),
        }
    }

    /// Numbers a sender; false where it has a number.
    fn add(&mut self, id: Id) -> bool {
        let ids = &self.ids;
        let same = |&number: &u32| ids[number as usize] == id;
        let hash_of = |&number: &u32| hash(ids[number as usize]);
        let entry = self.numbers.entry(hash(id), same, hash_of);
        let hashbrown::hash_table::Entry::Vacant(vacant) = entry else {
            return false;
        };
        vacant.insert(ids.len() as u32);
        self.ids.push(id);
        true
    }

    fn number(&self, id: Id) -> Option<u32> {
        let same = |&number: &u32| self.ids[number as usize] == id;
        self.numbers.find(hash(id), same).copied()
    }
}

fn hash((trace, span): Id) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64((trace >> 64) as u64);
    hasher.write_u64(trace as u64);
    hasher.write_u64(span);
    hasher.finish()
}

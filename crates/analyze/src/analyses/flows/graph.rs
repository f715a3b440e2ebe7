//! Halves that are joined: senders, receivers, and what leads on to what.
//!
//! A hop continues another where its sender stands at or below that one's
//! receiver.

use super::follow::follow;
use super::{key, END, RECEIVED, ROOT_END, ROOT_START, SENT, START};
use crate::partial::{Key, Partial, Row};
use rustc_hash::{FxBuildHasher, FxHashMap};

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
        let (received, sent): (Vec<Row>, Vec<Row>) = rows
            .into_iter()
            .partition(|&row| partial.name(row, key::PART) == RECEIVED);
        let of = Reader {
            partial,
            operations: &graph.operations,
        };
        let receivers = numbered(partial, &received, |row| {
            graph.receivers.push(of.receiver(row));
        });
        let senders = numbered(partial, &sent, |row| {
            graph.senders.push(of.sender(row, &receivers));
        });
        graph.hops.extend(received.iter().map(|&row| Hop {
            sender: senders.get(&other_id(partial, row)).copied(),
            receiver: receivers[&own_id(partial, row)],
            relation: partial.name(row, key::RELATION),
        }));
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

/// Numbers the spans of rows, of which `add` is handed the first row of each.
fn numbered(partial: &Partial, rows: &[Row], mut add: impl FnMut(Row)) -> FxHashMap<Id, u32> {
    let mut numbers = FxHashMap::with_capacity_and_hasher(rows.len(), FxBuildHasher);
    let mut last = None;
    for &row in rows {
        let id = own_id(partial, row);
        if last.replace(id) == Some(id) {
            continue;
        }
        let next = numbers.len() as u32;
        if *numbers.entry(id).or_insert(next) == next {
            add(row);
        }
    }
    numbers
}

/// The operations of a partial in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Operations<'a> {
    names: Vec<Names<'a>>,
    /// By codes of names.
    places: FxHashMap<[u64; 3], Operation>,
}

impl<'a> Operations<'a> {
    fn read(partial: &'a Partial, rows: &[Row]) -> Self {
        let mut found: Vec<(Names<'a>, Option<[u64; 3]>)> = vec![([""; 3], None)];
        let mut places = FxHashMap::default();
        for from in [key::OPERATION, key::ROOT] {
            let words = partial.words_of(from..from + 3);
            for &row in rows {
                let codes = codes(words(row));
                places.entry(codes).or_insert_with(|| {
                    let names = [0, 1, 2].map(|at| partial.name(row, from + at));
                    found.push((names, Some(codes)));
                    NOBODY
                });
            }
        }
        found.sort_unstable();
        let mut operations = Self {
            names: Vec::with_capacity(found.len()),
            places,
        };
        for (names, codes) in found {
            if operations.names.last() != Some(&names) {
                operations.names.push(names);
            }
            let place = operations.names.len() as Operation - 1;
            operations.places.extend(codes.map(|codes| (codes, place)));
        }
        operations
    }

    /// Service, name and kind.
    pub(super) fn names(&self, operation: Operation) -> Names<'a> {
        self.names[operation as usize]
    }
}

fn codes(words: &[u64]) -> [u64; 3] {
    [0, 1, 2].map(|at| words[at])
}

/// Reads what rows say.
#[derive(Clone, Copy)]
struct Reader<'a> {
    partial: &'a Partial,
    operations: &'a Operations<'a>,
}

impl Reader<'_> {
    fn receiver(self, row: Row) -> Receiver {
        let end = end(self.partial, row, END);
        Receiver {
            id: own_id(self.partial, row),
            operation: self.operation(row, key::OPERATION),
            start: self.partial.number(row, START),
            end,
            origin: None,
            last_end: end,
        }
    }

    fn sender(self, row: Row, receivers: &FxHashMap<Id, u32>) -> Sender {
        let partial = self.partial;
        let id = own_id(partial, row);
        let above = number(partial, row, key::OTHER_SPAN);
        let root = Root {
            start: partial.number(row, ROOT_START),
            id: (id.0, number(partial, row, key::ROOT_SPAN)),
            end: end(partial, row, ROOT_END),
            operation: self.operation(row, key::ROOT),
        };
        Sender {
            id,
            operation: self.operation(row, key::OPERATION),
            end: end(partial, row, END),
            alone: partial.name(row, key::PART) == SENT,
            above: receivers
                .get(&(id.0, above))
                .filter(|_| above != 0)
                .copied(),
            root,
        }
    }

    fn operation(self, row: Row, from: usize) -> Operation {
        let words = self.partial.words_of(from..from + 3);
        let place = self.operations.places.get(&codes(words(row)));
        place.copied().unwrap_or(NOBODY)
    }
}

/// The latest of the ends of a row; none where nothing was added.
fn end(partial: &Partial, row: Row, column: usize) -> Option<i128> {
    let end = partial.number(row, column);
    (end > i128::MIN).then_some(end)
}

fn number(partial: &Partial, row: Row, column: usize) -> u64 {
    match partial.key(row, column) {
        Key::U64(number) => number,
        _ => 0,
    }
}

fn trace(partial: &Partial, row: Row, column: usize) -> u128 {
    match partial.key(row, column) {
        Key::U128(number) => number,
        _ => 0,
    }
}

fn own_id(partial: &Partial, row: Row) -> Id {
    (
        trace(partial, row, key::TRACE),
        number(partial, row, key::SPAN),
    )
}

fn other_id(partial: &Partial, row: Row) -> Id {
    (
        trace(partial, row, key::OTHER_TRACE),
        number(partial, row, key::OTHER_SPAN),
    )
}

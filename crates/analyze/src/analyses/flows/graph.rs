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

/// Trace and span.
pub(super) type Id = (u128, u64);

/// A span that others may be joined to.
#[derive(Clone, Debug)]
pub(super) struct Sender<'a> {
    pub(super) id: Id,
    pub(super) operation: Names<'a>,
    /// Where it is known.
    pub(super) end: Option<i128>,
    /// Told also where nobody received.
    pub(super) alone: bool,
    /// The nearest receiver at or above it.
    pub(super) above: Option<u32>,
    /// The request that it belongs to where there is no receiver above it.
    pub(super) root: Root<'a>,
}

/// A top span: where a request may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Root<'a> {
    pub(super) start: i128,
    pub(super) id: Id,
    /// Where it is known.
    pub(super) end: Option<i128>,
    pub(super) operation: Names<'a>,
}

/// A span that received one message or more.
#[derive(Clone, Debug)]
pub(super) struct Receiver<'a> {
    pub(super) id: Id,
    pub(super) operation: Names<'a>,
    pub(super) start: i128,
    /// Where it is known.
    pub(super) end: Option<i128>,
    /// Where the oldest of the requests that led to it began, and over how many
    /// hops.
    pub(super) origin: Option<(Root<'a>, u64)>,
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
    pub(super) senders: Vec<Sender<'a>>,
    pub(super) receivers: Vec<Receiver<'a>>,
    pub(super) hops: Vec<Hop<'a>>,
}

impl<'a> Graph<'a> {
    pub(super) fn read(partial: &'a Partial) -> Self {
        let mut graph = Self::default();
        let rows = partial.sorted_rows().into_iter();
        let (received, sent): (Vec<Row>, Vec<Row>) =
            rows.partition(|&row| partial.name(row, key::PART) == RECEIVED);
        let receivers = numbered(partial, &received, |row| {
            graph.receivers.push(receiver(partial, row));
        });
        let senders = numbered(partial, &sent, |row| {
            graph.senders.push(sender(partial, row, &receivers));
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
    pub(super) fn sender(&self, hop: &Hop<'a>) -> Option<&Sender<'a>> {
        hop.sender.map(|at| &self.senders[at as usize])
    }

    pub(super) fn receiver(&self, hop: &Hop<'a>) -> &Receiver<'a> {
        &self.receivers[hop.receiver as usize]
    }

    /// Where the request of a hop began, and which hop of it this is.
    pub(super) fn origin(&self, hop: &Hop<'a>) -> Option<(Root<'a>, u64)> {
        self.origin_of(self.sender(hop)?)
    }

    /// Where the request of a sender began, and which hop of it this sends.
    pub(super) fn origin_of(&self, sender: &Sender<'a>) -> Option<(Root<'a>, u64)> {
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

fn receiver(partial: &Partial, row: Row) -> Receiver<'_> {
    let end = end(partial, row, END);
    Receiver {
        id: own_id(partial, row),
        operation: names(partial, row, key::OPERATION),
        start: partial.number(row, START),
        end,
        origin: None,
        last_end: end,
    }
}

fn sender<'a>(partial: &'a Partial, row: Row, receivers: &FxHashMap<Id, u32>) -> Sender<'a> {
    let id = own_id(partial, row);
    let above = number(partial, row, key::OTHER_SPAN);
    let root = Root {
        start: partial.number(row, ROOT_START),
        id: (id.0, number(partial, row, key::ROOT_SPAN)),
        end: end(partial, row, ROOT_END),
        operation: names(partial, row, key::ROOT),
    };
    Sender {
        id,
        operation: names(partial, row, key::OPERATION),
        end: end(partial, row, END),
        alone: partial.name(row, key::PART) == SENT,
        above: receivers
            .get(&(id.0, above))
            .filter(|_| above != 0)
            .copied(),
        root,
    }
}

/// The latest of the ends of a row; none where nothing was added.
fn end(partial: &Partial, row: Row, column: usize) -> Option<i128> {
    let end = partial.number(row, column);
    (end > i128::MIN).then_some(end)
}

fn names(partial: &Partial, row: Row, from: usize) -> Names<'_> {
    [0, 1, 2].map(|at| partial.name(row, from + at))
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

//! Halves that are joined: senders, receivers, and what leads on to what.
//!
//! A hop continues another where its sender stands at or below that one's
//! receiver.

use super::follow::follow;
use super::ids::{BySender, Near};
use super::operations::Operations;

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

/// All hops.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub(super) operations: Operations<'a>,
    pub(super) senders: Vec<Sender>,
    pub(super) receivers: Vec<Receiver>,
    pub(super) hops: Vec<Hop<'a>>,
}

/// What the half of a receiver says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'a> {
    pub(super) id: Id,
    pub(super) operation: Operation,
    pub(super) sender: Id,
    pub(super) relation: &'a str,
    pub(super) start: i128,
    pub(super) end: Option<i128>,
}

/// What the half of a sender says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Departure {
    pub(super) id: Id,
    pub(super) operation: Operation,
    pub(super) end: Option<i128>,
    /// Told also where nobody received.
    pub(super) alone: bool,
    /// The span of the receiver above it, or nought.
    pub(super) above: u64,
    pub(super) root: Root,
}

impl<'a> Graph<'a> {
    /// Joins halves, those of so many receivers in the order of their ids, and those
    /// of about so many senders. Of halves of one span the first is told.
    pub(super) fn join(
        operations: Operations<'a>,
        (arrivals, received): (impl Iterator<Item = Arrival<'a>>, usize),
        (departures, count): (impl Iterator<Item = Departure>, usize),
    ) -> Self {
        let mut graph = Self {
            operations,
            ..Self::default()
        };
        graph.receivers.reserve(received);
        graph.hops.reserve(received);
        let from: Vec<Id> = arrivals.map(|arrival| graph.arrive(&arrival)).collect();
        let (mut senders, mut near) = (BySender::with_room_for(count), Near::default());
        graph.senders.reserve(count);
        for departure in departures {
            if senders.add(departure.id) {
                let above = (departure.id.0, departure.above);
                let above = near.receiver(&graph.receivers, above);
                graph.senders.push(departure.sender(above));
            }
        }
        for (hop, from) in graph.hops.iter_mut().zip(from) {
            hop.sender = senders.number(from);
        }
        follow(&mut graph);
        graph
    }

    /// Adds a hop; the answer is its sender.
    fn arrive(&mut self, arrival: &Arrival<'a>) -> Id {
        let last = self.receivers.last();
        if last.is_none_or(|last| last.id != arrival.id) {
            self.receivers.push(Receiver {
                id: arrival.id,
                operation: arrival.operation,
                start: arrival.start,
                end: arrival.end,
                origin: None,
                last_end: arrival.end,
            });
        }
        self.hops.push(Hop {
            sender: None,
            receiver: self.receivers.len() as u32 - 1,
            relation: arrival.relation,
        });
        arrival.sender
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

impl Departure {
    fn sender(self, above: Option<u32>) -> Sender {
        Sender {
            id: self.id,
            operation: self.operation,
            end: self.end,
            alone: self.alone,
            above,
            root: self.root,
        }
    }
}

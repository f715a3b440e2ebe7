//! Which span lies in which, and what happens within them, on one track.

use super::event::{Event, Phase, Slice};
use std::cmp::Reverse;

/// An event and the slice that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Within {
    pub(super) slice: u32,
    /// The number of the event among all of the file.
    pub(super) event: usize,
}

/// What a track's instants and flows belong to.
#[derive(Debug, Default)]
pub(super) struct Nested {
    pub(super) within: Vec<Within>,
    /// Events that belong to no span, by their numbers.
    pub(super) outside: Vec<usize>,
}

impl Nested {
    fn put(&mut self, event: usize, slice: Option<u32>) {
        match slice {
            Some(slice) => self.within.push(Within { slice, event }),
            None => self.outside.push(event),
        }
    }
}

/// Finds the parents of the slices from `first` on, which are all of a track,
/// and the slices of its events, of which the first has the number `number`.
pub(super) fn nest(slices: &mut [Slice], first: usize, events: &[Event], number: usize) -> Nested {
    let mut order: Vec<usize> = (first..slices.len()).collect();
    // Sorting keeps the order in which those of one interval begin.
    order.sort_by_key(|&at| (slices[at].start, Reverse(slices[at].last())));
    let mut walk = Walk {
        slices,
        open: Vec::new(),
        waiting: Vec::new(),
        nested: Nested::default(),
    };
    let mut next = order.into_iter().peekable();
    for (at, event) in events.iter().enumerate() {
        while let Some(slice) = next.next_if(|&at| walk.slices[at].start <= event.time) {
            walk.begin(slice);
        }
        walk.happen(number + at, event);
    }
    next.for_each(|slice| walk.begin(slice));
    for event in std::mem::take(&mut walk.waiting) {
        walk.nested.put(event, None);
    }
    walk.nested
}

struct Walk<'s> {
    slices: &'s mut [Slice],
    /// Slices that run, each within the one before.
    open: Vec<usize>,
    /// Ends of flows that wait for the next slice.
    waiting: Vec<usize>,
    nested: Nested,
}

impl Walk<'_> {
    fn begin(&mut self, at: usize) {
        let start = self.slices[at].start;
        self.leave(|slice| slice.last() < start || slice.last() == start && slice.start < start);
        let parent = self.open.last().copied();
        self.slices[at].root = parent.map_or(at as u32, |parent| self.slices[parent].root);
        self.slices[at].parent = parent.map(|parent| parent as u32);
        self.open.push(at);
        for event in self.waiting.drain(..) {
            self.nested.put(event, Some(at as u32));
        }
    }

    /// Leaves the innermost slices that are over.
    fn leave(&mut self, is_over: impl Fn(&Slice) -> bool) {
        while self
            .open
            .last()
            .is_some_and(|&at| is_over(&self.slices[at]))
        {
            self.open.pop();
        }
    }

    fn happen(&mut self, number: usize, event: &Event) {
        let around = |walk: &mut Self| {
            walk.leave(|slice| slice.last() < event.time);
            walk.open.last().copied()
        };
        match event.phase {
            Phase::FlowEnd if !event.binds_around => match around(self) {
                Some(at) if self.slices[at].start == event.time => {
                    self.nested.put(number, Some(at as u32));
                }
                _ => self.waiting.push(number),
            },
            Phase::Instant | Phase::FlowStart | Phase::FlowStep | Phase::FlowEnd => {
                let slice = around(self).map(|at| at as u32);
                self.nested.put(number, slice);
            }
            _ => {}
        }
    }
}

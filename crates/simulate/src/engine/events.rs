//! What will happen, in order of time.

use super::tasks::TaskRef;
use crate::failure::Failure;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happens to a task, a queue or a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signal {
    /// A call reaches its server.
    Request,
    /// The answer reaches the caller.
    Reply(Option<Failure>),
    /// Nobody waits any longer.
    Timeout,
    /// The next attempt or repetition begins.
    Again,
    /// Work without children ends.
    Done,
    /// A consumer (of the queue that the index names) is free.
    Consume,
    /// A pod (that the index names) sends its spans off.
    Flush,
}

/// Something that happens at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) at: u64,
    /// Events of one time happen in the order in which they were planned.
    order: u64,
    pub(super) target: TaskRef,
    pub(super) signal: Signal,
}

/// Events, the earliest first.
#[derive(Debug, Default)]
pub(super) struct Events {
    heap: BinaryHeap<Reverse<Event>>,
    planned: u64,
}

impl Events {
    pub(super) fn plan(&mut self, at: u64, target: TaskRef, signal: Signal) {
        self.planned += 1;
        self.heap.push(Reverse(Event {
            at,
            order: self.planned,
            target,
            signal,
        }));
    }

    /// The time of the earliest event.
    pub(super) fn next_time(&self) -> Option<u64> {
        self.heap.peek().map(|event| event.0.at)
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.heap.pop().map(|event| event.0)
    }
}

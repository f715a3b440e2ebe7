//! Actions without children: work, queries, locks and looks into a cache.

use super::events::Signal;
use super::tasks::{State, TaskRef};
use super::{Engine, PAUSE};
use crate::failure::Failure;
use crate::plan::{What, NONE};
use spanwise_model::SpanId;
use std::collections::VecDeque;

/// How long a query waits for a lock.
const LOCK_TIMEOUT_NANO: u64 = 5_000_000_000;

/// A lock: held by at most one query, granted in the order of asking.
#[derive(Debug, Default)]
pub(super) struct Lock {
    is_held: bool,
    waiting: VecDeque<TaskRef>,
}

impl Engine {
    /// An action without children begins now, or begins to wait for its lock.
    pub(super) fn begin_leaf(&mut self, at: u32) {
        let State::Leaf { action, .. } = self.tasks.get(at).state else {
            return;
        };
        let plan = &self.plan.actions[action as usize];
        let (what, has_span) = (plan.what, plan.shape.0 != NONE);
        let span = if has_span {
            self.span_id()
        } else {
            SpanId::default()
        };
        let now = self.now;
        let task = self.tasks.get(at);
        task.span = span;
        task.start = now;
        match what {
            What::Query { lock } if lock != NONE => self.ask_for(lock, at),
            _ => self.run_leaf(at, action),
        }
    }

    fn run_leaf(&mut self, at: u32, action: u32) {
        let usual = self.plan.actions[action as usize].latency;
        let latency = self.plan.faults.latency(action, usual, self.now);
        let duration = latency.sample(&mut self.tasks.get(at).random);
        self.wake(at, duration, Signal::Done);
    }

    fn ask_for(&mut self, lock: u32, at: u32) {
        let task = self.tasks.reference(at);
        let lock = &mut self.locks[lock as usize];
        if lock.is_held {
            lock.waiting.push_back(task);
            self.wake(at, LOCK_TIMEOUT_NANO, Signal::Timeout);
        } else {
            lock.is_held = true;
            self.run_locked(at);
        }
    }

    /// Runs a query that holds its lock; its timeout is void.
    fn run_locked(&mut self, at: u32) {
        self.tasks.renew(at);
        if let State::Leaf { action, .. } = self.tasks.get(at).state {
            self.run_leaf(at, action);
        }
    }

    /// Gives a lock to the first who still waits for it.
    fn release(&mut self, lock: u32) {
        loop {
            let Some(next) = self.locks[lock as usize].waiting.pop_front() else {
                self.locks[lock as usize].is_held = false;
                return;
            };
            if self.tasks.is_live(next) {
                return self.run_locked(next.index);
            }
        }
    }

    pub(super) fn lock_timed_out(&mut self, at: u32) {
        let State::Leaf { action, .. } = self.tasks.get(at).state else {
            return;
        };
        let shape = self.plan.actions[action as usize].shape.0;
        self.end_span(at, shape, Some(Failure::LockTimeout), true);
        self.child_ended(at, Some(Failure::LockTimeout));
    }

    /// An action without children ends now.
    pub(super) fn leaf_done(&mut self, at: u32) {
        let State::Leaf { action, left } = self.tasks.get(at).state else {
            return;
        };
        let plan = &self.plan.actions[action as usize];
        let (what, shape) = (plan.what, plan.shape.0);
        if shape != NONE {
            self.end_span(at, shape, None, false);
        }
        let mut next = (left > 1).then_some(action);
        match what {
            What::Query { lock } if lock != NONE => self.release(lock),
            What::Publish { queue } => self.publish(queue, at),
            What::Cache { hit_ratio, miss } => {
                let random = &mut self.tasks.get(at).random;
                next = (!random.chance(hit_ratio) && miss != NONE).then_some(miss);
            }
            _ => {}
        }
        match next {
            Some(next) => self.go_on(at, next, left),
            None => self.child_ended(at, None),
        }
    }

    /// The same action once more, or the query behind a cache miss.
    fn go_on(&mut self, at: u32, next: u32, left: u32) {
        let left = if left > 1 { left - 1 } else { 1 };
        let task = self.tasks.get(at);
        task.state = State::Leaf { action: next, left };
        let pause = PAUSE.sample(&mut task.random);
        self.wake(at, pause, Signal::Again);
    }
}

//! Calls: attempts, timeouts and retries.

use super::events::Signal;
use super::tasks::{State, Task};
use super::{Engine, PAUSE};
use crate::failure::Failure;
use crate::plan::What;

/// How many attempts each caller makes in a retry storm.
const STORM_ATTEMPTS: u32 = 3;

impl Engine {
    /// An attempt of a call begins now.
    pub(super) fn attempt(&mut self, at: u32) {
        let State::Call { action, .. } = self.tasks.get(at).state else {
            return;
        };
        let What::Call {
            target, timeout, ..
        } = self.plan.actions[action as usize].what
        else {
            return;
        };
        let span = self.span_id();
        let mut random = self.tasks.get(at).random.split();
        let peer = self.choose_pod(target, &mut random);
        let now = self.now;
        let task = self.tasks.get(at);
        task.span = span;
        task.start = now;
        task.peer = peer;
        self.tasks.renew(at);
        let way = self.network(at);
        self.wake(at, way, Signal::Request);
        if timeout != u64::MAX {
            self.wake(at, timeout, Signal::Timeout);
        }
    }

    /// A call reaches its server now.
    pub(super) fn request(&mut self, at: u32) {
        let State::Call { action, .. } = self.tasks.get(at).state else {
            return;
        };
        let target = self.plan.target_of(&self.plan.actions[action as usize]);
        let caller = self.tasks.reference(at);
        let call = self.tasks.get(at);
        let mut server = Task::new(State::operation(target), call.random.split());
        server.parent = caller;
        server.trace = call.trace;
        server.parent_span = call.span;
        server.pod = call.peer;
        server.peer = call.pod;
        let server = self.tasks.add(server);
        self.begin_operation(server);
    }

    /// An attempt ends now, with an answer or without.
    pub(super) fn answered(&mut self, at: u32, failure: Option<Failure>) {
        let State::Call {
            action,
            attempt,
            left,
        } = self.tasks.get(at).state
        else {
            return;
        };
        let plan = &self.plan.actions[action as usize];
        let (shape, optional) = (plan.shape.0, plan.optional);
        self.end_span(at, shape, failure, failure == Some(Failure::Timeout));
        self.tasks.renew(at);
        let (attempts, backoff) = self.retries(action);
        let retry = failure.is_some_and(Failure::is_retryable) && attempt + 1 < attempts;
        let repeat = failure.is_none() && left > 1;
        if !retry && !repeat {
            return self.child_ended(at, failure.filter(|_| !optional));
        }
        let task = self.tasks.get(at);
        let pause = PAUSE.sample(&mut task.random);
        let (attempt, left, wait) = if retry {
            let wait = backoff.saturating_mul(1 << attempt.min(20));
            (attempt + 1, left, wait.saturating_add(pause))
        } else {
            (0, left - 1, pause)
        };
        task.state = State::Call {
            action,
            attempt,
            left,
        };
        self.wake(at, wait, Signal::Again);
    }

    /// How many attempts a call has, and the wait before the second.
    fn retries(&self, action: u32) -> (u32, u64) {
        match self.plan.actions[action as usize].what {
            What::Call { target, .. } if self.plan.faults.storms(target, self.now) => {
                (STORM_ATTEMPTS, 0)
            }
            What::Call {
                attempts, backoff, ..
            } => (attempts, backoff),
            _ => (1, 0),
        }
    }
}

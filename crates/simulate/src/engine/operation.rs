//! Operations: step after step, each begun when the one before has ended.

use super::events::Signal;
use super::tasks::{State, Task, TaskRef};
use super::Engine;
use crate::failure::Failure;
use crate::plan::NONE;
use crate::random::Random;

impl State {
    /// An operation that has not begun.
    pub(super) fn operation(operation: u32) -> Self {
        Self::Operation {
            operation,
            step: 0,
            pending: 0,
            doom: None,
        }
    }
}

impl Engine {
    /// An operation begins now.
    pub(super) fn begin_operation(&mut self, at: u32) {
        let span = self.span_id();
        let now = self.now;
        let task = self.tasks.get(at);
        task.span = span;
        task.start = now;
        let mut fate = task.random.split();
        if let State::Operation { operation, .. } = task.state {
            let decided = self.decide(operation, &mut fate);
            if let State::Operation { doom, .. } = &mut self.tasks.get(at).state {
                *doom = decided;
            }
        }
        self.advance(at);
    }

    /// Whether and how an operation fails by itself.
    fn decide(&self, operation: u32, fate: &mut Random) -> Option<Failure> {
        let own = &self.plan.operations[operation as usize].failures;
        let injected = self.plan.faults.failures(operation, self.now);
        own.iter()
            .copied()
            .chain(injected)
            .find_map(|(failure, share)| fate.chance(share).then_some(failure))
    }

    /// Begins the next step that has anything to do, or ends the operation.
    /// An operation that fails by itself does so after its first step.
    fn advance(&mut self, at: u32) {
        loop {
            let task = self.tasks.get(at);
            let State::Operation {
                operation,
                step,
                doom,
                ..
            } = task.state
            else {
                return;
            };
            let steps = self.plan.operations[operation as usize].steps.clone();
            let (begun, over) = (step > 0, steps.start + step >= steps.end);
            if task.failure.is_some() || over || (begun && doom.is_some()) {
                return self.end_operation(at, operation, doom.filter(|_| begun || over));
            }
            let actions = self.plan.steps[(steps.start + step) as usize].clone();
            let started = actions
                .filter(|&action| self.start_action(at, action))
                .count() as u32;
            let task = self.tasks.get(at);
            if let State::Operation { step, pending, .. } = &mut task.state {
                *step += 1;
                *pending = started;
            }
            if started > 0 {
                return;
            }
        }
    }

    /// Starts an action; false where it is not done this time.
    fn start_action(&mut self, at: u32, action: u32) -> bool {
        let now = self.now;
        let parent_ref = self.tasks.reference(at);
        let plan = &self.plan.actions[action as usize];
        let left = self.plan.faults.repeat(action, plan.repeat, now);
        let parent = self.tasks.get(at);
        let mut random = parent.random.split();
        if left == 0 || !random.chance(plan.probability) {
            return false;
        }
        let is_call = plan.is_call();
        let state = if is_call {
            State::Call {
                action,
                attempt: 0,
                left,
            }
        } else {
            State::Leaf { action, left }
        };
        let mut child = Task::new(state, random);
        child.parent = parent_ref;
        child.trace = parent.trace;
        child.parent_span = parent.span;
        child.pod = parent.pod;
        let child = self.tasks.add(child);
        if is_call {
            self.attempt(child);
        } else {
            self.begin_leaf(child);
        }
        true
    }

    /// A child of an operation has come to its end.
    pub(super) fn child_ended(&mut self, child: u32, failure: Option<Failure>) {
        let parent = self.tasks.get(child).parent;
        self.tasks.remove(child);
        let task = self.tasks.get(parent.index);
        task.failure = task.failure.or(failure.map(Failure::of_caller));
        if let State::Operation { pending, .. } = &mut task.state {
            *pending -= 1;
            if *pending == 0 {
                self.advance(parent.index);
            }
        }
    }

    /// An operation ends now, with the failure of a child or its own.
    fn end_operation(&mut self, at: u32, operation: u32, doom: Option<Failure>) {
        let task = self.tasks.get(at);
        let (parent, passed_on) = (task.parent, task.failure);
        let failure = passed_on.or(doom);
        let plan = &self.plan.operations[operation as usize];
        let (shape, queue) = (plan.shape.0, plan.queue);
        self.end_span(at, shape, failure, failure.is_some() && passed_on.is_none());
        if parent != TaskRef::NOBODY {
            let back = self.now.saturating_add(self.network(at));
            self.events.plan(back, parent, Signal::Reply(failure));
        }
        if queue != NONE {
            let next = self.now.saturating_add(super::PAUSE.median_nano);
            self.events
                .plan(next, TaskRef::number(queue), Signal::Consume);
        }
        self.tasks.remove(at);
    }
}

//! Queues: messages wait until a consumer is free.

use super::events::Signal;
use super::tasks::{State, Task, TaskRef};
use super::Engine;
use crate::random::Random;
use spanwise_model::{SpanId, TraceId};
use std::collections::VecDeque;

/// A queue as it stands.
#[derive(Debug)]
pub(super) struct QueueState {
    messages: VecDeque<Message>,
    idle: u32,
}

/// A message: who sent it.
#[derive(Debug)]
struct Message {
    trace: TraceId,
    span: SpanId,
    random: Random,
}

impl QueueState {
    pub(super) fn new(consumers: u32) -> Self {
        Self {
            messages: VecDeque::new(),
            idle: consumers,
        }
    }

    /// How many messages wait.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }
}

impl Engine {
    /// The message of a task reaches a queue now.
    pub(super) fn publish(&mut self, queue: u32, at: u32) {
        let task = self.tasks.get(at);
        let message = Message {
            trace: task.trace,
            span: task.span,
            random: task.random.split(),
        };
        let way = self.network(at);
        let state = &mut self.queues[queue as usize];
        state.messages.push_back(message);
        if state.idle > 0 {
            state.idle -= 1;
            let arrival = self.now.saturating_add(way);
            self.events
                .plan(arrival, TaskRef::number(queue), Signal::Consume);
        }
    }

    /// A consumer of a queue is free now: it takes what waits, up to a batch.
    pub(super) fn consume(&mut self, queue: u32) {
        let plan = &self.plan.queues[queue as usize];
        let (operation, batch) = (plan.operation, plan.batch);
        let state = &mut self.queues[queue as usize];
        let count = state.messages.len().min(batch as usize);
        let mut taken = state.messages.drain(..count);
        let Some(first) = taken.next() else {
            drop(taken);
            state.idle += 1;
            return;
        };
        let mut links = vec![(first.trace, first.span)];
        links.extend(taken.map(|message| (message.trace, message.span)));
        let mut task = Task::new(State::operation(operation), first.random);
        task.links = links;
        if batch == 1 {
            (task.trace, task.parent_span) = (first.trace, first.span);
        } else {
            task.trace = self.trace_id(2 * self.consumer_traces + 1);
            self.consumer_traces += 1;
        }
        task.pod = self.choose_pod(operation, &mut task.random);
        let task = self.tasks.add(task);
        self.begin_operation(task);
    }
}

//! Tasks: everything that is under way, in slots that are used again.
//!
//! An operation waits for its children without a stack frame, so that depth
//! costs nothing but slots.

use crate::failure::Failure;
use crate::plan::NONE;
use crate::random::Random;
use spanwise_model::{SpanId, TraceId};

/// A slot and its generation; a reference of an older generation is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TaskRef {
    pub(super) index: u32,
    pub(super) generation: u32,
}

impl TaskRef {
    /// No task.
    pub(super) const NOBODY: Self = Self::number(NONE);

    /// The number of a queue or a pod in the place of a task.
    pub(super) const fn number(index: u32) -> Self {
        Self {
            index,
            generation: 0,
        }
    }
}

/// What a task is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Running an operation.
    Operation {
        operation: u32,
        /// The next step.
        step: u32,
        /// How many actions of the last step are under way.
        pending: u32,
        /// How it will fail by itself.
        doom: Option<Failure>,
    },
    /// Calling another operation.
    Call {
        action: u32,
        attempt: u32,
        /// How many calls there are still to be made, this one included.
        left: u32,
    },
    /// An action without children.
    Leaf { action: u32, left: u32 },
}

/// Something that is under way.
#[derive(Clone, Debug)]
pub(super) struct Task {
    generation: u32,
    pub(super) state: State,
    /// Who waits for it.
    pub(super) parent: TaskRef,
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) parent_span: SpanId,
    pub(super) start: u64,
    pub(super) pod: u32,
    /// The pod on the other side, or [`NONE`].
    pub(super) peer: u32,
    pub(super) failure: Option<Failure>,
    pub(super) random: Random,
    pub(super) links: Vec<(TraceId, SpanId)>,
}

impl Task {
    /// A task that nobody waits for.
    pub(super) fn new(state: State, random: Random) -> Self {
        Self {
            generation: 0,
            state,
            parent: TaskRef::NOBODY,
            trace: TraceId::default(),
            span: SpanId::default(),
            parent_span: SpanId::default(),
            start: 0,
            pod: 0,
            peer: NONE,
            failure: None,
            random,
            links: Vec::new(),
        }
    }
}

/// The slots.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    slots: Vec<Task>,
    free: Vec<u32>,
}

impl Tasks {
    pub(super) fn add(&mut self, mut task: Task) -> u32 {
        match self.free.pop() {
            Some(index) => {
                let slot = &mut self.slots[index as usize];
                task.generation = slot.generation;
                *slot = task;
                index
            }
            None => {
                self.slots.push(task);
                self.slots.len() as u32 - 1
            }
        }
    }

    /// Frees a slot; all references to it become stale.
    pub(super) fn remove(&mut self, index: u32) {
        self.renew(index);
        self.free.push(index);
    }

    /// Makes all earlier references to a task stale.
    pub(super) fn renew(&mut self, index: u32) {
        let slot = &mut self.slots[index as usize];
        slot.generation = slot.generation.wrapping_add(1);
    }

    pub(super) fn reference(&self, index: u32) -> TaskRef {
        TaskRef {
            index,
            generation: self.slots[index as usize].generation,
        }
    }

    pub(super) fn is_live(&self, task: TaskRef) -> bool {
        self.slots
            .get(task.index as usize)
            .is_some_and(|slot| slot.generation == task.generation)
    }

    pub(super) fn get(&mut self, index: u32) -> &mut Task {
        &mut self.slots[index as usize]
    }

    /// How many tasks are under way.
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

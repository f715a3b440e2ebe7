//! A topology made ready to run: names resolved to numbers, lists laid flat.

mod attributes;
mod build;
mod faults;
mod names;
mod pods;
mod rates;

pub(crate) use attributes::{Content, Shape, ShapeId};
pub(crate) use build::build;
pub(crate) use faults::{FaultPlan, FaultPlans};
pub(crate) use names::{NameId, Names};
pub(crate) use pods::{node_name, Fleet, Pod};

use crate::failure::Failure;
use crate::latency::Latency;
use std::ops::Range;

/// A number that stands for nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// All that a run needs to know.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) names: Names,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) services: Vec<ServicePlan>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) operations: Vec<OperationPlan>,
    /// Ranges of actions that run side by side.
    pub(crate) steps: Vec<Range<u32>>,
    pub(crate) actions: Vec<ActionPlan>,
    pub(crate) queues: Vec<QueuePlan>,
    /// Entries with the running sum of their weights.
    pub(crate) entries: Vec<(f64, u32)>,
    pub(crate) locks: u32,
    pub(crate) faults: FaultPlans,
    pub(crate) network: Latency,
}

#[derive(Debug)]
pub(crate) struct ServicePlan {
    pub(crate) name: String,
    pub(crate) pods: Range<u32>,
}

#[derive(Debug)]
pub(crate) struct OperationPlan {
    pub(crate) name: String,
    pub(crate) service: u32,
    pub(crate) steps: Range<u32>,
    pub(crate) shape: ShapeId,
    pub(crate) failures: Vec<(Failure, f64)>,
    /// The queue it consumes, or [`NONE`].
    pub(crate) queue: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct ActionPlan {
    pub(crate) what: What,
    pub(crate) shape: ShapeId,
    pub(crate) latency: Latency,
    pub(crate) probability: f64,
    pub(crate) repeat: u32,
    /// The operation it belongs to.
    pub(crate) operation: u32,
    /// The failure of it is absorbed.
    pub(crate) optional: bool,
}

impl ActionPlan {
    pub(crate) fn is_call(&self) -> bool {
        matches!(self.what, What::Call { .. })
    }
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum What {
    Compute,
    Work,
    Query {
        lock: u32,
    },
    Cache {
        hit_ratio: f64,
        miss: u32,
    },
    Call {
        target: u32,
        attempts: u32,
        backoff: u64,
        timeout: u64,
    },
    Publish {
        queue: u32,
    },
}

#[derive(Debug)]
pub(crate) struct QueuePlan {
    pub(crate) consumers: u32,
    pub(crate) batch: u32,
    /// The operation that handles its messages.
    pub(crate) operation: u32,
}

impl Plan {
    pub(crate) fn service_of(&self, operation: u32) -> &str {
        let service = self.operations[operation as usize].service;
        &self.services[service as usize].name
    }

    pub(crate) fn name_of(&self, operation: u32) -> &str {
        &self.operations[operation as usize].name
    }

    /// The actions of an operation, those behind a cache miss included.
    pub(crate) fn actions_of(&self, operation: u32) -> Vec<u32> {
        let steps = self.operations[operation as usize].steps.clone();
        let mut actions = Vec::new();
        for range in &self.steps[steps.start as usize..steps.end as usize] {
            for action in range.clone() {
                actions.push(action);
                if let What::Cache { miss, .. } = self.actions[action as usize].what {
                    actions.extend((miss != NONE).then_some(miss));
                }
            }
        }
        actions
    }

    /// The roots whose requests reach an operation, as `service operation`.
    pub(crate) fn roots_above(&self, operation: u32) -> Vec<String> {
        let above = self.callers_of(operation);
        let mut roots: Vec<String> = self
            .entries
            .iter()
            .map(|entry| entry.1)
            .filter(|&root| above[root as usize])
            .map(|root| format!("{} {}", self.service_of(root), self.name_of(root)))
            .collect();
        roots.sort();
        roots.dedup();
        roots
    }

    /// The operation that an action starts, or [`NONE`].
    pub(crate) fn target_of(&self, action: &ActionPlan) -> u32 {
        match action.what {
            What::Call { target, .. } => target,
            What::Publish { queue } => self.queues[queue as usize].operation,
            _ => NONE,
        }
    }

    /// The operation and all from which it can be reached.
    pub(crate) fn callers_of(&self, operation: u32) -> Vec<bool> {
        let mut callers: Vec<Vec<u32>> = vec![Vec::new(); self.operations.len()];
        for action in &self.actions {
            if let Some(callers) = callers.get_mut(self.target_of(action) as usize) {
                callers.push(action.operation);
            }
        }
        let mut above = vec![false; self.operations.len()];
        let mut open = vec![operation];
        while let Some(next) = open.pop() {
            if !std::mem::replace(&mut above[next as usize], true) {
                open.extend(&callers[next as usize]);
            }
        }
        above
    }
}

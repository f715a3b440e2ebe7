//! Faults made ready to run: where they act, and what they change there.

use super::{NameId, Plan, What, NONE};
use crate::failure::Failure;
use crate::fault::{Fault, FaultKind};
use crate::latency::Latency;
use spanwise_model::{Error, ErrorKind, Result};
use std::ops::Range;

/// A fault at a resolved operation.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    pub(crate) kind: FaultKind,
    pub(crate) operation: u32,
    /// The query or computation that it changes, or [`NONE`].
    action: u32,
    pub(crate) window: Range<u64>,
    pub(crate) severity: f64,
    /// How long the action takes, where the fault says so.
    latency: Latency,
    /// By operation: whether a call of it leads to the fault.
    leads_here: Vec<bool>,
}

/// The faults of a run.
#[derive(Debug, Default)]
pub(crate) struct FaultPlans(pub(crate) Vec<FaultPlan>);

impl FaultPlans {
    fn active(&self, now: u64) -> impl Iterator<Item = &FaultPlan> {
        self.0
            .iter()
            .filter(move |fault| fault.window.contains(&now))
    }

    /// How an action's latency is changed now.
    pub(crate) fn latency(&self, action: u32, usual: Latency, now: u64) -> Latency {
        self.active(now)
            .filter(|fault| fault.action == action)
            .fold(usual, |usual, fault| match fault.kind {
                FaultKind::SlowDependency => usual.times(fault.severity),
                FaultKind::LockContention | FaultKind::QueueBacklog => fault.latency,
                _ => usual,
            })
    }

    /// How many times an action is done now.
    pub(crate) fn repeat(&self, action: u32, usual: u32, now: u64) -> u32 {
        self.active(now)
            .find(|fault| fault.kind == FaultKind::NPlusOne && fault.action == action)
            .map_or(usual, |fault| (fault.severity as u32).max(usual))
    }

    /// How an operation fails now beyond its own ways, each with its share.
    pub(crate) fn failures(
        &self,
        operation: u32,
        now: u64,
    ) -> impl Iterator<Item = (Failure, f64)> + '_ {
        self.active(now)
            .filter(move |fault| fault.operation == operation)
            .filter_map(|fault| match fault.kind {
                FaultKind::Error => Some((Failure::Exception, fault.severity)),
                FaultKind::RetryStorm => Some((Failure::Unavailable, fault.severity)),
                _ => None,
            })
    }

    /// True where calls of an operation are retried at once now.
    pub(crate) fn storms(&self, operation: u32, now: u64) -> bool {
        self.active(now).any(|fault| {
            fault.kind == FaultKind::RetryStorm && fault.leads_here[operation as usize]
        })
    }
}

impl FaultPlan {
    /// The name of the spans that show the fault most directly.
    pub(crate) fn span(&self, plan: &Plan) -> String {
        let on_query = matches!(
            self.kind,
            FaultKind::SlowDependency | FaultKind::NPlusOne | FaultKind::LockContention
        );
        let name: NameId = match plan.actions.get(self.action as usize) {
            Some(action) if on_query => plan.shapes[action.shape.0 as usize].name,
            _ => {
                let shape = plan.operations[self.operation as usize].shape;
                plan.shapes[shape.0 as usize].name
            }
        };
        plan.names.get(name).to_owned()
    }
}

impl Plan {
    /// Puts a fault into the plan, with requests arriving at `rate` a second.
    ///
    /// # Errors
    ///
    /// Where no operation that is meant can have the fault.
    pub(crate) fn add_fault(&mut self, fault: &Fault, rate: f64, visits: &[f64]) -> Result<()> {
        let operation = self.target_of_fault(fault, visits)?;
        let action = self.fault_action(fault.kind, operation);
        let mut plan = FaultPlan {
            kind: fault.kind,
            operation,
            action,
            window: fault.window.clone(),
            severity: fault.severity,
            latency: Latency::micros(0),
            leads_here: self.callers_of(operation),
        };
        let arrivals = rate * visits[operation as usize];
        match fault.kind {
            FaultKind::LockContention => {
                self.lock_action(action);
                let per_second = arrivals * self.times(&self.actions[action as usize]);
                plan.latency = service_time(fault.severity, per_second);
            }
            FaultKind::QueueBacklog => {
                let queue = &self.queues[self.operations[operation as usize].queue as usize];
                plan.latency = service_time(fault.severity * f64::from(queue.consumers), arrivals);
            }
            _ => {}
        }
        self.faults.0.push(plan);
        Ok(())
    }

    /// The operation that a fault means.
    fn target_of_fault(&self, fault: &Fault, visits: &[f64]) -> Result<u32> {
        let (service, operation) = match (&fault.service, &fault.operation) {
            (None, None) => self.default_target(fault.kind),
            (service, operation) => (service.as_deref(), operation.as_deref()),
        };
        let meant = |&at: &u32| {
            service.is_none_or(|name| name == self.service_of(at))
                && operation.is_none_or(|name| name == self.name_of(at))
        };
        let busiest = (0..self.operations.len() as u32)
            .filter(meant)
            .filter(|&at| visits[at as usize] > 0.0 && self.can_have(fault.kind, at))
            .max_by(|&a, &b| {
                let busy = visits[a as usize].total_cmp(&visits[b as usize]);
                busy.then(b.cmp(&a))
            });
        busiest.ok_or_else(|| no_target(fault))
    }

    /// The target in the shop, where this topology has it.
    fn default_target(&self, kind: FaultKind) -> (Option<&'static str>, Option<&'static str>) {
        let (service, operation) = kind.default_target();
        let here = (0..self.operations.len() as u32)
            .any(|at| self.service_of(at) == service && self.name_of(at) == operation);
        if here {
            (Some(service), Some(operation))
        } else {
            (None, None)
        }
    }

    fn can_have(&self, kind: FaultKind, operation: u32) -> bool {
        let is_root = self.entries.iter().any(|entry| entry.1 == operation);
        match kind {
            FaultKind::Error => true,
            FaultKind::RetryStorm => !is_root && self.operations[operation as usize].queue == NONE,
            _ => self.fault_action(kind, operation) != NONE,
        }
    }

    /// The action of an operation that a fault of this kind changes.
    fn fault_action(&self, kind: FaultKind, operation: u32) -> u32 {
        let find = |wanted: fn(What) -> bool| {
            self.actions_of(operation)
                .into_iter()
                .find(|&action| wanted(self.actions[action as usize].what))
        };
        let query = || find(|what| matches!(what, What::Query { .. }));
        let found = match kind {
            FaultKind::SlowDependency | FaultKind::NPlusOne => query(),
            FaultKind::LockContention => {
                find(|what| matches!(what, What::Query { lock } if lock != NONE)).or_else(query)
            }
            FaultKind::QueueBacklog if self.operations[operation as usize].queue != NONE => {
                find(|what| matches!(what, What::Compute | What::Work))
            }
            _ => None,
        };
        found.unwrap_or(NONE)
    }

    /// Gives a query a lock where it has none.
    fn lock_action(&mut self, action: u32) {
        if let What::Query { lock } = &mut self.actions[action as usize].what {
            if *lock == NONE {
                *lock = self.locks;
                self.locks += 1;
            }
        }
    }
}

/// How long one unit of work takes when `load` times as much arrives as can be
/// done, at so many arrivals a second.
fn service_time(load: f64, arrivals: f64) -> Latency {
    Latency {
        median_nano: (load / arrivals.max(1e-3) * 1e9) as u64,
        spread: 0.1,
    }
}

fn no_target(fault: &Fault) -> Error {
    let service = fault.service.as_deref().unwrap_or("any service");
    let operation = fault.operation.as_deref().unwrap_or("any operation");
    Error::new(
        ErrorKind::Usage,
        format!(
            "{} cannot have the fault {} in {operation}",
            service, fault.kind
        ),
    )
}

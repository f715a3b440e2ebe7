//! From a topology to a plan.

use super::attributes::Shaper;
use super::pods::Fleet;
use super::{ActionPlan, OperationPlan, Plan, QueuePlan, ServicePlan, Shape, ShapeId, What, NONE};
use crate::latency::Latency;
use crate::simulation::Simulation;
use crate::topology::{Action, Cache, Call, Operation, Protocol, Publish, Query, Step, Topology};
use rustc_hash::FxHashMap;
use spanwise_model::{Error, ErrorKind, Result};

/// Makes the plan of a simulation.
///
/// # Errors
///
/// Where the topology names what it does not have, or operations call each
/// other in a circle.
pub(crate) fn build(simulation: &Simulation) -> Result<Plan> {
    let mut builder = Builder::new(simulation);
    builder.add_services(simulation)?;
    builder.add_queues()?;
    builder.add_operations()?;
    builder.add_entries()?;
    let mut plan = builder.plan;
    let visits = plan.visits()?;
    for fault in &simulation.faults {
        plan.add_fault(fault, simulation.request_rate, &visits)?;
    }
    Ok(plan)
}

struct Builder<'a> {
    topology: &'a Topology,
    least_attributes: usize,
    plan: Plan,
    operations: FxHashMap<(&'a str, &'a str), u32>,
    queues: FxHashMap<&'a str, u32>,
    locks: FxHashMap<&'a str, u32>,
    /// The service and operation whose actions are added.
    at: (&'a str, u32),
}

impl<'a> Builder<'a> {
    fn new(simulation: &'a Simulation) -> Self {
        let plan = Plan {
            network: simulation.topology.network,
            ..Plan::default()
        };
        Self {
            topology: &simulation.topology,
            least_attributes: simulation.attributes_per_span,
            plan,
            operations: FxHashMap::default(),
            queues: FxHashMap::default(),
            locks: FxHashMap::default(),
            at: ("", 0),
        }
    }

    fn shaper(&mut self) -> Shaper<'_> {
        Shaper {
            names: &mut self.plan.names,
            least: self.least_attributes,
        }
    }

    fn add_shape(&mut self, shape: Shape) -> ShapeId {
        let id = ShapeId(self.plan.shapes.len() as u32);
        self.plan.shapes.push(shape);
        id
    }

    fn add_services(&mut self, simulation: &Simulation) -> Result<()> {
        let fleet = Fleet {
            topology: self.topology,
            seed: simulation.seed,
            clock_skew_nano: simulation.clock_skew_nano,
        };
        for (number, service) in self.topology.services.iter().enumerate() {
            let first = self.plan.pods.len() as u32;
            for pod in first..first + service.pods.max(1) {
                let pod = fleet.pod(&mut self.plan.names, service, pod);
                self.plan.pods.push(pod);
            }
            self.plan.services.push(ServicePlan {
                name: service.name.clone(),
                pods: first..self.plan.pods.len() as u32,
            });
            for operation in &service.operations {
                let key = (service.name.as_str(), operation.name.as_str());
                let id = self.plan.operations.len() as u32;
                if self.operations.insert(key, id).is_some() {
                    return Err(unknown(&format!("{} twice in {}", key.1, key.0)));
                }
                let shape = self.shaper().operation(&service.name, operation);
                let shape = self.add_shape(shape);
                self.plan.operations.push(OperationPlan {
                    name: operation.name.clone(),
                    service: number as u32,
                    steps: 0..0,
                    shape,
                    failures: operation.failures.clone(),
                    queue: NONE,
                });
            }
        }
        Ok(())
    }

    fn add_queues(&mut self) -> Result<()> {
        let mut consumers = FxHashMap::default();
        for (operation, _, plan) in self.all_operations() {
            if let Protocol::Consumer { queue } = &operation.protocol {
                consumers.insert(queue.as_str(), plan);
            }
        }
        for queue in &self.topology.queues {
            let missing = || unknown(&format!("no operation consumes the queue {}", queue.name));
            let &operation = consumers.get(queue.name.as_str()).ok_or_else(missing)?;
            let id = self.plan.queues.len() as u32;
            self.plan.operations[operation as usize].queue = id;
            self.queues.insert(&queue.name, id);
            self.plan.queues.push(QueuePlan {
                consumers: queue.consumers.max(1),
                batch: queue.batch.max(1),
                operation,
            });
        }
        Ok(())
    }

    /// All operations with their services' names and their numbers.
    fn all_operations(&self) -> impl Iterator<Item = (&'a Operation, &'a str, u32)> {
        let services = self.topology.services.iter();
        services
            .flat_map(|service| {
                let operations = service.operations.iter();
                operations.map(|operation| (operation, service.name.as_str()))
            })
            .zip(0..)
            .map(|((operation, service), number)| (operation, service, number))
    }

    fn add_operations(&mut self) -> Result<()> {
        for (operation, service, number) in self.all_operations() {
            self.at = (service, number);
            let first = self.plan.steps.len() as u32;
            for step in &operation.steps {
                match step {
                    Step::Parallel(actions) => self.add_step(actions)?,
                    Step::Sequential(actions) => {
                        for action in actions {
                            self.add_step(std::slice::from_ref(action))?;
                        }
                    }
                }
            }
            let steps = first..self.plan.steps.len() as u32;
            self.plan.operations[number as usize].steps = steps;
        }
        Ok(())
    }

    fn add_step(&mut self, actions: &'a [Action]) -> Result<()> {
        let made: Vec<ActionPlan> = actions
            .iter()
            .map(|action| self.action(action))
            .collect::<Result<_>>()?;
        let first = self.plan.actions.len() as u32;
        self.plan.actions.extend(made);
        self.plan.steps.push(first..self.plan.actions.len() as u32);
        Ok(())
    }

    fn action(&mut self, action: &'a Action) -> Result<ActionPlan> {
        match action {
            Action::Compute(latency) => Ok(self.plain(What::Compute, *latency, ShapeId(NONE))),
            Action::Work(name, latency) => {
                let shape = self.shaper().internal(name);
                let shape = self.add_shape(shape);
                Ok(self.plain(What::Work, *latency, shape))
            }
            Action::Call(call) => self.call(call),
            Action::Query(query) => Ok(self.query(query)),
            Action::Cache(cache) => Ok(self.cache(cache)),
            Action::Publish(publish) => self.publish(publish),
        }
    }

    /// An action that is always done once.
    fn plain(&self, what: What, latency: Latency, shape: ShapeId) -> ActionPlan {
        ActionPlan {
            what,
            shape,
            latency,
            probability: 1.0,
            repeat: 1,
            operation: self.at.1,
            optional: false,
        }
    }

    fn call(&mut self, call: &'a Call) -> Result<ActionPlan> {
        let (service, operation) = (call.service.as_str(), call.operation.as_str());
        let target = self.operations.get(&(service, operation)).copied();
        let target =
            target.ok_or_else(|| unknown(&format!("no operation {operation} of {service}")))?;
        let callee =
            &self.topology.services[self.plan.operations[target as usize].service as usize];
        let callee = callee.operations.iter().find(|one| one.name == operation);
        let callee = callee.ok_or_else(|| unknown(&format!("no operation {operation}")))?;
        let shape = self.shaper().call(service, callee);
        let shape = self.add_shape(shape);
        let what = What::Call {
            target,
            attempts: call.retry.attempts.max(1),
            backoff: call.retry.backoff_nano,
            timeout: call.timeout_nano.unwrap_or(u64::MAX),
        };
        Ok(ActionPlan {
            probability: call.probability,
            repeat: call.repeat,
            optional: call.optional,
            ..self.plain(what, self.topology.network, shape)
        })
    }

    fn query(&mut self, query: &'a Query) -> ActionPlan {
        let shape = self.shaper().query(query);
        let shape = self.add_shape(shape);
        let lock = match &query.lock {
            Some(name) => {
                let next = self.locks.len() as u32;
                *self.locks.entry(name).or_insert(next)
            }
            None => NONE,
        };
        self.plan.locks = self.locks.len() as u32;
        ActionPlan {
            probability: query.probability,
            repeat: query.repeat,
            ..self.plain(What::Query { lock }, query.latency, shape)
        }
    }

    fn cache(&mut self, cache: &'a Cache) -> ActionPlan {
        let miss = match &cache.miss {
            Some(query) => {
                let made = self.query(query);
                self.plan.actions.push(made);
                self.plan.actions.len() as u32 - 1
            }
            None => NONE,
        };
        let shape = self.shaper().cache(cache);
        let shape = self.add_shape(shape);
        let what = What::Cache {
            hit_ratio: cache.hit_ratio,
            miss,
        };
        self.plain(what, cache.latency, shape)
    }

    fn publish(&mut self, publish: &'a Publish) -> Result<ActionPlan> {
        let found = self.queues.get(publish.queue.as_str()).copied();
        let queue = found.ok_or_else(|| unknown(&format!("no queue {}", publish.queue)))?;
        let service = self.at.0;
        let shape = self.shaper().producer(service, &publish.queue);
        let shape = self.add_shape(shape);
        Ok(ActionPlan {
            probability: publish.probability,
            ..self.plain(What::Publish { queue }, publish.latency, shape)
        })
    }

    fn add_entries(&mut self) -> Result<()> {
        let mut sum = 0.0;
        for entry in &self.topology.entries {
            let key = (entry.service.as_str(), entry.operation.as_str());
            let found = self.operations.get(&key).copied();
            let operation =
                found.ok_or_else(|| unknown(&format!("no operation {} of {}", key.1, key.0)))?;
            sum += entry.weight.max(0.0);
            self.plan.entries.push((sum, operation));
        }
        if sum > 0.0 {
            return Ok(());
        }
        Err(unknown("no entry of a positive weight"))
    }
}

fn unknown(what: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("the topology has {what}"))
}

//! Random topologies: layers of services that call into deeper layers.

use super::regular::{digits, name};
use super::{
    Action, Cache, Call, Entry, Operation, Publish, Query, Queue, Retry, Service, Topology,
};
use crate::latency::Latency;
use crate::random::Random;
use rustc_hash::FxHashMap;

/// How deep calls go at most.
const LAYERS: u32 = 6;

impl Topology {
    /// A random system of so many services in up to six layers; calls go to
    /// deeper layers only. The same seed gives the same system.
    ///
    /// ```
    /// use spanwise_simulate::Topology;
    /// assert_eq!(Topology::generate(7, 40).services.len(), 40);
    /// assert_eq!(Topology::generate(7, 40), Topology::generate(7, 40));
    /// assert_ne!(Topology::generate(7, 40), Topology::generate(8, 40));
    /// ```
    #[must_use]
    pub fn generate(seed: u64, services: u32) -> Self {
        let mut plan = Layout::new(seed, services.max(2));
        let all: Vec<Service> = (0..plan.services).map(|at| plan.service(at)).collect();
        Self {
            services: all,
            queues: (0..plan.queues)
                .map(|at| {
                    Queue::new(topic(at))
                        .consumers(4)
                        .batch(if at % 2 == 0 { 1 } else { 5 })
                })
                .collect(),
            entries: (0..plan.first_of(1))
                .map(|at| Entry::new(name(at, plan.width), "start", 1.0 + f64::from(at % 3)))
                .collect(),
            network: Latency::micros(250),
            hosts: 4 + services / 10,
        }
    }
}

/// What is known of all services before the first is made.
struct Layout {
    random: Random,
    services: u32,
    layers: u32,
    queues: u32,
    width: usize,
    /// By service and operation: which services and operations it calls, so
    /// that each is called by one of the layer above.
    calls: FxHashMap<(u32, u32), Vec<(u32, u32)>>,
}

impl Layout {
    fn new(seed: u64, services: u32) -> Self {
        let mut layout = Self {
            random: Random::stream(seed, 0),
            services,
            layers: LAYERS.min(services),
            queues: if services >= 8 { services / 8 } else { 0 },
            width: digits(services),
            calls: FxHashMap::default(),
        };
        for layer in 1..layout.layers {
            layout.assign_callers(layer);
        }
        layout
    }

    /// Gives each operation of a layer a caller in the layer above.
    fn assign_callers(&mut self, layer: u32) {
        let above = self.first_of(layer - 1)..self.first_of(layer);
        for service in self.first_of(layer)..self.first_of(layer + 1) {
            for which in 0..operations_of(service) {
                let caller = above.start + self.random.below(above.len() as u32);
                let operations = if layer == 1 { 1 } else { operations_of(caller) };
                let caller = (caller, self.random.below(operations));
                self.calls.entry(caller).or_default().push((service, which));
            }
        }
    }

    /// The first service of a layer; layers grow with depth.
    fn first_of(&self, layer: u32) -> u32 {
        let parts = u64::from(self.layers) * u64::from(self.layers + 1) / 2;
        let before = u64::from(layer) * u64::from(layer + 1) / 2;
        let spare = u64::from(self.services - self.layers);
        (spare * before / parts) as u32 + layer
    }

    fn layer_of(&self, service: u32) -> u32 {
        (0..self.layers)
            .rev()
            .find(|&layer| self.first_of(layer) <= service)
            .unwrap_or(0)
    }

    fn service(&mut self, at: u32) -> Service {
        let layer = self.layer_of(at);
        let pods = 1 + self.random.below(4);
        let minor = self.random.below(20);
        let mut service = Service::new(name(at, self.width))
            .pods(pods)
            .version(format!("1.{minor}.0"));
        let operations = if layer == 0 { 1 } else { operations_of(at) };
        for which in 0..operations {
            let operation = self.operation(at, layer, which);
            service = service.operation(operation);
        }
        match self.services.checked_sub(at + 1) {
            Some(queue) if queue < self.queues => service.operation(self.consumer(queue)),
            _ => service,
        }
    }

    fn consumer(&mut self, queue: u32) -> Operation {
        let work = 1 + u64::from(self.random.below(8));
        Operation::consumer(&topic(queue)).then(Latency::millis(work))
    }

    fn operation(&mut self, at: u32, layer: u32, which: u32) -> Operation {
        let mut operation = match layer {
            0 => Operation::task("start"),
            _ => Operation::http("GET", &route(which)),
        };
        operation = operation.then(Latency::micros(200 + u64::from(self.random.below(3_000))));
        operation = self.storage(operation, at, layer);
        operation = self.calls(operation, layer, (at, which));
        let queue = at.wrapping_sub(self.first_of(1));
        if which == 0 && queue < self.queues {
            operation = operation.then(Publish::to(&topic(queue)).probability(0.5));
        }
        operation.then(Latency::micros(100 + u64::from(self.random.below(500))))
    }

    fn storage(&mut self, operation: Operation, at: u32, layer: u32) -> Operation {
        if layer == 0 || !self.random.chance(0.6) {
            return operation;
        }
        let latency = Latency::micros(800 + u64::from(self.random.below(6_000)));
        let query = Query::new(&format!("db-{}", at % 7), "SELECT", "items", latency);
        if self.random.chance(0.4) {
            operation.then(Cache::new("redis", "item").or(query))
        } else {
            operation.then(query)
        }
    }

    /// The calls into deeper layers, side by side or in order.
    fn calls(&mut self, operation: Operation, layer: u32, caller: (u32, u32)) -> Operation {
        let mut targets = self.calls.remove(&caller).unwrap_or_default();
        let deeper = self.first_of(layer + 1);
        if deeper < self.services && self.random.chance(0.3) {
            let extra = deeper + self.random.below(self.services - deeper);
            targets.push((extra, self.random.below(operations_of(extra))));
        }
        let calls: Vec<Action> = targets
            .into_iter()
            .map(|target| self.call(target).into())
            .collect();
        if self.random.chance(0.5) {
            operation.together(calls)
        } else {
            calls.into_iter().fold(operation, Operation::then)
        }
    }

    fn call(&mut self, (service, which): (u32, u32)) -> Call {
        let share = 0.4 + 0.6 * f64::from(self.random.below(100)) / 100.0;
        let call = Call::to(name(service, self.width), format!("GET {}", route(which)))
            .probability(share)
            .timeout_millis(5_000);
        if self.random.chance(0.3) {
            call.retry(Retry::attempts(2, 10))
        } else {
            call
        }
    }
}

/// How many operations a service has that can be called.
fn operations_of(service: u32) -> u32 {
    1 + service % 3
}

fn route(which: u32) -> String {
    ["/items", "/items/{id}", "/search"][which as usize % 3].into()
}

fn topic(queue: u32) -> String {
    format!("topic-{queue}")
}

//! Clocks: how far those of different hosts are apart, from all calls between
//! them.
//!
//! A server that runs while its client waits bounds how far its clock is ahead:
//! by no less than its end is behind its client's, by no more than its start
//! is. One call leaves an interval as wide as its time on the network; many
//! calls leave what most of them agree on, which is narrower than any of them.
//! Hosts that call each other are a graph, so that offsets to one clock of
//! reference follow from a tree of its narrowest edges, and every other edge
//! checks them.

mod agreement;
mod bounds;
mod edges;
mod model;
mod shifts;

pub(crate) use agreement::Agreement;
pub(crate) use bounds::{Bound, Packed};
pub(crate) use edges::MINUTE_NANO;
pub(crate) use model::SolvedEdge;
pub use model::{ClockModel, ClockOffset};
pub(crate) use shifts::Shifts;

use spanwise_model::{ResourceId, SpanTable};
use std::borrow::Cow;

/// What names the machine whose clock a span was timed by, best first. Where
/// there is none of them it is the instance, or else the service.
const CLOCK_KEYS: [&str; 4] = ["host.name", "k8s.node.name", "host.id", "hostname"];

/// By resource: the name of its clock.
pub(crate) fn clock_names(table: &SpanTable) -> Vec<String> {
    let (resources, strings) = (&table.store.resources, &table.store.strings);
    let keys: Vec<_> = CLOCK_KEYS
        .iter()
        .filter_map(|key| strings.find(key))
        .collect();
    let name = |id: ResourceId| {
        let named = |key| resources.attributes(id).find(|(held, _)| *held == key);
        let host = keys.iter().find_map(|&key| named(key));
        let host = host.map(|(_, value)| value.to_text());
        let host = host.or_else(|| resources.instance(id, strings));
        let service = || strings.get(resources.service(id)).to_owned();
        host.map_or_else(service, Cow::into_owned)
    };
    (0..resources.len() as u32)
        .map(|id| name(ResourceId(id)))
        .collect()
}

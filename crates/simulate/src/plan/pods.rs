//! Pods: the processes that emit spans, and what their resources say.

use super::{NameId, Names};
use crate::random::mix;
use crate::topology::{Service, Topology};

/// A pod.
#[derive(Debug)]
pub(crate) struct Pod {
    pub(crate) service: NameId,
    pub(crate) scope: NameId,
    pub(crate) version: NameId,
    /// Keys and values of the resource, `service.name` left out.
    pub(crate) attributes: Vec<(NameId, NameId)>,
    /// Its address in the network of the cluster.
    pub(crate) address: String,
    /// How far its host's clock is ahead, in nanoseconds.
    pub(crate) skew_nano: i64,
}

/// The name of a host.
pub(crate) fn node_name(host: u32) -> String {
    format!("node-{host:02}")
}

/// What all pods of a run have in common.
pub(crate) struct Fleet<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) seed: u64,
    pub(crate) clock_skew_nano: u64,
}

impl Fleet<'_> {
    /// The pod number `number` of all, which runs `service`.
    pub(crate) fn pod(&self, names: &mut Names, service: &Service, number: u32) -> Pod {
        let host = number % self.topology.hosts.max(1);
        let hash = mix(self.seed ^ mix(u64::from(number) + 1));
        let name = format!(
            "{}-{:08x}-{:05x}",
            service.name,
            mix(service.version.len() as u64 ^ self.seed) as u32,
            hash & 0xf_ffff
        );
        let node = node_name(host);
        let instance = format!("{:016x}", mix(hash));
        let attributes = [
            ("service.namespace", "shop"),
            ("service.version", &service.version),
            ("service.instance.id", &instance),
            ("deployment.environment.name", "production"),
            ("k8s.namespace.name", "shop"),
            ("k8s.pod.name", &name),
            ("k8s.node.name", &node),
            ("host.name", &node),
            ("telemetry.sdk.name", "opentelemetry"),
            ("telemetry.sdk.version", "1.45.0"),
        ];
        Pod {
            service: names.add(&service.name),
            scope: names.add(&service.scope),
            version: names.add("0.66.0"),
            attributes: attributes
                .map(|(key, value)| (names.add(key), names.add(value)))
                .into(),
            address: format!(
                "10.{}.{}.{}",
                number >> 16 & 255,
                number >> 8 & 255,
                number & 255
            ),
            skew_nano: self.skew(host),
        }
    }

    /// How far the clock of a host is ahead: anything up to the limit, in
    /// whole microseconds.
    pub(crate) fn skew(&self, host: u32) -> i64 {
        let limit = (self.clock_skew_nano / 1_000).min(i64::MAX as u64 / 4_000);
        let hash = mix(self.seed ^ mix(u64::from(host) ^ 0x5ca1_ab1e));
        ((hash % (2 * limit + 1)) as i64 - limit as i64) * 1_000
    }
}

//! The attribute names that analyses read, old and new, of every vendor.
//!
//! Names and their order follow OpenTelemetry's semantic conventions and their
//! deprecation lists; where several are present the first one of a field wins.

use serde::{Deserialize, Serialize};
/// Keys that name an instance of a service, best first.
pub const INSTANCE_KEYS: &[&str] = &[
    "service.instance.id",
    "k8s.pod.uid",
    "k8s.pod.name",
    "container.id",
    "host.name",
    "hostname",
    "host.id",
    "ip",
    "network.local.address",
];

/// Those of them that name a host.
pub const HOST_KEYS: &[&str] = &["host.name", "hostname", "host.id", "ip"];

/// gRPC's status names at the place of their numbers.
pub const GRPC_NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// A canonical field of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The status code of an HTTP response.
    HttpStatus,
    /// The status of an RPC, as a number or name.
    RpcStatus,
    /// Envoy's response flags.
    ResponseFlags,
    /// An `error` flag or text.
    ErrorFlag,
    /// The status code of OpenTelemetry as an attribute.
    OtelStatus,
    /// The class of an error.
    ErrorType,
    /// The text of an error.
    ErrorText,
    /// The logical name of the peer.
    PeerService,
    /// The address of the peer.
    PeerAddress,
    /// The database system.
    DbSystem,
    /// The database.
    DbNamespace,
    /// The messaging system.
    MessagingSystem,
    /// The queue or topic.
    MessagingDestination,
    /// What is done with messages: `send`, `receive`, `settle`, ….
    MessagingOperation,
    /// The RPC service that is called.
    RpcService,
    /// The kind of the span as an attribute.
    SpanKind,
    /// The component (`proxy` marks Envoy).
    Component,
    /// Jaeger's sampler.
    SamplerType,
    /// What Jaeger's sampler was set to.
    SamplerParam,
    /// One request in so many was kept.
    SampleRate,
    /// The share of requests that was kept.
    SampleShare,
    /// X-Ray's flags: `throttle`, `fault` and `error`, with blanks between.
    XRayFlags,
    /// X-Ray's mark that what was called makes segments too.
    XRayTraced,
}

/// The keys of each field, best first.
pub const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::HttpStatus,
        &[
            "http.response.status_code",
            "http.status_code",
            "http.status",
            "status_code",
        ],
    ),
    (
        Field::RpcStatus,
        &[
            "rpc.status_code",
            "rpc.response.status_code",
            "rpc.grpc.status_code",
            "rpc.connect_rpc.error_code",
            "rpc.jsonrpc.error_code",
            "grpc.status_code",
            "grpc.status",
            "grpc.code",
        ],
    ),
    (Field::ResponseFlags, &["response_flags"]),
    (Field::ErrorFlag, &["error"]),
    (Field::OtelStatus, &["otel.status_code"]),
    (
        Field::ErrorType,
        &["error.type", "exception.type", "error.kind", "error.object"],
    ),
    (
        Field::ErrorText,
        &[
            "otel.status_description",
            "exception.message",
            "error.message",
            "grpc.message",
        ],
    ),
    (Field::PeerService, &["service.peer.name", "peer.service"]),
    (
        Field::PeerAddress,
        &[
            "server.address",
            "net.peer.name",
            "http.host",
            "upstream_cluster.name",
            "upstream_cluster",
            "network.peer.address",
            "net.sock.peer.addr",
            "net.peer.ip",
            "peer.address",
            "peer.hostname",
            "peer.ipv4",
        ],
    ),
    (Field::DbSystem, &["db.system.name", "db.system", "db.type"]),
    (
        Field::DbNamespace,
        &["db.namespace", "db.name", "db.instance"],
    ),
    (Field::MessagingSystem, &["messaging.system"]),
    (
        Field::MessagingDestination,
        &[
            "messaging.destination.name",
            "messaging.destination",
            "message_bus.destination",
        ],
    ),
    (
        Field::MessagingOperation,
        &["messaging.operation.type", "messaging.operation"],
    ),
    (Field::RpcService, &["rpc.service"]),
    (Field::SpanKind, &["span.kind"]),
    (Field::Component, &["component"]),
    (Field::SamplerType, &["sampler.type"]),
    (Field::SamplerParam, &["sampler.param"]),
    (Field::SampleRate, &["SampleRate", "sampleRate"]),
    (Field::SampleShare, &["_dd.rule_psr", "_dd.agent_psr"]),
    (Field::XRayFlags, &["aws.xray.flags"]),
    (Field::XRayTraced, &["aws.xray.traced"]),
];

/// The field that a key belongs to, with its rank in it (0 is best).
#[must_use]
pub fn field(key: &str) -> Option<(Field, u8)> {
    FIELDS.iter().find_map(|&(field, keys)| {
        let rank = keys.iter().position(|&name| name == key)?;
        Some((field, rank as u8))
    })
}

/// Families of keys that speak of a kind of call: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Families(pub u8);

impl Families {
    /// `db.*`.
    pub const DATABASE: Self = Self(1);
    /// `messaging.*`, `message_bus.*`.
    pub const MESSAGING: Self = Self(1 << 1);
    /// `rpc.*`, `grpc.*`.
    pub const RPC: Self = Self(1 << 2);
    /// `http.*`.
    pub const HTTP: Self = Self(1 << 3);

    /// The family of a key; none where it is of no family.
    #[must_use]
    pub fn of(key: &str) -> Self {
        match key.split('.').next() {
            Some("db") => Self::DATABASE,
            Some("messaging" | "message_bus") => Self::MESSAGING,
            Some("rpc" | "grpc") => Self::RPC,
            Some("http") => Self::HTTP,
            _ => Self::default(),
        }
    }

    /// A key of each family of the set.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (Self::DATABASE, "db"),
            (Self::MESSAGING, "messaging"),
            (Self::RPC, "rpc"),
            (Self::HTTP, "http"),
        ];
        let held = all.into_iter().filter(move |(family, _)| self.has(*family));
        held.map(|(_, key)| key)
    }

    /// True where the set has one of these families.
    #[must_use]
    pub fn has(self, families: Self) -> bool {
        self.0 & families.0 != 0
    }
}

impl std::ops::BitOrAssign for Families {
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_names_rank_before_old_ones() {
        assert_eq!(
            field("http.response.status_code"),
            Some((Field::HttpStatus, 0))
        );
        assert_eq!(field("http.status_code"), Some((Field::HttpStatus, 1)));
        assert_eq!(field("user.id"), None);
    }
}

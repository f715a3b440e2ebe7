//! What becomes of the values of a key.

use spanwise_model::canonical::{Holds, FIELDS};
use spanwise_model::semconv::{self, Field, INSTANCE_KEYS};

/// What becomes of the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// They stay: words and numbers of a protocol or of a standard.
    Stays,
    /// Numbers stay, since they are sizes or counts; texts are hashed.
    Counts,
    /// They name a service, a peer or its host.
    Service,
    /// They are classes of errors.
    ErrorClass,
    /// They are texts of errors.
    ErrorText,
    /// They say that there is an error, or its text.
    ErrorFlag,
    /// They are hashed, in this role.
    Hashed(&'static str),
}

/// Keys whose values are words of a standard.
const STANDARD: &[&str] = &[
    "cloud.availability_zone",
    "cloud.platform",
    "cloud.provider",
    "cloud.region",
    "db.operation",
    "db.operation.name",
    "db.type",
    "error.reason",
    "host.arch",
    "http.flavor",
    "http.method",
    "http.protocol",
    "http.request.method",
    "http.scheme",
    "internal.span.format",
    "messaging.operation.name",
    "net.transport",
    "network.protocol.name",
    "network.protocol.version",
    "network.transport",
    "network.type",
    "opentracing.ref_type",
    "os.type",
    "process.runtime.name",
    "process.runtime.version",
    "rpc.system",
    "rpc.system.name",
    "service.criticality",
    "telemetry.auto.version",
    "telemetry.distro.name",
    "telemetry.distro.version",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    "url.scheme",
    "user_agent.synthetic.type",
];

/// What becomes of the values of this key.
pub(super) fn fate(key: &str) -> Fate {
    if STANDARD.contains(&key) {
        return Fate::Stays;
    }
    if INSTANCE_KEYS.contains(&key) {
        return Fate::Hashed("instance");
    }
    match semconv::field(key).map(|(field, _)| field) {
        Some(field) => of_field(field),
        None if names_service(key) => Fate::Service,
        None if is_count(key) => Fate::Counts,
        None => Fate::Hashed("value"),
    }
}

fn of_field(field: Field) -> Fate {
    match field {
        Field::HttpStatus
        | Field::RpcStatus
        | Field::ResponseFlags
        | Field::OtelStatus
        | Field::DbSystem
        | Field::MessagingSystem
        | Field::MessagingOperation
        | Field::SpanKind
        | Field::Component
        | Field::XRayFlags
        | Field::XRayTraced
        | Field::SamplerType
        | Field::SamplerParam
        | Field::SampleRate
        | Field::SampleShare => Fate::Stays,
        Field::ErrorFlag => Fate::ErrorFlag,
        Field::ErrorType => Fate::ErrorClass,
        Field::ErrorText => Fate::ErrorText,
        Field::PeerService | Field::PeerAddress => Fate::Service,
        Field::DbNamespace => Fate::Hashed("database"),
        Field::MessagingDestination => Fate::Hashed("queue"),
        Field::RpcService => Fate::Hashed("rpc"),
    }
}

/// Keys besides those of peers whose values are services or hosts.
fn names_service(key: &str) -> bool {
    let told = [
        "service.name",
        "istio.canonical_service",
        "http.server_name",
    ];
    told.contains(&key) || key.starts_with("upstream_cluster")
}

/// Keys whose numbers are sizes, counts and the like.
fn is_count(key: &str) -> bool {
    let number = FIELDS.iter().filter(|field| field.holds == Holds::Number);
    let mut keys = number.flat_map(|field| field.keys);
    keys.any(|&held| held == key)
}

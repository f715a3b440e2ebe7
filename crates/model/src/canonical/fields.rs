//! The table of fields: the newest name of each, and all others, best first.
//!
//! Names and their order follow OpenTelemetry's semantic conventions and their
//! deprecations, then what proxies, meshes and vendors write.

use super::{rules, CanonicalField, Holds, Rule, ADJUSTED_COUNT};

type Keys = &'static [&'static str];

const fn field(name: &'static str, keys: Keys, holds: Holds, rule: Rule) -> CanonicalField {
    CanonicalField {
        name,
        keys,
        holds,
        rule,
    }
}

const fn text(name: &'static str, keys: Keys) -> CanonicalField {
    field(name, keys, Holds::Text, rules::best_text)
}

const fn number(name: &'static str, keys: Keys) -> CanonicalField {
    field(name, keys, Holds::Number, rules::best_number)
}

const fn ruled(name: &'static str, keys: Keys, rule: Rule) -> CanonicalField {
    field(name, keys, Holds::Text, rule)
}

/// All canonical fields.
pub const FIELDS: &[CanonicalField] = &[
    ruled(
        "service.name",
        &["service.name", "istio.canonical_service"],
        rules::service,
    ),
    text(
        "service.namespace",
        &["service.namespace", "istio.namespace", "k8s.namespace.name"],
    ),
    text(
        "service.version",
        &["service.version", "istio.canonical_revision"],
    ),
    text("service.criticality", &["service.criticality"]),
    ruled("service.instance.id", &["node_id"], rules::instance),
    text(
        "cloud.availability_zone",
        &[
            "cloud.availability_zone",
            "zone",
            "aws.ec2.availability_zone",
        ],
    ),
    text("cloud.region", &["cloud.region", "aws.region"]),
    text("k8s.node.name", &["k8s.node.name"]),
    text("k8s.pod.name", &["k8s.pod.name", "aws.eks.pod"]),
    text("k8s.pod.start_time", &["k8s.pod.start_time"]),
    text(
        "k8s.cluster.name",
        &["k8s.cluster.name", "istio.cluster_id"],
    ),
    number(
        "k8s.container.restart_count",
        &["k8s.container.restart_count"],
    ),
    text(
        "k8s.container.status.last_terminated_reason",
        &["k8s.container.status.last_terminated_reason"],
    ),
    text("container.image.name", &["container.image.name"]),
    text(
        "container.image.tags",
        &["container.image.tags", "container.image.tag"],
    ),
    text(
        "deployment.environment.name",
        &["deployment.environment.name", "deployment.environment"],
    ),
    text("feature_flag.key", &["feature_flag.key"]),
    text(
        "feature_flag.result.variant",
        &["feature_flag.result.variant", "feature_flag.variant"],
    ),
    text(
        "service.peer.name",
        &[
            "service.peer.name",
            "peer.service",
            "server.address",
            "net.peer.name",
            "http.host",
            "upstream_cluster.name",
            "upstream_cluster",
            "rpc.service",
            "db.system.name",
            "db.system",
        ],
    ),
    ruled("network.peer.address", PEER_ADDRESSES, rules::peer_address),
    field(
        "network.peer.port",
        &[
            "network.peer.port",
            "net.sock.peer.port",
            "server.socket.port",
            "net.peer.port",
            "peer.port",
            "upstream_address",
            "peer.address",
            "http.remote",
        ],
        Holds::Number,
        rules::peer_port,
    ),
    ruled(
        "client.address",
        &["client.address", "http.client_ip", "peer.address"],
        rules::client_address,
    ),
    text(
        "server.address",
        &[
            "server.address",
            "http.host",
            "http.server_name",
            "net.host.name",
        ],
    ),
    number("server.port", &["server.port", "net.host.port"]),
    text(
        "http.request.method",
        &["http.request.method", "http.method"],
    ),
    number(
        "http.response.status_code",
        &[
            "http.response.status_code",
            "http.status_code",
            "http.status",
            "http.response.status",
            "status_code",
        ],
    ),
    text("http.route", &["http.route"]),
    number(
        "http.request.body.size",
        &[
            "http.request.body.size",
            "http.request_content_length",
            "request_size",
        ],
    ),
    number(
        "http.response.body.size",
        &[
            "http.response.body.size",
            "http.response_content_length",
            "response_size",
        ],
    ),
    field(
        "http.request.resend_count",
        &[
            "http.request.resend_count",
            "http.resend_count",
            "http.retry_count",
            "retry.count",
            "previous-rpc-attempts",
            "grpc-previous-rpc-attempts",
            "x-envoy-attempt-count",
            "http.request.header.x-envoy-attempt-count",
            "aws.retries",
        ],
        Holds::Number,
        rules::resends,
    ),
    text("url.full", &["url.full", "http.url", "http.request.url"]),
    text("url.template", &["url.template"]),
    ruled(
        "url.path",
        &["url.path", "http.target", "http.path"],
        rules::url_path,
    ),
    ruled("url.query", &["url.query", "http.target"], rules::url_query),
    text("url.scheme", &["url.scheme", "http.scheme"]),
    text(
        "user_agent.original",
        &["user_agent.original", "http.user_agent", "user_agent"],
    ),
    text("user_agent.synthetic.type", &["user_agent.synthetic.type"]),
    text("response_flags", &["response_flags"]),
    ruled(
        "rpc.system.name",
        &["rpc.system.name", "rpc.system"],
        rules::rpc_system,
    ),
    ruled(
        "rpc.method",
        &["rpc.method", "rpc.service", "grpc.path"],
        rules::rpc_method,
    ),
    ruled(
        "rpc.status_code",
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
        rules::rpc_status,
    ),
    field(
        "rpc.deadline",
        &[
            "grpc.timeout",
            "rpc.request.metadata.grpc-timeout",
            "http.request.header.grpc-timeout",
            "x-envoy-expected-rq-timeout-ms",
            "http.request.header.x-envoy-expected-rq-timeout-ms",
            "x-envoy-upstream-rq-timeout-ms",
            "http.request.header.x-envoy-upstream-rq-timeout-ms",
            "http.request.header.l5d-request-timeout",
            "http.request.header.l5d-timeout",
            "http.request.header.l5d-response-timeout",
        ],
        Holds::Duration,
        rules::deadline,
    ),
    text(
        "db.system.name",
        &["db.system.name", "db.system", "db.type"],
    ),
    text(
        "db.namespace",
        &[
            "db.namespace",
            "db.name",
            "db.instance",
            "db.redis.database_index",
            "db.cassandra.keyspace",
        ],
    ),
    text(
        "db.collection.name",
        &[
            "db.collection.name",
            "db.sql.table",
            "db.mongodb.collection",
            "db.cassandra.table",
            "db.cosmosdb.container",
            "aws.table_name",
        ],
    ),
    text("db.operation.name", &["db.operation.name", "db.operation"]),
    text(
        "db.query.text",
        &["db.query.text", "db.statement", "sql.sanitized_query"],
    ),
    text("db.query.summary", &["db.query.summary"]),
    text("db.response.status_code", &["db.response.status_code"]),
    number("db.response.returned_rows", &["db.response.returned_rows"]),
    number("db.operation.batch.size", &["db.operation.batch.size"]),
    text("messaging.system", &["messaging.system"]),
    text(
        "messaging.destination.name",
        &[
            "messaging.destination.name",
            "messaging.destination",
            "message_bus.destination",
            "aws.queue_url",
        ],
    ),
    text(
        "messaging.destination.template",
        &["messaging.destination.template"],
    ),
    text(
        "messaging.destination.partition.id",
        &[
            "messaging.destination.partition.id",
            "messaging.kafka.destination.partition",
            "messaging.kafka.partition",
        ],
    ),
    text(
        "messaging.destination.subscription.name",
        &["messaging.destination.subscription.name"],
    ),
    text(
        "messaging.consumer.group.name",
        &[
            "messaging.consumer.group.name",
            "messaging.kafka.consumer.group",
            "messaging.kafka.consumer_group",
            "messaging.consumer_group",
            "messaging.eventhubs.consumer.group",
            "messaging.rocketmq.client_group",
        ],
    ),
    number(
        "messaging.kafka.offset",
        &["messaging.kafka.offset", "messaging.kafka.message.offset"],
    ),
    text(
        "messaging.kafka.message.key",
        &["messaging.kafka.message.key", "messaging.kafka.message_key"],
    ),
    text(
        "messaging.kafka.message.tombstone",
        &["messaging.kafka.message.tombstone"],
    ),
    text(
        "messaging.message.id",
        &["messaging.message.id", "messaging.message_id"],
    ),
    text(
        "messaging.message.conversation_id",
        &[
            "messaging.message.conversation_id",
            "messaging.conversation_id",
        ],
    ),
    text(
        "messaging.operation.type",
        &["messaging.operation.type", "messaging.operation"],
    ),
    text("messaging.operation.name", &["messaging.operation.name"]),
    number(
        "messaging.batch.message_count",
        &["messaging.batch.message_count"],
    ),
    text(
        "messaging.client.id",
        &[
            "messaging.client.id",
            "messaging.client_id",
            "messaging.kafka.client_id",
        ],
    ),
    ruled("otel.status_code", &["otel.status_code"], rules::status),
    ruled(
        "error.type",
        &[
            "error.type",
            "exception.type",
            "error.kind",
            "error.object",
            "response_flags",
            "rpc.response.status_code",
            "rpc.grpc.status_code",
            "grpc.status_code",
            "db.response.status_code",
        ],
        rules::error_type,
    ),
    ruled(
        "error.message",
        &[
            "otel.status_description",
            "exception.message",
            "error",
            "error.message",
            "grpc.message",
        ],
        rules::error_text,
    ),
    text("thread.id", &["thread.id"]),
    text("thread.name", &["thread.name"]),
    ruled(
        "code.function.name",
        &["code.function.name", "code.function", "code.namespace"],
        rules::function,
    ),
    text("code.file.path", &["code.file.path", "code.filepath"]),
    number("code.line.number", &["code.line.number", "code.lineno"]),
    field(
        "parent.is_remote",
        &[],
        Holds::Flag,
        rules::parent_is_remote,
    ),
    field(ADJUSTED_COUNT, &[], Holds::Number, rules::of_trace),
];

/// Attributes that hold the address of the peer, some with its port.
const PEER_ADDRESSES: Keys = &[
    "network.peer.address",
    "net.sock.peer.addr",
    "server.socket.address",
    "net.peer.ip",
    "upstream_address",
    "peer.address",
    "peer.ipv4",
    "peer.ipv6",
    "http.remote",
];

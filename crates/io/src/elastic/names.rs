//! OpenTelemetry's names of what Elastic APM names otherwise.

/// What a path of `metadata` is called as an attribute of a resource.
pub(super) fn of_resource(path: &str) -> &str {
    match path {
        "service.environment" => "deployment.environment.name",
        "service.node.configured_name" | "service.node.name" => "service.instance.id",
        "service.agent.name" => "telemetry.sdk.name",
        "service.agent.version" => "telemetry.sdk.version",
        "service.language.name" => "telemetry.sdk.language",
        "service.runtime.name" => "process.runtime.name",
        "service.runtime.version" => "process.runtime.version",
        "process.ppid" => "process.parent_pid",
        "process.argv" => "process.command_args",
        "system.hostname" | "system.detected_hostname" | "system.configured_hostname" => {
            "host.name"
        }
        "system.architecture" => "host.arch",
        "system.platform" => "os.type",
        "system.container.id" => "container.id",
        "system.kubernetes.namespace" => "k8s.namespace.name",
        "system.kubernetes.pod.name" => "k8s.pod.name",
        "system.kubernetes.pod.uid" => "k8s.pod.uid",
        "system.kubernetes.node.name" => "k8s.node.name",
        "cloud.instance.id" => "host.id",
        "cloud.machine.type" => "host.type",
        path => path.strip_prefix("labels.").unwrap_or(path),
    }
}

/// What a path of a record's `context` is called as an attribute.
pub(super) fn of_context(path: &str) -> &str {
    match path {
        "request.method" | "http.method" => "http.request.method",
        "request.url.full" | "http.url" => "url.full",
        "request.url.raw" => "url.original",
        "request.url.protocol" => "url.scheme",
        "request.url.hostname" => "server.address",
        "request.url.port" => "server.port",
        "request.url.pathname" => "url.path",
        "request.url.search" => "url.query",
        "request.url.hash" => "url.fragment",
        "request.http_version" => "network.protocol.version",
        "request.socket.remote_address" => "network.peer.address",
        "request.headers.user-agent" | "request.headers.User-Agent" => "user_agent.original",
        "response.status_code" | "http.status_code" | "http.response.status_code" => {
            "http.response.status_code"
        }
        "response.transfer_size" | "http.response.transfer_size" => "http.response.size",
        "response.encoded_body_size" | "http.response.encoded_body_size" => {
            "http.response.body.size"
        }
        "db.instance" => "db.namespace",
        "db.statement" => "db.query.text",
        "db.type" => "db.system.name",
        "destination.address" => "server.address",
        "destination.port" => "server.port",
        "destination.service.resource" => "peer.service",
        "message.queue.name" => "messaging.destination.name",
        "message.routing_key" => "messaging.rabbitmq.destination.routing_key",
        "message.body" => "messaging.message.body",
        path => path.strip_prefix("tags.").unwrap_or(path),
    }
}

/// The OpenTelemetry kind that a span's type and action imply.
pub(super) fn is_exit(kind: &str) -> bool {
    let family = kind.split('.').next().unwrap_or(kind);
    matches!(family, "db" | "external" | "storage" | "cache" | "ext")
}

/// True where a type is that of messages.
pub(super) fn is_message(kind: &str) -> bool {
    kind.split('.').next() == Some("messaging")
}

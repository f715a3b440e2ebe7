//! Shapes of spans: name, kind and attributes by the semantic conventions.

use super::{NameId, Names};
use crate::topology::{Cache, Operation, Protocol, Query};
use spanwise_model::SpanKind;

/// The number of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShapeId(pub(crate) u32);

/// What all spans of one action or operation have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) name: NameId,
    pub(crate) kind: SpanKind,
    pub(crate) attributes: Vec<(NameId, Content)>,
}

/// The content of an attribute: a constant, or something about the span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Content {
    Text(NameId),
    Int(i64),
    /// The status of HTTP, where there is one.
    HttpStatus,
    /// The status of gRPC.
    GrpcStatus,
    /// The route with its parameters filled in.
    Path(NameId),
    /// The same with the peer's scheme, name and port before it.
    Url(NameId),
    /// The address of the pod on the other side, or of a database.
    PeerAddress,
    /// A number of bytes.
    Size,
    /// A number of rows.
    Rows,
    /// A number that grows with time.
    Offset,
    /// The id of a message.
    Message,
    /// A prefix with the id of an item behind it.
    Key(NameId),
    /// How many links the span has.
    Links,
    /// The number of a thread.
    Thread,
    /// A short text of few distinct values.
    Tag,
}

/// Makes shapes that have at least so many attributes.
pub(crate) struct Shaper<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) least: usize,
}

/// A peer as a caller knows it: name and port.
pub(crate) type Peer<'a> = (&'a str, i64);

impl Shaper<'_> {
    /// The span of an operation at the side that runs it.
    pub(crate) fn operation(&mut self, service: &str, operation: &Operation) -> Shape {
        match &operation.protocol {
            Protocol::Http { method, route } => {
                self.http_server((service, 8080), method, route, &operation.name)
            }
            Protocol::Grpc { service, method } => {
                let attributes = self.grpc((service, 9090), service, method);
                self.shape(&operation.name, SpanKind::Server, attributes)
            }
            Protocol::Consumer { queue } => self.consumer(service, queue, &operation.name),
            Protocol::Task => self.internal(&operation.name),
        }
    }

    /// The span of a call at the side that calls.
    pub(crate) fn call(&mut self, service: &str, operation: &Operation) -> Shape {
        match &operation.protocol {
            Protocol::Http { method, route } => self.http_client((service, 8080), method, route),
            Protocol::Grpc {
                service: interface,
                method,
            } => {
                let attributes = self.grpc((service, 9090), interface, method);
                self.shape(&operation.name, SpanKind::Client, attributes)
            }
            _ => self.shape(&operation.name, SpanKind::Client, Vec::new()),
        }
    }

    /// A span inside a service.
    pub(crate) fn internal(&mut self, name: &str) -> Shape {
        let mut attributes = vec![
            self.text("code.function.name", &name.replace(' ', "_")),
            self.text("thread.name", "worker"),
        ];
        attributes.push(self.with("thread.id", Content::Thread));
        self.shape(name, SpanKind::Internal, attributes)
    }

    /// The span of a query.
    pub(crate) fn query(&mut self, query: &Query) -> Shape {
        let summary = format!("{} {}", query.operation, query.table);
        let port = match query.system.as_str() {
            "mysql" => 3306,
            "clickhouse" => 9000,
            _ => 5432,
        };
        let mut attributes = vec![
            self.text("db.system.name", &query.system),
            self.text("db.namespace", &query.database),
            self.text("db.collection.name", &query.table),
            self.text("db.operation.name", &query.operation),
            self.text("db.query.text", &query_text(query)),
            self.text("db.query.summary", &summary),
        ];
        attributes.extend(self.peer((&query.database, port)));
        attributes.push(self.with("db.response.returned_rows", Content::Rows));
        self.shape(&summary, SpanKind::Client, attributes)
    }

    /// The span of a look into a cache.
    pub(crate) fn cache(&mut self, cache: &Cache) -> Shape {
        let prefix = self.names.add(&cache.prefix);
        let mut attributes = vec![
            self.text("db.system.name", "redis"),
            self.text("db.namespace", "0"),
            self.text("db.operation.name", "GET"),
            self.text("db.query.summary", "GET"),
            self.with("db.query.text", Content::Key(prefix)),
        ];
        attributes.extend(self.peer((&cache.address, 6379)));
        attributes.push(self.text("network.transport", "tcp"));
        self.shape("GET", SpanKind::Client, attributes)
    }

    /// The span of the sending of a message.
    pub(crate) fn producer(&mut self, service: &str, queue: &str) -> Shape {
        let mut attributes = self.messaging(service, queue, "send");
        attributes.push(self.with("messaging.message.id", Content::Message));
        self.shape(&format!("send {queue}"), SpanKind::Producer, attributes)
    }

    fn consumer(&mut self, service: &str, queue: &str, name: &str) -> Shape {
        let mut attributes = self.messaging(service, queue, "process");
        attributes.extend([
            self.text("messaging.consumer.group.name", service),
            self.with("messaging.batch.message_count", Content::Links),
            self.with("messaging.kafka.offset", Content::Offset),
        ]);
        self.shape(name, SpanKind::Consumer, attributes)
    }

    fn messaging(&mut self, service: &str, queue: &str, does: &str) -> Vec<(NameId, Content)> {
        vec![
            self.text("messaging.system", "kafka"),
            self.text("messaging.destination.name", queue),
            self.text("messaging.operation.type", does),
            self.text("messaging.operation.name", does),
            self.text("messaging.client.id", &format!("{service}-1")),
            self.text("messaging.destination.partition.id", "0"),
            self.with("messaging.message.body.size", Content::Size),
            self.text("server.address", "kafka"),
            self.int("server.port", 9092),
        ]
    }

    fn http_server(&mut self, peer: Peer<'_>, method: &str, route: &str, name: &str) -> Shape {
        let path = self.names.add(route);
        let attributes = vec![
            self.text("http.request.method", method),
            self.text("http.route", route),
            self.with("url.path", Content::Path(path)),
            self.text("url.scheme", "http"),
            self.with("http.response.status_code", Content::HttpStatus),
            self.text("server.address", peer.0),
            self.int("server.port", peer.1),
            self.with("client.address", Content::PeerAddress),
            self.text("network.protocol.version", "1.1"),
            self.text("user_agent.original", "http-client/2.4"),
        ];
        self.shape(name, SpanKind::Server, attributes)
    }

    fn http_client(&mut self, peer: Peer<'_>, method: &str, route: &str) -> Shape {
        let url = format!("http://{}:{}{route}", peer.0, peer.1);
        let url = self.names.add(&url);
        let mut attributes = vec![
            self.text("http.request.method", method),
            self.with("url.full", Content::Url(url)),
            self.text("url.template", route),
        ];
        attributes.extend(self.peer(peer));
        attributes.extend([
            self.with("http.response.status_code", Content::HttpStatus),
            self.with("http.response.body.size", Content::Size),
            self.text("network.protocol.version", "1.1"),
            self.text("network.transport", "tcp"),
        ]);
        self.shape(method, SpanKind::Client, attributes)
    }

    fn grpc(&mut self, peer: Peer<'_>, service: &str, method: &str) -> Vec<(NameId, Content)> {
        let mut attributes = vec![
            self.text("rpc.system", "grpc"),
            self.text("rpc.service", service),
            self.text("rpc.method", method),
            self.with("rpc.grpc.status_code", Content::GrpcStatus),
        ];
        attributes.extend(self.peer(peer));
        attributes.extend([
            self.text("network.transport", "tcp"),
            self.text("network.type", "ipv4"),
        ]);
        attributes
    }

    fn peer(&mut self, (name, port): Peer<'_>) -> [(NameId, Content); 3] {
        [
            self.text("server.address", name),
            self.int("server.port", port),
            self.with("network.peer.address", Content::PeerAddress),
        ]
    }

    fn shape(
        &mut self,
        name: &str,
        kind: SpanKind,
        mut attributes: Vec<(NameId, Content)>,
    ) -> Shape {
        for at in attributes.len()..self.least {
            attributes.push(self.with(&format!("app.tag.{at}"), Content::Tag));
        }
        Shape {
            name: self.names.add(name),
            kind,
            attributes,
        }
    }

    fn text(&mut self, key: &str, value: &str) -> (NameId, Content) {
        let value = self.names.add(value);
        self.with(key, Content::Text(value))
    }

    fn int(&mut self, key: &str, value: i64) -> (NameId, Content) {
        self.with(key, Content::Int(value))
    }

    fn with(&mut self, key: &str, content: Content) -> (NameId, Content) {
        (self.names.add(key), content)
    }
}

fn query_text(query: &Query) -> String {
    let table = &query.table;
    match query.operation.as_str() {
        "INSERT" => format!("INSERT INTO {table} (id, body) VALUES (?, ?)"),
        "UPDATE" => format!("UPDATE {table} SET body = ? WHERE id = ?"),
        "DELETE" => format!("DELETE FROM {table} WHERE id = ?"),
        other => format!("{other} id, body FROM {table} WHERE id = ?"),
    }
}

//! From ended spans to a span batch: attributes, events, links, statuses.

use crate::export::Finished;
use crate::failure::Failure;
use crate::plan::{Content, NameId, Plan, Shape};
use crate::random::mix;
use spanwise_model::{
    flags, ResourceId, ScopeId, SpanBatch, SpanHead, SpanKind, StatusCode, Symbol, Value,
};
use std::fmt::Write;

/// Writes batches; what it remembers of names is valid for one batch.
#[derive(Debug, Default)]
pub(crate) struct Emitter {
    start_unix_nano: i64,
    batch: SpanBatch,
    number: u32,
    /// By name: the batch for which the symbol is valid, and the symbol.
    symbols: Vec<(u32, Symbol)>,
    /// By pod, likewise.
    resources: Vec<(u32, ResourceId, ScopeId)>,
    text: String,
}

impl Emitter {
    pub(crate) fn new(plan: &Plan, start_unix_nano: i64) -> Self {
        Self {
            start_unix_nano,
            symbols: vec![(0, Symbol::EMPTY); plan.names.len()],
            resources: vec![(0, ResourceId::default(), ScopeId::default()); plan.pods.len()],
            ..Self::default()
        }
    }

    /// The spans as one batch.
    pub(crate) fn write(&mut self, plan: &Plan, spans: &[Finished]) -> SpanBatch {
        self.number += 1;
        for span in spans {
            self.span(plan, span);
        }
        std::mem::take(&mut self.batch)
    }

    fn span(&mut self, plan: &Plan, span: &Finished) {
        let shape = &plan.shapes[span.shape as usize];
        for &(key, content) in &shape.attributes {
            self.attribute(plan, span, (key, content));
        }
        let errs = span
            .failure
            .is_some_and(|failure| failure != Failure::NotFound || shape.kind == SpanKind::Client);
        self.failure(span, errs);
        if span.is_origin && errs {
            self.exception(plan, span);
        }
        for &(trace, linked) in &span.links {
            self.batch.link(trace, linked);
        }
        let head = self.head(plan, span, errs);
        let closed = self.batch.close(head);
        debug_assert!(closed.is_ok(), "a batch of four billion rows");
    }

    fn head(&mut self, plan: &Plan, span: &Finished, errs: bool) -> SpanHead {
        let shape = &plan.shapes[span.shape as usize];
        let (resource, scope) = self.resource(plan, span.pod);
        SpanHead {
            trace_id: span.trace,
            span_id: span.span,
            parent_id: span.parent,
            start_unix_nano: self.time(plan, span.pod, span.start),
            end_unix_nano: Some(self.time(plan, span.pod, span.end)),
            name: self.symbol(plan, shape.name),
            kind: shape.kind,
            status: if errs {
                StatusCode::Error
            } else {
                StatusCode::Unset
            },
            flags: span_flags(shape, span, errs),
            resource,
            scope,
        }
    }

    /// A time on the clock of a pod's host.
    fn time(&self, plan: &Plan, pod: u32, nano: u64) -> i64 {
        let skew = plan.pods[pod as usize].skew_nano;
        self.start_unix_nano
            .saturating_add_unsigned(nano)
            .saturating_add(skew)
    }

    fn attribute(&mut self, plan: &Plan, span: &Finished, (key, content): (NameId, Content)) {
        let key = self.symbol(plan, key);
        let chance = mix(span.span.0 ^ u64::from(key.0));
        let value = match content {
            Content::Text(text) => Value::Str(plan.names.get(text)),
            Content::Int(n) => Value::Int(n),
            Content::HttpStatus => match span.failure.map_or(Some(200), Failure::http_status) {
                Some(status) => Value::Int(status),
                None => return,
            },
            Content::GrpcStatus => Value::Int(span.failure.map_or(0, Failure::grpc_status)),
            Content::Size => Value::Int(64 + (chance % 8_000) as i64),
            Content::Rows => Value::Int((chance % 20) as i64),
            Content::Thread => Value::Int(1 + (chance % 16) as i64),
            Content::Offset => Value::Int((span.start / 1_000_000) as i64),
            Content::Links => Value::Int(span.links.len() as i64),
            _ => {
                self.write_text(plan, span, content);
                Value::Str(&self.text)
            }
        };
        self.batch.attribute_of(key, value);
    }

    /// The contents that have to be written out.
    fn write_text(&mut self, plan: &Plan, span: &Finished, content: Content) {
        self.text.clear();
        let text = &mut self.text;
        let item = mix(span.trace.0 as u64) % 10_000;
        let written = match content {
            Content::Path(route) | Content::Url(route) => {
                fill(text, plan.names.get(route), item);
                Ok(())
            }
            Content::PeerAddress => match plan.pods.get(span.peer as usize) {
                Some(pod) => text.write_str(&pod.address),
                None => write!(text, "10.200.0.{}", 1 + span.shape % 250),
            },
            Content::Key(prefix) => write!(text, "GET {}:{item}", plan.names.get(prefix)),
            Content::Message => write!(text, "msg-{}", span.span),
            _ => write!(text, "tag-{}", item % 100),
        };
        debug_assert!(written.is_ok(), "writing into a string");
    }

    fn failure(&mut self, span: &Finished, errs: bool) {
        if span.attempt > 0 {
            let attempt = i64::from(span.attempt);
            self.batch
                .attribute("http.request.resend_count", Value::Int(attempt));
        }
        let Some(failure) = span.failure.filter(|_| errs) else {
            return;
        };
        self.batch
            .attribute("error.type", Value::Str(failure.error_type()));
        if failure == Failure::LockTimeout {
            let status = failure.database_status();
            self.batch
                .attribute("db.response.status_code", Value::Str(status));
        }
    }

    /// The exception that is recorded where a failure began.
    fn exception(&mut self, plan: &Plan, span: &Finished) {
        let Some(failure) = span.failure else {
            return;
        };
        let (class, message) = (failure.exception_type(), failure.message());
        let at = self.time(plan, span.pod, span.end);
        let batch = &mut self.batch;
        batch.event_attribute("exception.type", Value::Str(class));
        batch.event_attribute("exception.message", Value::Str(message));
        batch.event(at, "exception");
        batch.status_message(message);
    }

    fn symbol(&mut self, plan: &Plan, name: NameId) -> Symbol {
        let (number, symbol) = &mut self.symbols[name.0 as usize];
        if *number != self.number {
            *number = self.number;
            *symbol = self.batch.strings.intern(plan.names.get(name));
        }
        *symbol
    }

    fn resource(&mut self, plan: &Plan, number: u32) -> (ResourceId, ScopeId) {
        let (batch, resource, scope) = self.resources[number as usize];
        if batch == self.number {
            return (resource, scope);
        }
        let pod = &plan.pods[number as usize];
        for &(key, value) in &pod.attributes {
            let key = self.symbol(plan, key);
            let value = Value::Str(plan.names.get(value));
            self.batch.resources.push(key, value);
        }
        let service = self.symbol(plan, pod.service);
        let resource = self.batch.resources.close(service);
        let (name, version) = (self.symbol(plan, pod.scope), self.symbol(plan, pod.version));
        let scope = self.batch.scopes.intern(name, version);
        self.resources[number as usize] = (self.number, resource, scope);
        (resource, scope)
    }
}

fn span_flags(shape: &Shape, span: &Finished, errs: bool) -> u32 {
    let is_entry = matches!(shape.kind, SpanKind::Server | SpanKind::Consumer);
    let remote = if is_entry && !span.parent.is_zero() {
        flags::IS_REMOTE
    } else {
        0
    };
    let error = if errs { flags::FORMAT_ERROR } else { 0 };
    1 | flags::HAS_IS_REMOTE | remote | error
}

/// The route with the number of an item in the place of each parameter.
fn fill(text: &mut String, route: &str, item: u64) {
    let mut rest = route;
    while let Some((before, parameter)) = rest.split_once('{') {
        text.push_str(before);
        let written = write!(text, "{item}");
        debug_assert!(written.is_ok(), "writing into a string");
        rest = parameter.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
}

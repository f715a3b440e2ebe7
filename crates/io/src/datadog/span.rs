//! A span while it is read, and what its attributes say beside themselves.

use super::links::{self, Kind};
use super::process::Process;
use crate::flaws::Flaw;
use crate::json::Open;
use spanwise_model::{
    flags, ResourceId, Result, ScopeId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId,
    Value,
};

/// A span while it is read.
#[derive(Default)]
pub(super) struct Span {
    pub(super) trace: Option<TraceId>,
    pub(super) id: SpanId,
    pub(super) parent: SpanId,
    pub(super) name: Symbol,
    pub(super) resource: Symbol,
    pub(super) service: Symbol,
    pub(super) start: Option<i64>,
    pub(super) duration: Option<i64>,
    pub(super) is_error: bool,
    pub(super) process: Process,
    /// The upper half of the trace's id.
    pub(super) upper: Option<u64>,
    kind: SpanKind,
    failure: Failure,
}

/// What the attributes of a span say of how it failed.
#[derive(Default)]
struct Failure {
    class: String,
    message: String,
    stack: String,
}

impl Span {
    /// Notes what an attribute says beside itself; true where it is no
    /// attribute at all.
    pub(super) fn note(&mut self, open: &mut Open<'_>, key: &str, value: Value<'_>) -> bool {
        self.process.note(key, value);
        let Value::Str(text) = value else {
            return false;
        };
        match key {
            "_dd.p.tid" => self.upper = SpanId::from_hex(text.as_bytes()).map(|id| id.0),
            "span.kind" => match SpanKind::from_name(text) {
                Some(kind) => self.kind = kind,
                None => open.flaw(Flaw::UnknownEnum),
            },
            "error.type" => self.failure.class = text.to_owned(),
            "error.message" | "error.msg" => self.failure.message = text.to_owned(),
            "error.stack" => {
                self.failure.stack = text.to_owned();
                return true;
            }
            _ => {
                let list = Kind::of_text(key);
                return list.is_some_and(|kind| links::text(open.batch, text, kind));
            }
        }
        false
    }

    /// The fixed fields, now that all of the span is known.
    pub(super) fn head(
        &self,
        open: &mut Open<'_>,
        trace_id: TraceId,
        resource: ResourceId,
    ) -> Result<SpanHead> {
        let start = self.start.unwrap_or_default();
        let end = self.duration.map(|duration| open.end(start, duration));
        let (mut status, mut bits) = (StatusCode::Unset, 0);
        if self.is_error {
            (status, bits) = (StatusCode::Error, flags::FORMAT_ERROR);
            open.batch.status_message(&self.failure.message);
        }
        if self.start.is_none() {
            bits |= flags::MISSING_START;
        }
        self.failure.tell(open, self.is_error, end.unwrap_or(start));
        Ok(SpanHead {
            trace_id,
            span_id: self.id,
            parent_id: self.parent,
            start_unix_nano: start,
            end_unix_nano: end,
            name: self.operation(open)?,
            kind: self.kind,
            status,
            flags: bits,
            resource,
            scope: ScopeId::default(),
        })
    }

    /// The name of the operation: the resource, which says what was asked for,
    /// before the name, which is the same for all requests of a library.
    fn operation(&self, open: &mut Open<'_>) -> Result<Symbol> {
        if self.resource == Symbol::EMPTY || self.resource == self.name {
            return Ok(self.name);
        }
        if self.name != Symbol::EMPTY {
            let name = open.batch.strings.get(self.name).to_owned();
            let key = open.intern("operation.name")?;
            open.batch.attribute_of(key, Value::Str(&name));
        }
        Ok(self.resource)
    }
}

impl Failure {
    /// Makes an event of it; a stack of a span that did not fail is one too.
    fn tell(&self, open: &mut Open<'_>, is_error: bool, time: i64) {
        let has_class = is_error && !self.class.is_empty();
        if !has_class && self.stack.is_empty() {
            return;
        }
        for (key, text) in [
            ("exception.type", &self.class),
            ("exception.message", &self.message),
            ("exception.stacktrace", &self.stack),
        ] {
            if !text.is_empty() {
                open.batch.event_attribute(key, Value::Str(text));
            }
        }
        open.batch.event(time, "exception");
    }
}

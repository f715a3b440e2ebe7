//! A transaction or span while it is read.

use super::names;
use crate::decimal::scaled;
use crate::flaws::Flaw;
use crate::json::{Open, Records, Walked};
use spanwise_model::{
    flags, ResourceId, ScopeId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId, Value,
};

/// What a line holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Transaction,
    Span,
}

impl Sort {
    /// What the names of its own fields begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Transaction => "transaction.",
            Self::Span => "span.",
        }
    }
}

/// A transaction or span while it is read.
#[derive(Default)]
pub(super) struct Record {
    pub(super) sort: Sort,
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) transaction: String,
    pub(super) name: Symbol,
    /// Microseconds as they are written.
    pub(super) timestamp: String,
    /// Nanoseconds since the transaction began.
    pub(super) offset: Option<i64>,
    pub(super) duration: Option<i64>,
    pub(super) has_failed: bool,
    pub(super) kind: SpanKind,
    pub(super) family: String,
    pub(super) action: String,
    /// True where `context` names whom the span talks to.
    pub(super) has_peer: bool,
    /// Where `context` stands.
    pub(super) context: Option<usize>,
}

impl Record {
    /// The times of the record; `began` is when its transaction did.
    fn times(&self, open: &mut Open<'_>, began: Option<&str>) -> (Option<i64>, Option<i64>) {
        let micros = |text: &str| scaled(text, 3).map(|(nanos, _)| nanos);
        let own = micros(&self.timestamp);
        let start = own.or_else(|| Some(open.end(micros(began?)?, self.offset?)));
        let from = start.unwrap_or_default();
        let end = self.duration.map(|duration| open.end(from, duration));
        (start, end)
    }

    fn kind(&self) -> SpanKind {
        if self.kind != SpanKind::Unspecified {
            return self.kind;
        }
        let is_message = names::is_message(&self.family);
        match self.sort {
            Sort::Transaction if is_message => SpanKind::Consumer,
            Sort::Transaction if self.family.starts_with("request") => SpanKind::Server,
            Sort::Transaction => SpanKind::Internal,
            Sort::Span if is_message && matches!(&*self.action, "send" | "publish") => {
                SpanKind::Producer
            }
            Sort::Span if is_message || self.has_peer || names::is_exit(&self.family) => {
                SpanKind::Client
            }
            Sort::Span => SpanKind::Internal,
        }
    }

    /// The fixed fields, now that all of the record is known.
    pub(super) fn head(
        &self,
        open: &mut Open<'_>,
        resource: ResourceId,
        began: Option<&str>,
    ) -> SpanHead {
        let (start, end) = self.times(open, began);
        let (status, mut bits) = match self.has_failed {
            true => (StatusCode::Error, flags::FORMAT_ERROR),
            false => (StatusCode::Unset, 0),
        };
        if start.is_none() {
            bits |= flags::MISSING_START;
        }
        let (trace_id, span_id) = (open.trace_id(&self.trace), open.span_id(&self.id));
        SpanHead {
            trace_id,
            span_id,
            parent_id: self.parent_id(open),
            start_unix_nano: start.unwrap_or_default(),
            end_unix_nano: end,
            name: self.name,
            kind: self.kind(),
            status,
            flags: bits,
            resource,
            scope: ScopeId::default(),
        }
    }

    /// The parent; that of a span which names none is its transaction.
    fn parent_id(&self, open: &mut Open<'_>) -> SpanId {
        match self.sort {
            Sort::Span if self.parent.is_empty() => open.span_id(&self.transaction),
            _ => open.span_id(&self.parent),
        }
    }
}

/// Reads the member `otel`: a kind, and attributes as they are.
pub(super) fn otel(records: &mut Records<'_, '_>) -> Walked<SpanKind> {
    let mut kind = SpanKind::Unspecified;
    if !records.enter_object()? {
        return Ok(kind);
    }
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "span_kind" => match SpanKind::from_name(&records.owned()?) {
                Some(known) => kind = known,
                None => records.open.flaw(Flaw::UnknownEnum),
            },
            "attributes" => records.flat("", 1, put)?,
            _ => records.cursor.skip()?,
        }
    }
    Ok(kind)
}

/// Makes an attribute of a value, if there is one.
pub(super) fn put(open: &mut Open<'_>, key: &str, value: Value<'_>) -> Walked {
    Ok(open.attribute(key, value)?)
}

/// Reads a link.
pub(super) fn link(records: &mut Records<'_, '_>) -> Walked {
    let (mut trace, mut span) = (TraceId::default(), SpanId::default());
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "trace_id" => trace = records.trace_id()?,
            "span_id" => span = records.span_id()?,
            _ => records.cursor.skip()?,
        }
    }
    records.open.batch.link(trace, span);
    Ok(())
}

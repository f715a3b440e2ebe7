//! Tags: texts, some of which are fixed fields in disguise.

use super::draft::Draft;
use super::pairs::each_pair;
use crate::flaws::Flaw;
use crate::json::Open;
use spanwise_model::{flags, Result, SpanId, StatusCode, Symbol, TraceId, Value};

/// What the keys of links begin with; a number follows.
pub(super) const LINK: &str = "otlp.link.";

/// Puts a tag where it belongs.
#[inline]
pub(super) fn put(
    open: &mut Open<'_>,
    draft: &mut Draft,
    (key, field): (Symbol, Option<Field>),
    value: Value<'_>,
) -> Result<()> {
    let taken = match field {
        Some(field) => field.take(open, draft, value)?,
        None => false,
    };
    if !taken {
        open.batch.attribute_of(key, value);
    }
    Ok(())
}

/// A fixed field that a tag says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    Error,
    StatusCode,
    StatusDescription,
    ScopeName,
    ScopeVersion,
    TraceState,
    Link,
}

impl Field {
    pub(super) fn of(key: &str) -> Option<Self> {
        Some(match key {
            "error" => Self::Error,
            "otel.status_code" => Self::StatusCode,
            "otel.status_description" => Self::StatusDescription,
            "otel.scope.name" | "otel.library.name" => Self::ScopeName,
            "otel.scope.version" | "otel.library.version" => Self::ScopeVersion,
            "w3c.tracestate" => Self::TraceState,
            key if key.starts_with(LINK) => Self::Link,
            _ => return None,
        })
    }

    /// Takes what the tag says. False where it also is, or only is, an
    /// attribute.
    fn take(self, open: &mut Open<'_>, draft: &mut Draft, value: Value<'_>) -> Result<bool> {
        let text = match (self, value) {
            (Self::Error, _) => {
                error(open, draft, value);
                return Ok(false);
            }
            (_, Value::Str(text)) => text,
            _ => return Ok(false),
        };
        match self {
            Self::StatusCode => return Ok(status(open, draft, text)),
            Self::Link => return Ok(link(open, text).is_some()),
            Self::StatusDescription => {
                draft.described = true;
                open.batch.status_message(text);
                return Ok(false);
            }
            Self::ScopeName => draft.scope.0 = open.intern(text)?,
            Self::ScopeVersion => draft.scope.1 = open.intern(text)?,
            Self::TraceState => open.batch.trace_state(text),
            Self::Error => {}
        }
        Ok(true)
    }
}

/// Zipkin's error flag is that the tag is there, whatever it says.
fn error(open: &mut Open<'_>, draft: &mut Draft, value: Value<'_>) {
    draft.flags |= flags::FORMAT_ERROR;
    if value.as_bool() == Some(false) {
        return;
    }
    draft.status = StatusCode::Error;
    let text = value.to_text();
    if value.as_bool().is_none() && !text.is_empty() && !draft.described {
        open.batch.status_message(&text);
    }
}

fn status(open: &mut Open<'_>, draft: &mut Draft, text: &str) -> bool {
    let Some(status) = StatusCode::from_name(text) else {
        open.flaw(Flaw::UnknownEnum);
        return false;
    };
    draft.status = draft.status.max(status);
    true
}

/// Reads a link as the OpenTelemetry Collector writes it:
/// `trace|span|state|attributes|dropped`.
fn link(open: &mut Open<'_>, text: &str) -> Option<()> {
    let (trace, rest) = text.split_once('|')?;
    let (span, rest) = rest.split_once('|')?;
    let (state, rest) = rest.split_once('|')?;
    let (attributes, dropped) = rest.rsplit_once('|')?;
    let trace = TraceId::from_hex(trace.as_bytes())?;
    let span = SpanId::from_hex(span.as_bytes())?;
    let batch = &mut *open.batch;
    let depth = batch.guard.depth;
    let whole = each_pair(attributes, depth, |key, value| {
        batch.link_attribute(key, value);
    });
    if !whole {
        batch.links.attributes.abandon();
        return None;
    }
    batch.link_state(state);
    batch.link_dropped(dropped.parse().unwrap_or_default());
    batch.link(trace, span);
    Some(())
}

/// The attributes of an endpoint.
pub(super) struct EndpointKeys {
    pub(super) address: &'static str,
    pub(super) port: &'static str,
}

/// Where the span was recorded.
pub(super) const LOCAL: EndpointKeys = EndpointKeys {
    address: "network.local.address",
    port: "network.local.port",
};

/// Whom it talked to.
pub(super) const REMOTE: EndpointKeys = EndpointKeys {
    address: "network.peer.address",
    port: "network.peer.port",
};

/// The name of whom it talked to.
pub(super) const PEER_SERVICE: &str = "peer.service";

/// A port as a number where it is one.
pub(super) fn port(value: Value<'_>) -> Value<'_> {
    value.as_int().map_or(value, Value::Int)
}

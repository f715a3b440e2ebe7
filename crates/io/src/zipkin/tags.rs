//! Tags: texts, some of which are fixed fields in disguise.

use super::pairs::each_pair;
use super::reader::Draft;
use crate::visitor::{Context, Scalar};
use spanwise_model::{flags, IssueKind, SpanId, StatusCode, TraceId, Value};

/// What the keys of links begin with; a number follows.
pub(super) const LINK: &str = "otlp.link.";

/// Puts a tag where it belongs.
pub(super) fn put(context: &mut Context<'_>, draft: &mut Draft, key: &str, scalar: &Scalar<'_>) {
    if key == "error" {
        error(context, draft, scalar);
    }
    let taken = match scalar {
        Scalar::Text(text) => fixed_field(context, draft, key, text),
        _ => false,
    };
    if !taken {
        context.batch.attribute(key, scalar.value());
    }
}

/// Zipkin's error flag is that the tag is there, whatever it says.
fn error(context: &mut Context<'_>, draft: &mut Draft, scalar: &Scalar<'_>) {
    draft.flags |= flags::FORMAT_ERROR;
    if scalar.value().as_bool() == Some(false) {
        return;
    }
    draft.status = StatusCode::Error;
    let text = scalar.value().to_text();
    if !scalar.is_true() && !text.is_empty() && !draft.described {
        context.batch.status_message(&text);
    }
}

/// Takes a tag that says what a fixed field says. False where it also is, or
/// only is, an attribute.
fn fixed_field(context: &mut Context<'_>, draft: &mut Draft, key: &str, text: &str) -> bool {
    match key {
        "otel.status_code" => return status(context, draft, text),
        "otel.status_description" => {
            draft.described = true;
            context.batch.status_message(text);
            return false;
        }
        "otel.scope.name" | "otel.library.name" => draft.scope.0 = context.intern(text),
        "otel.scope.version" | "otel.library.version" => draft.scope.1 = context.intern(text),
        "w3c.tracestate" => context.batch.trace_state(text),
        _ => return key.starts_with(LINK) && link(context, text).is_some(),
    }
    true
}

fn status(context: &mut Context<'_>, draft: &mut Draft, text: &str) -> bool {
    let Some(status) = StatusCode::from_name(text) else {
        context.flaw(IssueKind::UnknownEnum);
        return false;
    };
    draft.status = draft.status.max(status);
    true
}

/// Reads a link as the OpenTelemetry Collector writes it:
/// `trace|span|state|attributes|dropped`.
fn link(context: &mut Context<'_>, text: &str) -> Option<()> {
    let (trace, rest) = text.split_once('|')?;
    let (span, rest) = rest.split_once('|')?;
    let (_state, rest) = rest.split_once('|')?;
    let (attributes, _dropped) = rest.rsplit_once('|')?;
    let trace = TraceId::from_hex(trace.as_bytes())?;
    let span = SpanId::from_hex(span.as_bytes())?;
    let batch = &mut *context.batch;
    let whole = each_pair(attributes, |key, value| {
        batch.link_attribute(key, value.value());
    });
    if !whole {
        batch.links.attributes.abandon();
        return None;
    }
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
pub(super) fn port<'s>(scalar: &'s Scalar<'_>) -> Value<'s> {
    scalar.value().as_int().map_or(scalar.value(), Value::Int)
}

//! Annotations, each of which becomes an event, and the core annotations of
//! old, which say when a span began and ended and which side it is.

use super::pairs::{each_pair, unquoted};
use crate::json::Open;
use spanwise_model::{Result, SpanKind};
use std::borrow::Cow;

/// The times of core annotations and of the first annotation.
#[derive(Default)]
pub(super) struct Core {
    client: (Option<i64>, Option<i64>),
    server: (Option<i64>, Option<i64>),
    first: Option<i64>,
}

impl Core {
    /// Takes note of an annotation.
    pub(super) fn note(&mut self, time: i64, value: &str) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        let slot = match value {
            "cs" => &mut self.client.0,
            "cr" => &mut self.client.1,
            "sr" => &mut self.server.0,
            "ss" => &mut self.server.1,
            _ => return,
        };
        *slot = slot.or(Some(time));
    }

    /// The kind that the core annotations imply.
    pub(super) fn kind(&self) -> SpanKind {
        match (self.client, self.server) {
            ((None, None), (None, None)) => SpanKind::Unspecified,
            ((None, None), _) => SpanKind::Server,
            _ => SpanKind::Client,
        }
    }

    /// Start and end as far as the annotations of this side say them.
    pub(super) fn interval(&self, kind: SpanKind) -> (Option<i64>, Option<i64>) {
        let (start, end) = match kind {
            SpanKind::Server => self.server,
            _ => self.client,
        };
        (start.or(self.first), end.filter(|_| start.is_some()))
    }
}

/// Makes an event of an annotation.
pub(super) fn event(open: &mut Open<'_>, time: i64, value: &str) -> Result<()> {
    let name = match parts(value) {
        Some((name, attributes)) if put_attributes(open, attributes) => name,
        _ => Cow::Borrowed(value),
    };
    let name = open.intern(&name)?;
    open.batch.event_of(time, name);
    Ok(())
}

fn put_attributes(open: &mut Open<'_>, attributes: &str) -> bool {
    let batch = &mut *open.batch;
    let depth = batch.guard.depth;
    let whole = each_pair(attributes, depth, |key, value| {
        batch.event_attribute(key, value);
    });
    if !whole {
        batch.events.attributes.abandon();
    }
    whole
}

/// The name and the attributes of a value that OpenTelemetry made: of the form
/// `"name": {…}` or, from its collector, `name|{…}|0`.
fn parts(value: &str) -> Option<(Cow<'_, str>, &str)> {
    if value.starts_with('"') {
        return quoted_parts(value);
    }
    let (rest, dropped) = value.rsplit_once('|')?;
    let (name, attributes) = rest.split_at(rest.find("|{")?);
    let number = !dropped.is_empty() && dropped.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some((Cow::Borrowed(name), &attributes[1..]))
}

fn quoted_parts(value: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut escaped = false;
    let end = value.bytes().enumerate().skip(1).find(|&(_, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    let (name, rest) = value.split_at(end?.0 + 1);
    let name = unquoted(name)?;
    let attributes = rest.trim_start().strip_prefix(':')?.trim_start();
    Some((Cow::Owned(name), attributes))
}

/// True where a name by itself would be read as name and attributes.
pub(super) fn is_ambiguous(name: &str) -> bool {
    parts(name).is_some()
}

//! Spans, straight into the batch.

use super::annotation::{self, Core};
use super::pairs::Pairs;
use super::tags::{self, EndpointKeys, LOCAL, PEER_SERVICE, REMOTE};
use crate::visitor::{Context, Decimal, Documents, Scalar, Seed, Shape, Spot, Text};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{
    flags, Example, IssueKind, ResourceId, Result, SpanBatch, SpanHead, SpanId, SpanKind,
    StatusCode, Symbol, TraceId, Value,
};

/// Reads documents into a batch.
pub(super) struct Reader<'b> {
    context: Context<'b>,
    draft: Draft,
}

/// A span while it is read.
#[derive(Default)]
pub(super) struct Draft {
    trace: TraceId,
    id: SpanId,
    parent: SpanId,
    name: Symbol,
    kind: SpanKind,
    start: Option<i64>,
    duration: Option<i64>,
    resource: Option<ResourceId>,
    core: Core,
    pub(super) status: StatusCode,
    /// True where a tag describes the status, which an `error` tag then does not.
    pub(super) described: bool,
    pub(super) flags: u32,
    pub(super) scope: (Symbol, Symbol),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    TraceId,
    Id,
    ParentId,
    Name,
    Kind,
    Timestamp,
    Duration,
    Shared,
    LocalEndpoint,
    RemoteEndpoint,
    Annotations,
    Tags,
    #[serde(other)]
    Other,
}

impl<'b> Reader<'b> {
    pub(super) fn new(batch: &'b mut SpanBatch) -> Self {
        Self {
            context: Context::new(batch),
            draft: Draft::default(),
        }
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, key: Key, map: &mut A) -> Result<(), A::Error> {
        let (context, draft) = (&mut self.context, &mut self.draft);
        match key {
            Key::TraceId => draft.trace = context.trace_id(&map.next_value::<Text<'_>>()?.0),
            Key::Id => draft.id = context.span_id(&map.next_value::<Text<'_>>()?.0),
            Key::ParentId => draft.parent = context.span_id(&map.next_value::<Text<'_>>()?.0),
            Key::Name => draft.name = context.intern(&map.next_value::<Text<'_>>()?.0),
            Key::Kind => self.kind(&map.next_value::<Text<'_>>()?.0),
            Key::Timestamp => draft.start = micros(context, map.next_value()?),
            Key::Duration => draft.duration = micros(context, map.next_value()?),
            Key::Shared => {
                if map.next_value::<Scalar<'_>>()?.is_true() {
                    draft.flags |= flags::SHARED;
                }
            }
            Key::LocalEndpoint => map.next_value_seed(Seed(Local(self)))?,
            Key::RemoteEndpoint => map.next_value_seed(Seed(Remote(self)))?,
            Key::Annotations => map.next_value_seed(Seed(Annotations(self)))?,
            Key::Tags => map.next_value_seed(Seed(Pairs(|key: &str, value: Scalar<'_>| {
                tags::put(context, draft, key, &value);
            })))?,
            Key::Other => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn kind(&mut self, text: &str) {
        match SpanKind::from_name(text) {
            Some(kind) => self.draft.kind = kind,
            None if text.is_empty() => {}
            None => self.context.flaw(IssueKind::UnknownEnum),
        }
    }

    /// Closes the record, now that all of the span is known.
    fn close<E: serde::de::Error>(&mut self) -> Result<(), E> {
        let (context, draft) = (&mut self.context, &mut self.draft);
        if draft.kind == SpanKind::Unspecified {
            draft.kind = draft.core.kind();
        }
        let (noted_start, noted_end) = draft.core.interval(draft.kind);
        let start = draft.start.or(noted_start);
        if start.is_none() {
            draft.flags |= flags::MISSING_START;
        }
        let from = start.unwrap_or_default();
        let end = draft.duration.map(|duration| context.end(from, duration));
        let (scope, version) = draft.scope;
        let head = SpanHead {
            trace_id: draft.trace,
            span_id: draft.id,
            parent_id: draft.parent,
            start_unix_nano: from,
            end_unix_nano: end.or(noted_end),
            name: draft.name,
            kind: draft.kind,
            status: draft.status,
            flags: draft.flags,
            resource: match draft.resource {
                Some(resource) => resource,
                None => context.batch.resources.close(Symbol::EMPTY),
            },
            scope: context.batch.scopes.intern(scope, version),
        };
        context.close(head).map(drop)
    }
}

impl Documents for Reader<'_> {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.draft = Draft::default();
        while let Some(key) = map.next_key()? {
            self.field(key, &mut map)?;
        }
        match (self.draft.trace.is_zero(), self.draft.id.is_zero()) {
            (false, false) => self.close()?,
            (true, _) => self.context.refuse("a span without a traceId"),
            (_, true) => self.context.refuse("a span without an id"),
        }
        Ok(())
    }

    fn enter(&mut self, spot: Spot) {
        self.context.spot = spot;
    }

    fn issue(&mut self, kind: IssueKind, example: Example) {
        self.context.batch.issues.add(kind, "", example);
    }

    fn broken(&mut self) -> Result<()> {
        self.context.broken()
    }
}

/// Microseconds in nanoseconds; `None` where it is no number.
fn micros(context: &mut Context<'_>, number: Decimal<'_>) -> Option<i64> {
    let scaled = number.scaled(3)?;
    Some(context.time(scaled))
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum EndpointKey {
    ServiceName,
    Ipv4,
    Ipv6,
    Port,
    #[serde(other)]
    Other,
}

/// Shows the fields of an endpoint that say something.
fn endpoint<'de, A: MapAccess<'de>>(
    mut map: A,
    mut show: impl FnMut(EndpointKey, Scalar<'de>),
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key()? {
        match (key, map.next_value()?) {
            (EndpointKey::Other, _) | (_, Scalar::Null) => {}
            (EndpointKey::Port, Scalar::Int(0)) => {}
            (_, Scalar::Text(text)) if text.is_empty() => {}
            (key, value) => show(key, value),
        }
    }
    Ok(())
}

/// The key and value of an attribute that an endpoint's field is.
fn attribute<'s>(
    keys: &EndpointKeys,
    key: EndpointKey,
    value: &'s Scalar<'_>,
) -> (&'static str, Value<'s>) {
    match key {
        EndpointKey::ServiceName => (PEER_SERVICE, value.value()),
        EndpointKey::Port => (keys.port, tags::port(value)),
        _ => (keys.address, value.value()),
    }
}

/// The endpoint that recorded the span: a resource.
struct Local<'r, 'b>(&'r mut Reader<'b>);

impl<'de> Shape<'de> for Local<'_, '_> {
    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut service = Symbol::EMPTY;
        let batch = &mut *self.0.context.batch;
        endpoint(map, |key, value| match key {
            EndpointKey::ServiceName => service = batch.strings.intern(&value.into_text()),
            key => {
                let (name, value) = attribute(&LOCAL, key, &value);
                let name = batch.strings.intern(name);
                batch.resources.push(name, value);
            }
        })?;
        self.0.draft.resource = Some(batch.resources.close(service));
        Ok(())
    }
}

/// The endpoint at the other side: attributes.
struct Remote<'r, 'b>(&'r mut Reader<'b>);

impl<'de> Shape<'de> for Remote<'_, '_> {
    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let batch = &mut *self.0.context.batch;
        endpoint(map, |key, value| {
            let (name, value) = attribute(&REMOTE, key, &value);
            batch.attribute(name, value);
        })
    }
}

/// Annotations, each of which becomes an event.
struct Annotations<'r, 'b>(&'r mut Reader<'b>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum AnnotationKey {
    Timestamp,
    Value,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for Annotations<'_, '_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(Annotations(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Reader { context, draft } = self.0;
        let (mut time, mut value) = (None, Text::default());
        while let Some(key) = map.next_key()? {
            match key {
                AnnotationKey::Timestamp => time = micros(context, map.next_value()?),
                AnnotationKey::Value => value = map.next_value()?,
                AnnotationKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if let Some(time) = time {
            draft.core.note(time, &value.0);
        }
        annotation::event(context, time.unwrap_or_default(), &value.0);
        Ok(())
    }
}

//! A span: its fixed fields, references and logs.

use super::reader::{micros, Process, Reader};
use super::tags::{Owner, Tags};
use crate::visitor::{Decimal, Seed, Shape, Text};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{
    flags, ResourceId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId, Value,
};
use std::borrow::Cow;

/// The attribute that says what a link was.
pub(super) const REF_TYPE: &str = "opentracing.ref_type";

/// The name of an event whose log names none.
pub(super) const UNNAMED_EVENT: &str = "log";

/// A span while it is read.
#[derive(Default)]
pub(super) struct Draft {
    trace: TraceId,
    id: SpanId,
    old_parent: SpanId,
    name: Symbol,
    start: Option<i64>,
    duration: Option<i64>,
    process: Symbol,
    own_process: Option<ResourceId>,
    references: Vec<Reference>,
    pub(super) kind: SpanKind,
    pub(super) status: StatusCode,
    pub(super) flags: u32,
    pub(super) scope: (Symbol, Symbol),
}

impl Draft {
    /// Begins the next span; the room for references stays.
    fn renew(&mut self) {
        self.references.clear();
        *self = Self {
            references: std::mem::take(&mut self.references),
            ..Self::default()
        };
    }
}

struct Reference {
    follows: bool,
    trace: Option<TraceId>,
    span: SpanId,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier)]
enum Key {
    #[serde(rename = "traceID", alias = "traceId")]
    TraceId,
    #[serde(rename = "spanID", alias = "spanId")]
    SpanId,
    #[serde(rename = "parentSpanID", alias = "parentSpanId")]
    ParentSpanId,
    #[serde(rename = "operationName")]
    OperationName,
    #[serde(rename = "references")]
    References,
    #[serde(rename = "flags")]
    Flags,
    #[serde(rename = "startTime")]
    StartTime,
    #[serde(rename = "duration")]
    Duration,
    #[serde(rename = "tags")]
    Tags,
    #[serde(rename = "logs")]
    Logs,
    #[serde(rename = "processID", alias = "processId")]
    ProcessId,
    #[serde(rename = "process")]
    Process,
    #[serde(other)]
    Other,
}

/// Reads a span into the batch.
pub(super) struct Span<'r, 'b>(pub(super) &'r mut Reader<'b>);

impl<'de> Shape<'de> for Span<'_, '_> {
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.draft.renew();
        while let Some(key) = map.next_key()? {
            field(reader, key, &mut map)?;
        }
        if reader.draft.id.is_zero() {
            reader.context.refuse("a span without a spanID");
            return Ok(());
        }
        close(reader)
    }
}

fn field<'de, A: MapAccess<'de>>(
    reader: &mut Reader<'_>,
    key: Key,
    map: &mut A,
) -> Result<(), A::Error> {
    let (context, draft) = (&mut reader.context, &mut reader.draft);
    match key {
        Key::TraceId => draft.trace = context.trace_id(&map.next_value::<Text<'_>>()?.0),
        Key::SpanId => draft.id = context.span_id(&map.next_value::<Text<'_>>()?.0),
        Key::ParentSpanId => draft.old_parent = context.span_id(&map.next_value::<Text<'_>>()?.0),
        Key::OperationName => {
            let text: Text<'_> = map.next_value()?;
            draft.name = context.intern(&text.0);
        }
        Key::StartTime => draft.start = micros(context, map.next_value()?),
        Key::Duration => draft.duration = micros(context, map.next_value()?),
        Key::Flags => {
            let number = map.next_value::<Decimal<'_>>()?.scaled(0);
            let sampled = number.is_some_and(|(bits, _)| bits & 1 != 0);
            draft.flags |= u32::from(sampled);
        }
        Key::ProcessId => {
            let text: Text<'_> = map.next_value()?;
            draft.process = context.intern(&text.0);
        }
        Key::References => map.next_value_seed(Seed(References(reader)))?,
        Key::Tags => map.next_value_seed(Seed(Tags(reader, Owner::Span)))?,
        Key::Logs => map.next_value_seed(Seed(Logs(reader)))?,
        Key::Process => {
            let mut own = None;
            map.next_value_seed(Seed(Process(reader, &mut own)))?;
            reader.draft.own_process = own;
        }
        Key::Other => drop(map.next_value::<IgnoredAny>()?),
    }
    Ok(())
}

/// Closes the record, now that all of the span is known.
fn close<E: serde::de::Error>(reader: &mut Reader<'_>) -> Result<(), E> {
    let parent = find_parent(reader);
    let (context, draft) = (&mut reader.context, &mut reader.draft);
    let mut bits = draft.flags | parent.1;
    if draft.start.is_none() {
        bits |= flags::MISSING_START;
    }
    let start = draft.start.unwrap_or_default();
    let (scope, version) = draft.scope;
    let head = SpanHead {
        trace_id: draft.trace,
        span_id: draft.id,
        parent_id: parent.0,
        start_unix_nano: start,
        end_unix_nano: draft.duration.map(|duration| context.end(start, duration)),
        name: draft.name,
        kind: draft.kind,
        status: draft.status,
        flags: bits,
        resource: draft.own_process.unwrap_or_default(),
        scope: context.batch.scopes.intern(scope, version),
    };
    let process = draft.own_process.is_none().then_some(draft.process);
    context.close(head)?;
    reader.names_process(process);
    Ok(())
}

/// The parent, with the flag that says how it is named; all other references
/// become links.
fn find_parent(reader: &mut Reader<'_>) -> (SpanId, u32) {
    let draft = &mut reader.draft;
    let own = draft.trace;
    let inside = |reference: &Reference| reference.trace.is_none_or(|trace| trace == own);
    let first = |follows: bool| {
        let mut references = draft.references.iter();
        references.position(|r| r.follows == follows && inside(r) && !r.span.is_zero())
    };
    let parent = first(false).or_else(|| first(true));
    for (at, reference) in draft.references.iter().enumerate() {
        if Some(at) != parent && !reference.span.is_zero() {
            let batch = &mut reader.context.batch;
            batch.link_attribute(REF_TYPE, Value::Str(ref_type(reference.follows)));
            batch.link(reference.trace.unwrap_or(own), reference.span);
        }
    }
    match parent.map(|at| &draft.references[at]) {
        Some(parent) if parent.follows => (parent.span, flags::FOLLOWS_FROM),
        Some(parent) => (parent.span, 0),
        None => (draft.old_parent, 0),
    }
}

fn ref_type(follows: bool) -> &'static str {
    if follows {
        "follows_from"
    } else {
        "child_of"
    }
}

/// References; the copies of spans that the UI puts into them are skipped.
struct References<'r, 'b>(&'r mut Reader<'b>);

#[derive(Deserialize)]
#[serde(field_identifier)]
enum ReferenceKey {
    #[serde(rename = "refType")]
    Type,
    #[serde(rename = "traceID", alias = "traceId")]
    Trace,
    #[serde(rename = "spanID", alias = "spanId")]
    Span,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for References<'_, '_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(References(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut reference = Reference {
            follows: false,
            trace: None,
            span: SpanId::default(),
        };
        while let Some(key) = map.next_key()? {
            let context = &mut reader.context;
            if let ReferenceKey::Other = key {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let Text(text) = map.next_value()?;
            match key {
                ReferenceKey::Type => reference.follows = text.eq_ignore_ascii_case("FOLLOWS_FROM"),
                ReferenceKey::Trace if text.is_empty() => {}
                ReferenceKey::Trace => reference.trace = Some(context.trace_id(&text)),
                _ => reference.span = context.span_id(&text),
            }
        }
        reader.draft.references.push(reference);
        Ok(())
    }
}

/// Logs, each of which becomes an event.
struct Logs<'r, 'b>(&'r mut Reader<'b>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum LogKey {
    Timestamp,
    Fields,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for Logs<'_, '_> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Seed(Logs(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut name: Option<Cow<'de, str>> = None;
        let mut time = None;
        while let Some(key) = map.next_key()? {
            match key {
                LogKey::Timestamp => time = micros(&mut reader.context, map.next_value()?),
                LogKey::Fields => {
                    map.next_value_seed(Seed(Tags(reader, Owner::Log(&mut name))))?;
                }
                LogKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let name = name.as_deref().unwrap_or(UNNAMED_EVENT);
        reader.context.batch.event(time.unwrap_or_default(), name);
        Ok(())
    }
}

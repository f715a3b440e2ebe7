//! Spans with their events and links.

use super::attributes::{Attributes, Own};
use super::dedicated::{Dedicated, Owner};
use crate::flaws::Flaw;
use crate::json::{Open, Rooms};
use crate::otlp::{read_links, Draft, Surroundings};
use crate::parquet::columns::{binary, child, number, Texts};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, UInt64Type};
use arrow_array::{Array, BinaryArray, PrimitiveArray, StructArray};
use spanwise_model::{Result, SpanId, TraceId, Value};

/// Columns of a span that Tempo always has, and the attributes they are.
const KNOWN: [(&str, &str); 3] = [
    ("HttpMethod", "http.method"),
    ("HttpUrl", "http.url"),
    ("HttpStatusCode", "http.status_code"),
];

/// The spans of some traces.
pub(super) struct Spans<'t> {
    span_id: &'t BinaryArray,
    parent_id: &'t BinaryArray,
    name: Texts<'t>,
    kind: Option<&'t PrimitiveArray<Int64Type>>,
    trace_state: Option<Texts<'t>>,
    start: &'t PrimitiveArray<UInt64Type>,
    duration: &'t PrimitiveArray<UInt64Type>,
    status: Option<&'t PrimitiveArray<Int64Type>>,
    status_message: Option<Texts<'t>>,
    attributes: Option<Attributes<'t>>,
    own: Own<'t>,
    dropped: [Option<&'t PrimitiveArray<Int32Type>>; 3],
    events: Option<Events<'t>>,
    links: Option<Links<'t>>,
    /// Links as protobuf, which version 3 has.
    links_message: Option<&'t BinaryArray>,
}

struct Events<'t> {
    offsets: &'t [i32],
    time: Option<&'t PrimitiveArray<UInt64Type>>,
    since_start: Option<&'t PrimitiveArray<UInt64Type>>,
    name: Texts<'t>,
    attributes: Option<Attributes<'t>>,
    own: Own<'t>,
    dropped: Option<&'t PrimitiveArray<Int32Type>>,
}

struct Links<'t> {
    offsets: &'t [i32],
    trace_id: &'t BinaryArray,
    span_id: &'t BinaryArray,
    states: Option<Texts<'t>>,
    attributes: Option<Attributes<'t>>,
    dropped: Option<&'t PrimitiveArray<Int32Type>>,
}

fn dropped<'t>(parts: &'t StructArray, name: &str) -> Option<&'t PrimitiveArray<Int32Type>> {
    child(parts, name)?.as_primitive_opt()
}

impl<'t> Spans<'t> {
    pub(super) fn of(parts: &'t StructArray, dedicated: &Dedicated) -> Option<Self> {
        let part = |name| child(parts, name);
        let texts = |name| Texts::of(part(name)?);
        Some(Self {
            span_id: binary(part("SpanID")?)?,
            parent_id: binary(part("ParentSpanID")?)?,
            name: texts("Name")?,
            kind: part("Kind").and_then(|array| array.as_primitive_opt()),
            trace_state: texts("TraceState"),
            start: part("StartTimeUnixNano")?.as_primitive_opt()?,
            duration: part("DurationNano")?.as_primitive_opt()?,
            status: part("StatusCode").and_then(|array| array.as_primitive_opt()),
            status_message: texts("StatusMessage"),
            attributes: Attributes::of(parts),
            own: Own::of(parts, &KNOWN, (Owner::Span, dedicated)),
            dropped: [
                dropped(parts, "DroppedAttributesCount"),
                dropped(parts, "DroppedEventsCount"),
                dropped(parts, "DroppedLinksCount"),
            ],
            events: part("Events").and_then(|array| Events::of(array, dedicated)),
            links: part("Links").and_then(Links::of),
            links_message: part("Links").and_then(binary),
        })
    }

    /// Reads a span of a trace.
    pub(super) fn read(
        &self,
        at: usize,
        (trace_id, around): (TraceId, &Surroundings),
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let mut draft = Draft {
            trace_id,
            span_id: SpanId(number(self.span_id, at) as u64),
            parent_id: SpanId(number(self.parent_id, at) as u64),
            name: open.intern(self.name.get(at).unwrap_or_default())?,
            ..Draft::default()
        };
        open.batch.expect_name(draft.name);
        draft.start = draft.time(self.start.value(at));
        // A span that ends before it starts wraps around.
        let end = self.start.value(at).wrapping_add(self.duration.value(at));
        draft.end = draft.time(end);
        draft.kind_number(self.kind.map_or(0, |kind| kind.value(at)));
        draft.status_number(self.status.map_or(0, |status| status.value(at)));
        self.texts(at, open)?;
        let mut put = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
            let key = open.intern(key)?;
            open.batch.attribute_of(key, value);
            Ok(())
        };
        if let Some(attributes) = &self.attributes {
            attributes.put(at, open, rooms, &mut put)?;
        }
        self.own.put(at, open, rooms, &mut put)?;
        self.parts(at, &mut draft, open, rooms)?;
        open.close_draft(draft, around)
    }

    fn texts(&self, at: usize, open: &mut Open<'_>) -> Result<()> {
        if let Some(text) = self.status_message.as_ref().and_then(|texts| texts.get(at)) {
            open.batch.guard.check_text(text.len())?;
            open.batch.status_message(text);
        }
        if let Some(text) = self.trace_state.as_ref().and_then(|texts| texts.get(at)) {
            open.batch.guard.check_text(text.len())?;
            open.batch.trace_state(text);
        }
        Ok(())
    }

    /// Reads events, links, and how much was dropped.
    fn parts(
        &self,
        at: usize,
        draft: &mut Draft,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let counts: [fn(&mut Draft) -> &mut u64; 3] = [
            |draft| &mut draft.dropped_attributes,
            |draft| &mut draft.dropped_events,
            |draft| &mut draft.dropped_links,
        ];
        for (dropped, count) in self.dropped.into_iter().zip(counts) {
            note(dropped, at, draft, count);
        }
        if let Some(events) = &self.events {
            events.read((at, self.start.value(at)), draft, open, rooms)?;
        }
        if let Some(links) = &self.links {
            links.read(at, draft, open, rooms)?;
        }
        match self.links_message {
            Some(message) => read_links(message.value(at), draft, open.batch),
            None => Ok(()),
        }
    }
}

/// Adds to a count of what was dropped; answers by how much.
fn note(
    dropped: Option<&PrimitiveArray<Int32Type>>,
    at: usize,
    draft: &mut Draft,
    count: fn(&mut Draft) -> &mut u64,
) -> u64 {
    let dropped = dropped.map_or(0, |counts| counts.value(at));
    let dropped = u64::try_from(dropped).unwrap_or(0);
    draft.dropped(count, dropped);
    dropped
}

impl<'t> Events<'t> {
    fn of(array: &'t dyn Array, dedicated: &Dedicated) -> Option<Self> {
        let list = array.as_list_opt::<i32>()?;
        let parts = list.values().as_struct_opt()?;
        let time = |name| child(parts, name)?.as_primitive_opt();
        Some(Self {
            offsets: list.value_offsets(),
            time: time("TimeUnixNano"),
            since_start: time("TimeSinceStartNano"),
            name: Texts::of(child(parts, "Name")?)?,
            attributes: Attributes::of(parts),
            own: Own::of(parts, &[], (Owner::Event, dedicated)),
            dropped: dropped(parts, "DroppedAttributesCount"),
        })
    }

    fn read(
        &self,
        (span, start): (usize, u64),
        draft: &mut Draft,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let mut put = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
            let key = open.intern(key)?;
            open.batch.event_attribute_of(key, value);
            Ok(())
        };
        for at in self.offsets[span] as usize..self.offsets[span + 1] as usize {
            if let Some(attributes) = &self.attributes {
                attributes.put(at, open, rooms, &mut put)?;
            }
            self.own.put(at, open, rooms, &mut put)?;
            let dropped = note(self.dropped, at, draft, |draft| &mut draft.dropped_inside);
            open.batch.event_dropped(dropped);
            let time = match (self.time, self.since_start) {
                (Some(times), _) => times.value(at),
                (None, Some(since)) => start.wrapping_add(since.value(at)),
                (None, None) => 0,
            };
            let (time, name) = (draft.time(time), self.name.get(at).unwrap_or_default());
            let name = open.intern(name)?;
            open.batch.event_of(time, name);
        }
        Ok(())
    }
}

impl<'t> Links<'t> {
    fn of(array: &'t dyn Array) -> Option<Self> {
        let list = array.as_list_opt::<i32>()?;
        let parts = list.values().as_struct_opt()?;
        Some(Self {
            offsets: list.value_offsets(),
            trace_id: binary(child(parts, "TraceID")?)?,
            span_id: binary(child(parts, "SpanID")?)?,
            states: child(parts, "TraceState").and_then(Texts::of),
            attributes: Attributes::of(parts),
            dropped: dropped(parts, "DroppedAttributesCount"),
        })
    }

    fn read(
        &self,
        span: usize,
        draft: &mut Draft,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let mut put = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
            let key = open.intern(key)?;
            open.batch.link_attribute_of(key, value);
            Ok(())
        };
        for at in self.offsets[span] as usize..self.offsets[span + 1] as usize {
            if let Some(attributes) = &self.attributes {
                attributes.put(at, open, rooms, &mut put)?;
            }
            let dropped = note(self.dropped, at, draft, |draft| &mut draft.dropped_inside);
            open.batch.link_dropped(dropped);
            if let Some(state) = self.states.as_ref().and_then(|states| states.get(at)) {
                open.batch.guard.check_text(state.len())?;
                open.batch.link_state(state);
            }
            let trace_id = TraceId(number(self.trace_id, at));
            let span_id = SpanId(number(self.span_id, at) as u64);
            if trace_id.is_zero() {
                draft.flaw(Flaw::IrregularId);
            }
            open.batch.link(trace_id, span_id);
        }
        Ok(())
    }
}

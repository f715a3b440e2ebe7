//! From slices to records.

use super::event::{Event, Phase, Slice};
use super::nest::{nest, Within};
use super::pair::{pair, Odd};
use super::tracks::{Lane, Track, Tracks};
use crate::json::{Open, Records, Walked};
use spanwise_model::id::hash_words;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{
    ResourceId, Result, ScopeId, SpanHead, SpanId, SpanKind, Symbol, TraceId, Value,
};
use std::fmt::Write;

/// The spans of a file.
#[derive(Debug, Default)]
pub(super) struct Spans {
    slices: Vec<Slice>,
    /// Instants, by the slices that they happen in.
    instants: Vec<Within>,
    /// Slices with the one before in a flow.
    links: Vec<(u32, u32)>,
    /// Ends that do not end the innermost span of their name.
    pub(super) odd: Vec<Odd>,
    /// The numbers of events that belong to no span.
    pub(super) outside: Vec<usize>,
}

impl Spans {
    /// The spans of events in the order of tracks and time.
    pub(super) fn of(events: &[Event]) -> Self {
        let (mut spans, mut flows, mut number) = (Self::default(), Vec::new(), 0);
        for track in events.chunk_by(|one, other| one.track == other.track) {
            let first = spans.slices.len();
            spans.odd.extend(pair(track, &mut spans.slices));
            let nested = nest(&mut spans.slices, first, track, number);
            for within in nested.within {
                match events[within.event].phase {
                    Phase::Instant => spans.instants.push(within),
                    _ => flows.push(within),
                }
            }
            spans.outside.extend(nested.outside);
            number += track.len();
        }
        spans.links = links(flows, events);
        spans
            .instants
            .sort_unstable_by_key(|it| (it.slice, it.event));
        spans
    }

    /// Puts all spans into the batch.
    pub(super) fn put(
        &self,
        records: &mut Records<'_, '_>,
        tracks: &Tracks,
        events: &[Event],
    ) -> Walked {
        let ids = self.ids(&records.open, tracks);
        let mut instants = self.instants.iter().peekable();
        let mut links = self.links.iter().peekable();
        for (at, slice) in (0u32..).zip(&self.slices) {
            let track = tracks.get(slice.track);
            attributes(records, slice, track, tracks)?;
            while let Some(within) = instants.next_if(|within| within.slice == at) {
                instant(records, &events[within.event])?;
            }
            while let Some((_, from)) = links.next_if(|link| link.0 == at) {
                let (trace, span) = self.id(&ids, *from);
                records.open.batch.link(trace, span);
            }
            let (trace_id, span_id) = self.id(&ids, at);
            let parent = slice.parent.map(|parent| self.id(&ids, parent).1);
            let head = SpanHead {
                trace_id,
                span_id,
                parent_id: parent.unwrap_or_default(),
                start_unix_nano: slice.start,
                end_unix_nano: slice.end,
                name: slice.name,
                kind: SpanKind::Internal,
                resource: resource(&mut records.open, track, tracks)?,
                scope: ScopeId::default(),
                ..SpanHead::default()
            };
            records.close(head)?;
        }
        Ok(())
    }

    /// Trace and span of a slice.
    fn id(&self, ids: &[u128], at: u32) -> (TraceId, SpanId) {
        let of = |at: u32| ids[at as usize].max(1);
        let root = self.slices[at as usize].root;
        (TraceId(of(root)), SpanId((of(at) as u64).max(1)))
    }

    /// A hash of what each slice is; of equal ones each has a number.
    fn ids(&self, open: &Open<'_>, tracks: &Tracks) -> Vec<u128> {
        let (mut text, mut seen) = (String::new(), KeyedMap::default());
        let id = |slice: &Slice| {
            let track = tracks.get(slice.track);
            text.clear();
            tell(&mut text, open, track, slice);
            let hash = hash_words(text.as_bytes());
            let before: &mut u32 = seen.entry(hash).or_default();
            *before += 1;
            match *before {
                1 => hash,
                nth => {
                    // Writing to a text cannot fail.
                    let _ = write!(text, "\0{nth}");
                    hash_words(text.as_bytes())
                }
            }
        };
        self.slices.iter().map(id).collect()
    }
}

/// Appends all that tells a slice from others.
fn tell(text: &mut String, open: &Open<'_>, track: Track, slice: &Slice) {
    let strings = &open.batch.strings;
    let mut symbols = vec![track.process, slice.name];
    match track.lane {
        Lane::Thread(thread) => symbols.push(thread),
        Lane::Async {
            category,
            id,
            scope,
            ..
        } => symbols.extend([category, id, scope]),
    }
    for symbol in symbols {
        text.push_str(strings.get(symbol));
        text.push('\0');
    }
    // Writing to a text cannot fail.
    let _ = write!(text, "{}\0{:?}", slice.start, slice.end);
}

/// Links from each slice to the one before it in a flow.
fn links(mut flows: Vec<Within>, events: &[Event]) -> Vec<(u32, u32)> {
    let of = |within: &Within| &events[within.event];
    flows.sort_unstable_by_key(|it| (of(it).flow, of(it).time, of(it).at));
    let pairs = flows.windows(2).filter(|pair| {
        let (from, to) = (of(&pair[0]), of(&pair[1]));
        from.flow == to.flow && to.phase != Phase::FlowStart && from.phase != Phase::FlowEnd
    });
    let mut links: Vec<_> = pairs.map(|pair| (pair[1].slice, pair[0].slice)).collect();
    links.retain(|(to, from)| to != from);
    links.sort_unstable();
    links
}

/// Reads the attributes of a slice: from its events, and of its track.
fn attributes(
    records: &mut Records<'_, '_>,
    slice: &Slice,
    track: Track,
    tracks: &Tracks,
) -> Walked {
    let attribute = |open: &mut Open<'_>, key: &str, value: Value<'_>| {
        let key = open.intern(key)?;
        open.batch.attribute_of(key, value);
        Ok(())
    };
    members(records, slice.at, &["cat", "args"], attribute)?;
    if let Some(at) = slice.end_at {
        members(records, at, &["args"], attribute)?;
    }
    let id = match track.lane {
        Lane::Async { id, .. } => id,
        Lane::Thread(_) => Symbol::EMPTY,
    };
    for (key, symbol) in [
        ("thread.id", track.thread),
        ("thread.name", tracks.thread(track)),
        ("async.id", id),
    ] {
        let text = records.open.batch.strings.get(symbol).to_owned();
        if symbol != Symbol::EMPTY {
            attribute(&mut records.open, key, number_or_text(&text))?;
        }
    }
    Ok(())
}

/// Reads an instant.
fn instant(records: &mut Records<'_, '_>, event: &Event) -> Walked {
    members(records, event.at, &["args"], |open, key, value| {
        open.batch.event_attribute(key, value);
        Ok(())
    })?;
    records.open.batch.event_of(event.time, event.name);
    Ok(())
}

/// Shows some members of the event that stands at an offset: a value, or the
/// values of an object.
fn members(
    records: &mut Records<'_, '_>,
    at: usize,
    names: &[&str],
    mut put: impl FnMut(&mut Open<'_>, &str, Value<'_>) -> Walked,
) -> Walked {
    records.cursor.at = at;
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        if !names.contains(&key) {
            records.cursor.skip()?;
        } else if records.cursor.peek() == b'{' {
            records.flat("", 1, &mut put)?;
        } else {
            let scalar = records.scalar()?;
            let (value, open) = records.value(scalar);
            put(open, key, value)?;
        }
    }
    Ok(())
}

/// The resource of a process.
fn resource(open: &mut Open<'_>, track: Track, tracks: &Tracks) -> Result<ResourceId> {
    if track.process != Symbol::EMPTY {
        let text = open.batch.strings.get(track.process).to_owned();
        let key = open.intern("process.pid")?;
        open.batch.resources.push(key, number_or_text(&text));
    }
    let service = tracks.process(track.process);
    Ok(open.batch.resources.close(service))
}

fn number_or_text(text: &str) -> Value<'_> {
    text.parse().map_or(Value::Str(text), Value::Int)
}

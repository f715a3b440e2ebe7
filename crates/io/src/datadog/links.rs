//! Links and events, which stand in a span as lists or, in `meta`, as texts
//! that are lists.

use super::id;
use crate::json::{objects, Records, Walked};
use spanwise_model::{SpanBatch, SpanId, Symbol, TraceId};

/// What a list holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Links,
    Events,
}

impl Kind {
    /// What a text in `meta` of this key is a list of.
    pub(super) fn of_text(key: &str) -> Option<Self> {
        match key {
            "_dd.span_links" => Some(Self::Links),
            "events" => Some(Self::Events),
            _ => None,
        }
    }
}

/// Reads the list that stands here.
pub(super) fn list(records: &mut Records<'_, '_>, kind: Kind) -> Walked {
    match kind {
        Kind::Links => objects(records, link),
        Kind::Events => objects(records, event),
    }
}

/// Reads a text that is a list. False where it is none; some of it may have
/// been read even so.
pub(super) fn text(batch: &mut SpanBatch, text: &str, kind: Kind) -> bool {
    let mut records = Records::new(text, batch);
    let lists = text.trim_ascii_start().starts_with('[');
    let whole = lists && records.parts().next() && list(&mut records, kind).is_ok();
    if !whole {
        batch.links.attributes.abandon();
        batch.events.attributes.abandon();
    }
    whole
}

fn link(records: &mut Records<'_, '_>) -> Walked {
    let (mut trace, mut high, mut span) = (None, None, SpanId::default());
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "trace_id" => trace = id::trace(records)?,
            "trace_id_high" => high = id::trace(records)?,
            "span_id" => span = id::span(records)?,
            "attributes" => records.flat("", 1, |open, key, value| {
                open.batch.link_attribute(key, value);
                Ok(())
            })?,
            _ => records.cursor.skip()?,
        }
    }
    let (low, high) = (trace.unwrap_or_default(), high.unwrap_or_default());
    records.open.batch.link(TraceId(low.0 | high.0 << 64), span);
    Ok(())
}

fn event(records: &mut Records<'_, '_>) -> Walked {
    let (mut time, mut name) = (None, Symbol::EMPTY);
    records.enter_object()?;
    let mut first = true;
    while let Some(key) = records.cursor.key(&mut first)? {
        match key {
            "time_unix_nano" => time = records.nanos(0)?,
            "name" => name = records.symbol()?,
            "attributes" => records.flat("", 1, |open, key, value| {
                open.batch.event_attribute(key, value);
                Ok(())
            })?,
            _ => records.cursor.skip()?,
        }
    }
    records.open.batch.event_of(time.unwrap_or_default(), name);
    Ok(())
}

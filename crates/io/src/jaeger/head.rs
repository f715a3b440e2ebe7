//! The members that a span begins with, in the one order in which Jaeger's own
//! server writes them.

use super::reader::Reader;
use super::span::Reference;
use crate::decimal::digits;
use crate::json::{Cursor, Walked};
use spanwise_model::{SpanId, TraceId};

/// What stands before the name.
struct Ids<'a> {
    trace: &'a [u8; 32],
    span: SpanId,
    is_sampled: bool,
}

/// What stands between the name and the tags.
struct Times<'a> {
    parent: Option<(&'a [u8; 32], SpanId)>,
    start: i64,
    duration: i64,
}

impl<'a> Reader<'a, '_> {
    /// Reads the members before the tags of the span that stands here. Where they
    /// are written in another way the answer is false, and nothing was read.
    #[inline]
    pub(super) fn usual_head(&mut self) -> Walked<bool> {
        let start = self.records.cursor.at;
        let is_read = self.try_head()?;
        if !is_read {
            self.records.cursor.at = start;
        }
        Ok(is_read)
    }

    #[inline(always)]
    fn try_head(&mut self) -> Walked<bool> {
        let Some(ids) = ids(&mut self.records.cursor) else {
            return Ok(false);
        };
        let Some(trace) = self.records.hex_trace_id(ids.trace) else {
            return Ok(false);
        };
        let Ok(name) = self.records.cursor.string_rest() else {
            return Ok(false);
        };
        let name = self.records.intern(name)?;
        let Some(times) = times(&mut self.records.cursor) else {
            return Ok(false);
        };
        let parent = match times.parent {
            None => None,
            Some((own, span)) if own == ids.trace => Some((trace, span)),
            Some((other, span)) => match TraceId::from_hex(other) {
                Some(trace) => Some((trace, span)),
                None => return Ok(false),
            },
        };
        let (draft, batch) = (&mut self.draft, &mut *self.records.open.batch);
        batch.expect_trace(trace);
        batch.expect_name(name);
        draft.begin((trace, ids.span), name, ids.is_sampled);
        draft.set_times(times.start, times.duration);
        if let Some((trace, span)) = parent {
            draft.refer(Reference::child_of(trace, span));
        }
        Ok(true)
    }
}

/// Reads up to the text of the name.
#[inline(always)]
fn ids<'a>(cursor: &mut Cursor<'a>) -> Option<Ids<'a>> {
    cursor.take("{\"traceID\":\"").then_some(())?;
    let trace = cursor.take_chunk()?;
    cursor.take("\",\"spanID\":\"").then_some(())?;
    let span = SpanId::from_hex(cursor.take_chunk::<16>()?)?;
    cursor.take("\",").then_some(())?;
    let mut is_sampled = false;
    if cursor.take("\"flags\":") {
        let &[digit @ b'0'..=b'9'] = cursor.take_chunk()? else {
            return None;
        };
        is_sampled = digit & 1 != 0;
        cursor.take(",").then_some(())?;
    }
    cursor.take("\"operationName\":\"").then_some(())?;
    Some(Ids {
        trace,
        span,
        is_sampled,
    })
}

/// Reads from behind the name to behind the duration.
#[inline(always)]
fn times<'a>(cursor: &mut Cursor<'a>) -> Option<Times<'a>> {
    cursor.take(",\"references\":[").then_some(())?;
    let mut parent = None;
    if cursor.take("{\"refType\":\"CHILD_OF\",\"traceID\":\"") {
        let trace = cursor.take_chunk()?;
        cursor.take("\",\"spanID\":\"").then_some(())?;
        let span = SpanId::from_hex(cursor.take_chunk::<16>()?)?;
        cursor.take("\"}").then_some(())?;
        parent = Some((trace, span));
    }
    cursor.take("],\"startTime\":").then_some(())?;
    let start = micros(cursor)?;
    cursor.take(",\"duration\":").then_some(())?;
    let duration = micros(cursor)?;
    (cursor.rest_bytes().first() == Some(&b',')).then_some(())?;
    Some(Times {
        parent,
        start,
        duration,
    })
}

/// Whole microseconds, in nanoseconds.
#[inline(always)]
fn micros(cursor: &mut Cursor<'_>) -> Option<i64> {
    let (micros, length) = digits(cursor.rest_bytes())?;
    cursor.at += length;
    micros.checked_mul(1_000)
}

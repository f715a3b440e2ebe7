//! Answers and segments, straight into the batch.

use super::kind::{is_message, Side};
use crate::flaws::Flaw;
use crate::json::{self, objects, Cursor, Parts, Records, Walked, Walks};
use spanwise_model::{
    flags, ScopeId, SpanBatch, SpanHead, SpanId, StatusCode, Symbol, TraceId, Value,
};
use std::fmt::Write;

/// How many objects lie around the list of spans: `data`, and the query.
const ENVELOPES: usize = 4;

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    /// What holds for all spans of the segment.
    segment: Segment,
    span: Span,
    /// The word that an id is made of.
    word: String,
}

/// What a segment says of its spans.
#[derive(Clone, Default)]
struct Segment {
    trace: TraceId,
    id: String,
    service: Symbol,
    instance: Symbol,
}

/// A span while it is read.
#[derive(Default)]
struct Span {
    segment: Segment,
    number: Option<i64>,
    parent: Option<i64>,
    /// Traces and spans that are referred to.
    refs: Vec<(TraceId, SpanId)>,
    name: Symbol,
    start: Option<i64>,
    end: Option<i64>,
    side: Side,
    is_message: bool,
    is_error: bool,
}

/// An object around spans.
#[derive(Default)]
struct Around {
    begun: bool,
    spans: Option<usize>,
    segment: Segment,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.records.parts()
    }

    fn document(&mut self) -> Walked {
        objects(self, Self::around)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            segment: Segment::default(),
            span: Span::default(),
            word: String::new(),
        }
    }

    /// Reads a span, or an object with spans somewhere in it. A segment names
    /// its service behind its spans, so these are read when it has ended.
    fn around(&mut self) -> Walked {
        let start = self.records.cursor.at;
        let mut open = vec![Around::default()];
        self.records.enter_object()?;
        loop {
            let depth = open.len();
            let Some(top) = open.last_mut() else {
                return Ok(());
            };
            let mut first = !std::mem::replace(&mut top.begun, true);
            let Some(key) = self.records.cursor.key(&mut first)? else {
                let ended = open.pop().unwrap_or_default();
                self.spans(ended)?;
                continue;
            };
            let records = &mut self.records;
            match key {
                "spanId" if depth == 1 => {
                    records.cursor.at = start;
                    self.segment = Segment::default();
                    return self.span();
                }
                "spans" => {
                    records.cursor.peek();
                    top.spans = Some(records.cursor.at);
                    records.cursor.skip()?;
                }
                "traceId" => top.segment.trace = trace_id(records)?,
                "traceSegmentId" | "segmentId" => top.segment.id = text(records)?,
                "service" | "serviceCode" => top.segment.service = records.symbol()?,
                "serviceInstance" | "serviceInstanceName" => {
                    top.segment.instance = records.symbol()?;
                }
                _ if records.cursor.peek() == b'{' && depth < ENVELOPES => {
                    records.enter_object()?;
                    open.push(Around::default());
                }
                _ => records.cursor.skip()?,
            }
        }
    }

    /// Reads the spans of an object that has ended.
    fn spans(&mut self, around: Around) -> Walked {
        let Some(at) = around.spans else {
            return Ok(());
        };
        self.segment = around.segment;
        let end = std::mem::replace(&mut self.records.cursor.at, at);
        objects(self, Self::span)?;
        self.records.cursor.at = end;
        Ok(())
    }

    fn span(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.span = Span {
            segment: self.segment.clone(),
            ..Span::default()
        };
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.member(key)?;
        }
        match self.span.number {
            Some(number) if !self.span.segment.trace.is_zero() => self.close(number)?,
            Some(_) => self.records.refuse(start, "a span without a traceId"),
            None => self.records.refuse(start, "a span without a spanId"),
        }
        Ok(())
    }

    fn member(&mut self, key: &str) -> Walked {
        let (records, span) = (&mut self.records, &mut self.span);
        match key {
            "traceId" => span.segment.trace = trace_id(records)?,
            "segmentId" => span.segment.id = text(records)?,
            "serviceCode" => span.segment.service = records.symbol()?,
            "serviceInstanceName" => span.segment.instance = records.symbol()?,
            "spanId" => span.number = records.scaled(0)?.map(|number| number.0),
            "parentSpanId" => span.parent = records.scaled(0)?.map(|number| number.0),
            "endpointName" | "operationName" => span.name = records.name()?,
            "startTime" => span.start = records.nanos(6)?,
            "endTime" => span.end = records.nanos(6)?,
            "isError" => {
                let scalar = records.scalar()?;
                span.is_error = records.value(scalar).0.as_bool() == Some(true);
            }
            "type" | "spanType" => match Side::of(&text(records)?) {
                Some(side) => span.side = side,
                None => records.open.flaw(Flaw::UnknownEnum),
            },
            "layer" | "spanLayer" => {
                let layer = text(records)?;
                span.is_message = is_message(&layer);
                put(records, "skywalking.layer", &layer);
            }
            "peer" => attribute(records, "peer.address")?,
            "component" => attribute(records, "component")?,
            "componentId" => attribute(records, "component.id")?,
            "tags" => objects(self, Self::tag)?,
            "refs" => objects(self, Self::reference)?,
            "logs" => objects(self, Self::log)?,
            "attachedEvents" => objects(self, Self::attached)?,
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    fn tag(&mut self) -> Walked {
        pair(&mut self.records, |records, key, value| {
            put(records, key, value);
        })
    }

    fn reference(&mut self) -> Walked {
        let records = &mut self.records;
        let (mut trace, mut segment, mut number) = (TraceId::default(), String::new(), None);
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "traceId" => trace = trace_id(records)?,
                "parentSegmentId" | "parentTraceSegmentId" => segment = text(records)?,
                "parentSpanId" => number = records.scaled(0)?.map(|number| number.0),
                _ => records.cursor.skip()?,
            }
        }
        if let Some(number) = number {
            let span = self.span_id(&segment, number);
            self.span.refs.push((trace, span));
        }
        Ok(())
    }

    /// Reads a log, which becomes an event.
    fn log(&mut self) -> Walked {
        let (mut time, mut data) = (None, None);
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "time" => time = self.records.nanos(6)?,
                "data" => {
                    self.records.cursor.peek();
                    data = Some(self.records.cursor.at);
                    self.records.cursor.skip()?;
                }
                _ => self.records.cursor.skip()?,
            }
        }
        let mut fields = Vec::new();
        if let Some(at) = data {
            let end = std::mem::replace(&mut self.records.cursor.at, at);
            objects(self, |reader| {
                pair(&mut reader.records, |_, key, value| {
                    fields.push((key.to_owned(), value.to_owned()));
                })
            })?;
            self.records.cursor.at = end;
        }
        event(self.records.open.batch, time.unwrap_or_default(), &fields);
        Ok(())
    }

    /// Reads an event that a profiler attached.
    fn attached(&mut self) -> Walked {
        let (mut start, mut end, mut name) = (0, None, Symbol::EMPTY);
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "event" => name = self.records.symbol()?,
                "startTime" => start = instant(&mut self.records)?,
                "endTime" => end = Some(instant(&mut self.records)?),
                "tags" | "summary" => objects(self, |reader| {
                    pair(&mut reader.records, |records, key, value| {
                        records.open.batch.event_attribute(key, Value::Str(value));
                    })
                })?,
                _ => self.records.cursor.skip()?,
            }
        }
        let batch = &mut *self.records.open.batch;
        if let Some(end) = end {
            batch.event_attribute("end_unix_nano", Value::Int(end));
        }
        batch.event_of(start, name);
        Ok(())
    }

    /// The id of a span of a segment.
    fn span_id(&mut self, segment: &str, number: i64) -> SpanId {
        self.word.clear();
        // Writing to a text cannot fail.
        let _ = write!(self.word, "{segment}.{number}");
        self.records.open.batch.span_word(&self.word)
    }

    /// Closes the record, now that all of the span is known.
    fn close(&mut self, number: i64) -> Walked {
        let segment = std::mem::take(&mut self.span.segment);
        let id = self.span_id(&segment.id, number);
        let local = self.span.parent.filter(|&parent| parent >= 0);
        let mut parent = local.map(|parent| self.span_id(&segment.id, parent));
        let (open, span) = (&mut self.records.open, &mut self.span);
        for (trace, span) in span.refs.drain(..) {
            let is_own = trace.is_zero() || trace == segment.trace;
            match parent {
                None if is_own => parent = Some(span),
                _ if is_own => open.batch.link(segment.trace, span),
                _ => open.batch.link(trace, span),
            }
        }
        if segment.instance != Symbol::EMPTY {
            let instance = open.batch.strings.get(segment.instance).to_owned();
            let key = open.intern("service.instance.id")?;
            open.batch.resources.push(key, Value::Str(&instance));
        }
        let (status, mut bits) = match span.is_error {
            true => (StatusCode::Error, flags::FORMAT_ERROR),
            false => (StatusCode::Unset, 0),
        };
        if span.start.is_none() {
            bits |= flags::MISSING_START;
        }
        let head = SpanHead {
            trace_id: segment.trace,
            span_id: id,
            parent_id: parent.unwrap_or_default(),
            start_unix_nano: span.start.unwrap_or_default(),
            end_unix_nano: span.end,
            name: span.name,
            kind: span.side.kind(span.is_message),
            status,
            flags: bits,
            resource: open.batch.resources.close(segment.service),
            scope: ScopeId::default(),
        };
        Ok(self.records.close(head)?)
    }
}

/// The trace id that stands here: a word, unless it is hexadecimal.
fn trace_id(records: &mut Records<'_, '_>) -> Walked<TraceId> {
    let word = text(records)?;
    Ok(match word.as_str() {
        "" => TraceId::default(),
        word => records.open.batch.trace_id(word),
    })
}

/// The text that stands here; empty where there is none.
fn text(records: &mut Records<'_, '_>) -> Walked<String> {
    let Some(raw) = records.word()? else {
        return Ok(String::new());
    };
    Ok(records.text(raw).0.to_owned())
}

/// Makes an attribute of the value that stands here, if there is one.
fn attribute(records: &mut Records<'_, '_>, key: &str) -> Walked {
    let scalar = records.scalar()?;
    let (value, open) = records.value(scalar);
    if !matches!(value, Value::Empty | Value::Str("")) {
        open.batch.attribute(key, value);
    }
    Ok(())
}

fn put(records: &mut Records<'_, '_>, key: &str, value: &str) {
    if !value.is_empty() {
        records.open.batch.attribute(key, Value::Str(value));
    }
}

/// Shows the `key` and the `value` of the object that stands here.
fn pair<'a, 'b>(
    records: &mut Records<'a, 'b>,
    show: impl FnOnce(&mut Records<'a, 'b>, &str, &str),
) -> Walked {
    let (mut key, mut value) = (String::new(), String::new());
    records.enter_object()?;
    let mut first = true;
    while let Some(member) = records.cursor.key(&mut first)? {
        match member {
            "key" => key = text(records)?,
            "value" => value = text(records)?,
            _ => records.cursor.skip()?,
        }
    }
    show(records, &key, &value);
    Ok(())
}

/// The time that stands here as `seconds` and `nanos`.
fn instant(records: &mut Records<'_, '_>) -> Walked<i64> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    if records.enter_object()? {
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "seconds" => seconds = records.nanos(9)?.unwrap_or_default(),
                "nanos" => nanos = records.nanos(0)?.unwrap_or_default(),
                _ => records.cursor.skip()?,
            }
        }
    }
    Ok(seconds.saturating_add(nanos))
}

/// Makes an event of a log's fields.
fn event(batch: &mut SpanBatch, time: i64, fields: &[(String, String)]) {
    let named = fields.iter().find(|(key, _)| key == "event");
    let name = named.map_or("log", |(_, name)| name);
    let is_error = name == "error";
    for (key, value) in fields {
        let key = match key.as_str() {
            "event" => continue,
            "error.kind" if is_error => "exception.type",
            "message" if is_error => "exception.message",
            "stack" if is_error => "exception.stacktrace",
            other => other,
        };
        batch.event_attribute(key, Value::Str(value));
    }
    batch.event(time, if is_error { "exception" } else { name });
}

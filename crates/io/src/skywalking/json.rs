//! Answers and segments, straight into the batch.

use super::event;
use super::kind::{is_message, Side};
use crate::flaws::Flaw;
use crate::json::{self, objects, Cursor, Open, Parts, Records, Stop, Walked, Walks};
use spanwise_model::{
    flags, ResourceId, Result, ScopeId, SpanBatch, SpanHead, SpanId, StatusCode, Symbol, TraceId,
    Value,
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

impl Segment {
    /// Reads a member that a segment has, and in answers each of its spans.
    fn member(&mut self, records: &mut Records<'_, '_>, key: &str) -> Walked<bool> {
        match key {
            "traceId" => self.trace = trace_id(records)?,
            "traceSegmentId" | "segmentId" => self.id = records.owned()?,
            "service" | "serviceCode" => self.service = records.symbol()?,
            "serviceInstance" | "serviceInstanceName" => self.instance = records.symbol()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn resource(&self, open: &mut Open<'_>) -> Result<ResourceId> {
        if self.instance != Symbol::EMPTY {
            let instance = open.batch.strings.get(self.instance).to_owned();
            let key = open.intern("service.instance.id")?;
            open.batch.resources.push(key, Value::Str(&instance));
        }
        Ok(open.batch.resources.close(self.service))
    }
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
        let mut open = vec![Around::default()];
        let walked = self.walk(&mut open);
        if let Err(Stop::Broken(_)) = walked {
            // Of what breaks off in its spans, those before are read.
            for broken in open {
                if let Err(Stop::Over(error)) = self.spans(broken) {
                    return Err(Stop::Over(error));
                }
            }
        }
        walked
    }

    fn walk(&mut self, open: &mut Vec<Around>) -> Walked {
        let start = self.records.cursor.at;
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
                _ if top.segment.member(records, key)? => {}
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
            _ if span.segment.member(records, key)? => {}
            "spanId" => span.number = records.scaled(0)?.map(|number| number.0),
            "parentSpanId" => span.parent = records.scaled(0)?.map(|number| number.0),
            "endpointName" | "operationName" => span.name = records.name()?,
            "startTime" => span.start = records.nanos(6)?,
            "endTime" => span.end = records.nanos(6)?,
            "isError" => {
                let scalar = records.scalar()?;
                span.is_error = records.value(scalar).0.as_bool() == Some(true);
            }
            "type" | "spanType" => match Side::of(&records.owned()?) {
                Some(side) => span.side = side,
                None => records.open.flaw(Flaw::UnknownEnum),
            },
            "layer" | "spanLayer" => {
                let layer = records.owned()?;
                span.is_message = is_message(&layer);
                if !layer.is_empty() {
                    let layer = Value::Str(&layer);
                    records.open.attribute("skywalking.layer", layer)?;
                }
            }
            "peer" => attribute(records, "peer.address")?,
            "component" => attribute(records, "component")?,
            "componentId" => attribute(records, "component.id")?,
            "tags" => event::tags(records)?,
            "refs" => objects(self, Self::reference)?,
            "logs" => objects(records, event::log)?,
            "attachedEvents" => objects(records, event::attached)?,
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    fn reference(&mut self) -> Walked {
        let records = &mut self.records;
        let (mut trace, mut segment, mut number) = (TraceId::default(), String::new(), None);
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "traceId" => trace = trace_id(records)?,
                "parentSegmentId" | "parentTraceSegmentId" => segment = records.owned()?,
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
            resource: segment.resource(open)?,
            scope: ScopeId::default(),
        };
        Ok(self.records.close(head)?)
    }
}

/// The trace id that stands here: a word, unless it is hexadecimal.
fn trace_id(records: &mut Records<'_, '_>) -> Walked<TraceId> {
    let word = records.owned()?;
    Ok(match word.as_str() {
        "" => TraceId::default(),
        word => records.open.batch.trace_id(word),
    })
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

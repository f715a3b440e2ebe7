//! From lines to records.

use super::interval::{interval, Interval};
use super::lex;
use super::marks::{pairs, Event, Link, Mark};
use spanwise_model::{
    flags, Example, IssueKind, ResourceId, Result, SpanBatch, SpanHead, SpanId, StatusCode, TraceId,
};
use std::borrow::Cow;

/// What a line says.
pub(super) enum Line<'a> {
    /// Nothing: it is blank or a comment.
    Nothing,
    /// The following spans belong to this trace; without an id, to the next.
    Trace(Option<Cow<'a, str>>),
    /// A span.
    Span(SpanLine<'a>),
}

/// A line that is a span.
pub(super) struct SpanLine<'a> {
    indent: usize,
    service: Cow<'a, str>,
    operation: String,
    interval: Interval,
    marks: Vec<Mark<'a>>,
}

/// Reads a line; the error says in a few words what is wrong.
pub(super) fn line(text: &str) -> Result<Line<'_>, String> {
    let indent = text.len() - text.trim_start_matches(lex::is_blank).len();
    let tokens = lex::tokens(text).ok_or("a quote stays open")?;
    let spot = tokens.iter().rposition(|token| interval(token).is_some());
    match (tokens.as_slice(), spot) {
        ([], _) => Ok(Line::Nothing),
        (["trace"], _) => Ok(Line::Trace(None)),
        (["trace", id], None) => Ok(Line::Trace(lex::whole(id))),
        (_, None) => Err("no interval such as 0..100".into()),
        (_, Some(0)) => Err("no service before the interval".into()),
        (tokens, Some(spot)) => span_line(indent, tokens, spot).map(Line::Span),
    }
}

fn span_line<'a>(indent: usize, tokens: &[&'a str], spot: usize) -> Result<SpanLine<'a>, String> {
    let word = |token| lex::whole(token).ok_or_else(|| format!("stray quotes in {token}"));
    let words = tokens[1..spot].iter().map(|&token| word(token));
    let mark = |&token| Mark::parse(token).ok_or_else(|| format!("unknown mark {token}"));
    Ok(SpanLine {
        indent,
        service: word(tokens[0])?,
        operation: words.collect::<Result<Vec<_>, _>>()?.join(" "),
        interval: interval(tokens[spot]).ok_or("no interval")?,
        marks: tokens[spot + 1..]
            .iter()
            .map(mark)
            .collect::<Result<_, _>>()?,
    })
}

/// Reads lines into a batch.
pub(super) struct Reader<'b> {
    batch: &'b mut SpanBatch,
    trace: TraceId,
    traces: u64,
    spans: u64,
    /// The lines that a deeper line would lie under: indentation and id.
    open: Vec<(usize, SpanId)>,
}

impl<'b> Reader<'b> {
    pub(super) fn new(batch: &'b mut SpanBatch) -> Self {
        Self {
            batch,
            trace: TraceId(1),
            traces: 0,
            spans: 0,
            open: Vec::new(),
        }
    }

    /// Reads a line, which stands at `place`: its number and offset.
    pub(super) fn line(&mut self, text: &str, place: (u64, u64)) -> Result<()> {
        match line(text) {
            Ok(Line::Nothing) => {}
            Ok(Line::Trace(id)) => self.trace(id.as_deref()),
            Ok(Line::Span(span)) => self.span(&span)?,
            Err(detail) => self.issue(IssueKind::MalformedRecord, place, detail),
        }
        Ok(())
    }

    /// Counts an issue of the line at `place`.
    pub(super) fn issue(&mut self, kind: IssueKind, place: (u64, u64), detail: String) {
        let example = Example::File {
            path: String::new(),
            record: Some(place.0),
            offset: Some(place.1),
            detail,
        };
        self.batch.issues.add(kind, "", example);
    }

    fn trace(&mut self, id: Option<&str>) {
        self.traces += 1;
        self.trace = match id {
            Some(id) => self.batch.trace_id(id),
            None => TraceId(u128::from(self.traces)),
        };
        self.spans = 0;
        self.open.clear();
    }

    fn span(&mut self, line: &SpanLine<'_>) -> Result<()> {
        self.spans += 1;
        while self
            .open
            .last()
            .is_some_and(|&(indent, _)| indent >= line.indent)
        {
            self.open.pop();
        }
        let mut head = SpanHead {
            trace_id: self.trace,
            span_id: SpanId(self.spans),
            parent_id: self.open.last().map(|&(_, id)| id).unwrap_or_default(),
            start_unix_nano: line.interval.start.unwrap_or_default(),
            end_unix_nano: line.interval.end,
            name: self.batch.strings.intern(&line.operation),
            resource: self.resource(line),
            ..SpanHead::default()
        };
        if line.interval.start.is_none() {
            head.flags |= flags::MISSING_START;
        }
        for mark in &line.marks {
            self.mark(mark, &mut head);
        }
        self.open.push((line.indent, head.span_id));
        self.batch.close(head).map(drop)
    }

    fn resource(&mut self, line: &SpanLine<'_>) -> ResourceId {
        for mark in &line.marks {
            if let Mark::Resource((key, value)) = mark {
                let key = self.batch.strings.intern(key);
                self.batch.resources.push(key, value.value());
            }
        }
        let service = self.batch.strings.intern(&line.service);
        self.batch.resources.close(service)
    }

    fn mark(&mut self, mark: &Mark<'_>, head: &mut SpanHead) {
        let batch = &mut *self.batch;
        match mark {
            Mark::Status(status) => {
                head.status = *status;
                if *status == StatusCode::Error {
                    head.flags |= flags::FORMAT_ERROR;
                }
            }
            Mark::Kind(kind) => head.kind = *kind,
            Mark::Flags(flags) => head.flags |= flags,
            Mark::Id(id) => head.span_id = batch.span_id(id),
            Mark::Parent(id) => head.parent_id = batch.span_id(id),
            Mark::Link(mark) => link(batch, mark, head.trace_id),
            Mark::Event(mark) => event(batch, mark, head.start_unix_nano),
            Mark::Scope(name, version) => {
                let (name, version) = (batch.strings.intern(name), batch.strings.intern(version));
                head.scope = batch.scopes.intern(name, version);
            }
            Mark::StatusMessage(text) => batch.status_message(text),
            Mark::TraceState(text) => batch.trace_state(text),
            Mark::Attribute((key, value)) => batch.attribute(key, value.value()),
            Mark::Resource(_) => {}
        }
    }
}

fn link(batch: &mut SpanBatch, link: &Link<'_>, own_trace: TraceId) {
    for (key, value) in pairs(&link.attributes) {
        batch.link_attribute(key, value.value());
    }
    let trace = match &link.trace {
        Some(text) => batch.trace_id(text),
        None => own_trace,
    };
    let span = batch.span_id(&link.span);
    batch.link(trace, span);
}

fn event(batch: &mut SpanBatch, event: &Event<'_>, start: i64) {
    for (key, value) in pairs(&event.attributes) {
        batch.event_attribute(key, value.value());
    }
    batch.event(event.time.unwrap_or(start), &event.name);
}

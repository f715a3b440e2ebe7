//! A span: its fixed fields, references and logs.

use super::reader::Reader;
use super::tags::Owner;
use crate::json::{objects, Walked};
use spanwise_model::{
    flags, ResourceId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId, Value,
};

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
    /// The name of the event that is being read.
    pub(super) event: Option<Symbol>,
}

impl Draft {
    /// Begins the next span; the room for references stays.
    pub(super) fn renew(&mut self) {
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

impl Reader<'_, '_> {
    /// Reads the span that stands here into the batch.
    pub(super) fn span(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.draft.renew();
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.span_field(key)?;
        }
        self.end_span(start)
    }

    /// Closes the span that began at `start`, unless it has no id.
    fn end_span(&mut self, start: usize) -> Walked {
        if self.draft.id.is_zero() {
            self.records.refuse(start, "a span without a spanID");
            return Ok(());
        }
        self.close()
    }

    /// Closes the span of a document, which no trace gives its id.
    pub(super) fn end_document(&mut self, start: usize) -> Walked {
        if self.draft.trace.is_zero() {
            self.records.refuse(start, "a span without a traceID");
            return Ok(());
        }
        self.end_span(start)
    }

    /// Reads the member of this key; answers whether it is one that spans have.
    #[inline]
    pub(super) fn span_field(&mut self, key: &str) -> Walked<bool> {
        let (records, draft) = (&mut self.records, &mut self.draft);
        match key {
            "tags" => self.tags(Owner::Span)?,
            "traceID" | "traceId" => draft.trace = records.trace_id()?,
            "spanID" | "spanId" => draft.id = records.span_id()?,
            "parentSpanID" | "parentSpanId" => draft.old_parent = records.span_id()?,
            "operationName" => draft.name = records.name()?,
            "references" => objects(self, Self::reference)?,
            "startTime" => draft.start = records.micros()?.or(draft.start),
            "startTimeMillis" => draft.start = draft.start.or(records.nanos(6)?),
            "duration" => draft.duration = records.micros()?,
            "logs" => objects(self, Self::log)?,
            "processID" | "processId" => draft.process = records.symbol()?,
            "process" => {
                let own = self.process()?;
                self.draft.own_process = own;
            }
            "flags" => {
                let sampled = matches!(records.scaled(0)?, Some((bits, _)) if bits & 1 != 0);
                draft.flags |= u32::from(sampled);
            }
            "tag" => self.tag_object(Owner::Span)?,
            _ => {
                records.cursor.skip()?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Closes the record, now that all of the span is known.
    fn close(&mut self) -> Walked {
        let (parent_id, parent_flags) = self.find_parent()?;
        let (draft, open) = (&self.draft, &mut self.records.open);
        let mut bits = draft.flags | parent_flags;
        if draft.start.is_none() {
            bits |= flags::MISSING_START;
        }
        let start = draft.start.unwrap_or_default();
        let (scope, version) = draft.scope;
        let head = SpanHead {
            trace_id: draft.trace,
            span_id: draft.id,
            parent_id,
            start_unix_nano: start,
            end_unix_nano: draft.duration.map(|duration| open.end(start, duration)),
            name: draft.name,
            kind: draft.kind,
            status: draft.status,
            flags: bits,
            resource: draft.own_process.unwrap_or_default(),
            scope: open.batch.scopes.intern(scope, version),
        };
        let process = draft.own_process.is_none().then_some(draft.process);
        self.records.close(head)?;
        self.names_process(process);
        Ok(())
    }

    /// The parent, with the flag that says how it is named; all other
    /// references become links.
    fn find_parent(&mut self) -> Walked<(SpanId, u32)> {
        let (draft, open) = (&self.draft, &mut self.records.open);
        let own = draft.trace;
        let inside = |reference: &Reference| reference.trace.is_none_or(|trace| trace == own);
        let first = |follows: bool| {
            let mut references = draft.references.iter();
            references.position(|r| r.follows == follows && inside(r) && !r.span.is_zero())
        };
        let parent = first(false).or_else(|| first(true));
        for (at, reference) in draft.references.iter().enumerate() {
            if Some(at) != parent && !reference.span.is_zero() {
                let kind = Value::Str(ref_type(reference.follows));
                open.batch.link_attribute(REF_TYPE, kind);
                let trace = reference.trace.unwrap_or(own);
                open.batch.link(trace, reference.span);
            }
        }
        Ok(match parent.map(|at| &draft.references[at]) {
            Some(parent) if parent.follows => (parent.span, flags::FOLLOWS_FROM),
            Some(parent) => (parent.span, 0),
            None => (draft.old_parent, 0),
        })
    }

    /// Reads a reference; the copies of spans that the UI puts into them are
    /// skipped, however deep they are.
    fn reference(&mut self) -> Walked {
        let mut reference = Reference {
            follows: false,
            trace: None,
            span: SpanId::default(),
        };
        let records = &mut self.records;
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "refType" => {
                    let kind = records.word()?.map_or("", |raw| raw.text);
                    reference.follows = kind.eq_ignore_ascii_case("FOLLOWS_FROM");
                }
                "traceID" | "traceId" => {
                    let id = records.trace_id()?;
                    reference.trace = Some(id).filter(|id| !id.is_zero());
                }
                "spanID" | "spanId" => reference.span = records.span_id()?,
                _ => records.cursor.skip_deep()?,
            }
        }
        self.draft.references.push(reference);
        Ok(())
    }

    /// Reads a log, which becomes an event.
    fn log(&mut self) -> Walked {
        self.draft.event = None;
        let mut time = None;
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "timestamp" => time = self.records.micros()?,
                "fields" => self.tags(Owner::Log)?,
                _ => self.records.cursor.skip()?,
            }
        }
        let open = &mut self.records.open;
        let name = match self.draft.event {
            Some(name) => name,
            None => open.intern(UNNAMED_EVENT)?,
        };
        open.batch.event_of(time.unwrap_or_default(), name);
        Ok(())
    }
}

fn ref_type(follows: bool) -> &'static str {
    if follows {
        "follows_from"
    } else {
        "child_of"
    }
}

//! A span: its fixed fields, references and logs.

use super::member::{Member, RefMember};
use super::reader::Reader;
use super::tags::Owner;
use super::tail::Notes;
use crate::json::{objects, Walked};
use spanwise_model::{
    flags, ResourceId, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId, Value,
};

/// The attribute that says what a link was.
pub(crate) const REF_TYPE: &str = "opentracing.ref_type";

/// The name of an event whose log names none.
pub(super) const UNNAMED_EVENT: &str = "log";

/// A span while it is read.
#[derive(Default)]
pub(super) struct Draft {
    trace: TraceId,
    id: SpanId,
    old_parent: SpanId,
    pub(super) name: Symbol,
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
    pub(super) tags: Tags,
}

/// What tags of the span have been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tags {
    #[default]
    None,
    /// One list of known ones.
    Known,
    /// One list, which begins at this offset.
    From(usize),
    /// More, or in another form.
    Others,
}

/// The fixed fields that tags say.
pub(super) type Fixed = (SpanKind, StatusCode, u32, (Symbol, Symbol));

impl Draft {
    /// Begins the next span; the room for references stays.
    pub(super) fn renew(&mut self) {
        self.references.clear();
        *self = Self {
            references: std::mem::take(&mut self.references),
            ..Self::default()
        };
    }

    /// Sets what a span begins with.
    #[inline]
    pub(super) fn begin(&mut self, (trace, id): (TraceId, SpanId), name: Symbol, is_sampled: bool) {
        (self.trace, self.id, self.name) = (trace, id, name);
        self.flags |= u32::from(is_sampled);
    }

    #[inline]
    pub(super) fn set_times(&mut self, start: i64, duration: i64) {
        (self.start, self.duration) = (Some(start), Some(duration));
    }

    pub(super) fn refer(&mut self, reference: Reference) {
        self.references.push(reference);
    }

    #[inline]
    pub(super) fn set_process(&mut self, process: Symbol) {
        self.process = process;
    }

    pub(super) fn fixed(&self) -> Fixed {
        (self.kind, self.status, self.flags, self.scope)
    }

    pub(super) fn set_fixed(&mut self, fixed: Fixed) {
        (self.kind, self.status, self.flags, self.scope) = fixed;
    }

    /// Notes that a list of tags begins at this offset.
    fn note_tags(&mut self, start: usize) {
        self.tags = match self.tags {
            Tags::None => Tags::From(start),
            _ => Tags::Others,
        };
    }
}

/// A reference to another span.
pub(super) struct Reference {
    follows: bool,
    trace: Option<TraceId>,
    span: SpanId,
}

impl Reference {
    /// One to the parent, in this trace.
    #[inline]
    pub(super) fn child_of(trace: TraceId, span: SpanId) -> Self {
        Self {
            follows: false,
            trace: Some(trace).filter(|id| !id.is_zero()),
            span,
        }
    }
}

impl Reader<'_, '_> {
    /// Reads the span that stands here into the batch.
    pub(super) fn span(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.draft.renew();
        if self.usual_head()? {
            self.members.go_on();
        } else {
            self.records.enter_object()?;
            self.members.begin();
        }
        self.members_of_span()?;
        self.end_span(start)
    }

    /// Reads the members that stand here, to the end of the span.
    fn members_of_span(&mut self) -> Walked {
        let mut notes: Option<Notes> = None;
        while let Some(member) = self.members.next(&mut self.records.cursor)? {
            let value = self.records.cursor.at;
            self.member(member)?;
            if let Some(notes) = &mut notes {
                notes.note(member, (value, self.records.cursor.since(value)));
            } else if member == Member::Tags {
                if self.usual_tail()? {
                    return Ok(());
                }
                notes = Some(Notes::new(self.records.cursor.at));
            }
        }
        if let Some(notes) = notes {
            self.learn_tail(&notes);
        }
        Ok(())
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

    /// Reads a member; answers whether it is one that spans have.
    #[inline]
    pub(super) fn member(&mut self, member: Member) -> Walked<bool> {
        let (records, draft) = (&mut self.records, &mut self.draft);
        match member {
            Member::Tags => self.span_tags()?,
            Member::TraceId => draft.trace = records.own_trace_id()?,
            Member::SpanId => draft.id = records.span_id()?,
            Member::ParentSpanId => draft.old_parent = records.span_id()?,
            Member::OperationName => draft.name = records.name()?,
            Member::References => objects(self, Self::reference)?,
            Member::StartTime => draft.start = records.micros()?.or(draft.start),
            Member::StartTimeMillis => draft.start = draft.start.or(records.nanos(6)?),
            Member::Duration => draft.duration = records.micros()?,
            Member::Logs => objects(self, Self::log)?,
            Member::ProcessId => draft.process = records.symbol()?,
            Member::Process => {
                let own = self.process()?;
                self.draft.own_process = own;
            }
            Member::Flags => {
                let sampled = matches!(records.scaled(0)?, Some((bits, _)) if bits & 1 != 0);
                draft.flags |= u32::from(sampled);
            }
            Member::Tag => {
                draft.tags = Tags::Others;
                self.tag_object(Owner::Span)?;
            }
            Member::Other => records.cursor.skip()?,
        }
        Ok(member != Member::Other)
    }

    #[inline]
    fn span_tags(&mut self) -> Walked {
        if self.known_tags() {
            return Ok(());
        }
        self.draft.note_tags(self.records.cursor.at);
        self.tags(Owner::Span)
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
        let (is_faultless, before) = (open.is_faultless(), open.batch.len());
        self.records.close(head)?;
        if self.records.open.batch.len() == before {
            return Ok(());
        }
        self.names_process(process);
        match (self.draft.tags, self.records.open.batch.heads.last()) {
            (Tags::From(start), Some(last)) if is_faultless => {
                let evidence = last.evidence;
                self.learn_tags(start, evidence)
            }
            _ => Ok(()),
        }
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
        self.ref_members.begin();
        while let Some(member) = self.ref_members.next(&mut records.cursor)? {
            match member {
                RefMember::RefType => {
                    let kind = records.word()?.map_or("", |raw| raw.text);
                    reference.follows = kind.eq_ignore_ascii_case("FOLLOWS_FROM");
                }
                RefMember::TraceId => {
                    let id = records.trace_id()?;
                    reference.trace = Some(id).filter(|id| !id.is_zero());
                }
                RefMember::SpanId => reference.span = records.span_id()?,
                RefMember::Other => records.cursor.skip_deep()?,
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

//! Spans, straight into the batch.

use super::member::{Dropped, Group, Member};
use crate::date;
use crate::decimal::Fit;
use crate::elasticsearch::{self, with_dots, Stored};
use crate::flaws::Flaw;
use crate::json::{self, objects, Cursor, Open, Parts, Records, Walked, Walks};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{
    batch, flags, Example, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, Symbol, TraceId,
};

/// No more keys are remembered: hostile ones may all differ.
const MOST_KEYS: usize = 4_096;

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    draft: Draft,
    /// The members of keys that were met before.
    members: KeyedMap<&'a str, Member>,
}

/// A span while it is read.
#[derive(Default)]
struct Draft {
    trace: TraceId,
    id: SpanId,
    parent: SpanId,
    name: Symbol,
    kind: SpanKind,
    status: StatusCode,
    start: Option<i64>,
    end: Option<i64>,
    duration: Option<i64>,
    service: Option<Symbol>,
    /// What the resource says that the service is called.
    resource_service: Symbol,
    scope: (Symbol, Symbol),
    dropped: [u64; 3],
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
        elasticsearch::documents(self)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a> Stored<'a> for Reader<'a, '_> {
    fn begin(&mut self) {
        self.draft = Draft::default();
    }

    fn member(&mut self, key: &'a str) -> Walked<bool> {
        let member = match self.members.get(key) {
            Some(member) => *member,
            None => self.learn(key)?,
        };
        self.read(member)?;
        Ok(member != Member::Other)
    }

    fn end(&mut self, start: usize) -> Walked {
        let service = self.draft.service.unwrap_or(self.draft.resource_service);
        let resource = self.records.open.batch.resources.close(service);
        match (self.draft.trace.is_zero(), self.draft.id.is_zero()) {
            (true, _) => self.records.refuse(start, "a span without a traceId"),
            (_, true) => self.records.refuse(start, "a span without a spanId"),
            (false, false) => {
                self.note_dropped();
                let head = self.draft.head(&mut self.records.open);
                self.records.close(SpanHead { resource, ..head })?;
                self.report_dropped(service);
            }
        }
        Ok(())
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            draft: Draft::default(),
            members: KeyedMap::default(),
        }
    }

    fn learn(&mut self, key: &'a str) -> Walked<Member> {
        let member = Member::of(key, &mut self.records.open)?;
        if self.members.len() < MOST_KEYS {
            self.members.insert(key, member);
        }
        Ok(member)
    }

    /// Reads the value of a member.
    fn read(&mut self, member: Member) -> Walked {
        let (records, draft) = (&mut self.records, &mut self.draft);
        match member {
            Member::TraceId => draft.trace = records.trace_id()?,
            Member::SpanId => draft.id = records.span_id()?,
            Member::ParentId => draft.parent = records.span_id()?,
            Member::TraceState => self.trace_state()?,
            Member::Name => draft.name = records.name()?,
            Member::Kind => self.kind()?,
            Member::Start => draft.start = time(records)?,
            Member::End => draft.end = time(records)?,
            Member::Duration => draft.duration = records.nanos(0)?,
            Member::Service => {
                let service = records.symbol()?;
                draft.service = Some(service).filter(|it| *it != Symbol::EMPTY);
            }
            Member::StatusCode => self.status()?,
            Member::StatusMessage => self.status_message()?,
            Member::ScopeName => draft.scope.0 = records.symbol()?,
            Member::ScopeVersion => draft.scope.1 = records.symbol()?,
            Member::Events => objects(self, Self::event)?,
            Member::Links => objects(self, Self::link)?,
            Member::Dropped(what) => draft.dropped[what as usize] = count(records)?,
            Member::Attribute(key) => self.attribute(key)?,
            Member::Resource(key) => self.resource_attribute(key)?,
            Member::Group(group) => self.group(group)?,
            Member::Other => records.cursor.skip()?,
        }
        Ok(())
    }

    /// Reads the members of an object: of a group, of whose members some are
    /// groups again, but never of groups that are open.
    fn group(&mut self, group: Group) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.records.cursor.raw_key(&mut first)? {
            let (key, open) = self.records.text(key);
            let member = group.member(key, open)?;
            self.read(member)?;
        }
        Ok(())
    }

    fn trace_state(&mut self) -> Walked {
        if let Some(raw) = self.records.word()? {
            let (text, open) = self.records.text(raw);
            open.batch.trace_state(text);
        }
        Ok(())
    }

    fn kind(&mut self) -> Walked {
        let name = self.records.word()?.map_or("", |raw| raw.text);
        let number = || SpanKind::from_number(name.parse().ok()?);
        match SpanKind::from_name(name).or_else(number) {
            Some(kind) => self.draft.kind = kind,
            None if name.is_empty() => {}
            None => self.records.open.flaw(Flaw::UnknownEnum),
        }
        Ok(())
    }

    fn status(&mut self) -> Walked {
        let name = self.records.word()?.map_or("", |raw| raw.text);
        let number = || StatusCode::from_number(name.parse().ok()?);
        match StatusCode::from_name(name).or_else(number) {
            Some(status) => self.draft.status = status,
            None if name.is_empty() => {}
            None => self.records.open.flaw(Flaw::UnknownEnum),
        }
        Ok(())
    }

    fn status_message(&mut self) -> Walked {
        if let Some(raw) = self.records.word()? {
            let (text, open) = self.records.text(raw);
            open.batch.status_message(text);
        }
        Ok(())
    }

    fn attribute(&mut self, key: Symbol) -> Walked {
        let scalar = self.records.scalar()?;
        let (value, open) = self.records.value(scalar);
        open.batch.attribute_of(key, value);
        Ok(())
    }

    fn resource_attribute(&mut self, key: Symbol) -> Walked {
        let scalar = self.records.scalar()?;
        let (value, open) = self.records.value(scalar);
        if open.batch.strings.get(key) == "service.name" {
            self.draft.resource_service = open.intern(&value.to_text())?;
        }
        open.batch.resources.push(key, value);
        Ok(())
    }

    fn event(&mut self) -> Walked {
        let (mut name, mut time_of, mut dropped) = (Symbol::EMPTY, None, 0);
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "name" => name = self.records.symbol()?,
                "time" | "@timestamp" => time_of = time(&mut self.records)?,
                "droppedAttributesCount" => dropped = count(&mut self.records)?,
                "attributes" => self.each_attribute(|open, key, scalar| {
                    open.batch.event_attribute_of(key, scalar);
                })?,
                _ => self.records.cursor.skip()?,
            }
        }
        self.dropped_inside(dropped);
        let batch = &mut *self.records.open.batch;
        batch.event_of(time_of.unwrap_or_default(), name);
        Ok(())
    }

    fn link(&mut self) -> Walked {
        let (mut trace, mut span, mut dropped) = (TraceId::default(), SpanId::default(), 0);
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "traceId" => trace = self.records.trace_id()?,
                "spanId" => span = self.records.span_id()?,
                "droppedAttributesCount" => dropped = count(&mut self.records)?,
                "attributes" => self.each_attribute(|open, key, scalar| {
                    open.batch.link_attribute_of(key, scalar);
                })?,
                _ => self.records.cursor.skip()?,
            }
        }
        self.dropped_inside(dropped);
        self.records.open.batch.link(trace, span);
        Ok(())
    }

    /// Adds what an event or a link dropped to what the span did.
    fn dropped_inside(&mut self, count: u64) {
        let sum = &mut self.draft.dropped[Dropped::Attributes as usize];
        *sum = sum.saturating_add(count);
    }

    /// Shows the members of an object to `put`, each beside the open record.
    fn each_attribute(
        &mut self,
        mut put: impl FnMut(&mut Open<'_>, Symbol, spanwise_model::Value<'_>),
    ) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        let mut first = true;
        while let Some(raw) = self.records.cursor.raw_key(&mut first)? {
            let (text, open) = self.records.text(raw);
            let key = open.intern(&with_dots(text))?;
            let scalar = self.records.scalar()?;
            let (value, open) = self.records.value(scalar);
            put(open, key, value);
        }
        Ok(())
    }

    /// Notes what the open record has dropped.
    fn note_dropped(&mut self) {
        let dropped = self.draft.dropped;
        if dropped == [0; 3] {
            return;
        }
        let [attributes, events, links] = dropped.map(|it| u32::try_from(it).unwrap_or(u32::MAX));
        self.records.open.batch.note_dropped(batch::Dropped {
            attributes,
            events,
            links,
        });
    }

    /// Makes issues of what the record that was closed last had dropped.
    fn report_dropped(&mut self, service: Symbol) {
        let (draft, batch) = (&self.draft, &mut *self.records.open.batch);
        if draft.dropped == [0; 3] {
            return;
        }
        let service = batch.strings.get(service).to_owned();
        for (what, kind) in Dropped::ALL {
            let count = draft.dropped[what as usize];
            if count > 0 {
                let example = Example::Span(draft.trace, draft.id);
                batch.issues.add_many(kind, &service, count, example);
            }
        }
    }
}

impl Draft {
    fn head(&self, open: &mut Open<'_>) -> SpanHead {
        let error = self.status == StatusCode::Error;
        let mut bits = if error { flags::FORMAT_ERROR } else { 0 };
        if self.start.is_none() {
            bits |= flags::MISSING_START;
        }
        let from = self.start.unwrap_or_default();
        let lasts = self.duration.filter(|_| self.start.is_some());
        let end = self.end.or_else(|| lasts.map(|it| open.end(from, it)));
        let (scope, version) = self.scope;
        SpanHead {
            trace_id: self.trace,
            span_id: self.id,
            parent_id: self.parent,
            // Without a start the end is all that is known.
            start_unix_nano: self.start.or(end).unwrap_or_default(),
            end_unix_nano: end,
            name: self.name,
            kind: self.kind,
            status: self.status,
            flags: bits,
            scope: open.batch.scopes.intern(scope, version),
            ..SpanHead::default()
        }
    }
}

/// The date that stands here, in nanoseconds; `None` for `null`.
fn time(records: &mut Records<'_, '_>) -> Walked<Option<i64>> {
    let Some(raw) = records.word()?.filter(|raw| !raw.text.is_empty()) else {
        return Ok(None);
    };
    let flaw = match date::nanos(raw.text) {
        Some((nanos, Fit::Clipped)) => (Some(nanos), Flaw::TimeOutOfRange),
        Some((nanos, _)) => return Ok(Some(nanos)),
        None => (None, Flaw::Malformed),
    };
    records.open.flaw(flaw.1);
    Ok(flaw.0)
}

/// The count that stands here; what is none counts as zero.
fn count(records: &mut Records<'_, '_>) -> Walked<u64> {
    let number = records.scaled(0)?.map_or(0, |(number, _)| number);
    Ok(u64::try_from(number).unwrap_or(0))
}

//! Spans, straight into the batch.

use super::annotation;
use super::draft::Draft;
use super::member::Member;
use super::tags::{self, EndpointKeys, Field, LOCAL, PEER_SERVICE, REMOTE};
use crate::flaws::Flaw;
use crate::json::{
    self, objects, Cursor, Guesses, Members, Parts, Records, Repeated, Walked, Walks,
};
use spanwise_model::{flags, ResourceId, SpanBatch, SpanKind, Symbol, Value};

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    pub(super) records: Records<'a, 'b>,
    draft: Draft,
    guesses: Guesses<'a, Option<Field>>,
    members: Members<'a, Member>,
    endpoints: Repeated<'a, ResourceId>,
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
        objects(self, Self::span)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            draft: Draft::default(),
            guesses: Guesses::default(),
            members: Members::new(Member::of),
            endpoints: Repeated::new("}"),
        }
    }

    /// Reads the span that stands here into the batch.
    pub(super) fn span(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.draft = Draft::default();
        self.records.enter_object()?;
        self.members.begin();
        while let Some(member) = self.members.next(&mut self.records.cursor)? {
            self.member(member)?;
        }
        if let Some(lack) = self.draft.lack() {
            self.records.refuse(start, lack);
            return Ok(());
        }
        let head = self.draft.head(&mut self.records.open);
        Ok(self.records.close(head)?)
    }

    #[inline]
    fn member(&mut self, member: Member) -> Walked {
        let (records, draft) = (&mut self.records, &mut self.draft);
        match member {
            Member::Tags => self.tags()?,
            Member::TraceId => draft.trace = records.own_trace_id()?,
            Member::Id => draft.id = records.span_id()?,
            Member::ParentId => draft.parent = records.span_id()?,
            Member::Name => draft.name = records.name()?,
            Member::Kind => self.kind()?,
            Member::Timestamp => draft.start = records.micros()?,
            Member::Duration => draft.duration = records.micros()?,
            Member::LocalEndpoint => self.local_endpoint()?,
            Member::RemoteEndpoint => self.endpoint(Side::Remote)?,
            Member::Annotations => objects(self, Self::annotation)?,
            Member::Shared => {
                let scalar = records.scalar()?;
                if records.value(scalar).0.as_bool() == Some(true) {
                    draft.flags |= flags::SHARED;
                }
            }
            Member::Other => records.cursor.skip()?,
        }
        Ok(())
    }

    fn kind(&mut self) -> Walked {
        let name = self.records.word()?.map_or("", |raw| raw.text);
        match SpanKind::from_name(name) {
            Some(kind) => self.draft.kind = kind,
            None if name.is_empty() => {}
            None => self.records.open.flaw(Flaw::UnknownEnum),
        }
        Ok(())
    }

    fn tags(&mut self) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        self.guesses.begin();
        let mut first = true;
        while self.records.cursor.next_of(b'}', &mut first)? {
            let key = match self.guesses.take(&mut self.records.cursor) {
                Some(guessed) => guessed,
                None => self.tag_key()?,
            };
            let scalar = match self.records.cursor.usual_scalar()? {
                Some(scalar) => scalar,
                None => self.records.scalar()?,
            };
            let (value, open) = self.records.value(scalar);
            tags::put(open, &mut self.draft, key, value)?;
        }
        Ok(())
    }

    fn tag_key(&mut self) -> Walked<(Symbol, Option<Field>)> {
        let start = self.records.cursor.at;
        let raw = self.records.cursor.name()?;
        let head = self.records.cursor.since(start);
        let key = self.records.intern(raw)?;
        let field = Field::of(self.records.open.batch.strings.get(key));
        if !raw.escaped {
            self.guesses.learn(key, head, field);
        }
        Ok((key, field))
    }

    /// Reads the endpoint that recorded the span: a resource.
    fn local_endpoint(&mut self) -> Walked {
        if self.records.cursor.peek() != b'{' {
            return Ok(self.records.cursor.skip()?);
        }
        let rest = self.records.cursor.rest();
        if let Some((resource, length)) = self.endpoints.find(rest) {
            self.records.cursor.at += length;
            self.draft.resource = Some(resource);
            return Ok(());
        }
        let start = self.records.cursor.at;
        let mut service = Symbol::EMPTY;
        self.endpoint(Side::Local(&mut service))?;
        let resource = self.records.open.batch.resources.close(service);
        let object = self.records.cursor.since(start);
        if self.records.open.is_faultless() {
            self.endpoints.learn(object, resource);
        }
        self.draft.resource = Some(resource);
        Ok(())
    }

    /// Reads an endpoint; fields that say nothing are passed over.
    fn endpoint(&mut self, mut side: Side<'_>) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            let scalar = self.records.scalar()?;
            let (value, open) = self.records.value(scalar);
            if matches!(value, Value::Empty | Value::Str("")) {
                continue;
            }
            let keys = side.keys();
            match (key, &mut side) {
                ("serviceName", Side::Local(service)) => {
                    **service = open.intern(&value.to_text())?;
                }
                ("serviceName", side) => side.put(open, PEER_SERVICE, value)?,
                ("port", side) if value != Value::Int(0) => {
                    side.put(open, keys.port, tags::port(value))?;
                }
                ("ipv4" | "ipv6", side) => side.put(open, keys.address, value)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads an annotation, which becomes an event.
    fn annotation(&mut self) -> Walked {
        let records = &mut self.records;
        let (mut time, mut value) = (None, None);
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            match key {
                "timestamp" => time = records.micros()?,
                "value" => value = records.word()?,
                _ => records.cursor.skip()?,
            }
        }
        let (text, open) = match value {
            Some(raw) => records.text(raw),
            None => ("", &mut records.open),
        };
        if let Some(time) = time {
            self.draft.core.note(time, text);
        }
        Ok(annotation::event(open, time.unwrap_or_default(), text)?)
    }
}

/// Whose endpoint it is.
enum Side<'s> {
    /// That which recorded the span: a resource, whose service is noted.
    Local(&'s mut Symbol),
    /// The other side: attributes.
    Remote,
}

impl Side<'_> {
    fn keys(&self) -> &'static EndpointKeys {
        match self {
            Self::Local(_) => &LOCAL,
            Self::Remote => &REMOTE,
        }
    }

    fn put(&self, open: &mut json::Open<'_>, key: &str, value: Value<'_>) -> Walked {
        let key = open.intern(key)?;
        match self {
            Self::Local(_) => open.batch.resources.push(key, value),
            Self::Remote => open.batch.attribute_of(key, value),
        }
        Ok(())
    }
}

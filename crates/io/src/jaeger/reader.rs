//! Documents and traces: where spans find their processes.

use super::known::Sequences;
use super::member::{Member, RefMember};
use super::span::Draft;
use super::tags::{Bytes, Known, Owner};
use super::tail::Tail;
use crate::json::{
    self, objects, Cursor, Guesses, Members, Parts, Records, Repeated, Walked, Walks,
};
use spanwise_model::{ResourceId, SpanBatch, Symbol, TraceId};

/// Answers lie in each other at most this deep.
const ENVELOPES: usize = 4;

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    pub(super) records: Records<'a, 'b>,
    pub(super) draft: Draft,
    pub(super) guesses: Guesses<'a, Known>,
    pub(super) sequences: Sequences,
    pub(super) members: Members<'a, Member>,
    pub(super) ref_members: Members<'a, RefMember>,
    /// How the last span ended that ended as usual.
    pub(super) tail: Tail<'a>,
    /// Processes that were read before, most of which end with their tags.
    repeated: Repeated<'a, ResourceId>,
    /// How tags write bytes.
    pub(super) bytes: Bytes,
    /// The process that each record from `first` on names; none where it has
    /// its own.
    named: Vec<Option<Symbol>>,
    first: u32,
    processes: Vec<(Symbol, ResourceId)>,
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
        objects(self, |reader| reader.object(ENVELOPES))
    }

    fn broken(&mut self) {
        self.records.broken();
        self.end_trace(TraceId::default());
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            first: batch.open_record(),
            records: Records::new(text, batch),
            draft: Draft::default(),
            guesses: Guesses::default(),
            sequences: Sequences::default(),
            members: Members::new(Member::of),
            ref_members: Members::new(RefMember::of),
            tail: Tail::default(),
            repeated: Repeated::new("]}"),
            bytes: Bytes::Base64,
            named: Vec::new(),
            processes: Vec::new(),
        }
    }

    /// The same for what is stored in Elasticsearch.
    pub(super) fn stored(self) -> Self {
        Self {
            bytes: Bytes::Hex,
            ..self
        }
    }

    /// Reads an answer of the server or a trace; their keys do not collide.
    fn object(&mut self, envelopes: usize) -> Walked {
        self.records.enter_object()?;
        let mut trace = TraceId::default();
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "data" if envelopes > 0 => {
                    objects(self, |reader| reader.object(envelopes - 1))?;
                }
                "traceID" | "traceId" => trace = self.records.trace_id()?,
                "spans" => objects(self, Self::span)?,
                "processes" => self.processes()?,
                "errors" => objects(self, Self::error)?,
                _ => self.records.cursor.skip()?,
            }
        }
        self.end_trace(trace);
        Ok(())
    }

    /// Notes the process of the record that was closed last.
    pub(super) fn names_process(&mut self, process: Option<Symbol>) {
        self.named.push(process);
    }

    /// Gives the records since the last trace their resources, and those
    /// without a trace id that of the trace.
    pub(super) fn end_trace(&mut self, trace: TraceId) {
        let records = self.first as usize..;
        let batch = &mut *self.records.open.batch;
        for id in &mut batch.trace_ids[records.clone()] {
            if id.is_zero() {
                *id = trace;
            }
        }
        let unknown = batch.resources.close(Symbol::EMPTY);
        // The first process of a key counts.
        self.processes.sort_by_key(|process| process.0);
        let mut last = (None, unknown);
        let heads = &mut batch.heads[records];
        for (head, named) in heads.iter_mut().zip(self.named.drain(..)) {
            let Some(name) = named else { continue };
            if last.0 != Some(name) {
                last = (Some(name), find(&self.processes, name).unwrap_or(unknown));
            }
            head.resource = last.1;
        }
        self.processes.clear();
        self.first = batch.open_record();
    }

    /// Reads the processes of a trace by their keys.
    fn processes(&mut self) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.records.cursor.raw_key(&mut first)? {
            let key = self.records.intern(key)?;
            let process = self.process()?;
            let process = process.map(|resource| (key, resource));
            self.processes.extend(process);
        }
        Ok(())
    }

    /// Reads a process; what it is goes to the resources of the batch.
    pub(super) fn process(&mut self) -> Walked<Option<ResourceId>> {
        if self.records.cursor.peek() != b'{' {
            self.records.cursor.skip()?;
            return Ok(None);
        }
        if let Some((resource, length)) = self.repeated.find(self.records.cursor.rest()) {
            self.records.cursor.at += length;
            return Ok(Some(resource));
        }
        let start = self.records.cursor.at;
        let resource = self.unknown_process()?;
        if self.records.open.is_faultless() {
            self.repeated
                .learn(self.records.cursor.since(start), resource);
        }
        Ok(Some(resource))
    }

    fn unknown_process(&mut self) -> Walked<ResourceId> {
        self.records.enter_object()?;
        let mut service = Symbol::EMPTY;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "serviceName" => service = self.records.symbol()?,
                "tags" => self.tags(Owner::Process)?,
                "tag" => self.tag_object(Owner::Process)?,
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(self.records.open.batch.resources.close(service))
    }

    /// Reads what the server says went wrong.
    fn error(&mut self) -> Walked {
        self.records.enter_object()?;
        let (mut code, mut message) = (String::new(), String::new());
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            let said = match key {
                "code" => &mut code,
                "msg" | "message" => &mut message,
                _ => {
                    self.records.cursor.skip()?;
                    continue;
                }
            };
            if let Some(raw) = self.records.word()? {
                self.records.text(raw).0.clone_into(said);
            }
        }
        let detail = format!("the server answered {code} {message}");
        let start = self.records.documents.start;
        self.records.issue(start, start, &detail);
        Ok(())
    }
}

fn find(processes: &[(Symbol, ResourceId)], name: Symbol) -> Option<ResourceId> {
    let at = processes.partition_point(|process| process.0 < name);
    let found = processes.get(at).filter(|process| process.0 == name);
    found.map(|process| process.1)
}

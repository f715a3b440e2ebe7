//! The walk down to spans: messages, resources, scopes.

use super::framing::{Framing, Message};
use super::span::{Outcome, SpanReader};
use super::value::KeyValue;
use crate::flaws::Flaw;
use crate::format::Ended;
use crate::otlp::draft::{Draft, Surroundings};
use crate::wire::{Field, Parts, Wire};
use spanwise_model::{Error, Example, IssueKind, Result, ScopeId, SpanBatch, Symbol, Value};

/// Reads a file of any framing.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    let mut walk = Walk {
        file: bytes,
        record: 0,
        ended: Ended::Whole,
        other_signal: false,
        spans: SpanReader::new(batch),
    };
    match Framing::of(bytes) {
        Some(framing) => walk.messages(framing)?,
        None => walk.issue(IssueKind::MalformedRecord, bytes, "not OTLP"),
    }
    let ended = walk.ended;
    walk.spans.leave();
    Ok(ended)
}

struct Walk<'a, 'b> {
    file: &'a [u8],
    /// The number of the message, from 1.
    record: u64,
    ended: Ended,
    /// True where the message holds logs or metrics.
    other_signal: bool,
    spans: SpanReader<'b>,
}

impl<'a> Walk<'a, '_> {
    fn messages(&mut self, framing: Framing) -> Result<()> {
        for message in framing.messages(self.file) {
            self.record += 1;
            self.spans.batch.guard.check_stop()?;
            self.message(message)
                .map_err(|error| self.placed(error, message.bytes))?;
        }
        Ok(())
    }

    fn message(&mut self, message: Message<'a>) -> Result<()> {
        self.other_signal = false;
        let mut parts = Parts::new(message.bytes);
        for part in parts.by_ref().filter(|part| part.number == 1) {
            self.resource_spans(part.bytes)?;
        }
        self.note(&parts);
        if message.cut {
            self.ended = Ended::Truncated;
        }
        if self.other_signal {
            self.issue(IssueKind::SkippedSignal, message.bytes, "");
        }
        Ok(())
    }

    fn resource_spans(&mut self, bytes: &'a [u8]) -> Result<()> {
        let mut around = self.resource(first_part(bytes, 1))?;
        let mut parts = Parts::new(bytes);
        for part in parts.by_ref() {
            if matches!(part.number, 2 | 1000) {
                around.scope = self.scope(first_part(part.bytes, 1))?;
                self.scope_spans(part.bytes, &around)?;
            }
        }
        self.note(&parts);
        Ok(())
    }

    fn scope_spans(&mut self, bytes: &'a [u8], around: &Surroundings) -> Result<()> {
        let mut parts = Parts::new(bytes);
        while let Some(part) = parts.next_probably(2) {
            if part.number != 2 || part.cut {
                continue;
            }
            let (done, all) = (self.offset(part.bytes), self.file.len());
            self.spans.batch.make_room(done as usize, all);
            let read = self.spans.read(part.bytes, around);
            match read.map_err(|error| self.placed(error, part.bytes))? {
                Outcome::Read => {}
                Outcome::OtherSignal => self.other_signal = true,
                Outcome::Malformed => self.issue(IssueKind::MalformedRecord, part.bytes, "span"),
            }
        }
        self.note(&parts);
        Ok(())
    }

    /// Reads a resource, wherever it stands among its spans.
    fn resource(&mut self, bytes: &'a [u8]) -> Result<Surroundings> {
        let mut draft = Draft::default();
        let mut service = Symbol::EMPTY;
        let mut wire = Wire::new(bytes);
        loop {
            match wire.next() {
                Ok(Some((1, Field::Bytes(attribute)))) => {
                    let named = self.resource_attribute(attribute, &mut draft)?;
                    service = named.unwrap_or(service);
                }
                Ok(Some((2, Field::Varint(count)))) => draft.dropped_attributes = count,
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => {
                    draft.flaw(Flaw::Malformed);
                    break;
                }
            }
        }
        let resource = self.spans.batch.resources.close(service);
        self.flaws(&draft, service, bytes);
        Ok(Surroundings {
            resource,
            service,
            ..Surroundings::default()
        })
    }

    /// Answers the service where the attribute names it.
    fn resource_attribute(
        &mut self,
        attribute: &'a [u8],
        draft: &mut Draft,
    ) -> Result<Option<Symbol>> {
        let Some((key, value, batch)) = self.pair(attribute, draft)? else {
            return Ok(None);
        };
        batch.resources.push(key, value);
        let names_service = batch.strings.get(key) == "service.name";
        Ok(names_service.then(|| batch.strings.intern(&value.to_text())))
    }

    fn scope_attribute(&mut self, attribute: &'a [u8], draft: &mut Draft) -> Result<()> {
        if let Some((key, value, batch)) = self.pair(attribute, draft)? {
            batch.scopes.push(key, value);
        }
        Ok(())
    }

    /// Key and value of an attribute, and where it goes.
    fn pair<'r>(
        &'r mut self,
        attribute: &'a [u8],
        draft: &mut Draft,
    ) -> Result<Option<(Symbol, Value<'r>, &'r mut SpanBatch)>> {
        let Ok(pair) = KeyValue::read(attribute) else {
            draft.flaw(Flaw::Malformed);
            return Ok(None);
        };
        let SpanReader {
            batch,
            keys,
            scratch,
            ..
        } = &mut self.spans;
        let key = keys.symbol(pair.key, batch, &mut draft.flaws)?;
        let value = scratch.value(pair.value, &batch.guard, draft)?;
        Ok(Some((key, value, batch)))
    }

    fn scope(&mut self, bytes: &'a [u8]) -> Result<ScopeId> {
        let mut draft = Draft::default();
        let (mut name, mut version) = (Symbol::EMPTY, Symbol::EMPTY);
        let mut wire = Wire::new(bytes);
        while let Ok(Some((number, field))) = wire.next() {
            match (number, field) {
                (1, Field::Bytes(text)) => name = self.spans.symbol(text, &mut draft)?,
                (2, Field::Bytes(text)) => version = self.spans.symbol(text, &mut draft)?,
                (3, Field::Bytes(pair)) => self.scope_attribute(pair, &mut draft)?,
                (4, Field::Varint(count)) => draft.dropped_attributes = count,
                _ => {}
            }
        }
        self.flaws(&draft, Symbol::EMPTY, bytes);
        Ok(self.spans.batch.scopes.intern(name, version))
    }

    fn flaws(&mut self, draft: &Draft, service: Symbol, bytes: &'a [u8]) {
        if draft.is_clean() {
            return;
        }
        let example = self.example(bytes, "");
        draft.report(self.spans.batch, service, &example);
    }

    /// Notes where a message broke off: the file's own end is a truncation.
    fn note(&mut self, parts: &Parts<'a>) {
        let Some(rest) = parts.broken else { return };
        let at_end = rest.as_ptr_range().end == self.file.as_ptr_range().end;
        if at_end && !self.spans.batch.goes_on {
            self.ended = Ended::Truncated;
        } else {
            self.issue(IssueKind::MalformedRecord, rest, "a length does not fit");
        }
    }

    fn issue(&mut self, kind: IssueKind, at: &'a [u8], detail: &str) {
        let example = self.example(at, detail);
        self.spans.batch.issues.add(kind, "", example);
    }

    fn example(&self, at: &'a [u8], detail: &str) -> Example {
        Example::File {
            path: String::new(),
            record: Some(self.record),
            offset: Some(self.offset(at)),
            detail: detail.to_owned(),
        }
    }

    /// The error with its place, unless it has a nearer one.
    fn placed(&self, error: Error, at: &'a [u8]) -> Error {
        match error.place().offset {
            Some(_) => error,
            None => error.at_record(self.record).at_offset(self.offset(at)),
        }
    }

    fn offset(&self, at: &'a [u8]) -> u64 {
        (at.as_ptr() as usize).saturating_sub(self.file.as_ptr() as usize) as u64
    }
}

/// The first part of this number that is whole; empty where there is none.
fn first_part(bytes: &[u8], number: u32) -> &[u8] {
    Parts::new(bytes)
        .find(|part| part.number == number && !part.cut)
        .map_or(&[], |part| part.bytes)
}

//! Spans of version 2 in protobuf: `ListOfSpans`, walked on the wire.

use super::annotation;
use super::draft::Draft;
use super::host::{ipv4, ipv6, Host};
use super::tags::{self, Field as TagField};
use crate::flaws::Flaw;
use crate::format::{Cut, Ended};
use crate::json::Open;
use crate::wire::{Broken, Field, Wire};
use spanwise_model::{
    flags, Error, Example, IssueKind, Result, SpanBatch, SpanId, SpanKind, Symbol, TraceId, Value,
};
use std::borrow::Cow;

/// The field of a list that is a span.
const SPAN: u32 = 1;

/// Why a span is not read.
enum Stop {
    Malformed,
    Over(Box<Error>),
}

impl From<Broken<'_>> for Stop {
    fn from(_: Broken<'_>) -> Self {
        Self::Malformed
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Over(Box::new(error))
    }
}

type Walked<T = ()> = std::result::Result<T, Stop>;

/// True where these bytes begin with a span of Zipkin's: an id of the trace and
/// one of its own, and no field that a span has not.
pub(super) fn recognises(head: &[u8]) -> bool {
    let span = match Wire::new(head).next() {
        Ok(Some((SPAN, Field::Bytes(span)))) | Err(Broken::Cut(SPAN, span)) => span,
        _ => return false,
    };
    let (mut wire, mut ids) = (Wire::new(span), 0);
    loop {
        match wire.next() {
            Ok(Some((number, field))) if is_known(number, field) => {
                ids |= if matches!(number, 1 | 3) { number } else { 0 };
            }
            Ok(None) | Err(Broken::Cut(..)) => return ids == 1 | 3,
            Ok(Some(_)) | Err(Broken::Bad) => return false,
        }
    }
}

/// True where a span can have this field.
fn is_known(number: u32, field: Field<'_>) -> bool {
    match (number, field) {
        (1, Field::Bytes(id)) => matches!(id.len(), 8 | 16),
        (2, Field::Bytes(id)) => matches!(id.len(), 0 | 8),
        (3, Field::Bytes(id)) => id.len() == 8,
        (4, Field::Varint(kind)) => kind <= 4,
        (12 | 13, Field::Varint(flag)) => flag <= 1,
        (5, Field::Bytes(name)) => std::str::from_utf8(name).is_ok(),
        (8..=11, Field::Bytes(_)) | (6, Field::Fixed64(_)) | (7, Field::Varint(_)) => true,
        _ => false,
    }
}

/// The last place where a window can be cut: behind the last span that is whole.
pub(super) fn cut(window: &[u8]) -> Option<Cut> {
    let (mut wire, mut end, mut records) = (Wire::new(window), 0, 0);
    while let Ok(Some(_)) = wire.next() {
        end = window.len() - wire.rest().len();
        records += 1;
    }
    (end > 0).then(|| Cut {
        end,
        next: end,
        records,
        ..Cut::default()
    })
}

/// Reads all spans of a list.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    let (mut wire, mut number) = (Wire::new(bytes), 0);
    let mut spans = Spans {
        file: bytes,
        number: 0,
        open: Open::new(batch),
    };
    loop {
        let rest = wire.rest();
        number += 1;
        spans.number = number;
        match wire.next() {
            Ok(None) => return Ok(Ended::Whole),
            Ok(Some((SPAN, Field::Bytes(span)))) => spans.next(span)?,
            Ok(Some(_)) => {}
            Err(Broken::Cut(..)) if !spans.open.batch.goes_on => return Ok(Ended::Truncated),
            Err(_) => {
                spans.issue(rest, "not protobuf, and the rest is not read");
                return Ok(Ended::Whole);
            }
        }
    }
}

struct Spans<'a, 'b> {
    file: &'a [u8],
    /// The number of the span, from 1.
    number: u64,
    open: Open<'b>,
}

impl<'a> Spans<'a, '_> {
    fn next(&mut self, span: &'a [u8]) -> Result<()> {
        self.open.batch.guard.check_stop()?;
        match self.span(span) {
            Ok(None) => {}
            Ok(Some(lack)) => {
                self.open.abandon();
                self.issue(span, lack);
            }
            Err(Stop::Malformed) => {
                self.open.abandon();
                self.issue(span, "not a span");
            }
            Err(Stop::Over(error)) => {
                let offset = self.offset(span);
                return Err(error.at_record(self.number).at_offset(offset));
            }
        }
        Ok(())
    }

    /// Where bytes of the file begin.
    fn offset(&self, part: &[u8]) -> u64 {
        (part.as_ptr() as usize).saturating_sub(self.file.as_ptr() as usize) as u64
    }

    fn issue(&mut self, part: &[u8], detail: &str) {
        let example = Example::File {
            path: String::new(),
            record: Some(self.number),
            offset: Some(self.offset(part)),
            detail: detail.to_owned(),
        };
        let issues = &mut self.open.batch.issues;
        issues.add(IssueKind::MalformedRecord, "", example);
    }

    /// Reads a span; answers what it lacks to be one.
    fn span(&mut self, bytes: &'a [u8]) -> Walked<Option<&'static str>> {
        let (mut draft, mut wire) = (Draft::default(), Wire::new(bytes));
        while let Some((number, field)) = wire.next()? {
            self.span_field(&mut draft, number, field)?;
        }
        if let Some(lack) = draft.lack() {
            return Ok(Some(lack));
        }
        let head = draft.head(&mut self.open);
        self.open.close(head)?;
        let done = self.offset(bytes) as usize + bytes.len();
        self.open.batch.make_room(done, self.file.len());
        Ok(None)
    }

    fn span_field(&mut self, draft: &mut Draft, number: u32, field: Field<'a>) -> Walked {
        match (number, field) {
            (1, Field::Bytes(id)) => draft.trace = TraceId(self.id(id)),
            (2, Field::Bytes(id)) => draft.parent = SpanId(self.id(id) as u64),
            (3, Field::Bytes(id)) => draft.id = SpanId(self.id(id) as u64),
            (4, Field::Varint(kind)) => draft.kind = self.kind(kind),
            (5, Field::Bytes(name)) => {
                draft.name = self.symbol(name)?;
                self.open.batch.expect_name(draft.name);
            }
            (6, Field::Fixed64(0)) | (7, Field::Varint(0)) => {}
            (6, Field::Fixed64(micros)) => draft.start = Some(self.micros(micros)),
            (7, Field::Varint(micros)) => draft.duration = Some(self.micros(micros)),
            (8, Field::Bytes(endpoint)) => {
                let host = self.host(endpoint)?;
                draft.resource = Some(host.resource(&mut self.open)?);
            }
            (9, Field::Bytes(endpoint)) => self.host(endpoint)?.peer(&mut self.open)?,
            (10, Field::Bytes(bytes)) => self.annotation(draft, bytes)?,
            (11, Field::Bytes(entry)) => self.tag(draft, entry)?,
            (13, Field::Varint(1..)) => draft.flags |= flags::SHARED,
            _ => {}
        }
        Ok(())
    }

    /// An id of bytes, the highest first.
    fn id(&mut self, bytes: &[u8]) -> u128 {
        if !matches!(bytes.len(), 0 | 8 | 16) {
            self.open.flaw(Flaw::IrregularId);
        }
        let byte = |id: u128, &byte: &u8| id << 8 | u128::from(byte);
        bytes.iter().fold(0, byte)
    }

    fn kind(&mut self, number: u64) -> SpanKind {
        match number {
            0 => SpanKind::Unspecified,
            1 => SpanKind::Client,
            2 => SpanKind::Server,
            3 => SpanKind::Producer,
            4 => SpanKind::Consumer,
            _ => {
                self.open.flaw(Flaw::UnknownEnum);
                SpanKind::Unspecified
            }
        }
    }

    fn micros(&mut self, micros: u64) -> i64 {
        let nanos = i64::try_from(micros)
            .ok()
            .and_then(|it| it.checked_mul(1_000));
        nanos.unwrap_or_else(|| {
            self.open.flaw(Flaw::TimeOutOfRange);
            i64::MAX
        })
    }

    fn host(&mut self, bytes: &'a [u8]) -> Walked<Host> {
        let (mut host, mut wire) = (Host::default(), Wire::new(bytes));
        while let Some((number, field)) = wire.next()? {
            match (number, field) {
                (1, Field::Bytes(name)) => host.service = self.symbol(name)?,
                (2, Field::Bytes(bytes)) => {
                    let bits = bytes.try_into().map_or(0, u32::from_be_bytes);
                    host.ipv4 = ipv4(bits, &mut self.open)?;
                }
                (3, Field::Bytes(bytes)) => host.ipv6 = ipv6(bytes, &mut self.open)?,
                (4, Field::Varint(port)) => host.port = i64::from(port as i32),
                _ => {}
            }
        }
        Ok(host)
    }

    fn annotation(&mut self, draft: &mut Draft, bytes: &'a [u8]) -> Walked {
        let (mut time, mut value, mut wire) = (None, &[][..], Wire::new(bytes));
        while let Some((number, field)) = wire.next()? {
            match (number, field) {
                (1, Field::Fixed64(micros)) => time = Some(self.micros(micros)),
                (2, Field::Bytes(text)) => value = text,
                _ => {}
            }
        }
        let text = self.text(value);
        if let Some(time) = time {
            draft.core.note(time, &text);
        }
        let time = time.unwrap_or_default();
        Ok(annotation::event(&mut self.open, time, &text)?)
    }

    /// Reads a tag, which is an entry of a map.
    fn tag(&mut self, draft: &mut Draft, entry: &'a [u8]) -> Walked {
        let (mut key, mut value, mut wire) = (&[][..], &[][..], Wire::new(entry));
        while let Some((number, field)) = wire.next()? {
            match (number, field) {
                (1, Field::Bytes(text)) => key = text,
                (2, Field::Bytes(text)) => value = text,
                _ => {}
            }
        }
        let key = self.symbol(key)?;
        let value = self.text(value);
        let field = TagField::of(self.open.batch.strings.get(key));
        Ok(tags::put(
            &mut self.open,
            draft,
            (key, field),
            Value::Str(&value),
        )?)
    }

    fn symbol(&mut self, text: &'a [u8]) -> Result<Symbol> {
        let text = self.text(text);
        self.open.intern(&text)
    }

    fn text(&mut self, text: &'a [u8]) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(text);
        if matches!(text, Cow::Owned(_)) {
            self.open.flaw(Flaw::InvalidUtf8);
        }
        text
    }
}

//! Spans in thrift's binary protocol.

use super::super::host::{ipv4, ipv6, Host};
use super::halves::Halves;
use super::record::Record;
use super::value::Type;
use super::wire::{kind, Broken, Wire};
use crate::flaws::Flaw;
use crate::format::{Cut, Ended};
use crate::json::Open;
use spanwise_model::{Error, Example, IssueKind, Result, SpanBatch, SpanId, Symbol};
use std::borrow::Cow;

/// Why a walk does not go on.
enum Stop {
    Broken(Broken),
    Over(Box<Error>),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Over(Box::new(error))
    }
}

type Walked<T = ()> = std::result::Result<T, Stop>;

/// How many spans stand at the beginning of these bytes, and where the first
/// of them begins: a list, or a struct by itself.
fn begin(bytes: &[u8]) -> Option<(u64, &[u8])> {
    match bytes {
        [kind::STRUCT, a, b, c, d, rest @ ..] => {
            let count = i32::from_be_bytes([*a, *b, *c, *d]);
            Some((u64::try_from(count).ok()?, rest))
        }
        [kind::I64, 0, 1, ..] => Some((1, bytes)),
        _ => None,
    }
}

/// True where these bytes begin with a list that holds a span of Zipkin's, or
/// with one: its fields are known, and both ids are among them.
pub(super) fn recognises(head: &[u8]) -> bool {
    let Some((1.., spans)) = begin(head) else {
        return false;
    };
    let (mut wire, mut ids) = (Wire::new(spans), 0);
    loop {
        let (kind, number) = match wire.field() {
            Ok(Some(field)) => field,
            Ok(None) | Err(Broken::Cut) => return ids == 1 | 4,
            Err(Broken::Bad) => return false,
        };
        if !is_known(kind, number) {
            return false;
        }
        ids |= if matches!(number, 1 | 4) { number } else { 0 };
        match wire.skip(kind) {
            Ok(()) => {}
            Err(Broken::Cut) => return ids == 1 | 4,
            Err(Broken::Bad) => return false,
        }
    }
}

/// True where a span has a field of this type and number.
fn is_known(kind: u8, number: i16) -> bool {
    matches!(
        (kind, number),
        (kind::I64, 1 | 4 | 5 | 10 | 11 | 12)
            | (kind::STRING, 3)
            | (kind::LIST, 6 | 8)
            | (kind::BOOL, 9)
    )
}

/// The last place where a window can be cut: behind the last span that is whole.
pub(super) fn cut(window: &[u8]) -> Option<Cut> {
    let (mut rest, mut records, mut last) = (window, 0, None);
    while let Some((count, spans)) = begin(rest) {
        let (mut wire, mut left) = (Wire::new(spans), count);
        while left > 0 && wire.skip(kind::STRUCT).is_ok() {
            (left, records) = (left - 1, records + 1);
            last = Some((window.len() - wire.rest().len(), left, records));
        }
        if left > 0 {
            break;
        }
        rest = wire.rest();
    }
    let (end, left, records) = last?;
    let header = |left: u64| [&[kind::STRUCT][..], &(left as u32).to_be_bytes()].concat();
    Some(Cut {
        end,
        next: end,
        opening: Some(left)
            .filter(|&left| left > 0)
            .map_or_else(Vec::new, header),
        records,
        ..Cut::default()
    })
}

/// Reads all spans of a file.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    let mut walk = Walk {
        file: bytes,
        number: 0,
        open: Open::new(batch),
        record: Record::default(),
    };
    let mut rest = bytes;
    while let Some((count, spans)) = begin(rest) {
        let mut wire = Wire::new(spans);
        for _ in 0..count {
            if let Some(ended) = walk.next(&mut wire)? {
                return Ok(ended);
            }
        }
        rest = wire.rest();
    }
    if !rest.is_empty() {
        let is_cut = rest.len() < 5 && rest[0] == kind::STRUCT && !walk.open.batch.goes_on;
        if is_cut {
            return Ok(Ended::Truncated);
        }
        walk.number += 1;
        walk.issue(rest, "no list of spans");
    }
    Ok(Ended::Whole)
}

struct Walk<'a, 'b> {
    file: &'a [u8],
    /// The number of the span, from 1.
    number: u64,
    open: Open<'b>,
    record: Record,
}

impl<'a> Walk<'a, '_> {
    /// Reads the next span; answers how the file ended where it did.
    fn next(&mut self, wire: &mut Wire<'a>) -> Result<Option<Ended>> {
        let (start, goes_on) = (wire.rest(), self.open.batch.goes_on);
        if start.is_empty() && goes_on {
            // The list goes on in the next piece.
            return Ok(Some(Ended::Whole));
        }
        self.number += 1;
        match self.span(wire) {
            Ok(()) => Ok(None),
            Err(Stop::Over(error)) => {
                let offset = self.offset(start);
                Err(error.at_record(self.number).at_offset(offset))
            }
            Err(Stop::Broken(Broken::Cut)) if !goes_on => {
                self.open.abandon();
                Ok(Some(Ended::Truncated))
            }
            Err(Stop::Broken(_)) => {
                self.open.abandon();
                self.issue(wire.rest(), "not thrift, and the rest is not read");
                Ok(Some(Ended::Whole))
            }
        }
    }

    fn offset(&self, rest: &[u8]) -> u64 {
        (self.file.len() - rest.len()) as u64
    }

    fn issue(&mut self, rest: &[u8], detail: &str) {
        let example = Example::File {
            path: String::new(),
            record: Some(self.number),
            offset: Some(self.offset(rest)),
            detail: detail.to_owned(),
        };
        let issues = &mut self.open.batch.issues;
        issues.add(IssueKind::MalformedRecord, "", example);
    }

    fn span(&mut self, wire: &mut Wire<'a>) -> Walked {
        self.open.batch.guard.check_stop()?;
        let start = wire.rest();
        self.record.renew();
        while let Some(field) = wire.field()? {
            self.span_field(field, wire)?;
        }
        let halves = Halves::of(&self.record, &self.open.batch.strings);
        if let Some(lack) = halves.lack(&self.record) {
            self.open.abandon();
            self.issue(start, lack);
            return Ok(());
        }
        for half in halves.each() {
            let head = halves.write(&self.record, half, &mut self.open)?;
            self.open.close(head)?;
        }
        let done = self.file.len() - wire.rest().len();
        self.open.batch.make_room(done, self.file.len());
        Ok(())
    }

    fn span_field(&mut self, field: (u8, i16), wire: &mut Wire<'a>) -> Walked {
        match field {
            (kind::I64, 1) => self.record.trace.0 |= u128::from(wire.i64()? as u64),
            (kind::I64, 12) => self.record.trace.0 |= u128::from(wire.i64()? as u64) << 64,
            (kind::STRING, 3) => {
                self.record.name = self.symbol(wire.bytes()?)?;
                self.open.batch.expect_name(self.record.name);
            }
            (kind::I64, 4) => self.record.id = SpanId(wire.i64()? as u64),
            (kind::I64, 5) => self.record.parent = SpanId(wire.i64()? as u64),
            (kind::LIST, 6) => self.structs(wire, Self::annotation)?,
            (kind::LIST, 8) => self.structs(wire, Self::binary_annotation)?,
            (kind::I64, 10) => self.record.start = Some(self.micros(wire.i64()?)),
            (kind::I64, 11) => self.record.duration = Some(self.micros(wire.i64()?)),
            (kind, _) => wire.skip(kind)?,
        }
        Ok(())
    }

    /// Reads the structs of a list; other elements are passed over.
    fn structs(
        &mut self,
        wire: &mut Wire<'a>,
        read: fn(&mut Self, &mut Wire<'a>) -> Walked,
    ) -> Walked {
        let (kind, count) = wire.list()?;
        for _ in 0..count {
            match kind {
                kind::STRUCT => read(self, wire)?,
                kind => wire.skip(kind)?,
            }
        }
        Ok(())
    }

    fn annotation(&mut self, wire: &mut Wire<'a>) -> Walked {
        let (mut time, mut text, mut host) = (None, &[][..], None);
        while let Some(field) = wire.field()? {
            match field {
                (kind::I64, 1) => time = Some(self.micros(wire.i64()?)),
                (kind::STRING, 2) => text = wire.bytes()?,
                (kind::STRUCT, 3) => host = Some(self.host(wire)?),
                (kind, _) => wire.skip(kind)?,
            }
        }
        let text = decoded(text, &mut self.open);
        self.record.note(time, &text, host);
        Ok(())
    }

    fn binary_annotation(&mut self, wire: &mut Wire<'a>) -> Walked {
        let (mut key, mut bytes, mut host) = (Symbol::EMPTY, &[][..], None);
        let mut kind_of = Some(Type::Text);
        while let Some(field) = wire.field()? {
            match field {
                (kind::STRING, 1) => key = self.symbol(wire.bytes()?)?,
                (kind::STRING, 2) => bytes = wire.bytes()?,
                (kind::I32, 3) => kind_of = Type::of_number(wire.i32()?.into()),
                (kind::STRUCT, 4) => host = Some(self.host(wire)?),
                (kind, _) => wire.skip(kind)?,
            }
        }
        let text = match kind_of {
            Some(Type::Text) => decoded(bytes, &mut self.open),
            _ => Cow::Borrowed(""),
        };
        let kind_of = kind_of.unwrap_or_else(|| {
            self.open.flaw(Flaw::UnknownEnum);
            Type::Bytes
        });
        self.record.tag(key, kind_of.of_bytes(bytes, &text), host);
        Ok(())
    }

    fn host(&mut self, wire: &mut Wire<'a>) -> Walked<Host> {
        let mut host = Host::default();
        while let Some(field) = wire.field()? {
            match field {
                (kind::I32, 1) => host.ipv4 = ipv4(wire.i32()? as u32, &mut self.open)?,
                (kind::I16, 2) => host.port = (wire.i16()? as u16).into(),
                (kind::STRING, 3) => host.service = self.symbol(wire.bytes()?)?,
                (kind::STRING, 4) => host.ipv6 = ipv6(wire.bytes()?, &mut self.open)?,
                (kind, _) => wire.skip(kind)?,
            }
        }
        Ok(host)
    }

    fn symbol(&mut self, text: &[u8]) -> Result<Symbol> {
        let text = decoded(text, &mut self.open);
        self.open.intern(&text)
    }

    fn micros(&mut self, micros: i64) -> i64 {
        micros.checked_mul(1_000).unwrap_or_else(|| {
            self.open.flaw(Flaw::TimeOutOfRange);
            micros.saturating_mul(1_000)
        })
    }
}

fn decoded<'t>(text: &'t [u8], open: &mut Open<'_>) -> Cow<'t, str> {
    let text = String::from_utf8_lossy(text);
    if matches!(text, Cow::Owned(_)) {
        open.flaw(Flaw::InvalidUtf8);
    }
    text
}

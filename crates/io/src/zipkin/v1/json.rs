//! Spans of version 1 in JSON, with the names of its JSON or of its thrift.

use super::super::host::{ipv4, ipv6, Host};
use super::super::reader;
use super::halves::Halves;
use super::record::Record;
use super::value::{decode, Type};
use crate::flaws::Flaw;
use crate::json::{self, objects, Cursor, Open, Parts, Records, Repeated, Scalar, Walked, Walks};
use spanwise_model::{Result, SpanBatch, SpanId, Symbol, TraceId, Value};
use std::borrow::Cow;

/// Reads documents into a batch. A record of version 2 among those of version 1
/// is read as what it is.
pub(super) struct Reader<'a, 'b> {
    second: reader::Reader<'a, 'b>,
    record: Record,
    endpoints: Repeated<'a, Host>,
    /// What base64 says.
    bytes: Vec<u8>,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        self.second.cursor()
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.second.parts()
    }

    fn document(&mut self) -> Walked {
        objects(self, Self::span)
    }

    fn broken(&mut self) {
        self.second.broken();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            second: reader::Reader::new(text, batch),
            record: Record::default(),
            endpoints: Repeated::new("}"),
            bytes: Vec::new(),
        }
    }

    fn span(&mut self) -> Walked {
        let start = self.cursor().at;
        self.record.renew();
        self.second.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.second.records.cursor.key(&mut first)? {
            if is_of_second(key) {
                self.cursor().at = start;
                return self.second.span();
            }
            self.member(key)?;
        }
        self.close(start)
    }

    fn close(&mut self, start: usize) -> Walked {
        let (records, record) = (&mut self.second.records, &self.record);
        let halves = Halves::of(record, &records.open.batch.strings);
        if let Some(lack) = halves.lack(record) {
            records.refuse(start, lack);
            return Ok(());
        }
        for half in halves.each() {
            let head = halves.write(record, half, &mut records.open)?;
            records.close(head)?;
        }
        Ok(())
    }

    fn member(&mut self, key: &str) -> Walked {
        let (records, record) = (&mut self.second.records, &mut self.record);
        match key {
            "traceId" => record.trace = records.trace_id()?,
            "trace_id" => {
                let low = number(records)?.map_or_else(|| records.trace_id(), low_half)?;
                record.trace.0 |= low.0;
            }
            "trace_id_high" => {
                let high = number(records)?.map_or_else(|| records.trace_id(), low_half)?;
                record.trace.0 |= high.0 << 64;
            }
            "id" => record.id = span_id(records)?,
            "parentId" | "parent_id" => record.parent = span_id(records)?,
            "name" => record.name = records.name()?,
            "timestamp" => record.start = records.micros()?,
            "duration" => record.duration = records.micros()?,
            "annotations" => objects(self, Self::annotation)?,
            "binaryAnnotations" | "binary_annotations" => {
                objects(self, Self::binary_annotation)?;
            }
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    fn annotation(&mut self) -> Walked {
        let (mut time, mut value, mut host) = (None, None, None);
        self.second.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.second.records.cursor.key(&mut first)? {
            match key {
                "timestamp" => time = self.second.records.micros()?,
                "value" => value = self.second.records.word()?,
                "endpoint" | "host" => host = self.host()?,
                _ => self.second.records.cursor.skip()?,
            }
        }
        let text = match value {
            Some(raw) => self.second.records.text(raw).0,
            None => "",
        };
        self.record.note(time, text, host);
        Ok(())
    }

    fn binary_annotation(&mut self) -> Walked {
        let (mut key, mut value, mut host) = (Symbol::EMPTY, Scalar::Null, None);
        let mut said = Said::default();
        self.second.records.enter_object()?;
        let mut first = true;
        while let Some(name) = self.second.records.cursor.key(&mut first)? {
            let records = &mut self.second.records;
            match name {
                "key" => key = records.symbol()?,
                "value" => value = records.scalar()?,
                "type" => said.kind = records.word()?.map(|raw| raw.text),
                "annotation_type" => {
                    said.kind = records.word()?.map(|raw| raw.text);
                    said.is_thrift = true;
                }
                "endpoint" | "host" => host = self.host()?,
                _ => records.cursor.skip()?,
            }
        }
        self.put(key, said, value, host);
        Ok(())
    }

    /// Takes a binary annotation, whose value is of the type that it says.
    fn put(&mut self, key: Symbol, said: Said<'_>, value: Scalar<'_>, host: Option<Host>) {
        let (value, open) = self.second.records.value(value);
        let kind = match said.kind {
            Some(name) => Type::of_name(name).unwrap_or_else(|| {
                open.flaw(Flaw::UnknownEnum);
                Type::Text
            }),
            None => Type::Text,
        };
        let value = match value {
            Value::Str(text) if said.is_thrift && decode(text, &mut self.bytes) => {
                let text = String::from_utf8_lossy(&self.bytes);
                if kind == Type::Text && matches!(text, Cow::Owned(_)) {
                    open.flaw(Flaw::InvalidUtf8);
                }
                let value = kind.of_bytes(&self.bytes, &text);
                return self.record.tag(key, value, host);
            }
            value => kind.of_json(value, &mut self.bytes),
        };
        self.record.tag(key, value, host);
    }

    /// Reads an endpoint.
    fn host(&mut self) -> Walked<Option<Host>> {
        let records = &mut self.second.records;
        if records.cursor.peek() != b'{' {
            records.cursor.skip()?;
            return Ok(None);
        }
        if let Some((host, length)) = self.endpoints.find(records.cursor.rest()) {
            records.cursor.at += length;
            return Ok(Some(host));
        }
        let start = records.cursor.at;
        let mut host = Host::default();
        records.enter_object()?;
        let mut first = true;
        while let Some(key) = records.cursor.key(&mut first)? {
            let scalar = records.scalar()?;
            let (value, open) = records.value(scalar);
            host_field(&mut host, key, value, open)?;
        }
        if records.open.is_faultless() {
            self.endpoints.learn(records.cursor.since(start), host);
        }
        Ok(Some(host))
    }
}

/// What a binary annotation says of its type.
#[derive(Clone, Copy, Debug, Default)]
struct Said<'a> {
    kind: Option<&'a str>,
    /// True where the value is what thrift would write, in base64.
    is_thrift: bool,
}

/// Takes a field of an endpoint; thrift writes addresses as numbers and bytes.
fn host_field(host: &mut Host, key: &str, value: Value<'_>, open: &mut Open<'_>) -> Result<()> {
    match (key, value) {
        ("serviceName" | "service_name", Value::Str(name)) => host.service = open.intern(name)?,
        ("ipv4", Value::Int(bits)) => host.ipv4 = ipv4(bits as u32, open)?,
        ("ipv4", Value::Str(text)) => host.ipv4 = open.intern(text)?,
        ("ipv6", Value::Str(text)) if text.contains(':') => host.ipv6 = open.intern(text)?,
        ("ipv6", Value::Str(text)) => {
            let mut bytes = Vec::new();
            if decode(text, &mut bytes) {
                host.ipv6 = ipv6(&bytes, open)?;
            }
        }
        ("port", value) => {
            // Thrift writes the upper half of all ports as negative numbers.
            let port = value.as_int().unwrap_or(0);
            host.port = if port < 0 { port & 0xffff } else { port };
        }
        _ => {}
    }
    Ok(())
}

/// True where only a record of version 2 has a member of this key.
fn is_of_second(key: &str) -> bool {
    matches!(
        key,
        "tags" | "localEndpoint" | "remoteEndpoint" | "kind" | "shared"
    )
}

/// The bits of the number that stands here, if it is one and no text.
fn number(records: &mut Records<'_, '_>) -> Walked<Option<u64>> {
    if !matches!(records.cursor.peek(), b'0'..=b'9' | b'-') {
        return Ok(None);
    }
    let start = records.cursor.at;
    let text = records.cursor.scalar()?.word().map_or("", |raw| raw.text);
    let signed = text.parse::<i64>().map(|number| number as u64);
    let bits = signed.or_else(|_| text.parse()).ok();
    if bits.is_none() {
        records.cursor.at = start;
    }
    Ok(bits)
}

fn low_half(bits: u64) -> Walked<TraceId> {
    Ok(TraceId(bits.into()))
}

fn span_id(records: &mut Records<'_, '_>) -> Walked<SpanId> {
    match number(records)? {
        Some(bits) => Ok(SpanId(bits)),
        None => records.span_id(),
    }
}

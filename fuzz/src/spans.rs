//! Spans out of arbitrary bytes, with few distinct ids, so that duplicates,
//! cycles and orphans are common.

use arbitrary::Arbitrary;
use spanwise::model::SpanHead;
use spanwise::{flags, SpanBatch, SpanId, SpanKind, StatusCode, TraceId, Value};

/// Some spans.
#[derive(Arbitrary, Debug)]
pub struct Spans(Vec<Record>);

#[derive(Arbitrary, Debug)]
struct Record {
    /// Two bits of trace, six of span.
    id: u8,
    parent: u8,
    start: i16,
    duration: i16,
    scale: u8,
    /// Bits of kind, status and flags.
    bits: u16,
    service: u8,
    name: u8,
    status: Option<u16>,
    link: Option<u8>,
    has_event: bool,
}

impl Spans {
    /// The spans as a batch, in their order or backward.
    pub fn batch(&self, is_backward: bool) -> SpanBatch {
        let mut batch = SpanBatch::default();
        let mut records: Vec<&Record> = self.0.iter().collect();
        if is_backward {
            records.reverse();
        }
        for record in records {
            record.add_to(&mut batch);
        }
        batch
    }
}

impl Record {
    fn add_to(&self, batch: &mut SpanBatch) {
        let service = batch
            .strings
            .intern(&format!("service-{}", self.service % 5));
        let resource = batch.resources.close(service);
        let name = batch
            .strings
            .intern(&format!("operation-{}", self.name % 5));
        if let Some(status) = self.status {
            let status = Value::Int(i64::from(status));
            batch.attribute("http.response.status_code", status);
        }
        if let Some(link) = self.link {
            batch.link(trace_id(link), span_id(link));
        }
        if self.has_event {
            batch.event_attribute("exception.type", Value::Str("Exception"));
            batch.event(self.start(), "exception");
        }
        let head = SpanHead {
            trace_id: trace_id(self.id),
            span_id: span_id(self.id),
            parent_id: span_id(self.parent),
            start_unix_nano: self.start(),
            end_unix_nano: self.end(),
            name,
            kind: SpanKind::ALL[usize::from(self.bits) % 6],
            status: self.status_code(),
            flags: self.flags(),
            resource,
            scope: Default::default(),
        };
        batch.close(head).expect("few records");
    }

    /// Mostly close to each other, sometimes at the ends of time.
    fn start(&self) -> i64 {
        match self.scale {
            0 => i64::MIN.saturating_add(i64::from(self.start)),
            1 => i64::MAX.saturating_sub(i64::from(self.start)),
            2..=20 => i64::from(self.start) * i64::from(i32::MAX),
            _ => i64::from(self.start),
        }
    }

    fn end(&self) -> Option<i64> {
        let has_end = self.bits & 0x40 == 0;
        has_end.then(|| self.start().saturating_add(i64::from(self.duration)))
    }

    fn status_code(&self) -> StatusCode {
        match self.bits >> 3 & 3 {
            0 => StatusCode::Ok,
            1 => StatusCode::Error,
            _ => StatusCode::Unset,
        }
    }

    fn flags(&self) -> u32 {
        let choose = |bit: u16, flag: u32| if self.bits & bit != 0 { flag } else { 0 };
        choose(0x100, flags::FORMAT_ERROR)
            | choose(0x200, flags::SHARED)
            | choose(0x400, flags::FOLLOWS_FROM)
            | choose(0x800, flags::MISSING_START)
    }
}

fn trace_id(id: u8) -> TraceId {
    TraceId(u128::from(id >> 6) + 1)
}

/// Zero, which is no id, among them.
fn span_id(id: u8) -> SpanId {
    SpanId(u64::from(id & 0x3f))
}

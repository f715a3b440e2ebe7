//! Tables of spans.

use super::kind::Side;
use crate::decimal::{scaled, Fit};
use crate::flaws::{Flaw, Flaws};
use crate::format::{Cut, Ended};
use csv::{ByteRecord, ReaderBuilder, StringRecord};
use memchr::memchr_iter;
use spanwise_model::{
    flags, Example, IssueKind, Result, ScopeId, SpanBatch, SpanHead, SpanId, StatusCode, Symbol,
    TraceId, Value,
};

/// A column that is a field of spans; others are attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Start,
    End,
    Name,
    Side,
    Service,
    Span,
    Trace,
    Parent,
    IsError,
    /// An attribute under this key.
    Attribute(Symbol),
}

/// The columns that make a table one of SkyWalking's.
const REQUIRED: [&str; 4] = ["StartTime", "SpanId", "TraceId", "ParentSpan"];

pub(super) fn recognises(head: &[u8]) -> bool {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let named = |name: &str| line.split(',').any(|column| bare(column) == name);
    line.len() < head.len() && REQUIRED.into_iter().all(named)
}

/// A name in a header without its quotes.
fn bare(column: &str) -> &str {
    column.trim().trim_matches('"')
}

/// Reads the table.
pub(super) fn read(text: &str, batch: &mut SpanBatch) -> Result<Ended> {
    let mut table = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut row, mut columns) = (StringRecord::new(), Vec::new());
    // The bytes are in memory and UTF-8, so that a row is always read.
    while matches!(table.read_record(&mut row), Ok(true)) {
        if columns.is_empty() {
            columns = row.iter().map(|name| column(name, batch)).collect();
            continue;
        }
        let cut_off = table.is_done_within(text, &row, columns.len()) && !batch.goes_on;
        if cut_off {
            return Ok(Ended::Truncated);
        }
        span(&row, &columns, batch)?;
    }
    Ok(Ended::Whole)
}

trait IsDone {
    fn is_done_within(&self, text: &str, row: &StringRecord, columns: usize) -> bool;
}

impl IsDone for csv::Reader<&[u8]> {
    /// True where the text ends in the middle of this row.
    fn is_done_within(&self, text: &str, row: &StringRecord, columns: usize) -> bool {
        let at_end = self.position().byte() >= text.len() as u64;
        at_end && row.len() < columns && !text.ends_with(['\n', '\r'])
    }
}

fn column(name: &str, batch: &mut SpanBatch) -> Column {
    match bare(name) {
        "StartTime" => Column::Start,
        "EndTime" => Column::End,
        "URL" => Column::Name,
        "SpanType" => Column::Side,
        "Service" => Column::Service,
        "SpanId" => Column::Span,
        "TraceId" => Column::Trace,
        "ParentSpan" => Column::Parent,
        "IsError" => Column::IsError,
        "Peer" => Column::Attribute(batch.strings.intern("peer.address")),
        "Component" => Column::Attribute(batch.strings.intern("component")),
        other => Column::Attribute(batch.strings.intern(other)),
    }
}

/// Reads a row.
fn span(row: &StringRecord, columns: &[Column], batch: &mut SpanBatch) -> Result<()> {
    let (mut head, mut flaws) = (SpanHead::default(), Flaws::default());
    let (mut start, mut service) = (None, Symbol::EMPTY);
    for (field, column) in row.iter().zip(columns) {
        match column {
            Column::Start => start = millis(field, &mut flaws),
            Column::End => head.end_unix_nano = millis(field, &mut flaws),
            Column::Name => head.name = batch.strings.intern(field),
            Column::Side => match Side::of(field) {
                Some(side) => head.kind = side.kind(false),
                None => flaws.add(Flaw::UnknownEnum),
            },
            Column::Service => service = batch.strings.intern(field),
            Column::Span => head.span_id = span_id(batch, field),
            Column::Trace if field.is_empty() => head.trace_id = TraceId::default(),
            Column::Trace => head.trace_id = batch.trace_id(field),
            Column::Parent if field == "-1" => {}
            Column::Parent => head.parent_id = span_id(batch, field),
            Column::IsError if field.eq_ignore_ascii_case("true") => {
                (head.status, head.flags) = (StatusCode::Error, flags::FORMAT_ERROR);
            }
            Column::IsError => {}
            Column::Attribute(_) if field.is_empty() => {}
            Column::Attribute(key) => batch.attribute_of(*key, Value::Str(field)),
        }
    }
    if row.len() != columns.len() || head.trace_id.is_zero() || head.span_id.is_zero() {
        refuse(row, batch);
        return Ok(());
    }
    if start.is_none() {
        head.flags |= flags::MISSING_START;
    }
    head.start_unix_nano = start.unwrap_or_default();
    head.resource = batch.resources.close(service);
    head.scope = ScopeId::default();
    batch.close(head)?;
    if !flaws.is_empty() {
        flaws.report(batch, "", &Example::Span(head.trace_id, head.span_id));
    }
    Ok(())
}

/// A span's id, which is a word here.
fn span_id(batch: &mut SpanBatch, text: &str) -> SpanId {
    match text {
        "" => SpanId::default(),
        word => batch.span_word(word),
    }
}

/// Milliseconds in nanoseconds.
fn millis(text: &str, flaws: &mut Flaws) -> Option<i64> {
    let read = scaled(text.trim(), 6);
    match read {
        Some((_, Fit::Clipped)) => flaws.add(Flaw::TimeOutOfRange),
        None if !text.is_empty() => flaws.add(Flaw::Malformed),
        _ => {}
    }
    read.map(|(nanos, _)| nanos)
}

/// Drops a row that is no span.
fn refuse(row: &StringRecord, batch: &mut SpanBatch) {
    batch.abandon();
    let place = row.position();
    let example = Example::File {
        path: String::new(),
        record: place.map(csv::Position::line),
        offset: place.map(csv::Position::byte),
        detail: "a row without a trace or a span, or with too few or many fields".to_owned(),
    };
    batch.issues.add(IssueKind::MalformedRecord, "", example);
}

/// The beginning of the last row in the window. The header is put before what
/// follows.
pub(super) fn cut(window: &[u8]) -> Option<Cut> {
    let mut table = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(window);
    let (mut row, mut rows) = (ByteRecord::new(), 0);
    let (mut first, mut last) = (0, 0);
    while matches!(table.read_byte_record(&mut row), Ok(true)) {
        last = row.position()?.byte() as usize;
        if rows == 1 {
            first = last;
        }
        rows += 1;
    }
    if rows < 3 {
        return None;
    }
    let lines = memchr_iter(b'\n', &window[..last]).count() as u64;
    let opening = window[..first].to_vec();
    let repeated = memchr_iter(b'\n', &opening).count() as u64;
    Some(Cut {
        end: last,
        next: last,
        records: lines.saturating_sub(repeated),
        opening,
        ..Cut::default()
    })
}

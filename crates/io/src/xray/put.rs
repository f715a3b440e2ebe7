//! From drafts to records.

use super::draft::{drafts, Draft, Part};
use super::{native, own};
use crate::json::{Records, Walked};
use spanwise_model::{flags, ResourceId, ScopeId, SpanHead, SpanKind, StatusCode, Symbol, TraceId};

/// What holds for all that is nested in a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    trace: TraceId,
    pub(super) resource: ResourceId,
    /// [`flags::SERVICE_OF_PARENT`], or nothing.
    pub(super) flags: u32,
}

/// Reads the document that stands here, of `trace` unless it says another.
pub(super) fn document(records: &mut Records<'_, '_>, trace: TraceId) -> Walked {
    let drafts = drafts(records)?;
    let end = records.cursor.at;
    let mut done: Vec<Around> = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let around = draft.around.map(|at| done[at]);
        let trace = around.map_or(trace, |around| around.trace);
        let trace = if draft.trace.is_zero() {
            trace
        } else {
            draft.trace
        };
        records.open.put_flaws(draft.flaws);
        let (mut head, own) = match own::place(records, draft)? {
            Some(at) => own::span(records, draft, at)?,
            None => native::span(records, draft, around)?,
        };
        done.push(Around { trace, ..own });
        head.trace_id = trace;
        head.span_id = draft.id;
        head.parent_id = match draft.around {
            Some(at) => drafts[at].id,
            None => draft.parent,
        };
        if trace.is_zero() || draft.id.is_zero() {
            records.refuse(draft.at, "a segment without an id or a trace");
            continue;
        }
        records.cursor.at = end;
        records.close(head)?;
    }
    records.cursor.at = end;
    Ok(())
}

impl Around {
    /// What is nested in a span of this resource has it too.
    pub(super) fn of(head: &SpanHead) -> Self {
        Self {
            trace: TraceId::default(),
            resource: head.resource,
            flags: head.flags & flags::SERVICE_OF_PARENT,
        }
    }
}

/// The fixed fields that a draft tells by itself.
pub(super) fn head(draft: &Draft<'_>, namespace: &str) -> SpanHead {
    let is_subsegment = draft.is_subsegment || draft.around.is_some();
    let kind = match (is_subsegment, namespace.is_empty()) {
        (false, _) => SpanKind::Server,
        (true, false) => SpanKind::Client,
        (true, true) => SpanKind::Internal,
    };
    let (status, mut bits) = match draft.failures {
        0 => (StatusCode::Unset, 0),
        _ => (StatusCode::Error, flags::FORMAT_ERROR),
    };
    if draft.start.is_none() {
        bits |= flags::MISSING_START;
    }
    SpanHead {
        start_unix_nano: draft.start.unwrap_or_default(),
        end_unix_nano: draft.end,
        name: draft.name,
        kind,
        status,
        flags: bits,
        scope: ScopeId::default(),
        ..SpanHead::default()
    }
}

/// Goes to a part of a draft; false where it has none.
pub(super) fn go_to(records: &mut Records<'_, '_>, draft: &Draft<'_>, part: Part) -> bool {
    let at = draft.part(part);
    records.cursor.at = at.unwrap_or(records.cursor.at);
    at.is_some()
}

/// The text of a symbol, apart from the table.
pub(super) fn text_of(records: &Records<'_, '_>, symbol: Symbol) -> String {
    records.open.batch.strings.get(symbol).to_owned()
}

//! What records say, once they are closed.

use super::SpanBatch;
use crate::attributes::{Attributes, Value};
use crate::evidence::EvidenceId;
use crate::head::SpanHead;
use crate::id::TraceId;
use crate::strings::Symbol;
use std::ops::Range;

impl SpanBatch {
    /// The fixed fields of a record.
    #[must_use]
    pub fn head(&self, record: u32) -> SpanHead {
        let trace_id = self.trace_ids[record as usize];
        self.head_in(trace_id, record)
    }

    /// The fixed fields of a record of this trace, whose id need not be held.
    #[must_use]
    pub fn head_in(&self, trace_id: TraceId, record: u32) -> SpanHead {
        let (place, head) = (
            self.placements[record as usize],
            self.heads[record as usize],
        );
        let ended = head.flags & crate::flags::MISSING_END == 0;
        SpanHead {
            trace_id,
            span_id: place.span_id,
            parent_id: place.parent_id,
            start_unix_nano: place.start_unix_nano,
            end_unix_nano: ended.then_some(place.end_unix_nano),
            name: head.name,
            kind: head.kind,
            status: head.status,
            flags: head.flags,
            resource: head.resource,
            scope: head.scope,
        }
    }

    /// The attributes of a record in the order of the source; those that
    /// analyses read alone where no others are kept.
    pub fn attributes(&self, record: u32) -> impl Iterator<Item = (Symbol, Value<'_>)> + '_ {
        let (attributes, owner) = self.rows_of(record);
        attributes.of(owner)
    }

    /// The attributes of a record with their keys spelled out.
    pub fn named_attributes(&self, record: u32) -> impl Iterator<Item = (&str, Value<'_>)> + '_ {
        let (attributes, owner) = self.rows_of(record);
        attributes.named(owner, &self.strings)
    }

    /// True where some record or its resource may have an attribute; false only
    /// where none has it. Asks the few sequences of keys that there are, not the
    /// records.
    #[must_use]
    pub fn may_have(&self, key: Symbol) -> bool {
        let of_records = match self.keep.has_rows() {
            true => self.attributes.may_have(key),
            false => self.evidence.attributes().may_have(key),
        };
        of_records || self.resources.may_have(key)
    }

    /// The value of an attribute of a record; the last one where it stands
    /// twice.
    #[must_use]
    pub fn attribute_value(&self, record: u32, key: Symbol) -> Option<Value<'_>> {
        let (attributes, owner) = self.rows_of(record);
        attributes.get(owner, key)
    }

    fn rows_of(&self, record: u32) -> (&Attributes, u32) {
        let head = self.heads.get(record as usize);
        self.rows_of_record(record, head.map_or(EvidenceId::NONE, |head| head.evidence))
    }

    /// Where the attributes of a record with this evidence stand.
    #[inline]
    pub(crate) fn rows_of_record(&self, record: u32, evidence: EvidenceId) -> (&Attributes, u32) {
        if self.keep.has_rows() {
            self.attributes.of(record)
        } else {
            (self.evidence.attributes(), evidence.0)
        }
    }

    /// The rows of a record's events.
    #[must_use]
    pub fn events_of(&self, record: u32) -> Range<usize> {
        run_of(&self.events.record, record)
    }

    /// The rows of a record's links.
    #[must_use]
    pub fn links_of(&self, record: u32) -> Range<usize> {
        run_of(&self.links.record, record)
    }
}

fn run_of(records: &[u32], record: u32) -> Range<usize> {
    let start = records.partition_point(|&r| r < record);
    let length = records[start..]
        .iter()
        .take_while(|&&r| r == record)
        .count();
    start..start + length
}

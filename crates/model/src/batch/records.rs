//! Records, open until they are closed or dropped.

use super::{Head, Placement, SpanBatch};
use crate::attributes::ShapeId;
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::EvidenceId;
use crate::head::SpanHead;
use crate::strings::Symbol;

/// What the last span of a name was like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last {
    evidence: EvidenceId,
    shape: ShapeId,
}

impl SpanBatch {
    /// Says what the open record, which has no attribute yet, is called. A
    /// reader that knows the name in time saves work by it; no result depends
    /// on it.
    #[inline]
    pub fn expect_name(&mut self, name: Symbol) {
        if let Some(last) = self.last_of_name.get(name.index()) {
            self.evidence.expect(last.evidence);
        }
    }

    /// The number that the open record will have.
    #[must_use]
    pub fn open_record(&self) -> u32 {
        self.heads.len() as u32
    }

    /// Closes the open record, or drops it where its trace is not wanted
    /// ([`SpanBatch::expect_trace`]).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes, or what
    /// the guard allows, and [`ErrorKind::Cancelled`].
    #[inline]
    pub fn close(&mut self, head: SpanHead) -> Result<u32> {
        let record = self.open_record();
        if self.is_dropped(&head)? {
            return Ok(record);
        }
        self.settle();
        let evidence = self.evidence.close().ok_or_else(full)?;
        let last = self.last_of_name.get(head.name.index());
        let mut last = last.copied().unwrap_or_default();
        last.evidence = evidence;
        if self.keep.has_rows() {
            last.shape = self.attributes.close(last.shape).ok_or_else(full)?;
        }
        self.push(&head, evidence);
        self.note_last(head.name, last);
        Ok(record)
    }

    /// The same for a record whose attributes say what is in this set of
    /// evidence. Of these it has rows alone ([`SpanBatch::row`]).
    ///
    /// # Errors
    ///
    /// As [`SpanBatch::close`].
    #[inline(always)]
    pub fn close_saying(&mut self, head: SpanHead, evidence: EvidenceId) -> Result<u32> {
        if self.keep.has_rows() {
            self.add_evidence(evidence);
            return self.close(head);
        }
        let record = self.open_record();
        if !self.is_dropped(&head)? {
            self.push(&head, evidence);
        }
        Ok(record)
    }

    /// Checks the open record, and drops it where its trace is not wanted.
    #[inline(always)]
    fn is_dropped(&mut self, head: &SpanHead) -> Result<bool> {
        self.guard.check_text(self.refused)?;
        self.guard
            .check_record(self.open_record(), self.attributes.open_len())?;
        if self.passing.open {
            self.pass_over(head.flags);
            return Ok(true);
        }
        Ok(false)
    }

    fn pass_over(&mut self, flags: u32) {
        self.abandon();
        let counts = flags & crate::flags::HALF == 0;
        self.passing.records += u64::from(counts);
    }

    /// Writes down the fixed fields.
    #[inline(always)]
    fn push(&mut self, head: &SpanHead, evidence: EvidenceId) {
        let (end, missing) = match head.end_unix_nano {
            Some(end) => (end, 0),
            None => (head.start_unix_nano, crate::flags::MISSING_END),
        };
        self.trace_ids.push(head.trace_id);
        self.placements.push(Placement {
            span_id: head.span_id,
            parent_id: head.parent_id,
            start_unix_nano: head.start_unix_nano,
            end_unix_nano: end,
        });
        self.heads.push(Head {
            name: head.name,
            flags: head.flags | missing,
            resource: head.resource,
            scope: head.scope,
            evidence,
            kind: head.kind,
            status: head.status,
        });
    }

    #[inline]
    fn note_last(&mut self, name: Symbol, last: Last) {
        match self.last_of_name.get_mut(name.index()) {
            Some(slot) => *slot = last,
            None => {
                self.last_of_name.resize(name.index(), Last::default());
                self.last_of_name.push(last);
            }
        }
    }

    /// Drops what the open record has so far.
    pub fn abandon(&mut self) {
        let open = self.open_record();
        self.abandon_attributes();
        self.passing.open = false;
        self.scopes.abandon();
        self.events.attributes.abandon();
        self.links.attributes.abandon();
        while self.events.record.last() == Some(&open) {
            self.events.record.pop();
            self.events.time_unix_nano.pop();
            self.events.name.pop();
            self.events.attributes.reopen_and_abandon();
        }
        while self.links.record.last() == Some(&open) {
            self.links.record.pop();
            self.links.trace_id.pop();
            self.links.span_id.pop();
            self.links.attributes.reopen_and_abandon();
        }
        for texts in [&mut self.status_messages, &mut self.trace_states] {
            texts.truncate(open);
        }
        self.dropped.truncate(open);
        self.events
            .dropped
            .truncate(self.events.record.len() as u32);
        let links = self.links.record.len() as u32;
        self.links.dropped.truncate(links);
        self.links.trace_states.truncate(links);
    }
}

fn full() -> Error {
    Error::new(
        ErrorKind::Limit,
        "more than 4,294,967,295 rows in one batch",
    )
}

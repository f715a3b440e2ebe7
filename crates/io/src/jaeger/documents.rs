//! Spans as Jaeger stores them in Elasticsearch and OpenSearch: a document
//! each, with a process of its own.

use super::member::Member;
use super::reader::Reader;
use crate::elasticsearch::{self, Signs, Stored};
use crate::json::{self, Cursor, Parts, Walked, Walks};
use spanwise_model::{SpanBatch, TraceId};

/// The keys that a document of a span has.
pub(super) const SIGNS: Signs = &[
    &["traceID"],
    &["spanID"],
    &["operationName"],
    &["startTimeMillis", "startTime", "process", "processID"],
];

/// Reads documents into a batch.
pub(super) struct Documents<'a, 'b>(Reader<'a, 'b>);

impl<'a, 'b> Documents<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self(Reader::new(text, batch).stored())
    }
}

impl<'a> Walks<'a> for Documents<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        self.0.cursor()
    }
}

impl<'a> json::Reader<'a> for Documents<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.0.parts()
    }

    fn document(&mut self) -> Walked {
        elasticsearch::documents(self)?;
        self.0.end_trace(TraceId::default());
        Ok(())
    }

    fn broken(&mut self) {
        self.0.broken();
    }
}

impl<'a> Stored<'a> for Documents<'a, '_> {
    fn begin(&mut self) {
        self.0.draft.renew();
    }

    fn member(&mut self, key: &'a str) -> Walked<bool> {
        self.0.member(Member::of(key))
    }

    fn end(&mut self, start: usize) -> Walked {
        self.0.end_document(start)
    }
}

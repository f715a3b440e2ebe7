//! AWS X-Ray's segment documents, read and written: answers of BatchGetTraces
//! (of the service and of its command line), in which documents are texts; and
//! documents by themselves, in lists, or one a line, with or without the header
//! that X-Ray's daemon wants before each.
//!
//! # What becomes of what
//!
//! | X-Ray | spanwise |
//! |---|---|
//! | a segment, an inferred one too | a span of kind SERVER, whose name and service are its `name` |
//! | a subsegment within it | a span of its resource; of kind CLIENT with a `namespace`, else INTERNAL |
//! | a subsegment on its own | the same; its resource is that of its parent, when traces are assembled |
//! | `trace_id`, or the `Id` of the trace around | trace |
//! | `start_time`, `end_time` in seconds | start and end, to the nanosecond |
//! | `in_progress` without an end | no end: the finished document of the same id stays |
//! | `fault`, `error`, `throttle` | status ERROR, and `aws.xray.flags` |
//! | `cause.exceptions` | events `exception` at the end, with `aws.xray.exception.id`, `.remote` |
//! | `cause`, where it is the id of an exception | `aws.xray.cause` |
//! | `name` of a subsegment with a `namespace` | also `peer.service` |
//! | `http` | `http.request.method`, `url.full`, `http.response.status_code`, … |
//! | `sql` | `db.query.text`, `db.system.name`, `db.connection_string`, `db.user`, … |
//! | `aws` of a segment: `ec2`, `ecs`, `eks`, `elastic_beanstalk`, `xray`, … ; `service`, `origin` | resource |
//! | the rest of `aws` | `aws.operation`, `aws.table_name`, `aws.retries`, … |
//! | `annotations` | attributes as they are |
//! | `metadata` | `aws.xray.metadata.` with namespace and key |
//! | `links` | links |
//! | `precursor_ids`, `inferred`, `traced`, `namespace`, `resource_arn`, … | `aws.xray.` with the name |
//! | `user` | `user.id` |
//!
//! # What is written
//!
//! Each span is a document on a line: a segment where it is of kind SERVER or
//! CONSUMER, or where its parent is not at hand or of another service; else a
//! subsegment on its own. What X-Ray has a field for stands there for other
//! tools, from old and new names of attributes alike. All of the span stands in
//! `metadata.spanwise`, from which it is read again.
//!
//! # What X-Ray cannot hold
//!
//! Ids that are words are written as their numbers. Values of attributes that
//! JSON lacks become texts: bytes as base64, infinities and NaN as words. A record
//! that was one half of another counts as one of its own. X-Ray takes documents of
//! 64 kB at most; longer ones are written all the same.

mod cause;
mod documents;
mod draft;
mod names;
mod native;
mod own;
mod put;
mod writer;

#[cfg(test)]
mod tests;

use crate::format::{Cut, Cutting, Ended, Format, Writer};
use crate::json::{self, has_object, Reader as _};
use crate::loss::Loss;
use spanwise_model::{Result, SpanBatch};

/// AWS X-Ray's segment documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct XRayJson;

impl Format for XRayJson {
    fn name(&self) -> &'static str {
        "xray-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        // Tables of spans have columns of some of these names, and a parent.
        const SEGMENT: &[&str] = &[
            "id",
            "start_time",
            "name",
            "trace_id",
            "subsegments",
            "parent_span_id",
        ];
        let segment = || {
            has_object(head, 3, SEGMENT, |seen| {
                seen & 0b10_0111 == 0b111 && seen & 0b1_1000 != 0
            })
        };
        let has_both = |depth, keys: [&str; 2]| has_object(head, depth, &keys, |seen| seen == 3);
        segment()
            || has_both(5, ["Id", "Document"])
            || has_both(3, ["Id", "Segments"])
            || has_both(1, ["Traces", "UnprocessedTraceIds"])
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            documents::Reader::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }

    fn writer(&self) -> Option<Writer> {
        Some(writer::write)
    }

    fn losses(&self) -> &'static [Loss] {
        &[Loss::ScopeAttributes, Loss::WordIds]
    }
}

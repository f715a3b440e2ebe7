//! Version 1: spans that are known by their annotations, in JSON and in thrift.
//!
//! What a version 2 span says with its kind, its endpoints and its tags, a span
//! of version 1 says with annotations, each with the endpoint that made it.
//!
//! # What becomes of what
//!
//! | Zipkin, version 1 | spanwise |
//! |---|---|
//! | `timestamp`, `duration`, else `cs` and `cr`, or `sr` and `ss` | start and end |
//! | annotations `cs`, `cr` · `sr`, `ss` · `ms` · `mr` | CLIENT · SERVER · PRODUCER · CONSUMER |
//! | annotations of both sides in one record | two spans of one id, the second `shared` |
//! | the endpoint of these, else of `lc`, else any | service, `network.local.address`, `network.local.port` |
//! | `sa` of a client, `ca` of a server, `ma` | `peer.service`, `network.peer.address`, `network.peer.port` |
//! | `sa` and `ca` of a record without any of these | a CLIENT's other and own side |
//! | other annotations | events |
//! | an annotation `error` | an event, and status ERROR |
//! | binary annotations, with their types | attributes, as version 2's tags |
//!
//! An annotation or a binary annotation of a record with both sides goes to the
//! side whose endpoint it has. JSON may name its members as thrift does
//! (`trace_id`, `binary_annotations`, `host`), with ids and addresses as signed
//! numbers and values in base64.
//!
//! # What is passed over
//!
//! `debug`, and the times of annotations that say when a side began or ended
//! where `timestamp` and `duration` say otherwise.

mod halves;
mod json;
mod record;
mod thrift;
mod value;
mod wire;

#[cfg(test)]
mod tests;

use super::probe::{self, Version};
use crate::format::{Cut, Cutting, Ended, Format};
use crate::json::Reader as _;
use spanwise_model::{Result, SpanBatch};

/// Zipkin's JSON, version 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZipkinV1Json;

impl Format for ZipkinV1Json {
    fn name(&self) -> &'static str {
        "zipkin-v1-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        probe::version(head) == Some(Version::First)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        crate::json::read(bytes, batch, |text, batch| {
            json::Reader::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }
}

/// Zipkin's spans of version 1 in thrift's binary protocol: lists one after
/// another, or a span by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZipkinThrift;

impl Format for ZipkinThrift {
    fn name(&self) -> &'static str {
        "zipkin-thrift"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        thrift::recognises(head)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        thrift::read(bytes, batch)
    }

    /// A list says how many spans are in it and not how long they are, so each
    /// must be walked.
    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        match cutting {
            Cutting::Cheap => None,
            Cutting::Thorough => thrift::cut(window),
        }
    }
}

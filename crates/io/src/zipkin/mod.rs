//! Zipkin: version 2 in JSON and protobuf, and version 1 ([`v1`]).
//!
//! In JSON a file is a list of spans, lists of such lists, or a span or list a
//! line; in protobuf it is a `ListOfSpans`, or several one after another.
//!
//! # What becomes of what
//!
//! | Zipkin | spanwise |
//! |---|---|
//! | `timestamp`, `duration` in microseconds | start and end |
//! | no `timestamp` | the annotation `cs` or `sr`, else the first annotation |
//! | no `duration` | `cr` less `cs`, or `ss` less `sr` |
//! | `kind`, or annotations `cs`/`cr` and `sr`/`ss` | kind |
//! | `shared` | the flag of that name |
//! | `localEndpoint` | service, `network.local.address`, `network.local.port` |
//! | `remoteEndpoint` | `peer.service`, `network.peer.address`, `network.peer.port` |
//! | a tag `error` | status ERROR unless it is `false`; its text is the status's |
//! | tags `otel.status_code`, `otel.scope.name` (or `otel.library.…`), `w3c.tracestate` | status, scope, trace state |
//! | tags `otlp.link.0`, … of the OpenTelemetry Collector | links |
//! | annotations, also `"name": {…}` and `name|{…}|0` of OpenTelemetry | events |
//!
//! # What Zipkin cannot hold
//!
//! The writer rounds times down to whole microseconds, start and end each for
//! itself, and a span that takes any time at all takes one microsecond at
//! least. Values of attributes become texts, attributes of resources become
//! tags, kind INTERNAL and FOLLOWS_FROM are lost. Links are written as the
//! OpenTelemetry Collector writes them.

mod annotation;
mod draft;
mod host;
mod member;
mod pairs;
mod probe;
mod protobuf;
mod reader;
mod tags;
pub mod v1;
mod writer;

#[cfg(test)]
mod tests;

pub use v1::{ZipkinThrift, ZipkinV1Json};

use crate::format::{Cut, Cutting, Ended, Format, Writer};
use crate::json::{self, Reader as _};
use crate::loss::Loss;
use probe::Version;
use spanwise_model::{Result, SpanBatch};

/// Zipkin's JSON, version 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZipkinJson;

impl Format for ZipkinJson {
    fn name(&self) -> &'static str {
        "zipkin-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        probe::version(head) == Some(Version::Second)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            reader::Reader::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }

    fn writer(&self) -> Option<Writer> {
        Some(writer::write)
    }

    fn losses(&self) -> &'static [Loss] {
        &[
            Loss::ScopeAttributes,
            Loss::Nanoseconds,
            Loss::AttributeTypes,
            Loss::NestedValues,
            Loss::Resources,
            Loss::InternalKind,
            Loss::Flags,
            Loss::FollowsFrom,
            Loss::DroppedCounts,
            Loss::StatusText,
            Loss::ErrorText,
            Loss::ErrorTag,
        ]
    }
}

/// Zipkin's spans of version 2 in protobuf.
#[derive(Clone, Copy, Debug, Default)]
pub struct ZipkinProtobuf;

impl Format for ZipkinProtobuf {
    fn name(&self) -> &'static str {
        "zipkin-protobuf"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        protobuf::recognises(head)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        protobuf::read(bytes, batch)
    }

    fn cut(&self, window: &[u8], _: Cutting) -> Option<Cut> {
        protobuf::cut(window)
    }
}

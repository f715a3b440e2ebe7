//! Jaeger's JSON: answers of the query API, downloads of the UI, bare traces,
//! and documents of spans as Jaeger stores them in Elasticsearch and OpenSearch.
//!
//! A file of the first kinds is `{"data": [trace, …]}`, a trace, a list of traces, one of these a
//! line, or several of them one after another. A trace is
//! `{"traceID", "spans": [span, …], "processes": {"p1": {"serviceName", "tags"}}}`.
//!
//! Spans are written to the batch as they are met, although the processes that
//! they belong to usually stand behind them: when a trace ends, its records
//! get their resources. Downloads of the UI carry whole copies of ancestors
//! within references; these are skipped at any depth, never read.
//!
//! A stored document is a span with a `process` of its own, wherever documents
//! stand: a line each, behind lines of bulk requests, in dumps, or in answers to
//! searches. What is stored beside spans, such as names of services, is counted
//! as skipped.
//!
//! # What becomes of what
//!
//! | Jaeger | spanwise |
//! |---|---|
//! | first CHILD_OF in the same trace, else first FOLLOWS_FROM, else `parentSpanID` | parent |
//! | other references | links, with `opentracing.ref_type` |
//! | `startTime`, `duration` in microseconds, read digit by digit | nanoseconds |
//! | tag `span.kind` | kind |
//! | tags `otel.status_code`, `error` | status; `error` also stays an attribute |
//! | tag `otel.status_description` | text of the status, and an attribute |
//! | tags `otel.scope.name`, `otel.scope.version` (or `otel.library.…`) | scope |
//! | tag `w3c.tracestate` | trace state |
//! | bit 0 of `flags` | *sampled* |
//! | a log's field `event` | the name of the event, else `log` |
//! | a process | resource |
//! | `startTimeMillis`, where there is no `startTime` | start |
//! | an object `tag` or a list `tags` | attributes, in keys of `tag` dots for each `@` |
//! | a tag `binary` | bytes: base64, in stored documents hexadecimal digits |
//!
//! The writer goes the other way. Times that are not whole microseconds get a
//! fraction, which Jaeger itself rounds and our reader reads exactly. A link
//! of a root to its own trace comes back as its parent, because Jaeger has no
//! other place for it; arrays and maps come back as texts, since Jaeger's tags
//! are scalars. Stored documents are only read. An `@` that stood in the key of a
//! tag before it was stored cannot be told from a dot.

mod documents;
mod head;
mod known;
mod member;
mod probe;
mod reader;
mod span;
mod tags;
mod tail;
mod writer;

#[cfg(test)]
mod tests;

use crate::elasticsearch;
pub(crate) use span::REF_TYPE;

use crate::format::{Cut, Cutting, Ended, Format, Writer};
use crate::json::{self, Reader as _};
use crate::loss::Loss;
use spanwise_model::{Result, SpanBatch};

/// Jaeger's JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct JaegerJson;

impl Format for JaegerJson {
    fn name(&self) -> &'static str {
        "jaeger-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        probe::recognises(head)
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
            Loss::NestedValues,
            Loss::Flags,
            Loss::Shared,
            Loss::LinkAttributes,
            Loss::LinkTypes,
            Loss::LinkStates,
            Loss::RootLinks,
            Loss::DroppedCounts,
            Loss::StatusText,
            Loss::ErrorTag,
        ]
    }
}

/// Documents of spans, as Jaeger stores them in Elasticsearch and OpenSearch.
#[derive(Clone, Copy, Debug, Default)]
pub struct JaegerElasticsearch;

impl Format for JaegerElasticsearch {
    fn name(&self) -> &'static str {
        "jaeger-elasticsearch"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        elasticsearch::recognises(head, documents::SIGNS)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            documents::Documents::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }
}

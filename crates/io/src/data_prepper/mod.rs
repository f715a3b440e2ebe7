//! Spans as Data Prepper stores them in OpenSearch (`otel-v1-apm-span`), and
//! the documents of its like that have the same fields.
//!
//! A document is a span, wherever documents stand: a line each, behind lines of
//! bulk requests, in dumps, or in answers to searches.
//!
//! # What becomes of what
//!
//! | Data Prepper | spanwise |
//! |---|---|
//! | `startTime`, `endTime` in RFC 3339 | start and end |
//! | no `endTime` | the start and `durationInNanos` |
//! | `kind`, `status.code`, by name or number | kind, status |
//! | `serviceName`, else `service.name` of the resource | service |
//! | `span.attributes.http@method`, or `attributes` | attributes, `@` turned back to dots |
//! | `resource.attributes.…`, or `resource` | resource |
//! | `instrumentationLibrary.…`, `instrumentationScope`, `scope` | scope |
//! | `events`, `links` with their attributes | events, links |
//! | `droppedAttributesCount` and its like | what was dropped, and issues |
//!
//! Objects and keys with dots are the same: `status.code` and
//! `{"status": {"code": …}}`.
//!
//! # What is passed over
//!
//! `traceGroup` and `traceGroupFields`, which repeat the root in each of its
//! spans, and what is known neither to Data Prepper nor to OpenTelemetry. An
//! `@` that stood in the key of an attribute before it was stored cannot be
//! told from a dot.

mod member;
mod reader;

#[cfg(test)]
mod tests;

use crate::elasticsearch::{self, Signs};
use crate::format::{Cut, Cutting, Ended, Format};
use crate::json::{self, Reader as _};
use spanwise_model::{Result, SpanBatch};

/// The keys that a document of a span has.
const SIGNS: Signs = &[
    &["traceId"],
    &["spanId"],
    &["parentSpanId"],
    &["kind"],
    &["startTime"],
    &["endTime", "durationInNanos"],
];

/// Documents of spans, as Data Prepper stores them in OpenSearch.
#[derive(Clone, Copy, Debug, Default)]
pub struct DataPrepper;

impl Format for DataPrepper {
    fn name(&self) -> &'static str {
        "data-prepper"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        elasticsearch::recognises(head, SIGNS)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            reader::Reader::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        json::cut(window, cutting)
    }
}

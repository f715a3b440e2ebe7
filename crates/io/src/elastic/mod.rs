//! What agents of Elastic APM send to the server: lines of JSON (intake,
//! version 2), each a `metadata`, `transaction`, `span`, `error`, `metricset` or
//! `log`. It is only read.
//!
//! # What becomes of what
//!
//! | Elastic APM | spanwise |
//! |---|---|
//! | `metadata`, up to the next one | resource: `service.name` and all else under OpenTelemetry's names where it has one |
//! | `context.service` of a record | the same, for this record |
//! | `trace_id`, `id`, `parent_id` (of a span also `transaction_id`) | ids |
//! | `timestamp` in microseconds | start |
//! | `start` in milliseconds, where there is no timestamp | start, from that of the transaction, if it is in the file |
//! | `duration` in milliseconds | end |
//! | `name` | name of the operation |
//! | `otel.span_kind` | kind |
//! | else the type of a transaction: `request`, `messaging` | kind SERVER, CONSUMER |
//! | else the type of a span: `db`, `external`, `storage`, `cache`, `messaging`; or a `context` with a peer | kind CLIENT; PRODUCER of a message that is sent |
//! | `outcome` `failure` | status ERROR |
//! | `type`, `subtype`, `action`, `result`, `sync`, … | `transaction.type`, `span.subtype`, … |
//! | `otel.attributes`, `context.tags` | attributes as they are |
//! | the rest of `context` | attributes, under OpenTelemetry's names where it has one |
//! | `links` | links |
//! | an `error` whose `parent_id` is a span of the file | an event `exception` of that span |
//! | other errors, `metricset`, `log` | passed over, which is an issue (skipped signal) |
//!
//! A file is never cut: what a record means hangs on the metadata before it, and
//! an error stands on a line of its own, before its span or behind it.

mod errors;
mod names;
mod reader;
mod record;
mod resource;

#[cfg(test)]
mod tests;

use crate::format::{Ended, Format};
use crate::json::{self, has_object, Reader as _};
use spanwise_model::{Result, SpanBatch};

/// Intake of Elastic APM, version 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct ElasticApm;

impl Format for ElasticApm {
    fn name(&self) -> &'static str {
        "elastic-apm"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        const LINES: &[&str] = &["metadata", "transaction", "span"];
        const FIELDS: &[&str] = &["id", "trace_id", "span_count", "transaction_id", "duration"];
        let lines = has_object(head, 1, LINES, |seen| seen != 0);
        let service = || has_object(head, 3, &["agent", "name"], |seen| seen == 3);
        // Both ids, and something that only such a record has.
        let record = has_object(head, 2, FIELDS, |seen| {
            seen & 3 == 3 && seen & 0b1100 != 0 && seen & 0b1_0000 != 0
        });
        lines && (record || service())
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            let mut reader = reader::Reader::new(text, batch);
            let ended = reader.read_all()?;
            reader.tell_errors();
            Ok(ended)
        })
    }
}

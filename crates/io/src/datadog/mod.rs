//! Datadog's traces as JSON: what tracers hand to the agent, and what its test
//! agent keeps. A trace is a list of spans (a *chunk*), and a file holds lists
//! of chunks, chunks, or a chunk or span a line. It is only read.
//!
//! # What becomes of what
//!
//! | Datadog | spanwise |
//! |---|---|
//! | `trace_id`, `span_id`, `parent_id` as decimal numbers | ids |
//! | `_dd.p.tid`, which one span of a chunk has | the upper half of the trace ids of its chunk |
//! | `start`, `duration` in nanoseconds | start and end |
//! | `resource`, such as `GET /users` | name of the operation |
//! | `name`, where it is another one | attribute `operation.name`; the name where there is no resource |
//! | `type` | attribute `span.type` |
//! | `service`, and `env`, `version`, `language`, `runtime-id`, `_dd.hostname`, `process_id` | resource, under OpenTelemetry's names |
//! | `span.kind` | kind |
//! | `error` | status ERROR, whose text is `error.message` |
//! | `error.type`, `error.message`, `error.stack` of such a span | an event `exception` at its end |
//! | `meta`, `metrics`, `meta_struct` | attributes as they are, but for `error.stack` |
//! | `span_links`, `_dd.span_links` | links |
//! | `span_events`, `events` | events |
//!
//! Only the span at which a process was entered says which process that was, so
//! the spans behind it in its chunk have its resource. A trace whose number is
//! zero (the test agent counts from there) is the word `0`.

mod id;
mod links;
mod process;
mod reader;
mod span;

#[cfg(test)]
mod tests;

use crate::format::{Cut, Cutting, Ended, Format};
use crate::json::{self, has_object, Reader as _};
use spanwise_model::{Result, SpanBatch};

/// Datadog's traces as JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct DatadogJson;

impl Format for DatadogJson {
    fn name(&self) -> &'static str {
        "datadog-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        const KEYS: &[&str] = &[
            "trace_id", "span_id", "resource", "meta", "metrics", "start", "duration",
        ];
        // Both ids, and two of the others.
        has_object(head, 4, KEYS, |seen| {
            seen & 3 == 3 && (seen >> 2).count_ones() >= 2
        })
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            reader::Reader::new(text, batch).read_all()
        })
    }

    /// Between lines and between chunks; a chunk stays whole, because what one
    /// span says of trace and process holds for all.
    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        let cut = json::cut(window, cutting)?;
        let rest = window[cut.next..].trim_ascii_start();
        let within = !cut.opening.is_empty();
        (!within || rest.starts_with(b"[")).then_some(cut)
    }
}

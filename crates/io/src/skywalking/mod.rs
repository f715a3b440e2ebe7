//! SkyWalking's traces: as JSON, and as tables of spans. They are only read.
//!
//! The JSON is the answer to `queryTrace`, with or without its envelope, or
//! segments as agents report them over HTTP: documents, lists, or one a line.
//! The table is CSV with a header, of which the columns `StartTime`, `SpanId`,
//! `TraceId` and `ParentSpan` must be there, in any order.
//!
//! # What becomes of what
//!
//! | JSON | table | spanwise |
//! |---|---|---|
//! | `traceId` | `TraceId` | trace: a word unless it is hexadecimal |
//! | `segmentId` (of a segment `traceSegmentId`) with `spanId` | `SpanId` | span: the word `segment.span` |
//! | `parentSpanId`, else the first of `refs` that is of the same trace | `ParentSpan` | parent |
//! | other `refs` | | links |
//! | `startTime`, `endTime` in milliseconds | `StartTime`, `EndTime` | start and end |
//! | `endpointName`, `operationName` | `URL` | name of the operation |
//! | `type`, `spanType`: Entry, Exit, Local | `SpanType` | kind SERVER, CLIENT, INTERNAL; of the layer MQ CONSUMER and PRODUCER |
//! | `serviceCode`, `service` | `Service` | service |
//! | `serviceInstanceName`, `serviceInstance` | | `service.instance.id` of the resource |
//! | `isError` | `IsError` | status ERROR |
//! | `peer` | `Peer` | `peer.address` |
//! | `component`, `componentId` | `Component` | `component`, `component.id` |
//! | `layer`, `spanLayer` | | `skywalking.layer` |
//! | `tags` | other columns | attributes as they are |
//! | `logs` | | events; one with `event=error` is an `exception` with OpenTelemetry's attributes |
//! | `attachedEvents` | | events, with `end_unix_nano` |

mod csv;
mod event;
mod json;
mod kind;

#[cfg(test)]
mod tests;

use crate::format::{Cut, Cutting, Ended, Format};
use crate::json::{has_object, read, Reader as _};
use spanwise_model::{Result, SpanBatch};

/// SkyWalking's traces and segments as JSON.
#[derive(Clone, Copy, Debug, Default)]
pub struct SkyWalkingJson;

impl Format for SkyWalkingJson {
    fn name(&self) -> &'static str {
        "skywalking-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        const KEYS: &[&str] = &[
            "segmentId",
            "spanId",
            "parentSpanId",
            "traceSegmentId",
            "spans",
            "startTime",
            "serviceCode",
            "spanLayer",
        ];
        const DEPTH: usize = 6;
        has_object(head, DEPTH, KEYS, |seen| {
            let has = |bits| seen & bits == bits;
            // A span of an answer, a segment, and a span of one that is cut off.
            has(0b111) || has(0b1_1000) || has(0b110) && seen & 0b1100_0000 != 0
        })
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, batch, |text, batch| {
            json::Reader::new(text, batch).read_all()
        })
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
    }
}

/// Tables of SkyWalking's spans as CSV.
#[derive(Clone, Copy, Debug, Default)]
pub struct SkyWalkingCsv;

impl Format for SkyWalkingCsv {
    fn name(&self) -> &'static str {
        "skywalking-csv"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        csv::recognises(head)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, batch, csv::read)
    }

    /// Between rows, which a scan of the window finds.
    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        let thorough = cutting == Cutting::Thorough;
        thorough.then(|| csv::cut(window)).flatten()
    }
}

//! OTLP protobuf: a walk over the wire straight into columns.
//!
//! Decoding into the generated structs costs some twenty allocations a span
//! and ten times as long; the walk allocates nothing of its own.

mod framing;
mod head;
mod id;
mod known;
mod outlined;
mod outlines;
mod reader;
mod span;
mod value;
mod writer;

use crate::format::{Cut, Cutting, Ended, Format, Writer};
use crate::loss::Loss;
use framing::Framing;
#[cfg(feature = "otlp")]
pub(super) use id::{span_id, trace_id};
#[cfg(feature = "parquet")]
pub(crate) use span::read_links;
use spanwise_model::{Result, SpanBatch};
#[cfg(feature = "parquet")]
pub(crate) use value::any_protobuf;

/// OTLP protobuf: one bare message, messages behind lengths of four bytes (as
/// the collector's file exporter writes), or behind varints.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtlpProtobuf;

impl Format for OtlpProtobuf {
    fn name(&self) -> &'static str {
        "otlp-protobuf"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        Framing::of(head).is_some()
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        reader::read(bytes, batch)
    }

    fn cut(&self, window: &[u8], _: Cutting) -> Option<Cut> {
        framing::cut(window)
    }

    fn writer(&self) -> Option<Writer> {
        Some(writer::write)
    }

    fn losses(&self) -> &'static [Loss] {
        &[
            Loss::EarlyTimes,
            Loss::FollowsFrom,
            Loss::Shared,
            Loss::WordIds,
        ]
    }
}

#[cfg(test)]
mod outline_tests;
#[cfg(test)]
mod tests;

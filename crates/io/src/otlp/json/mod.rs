//! OTLP JSON: a walk over the text straight into columns.
//!
//! Exports are written by many hands, so the walk takes both spellings of
//! keys, ids in hexadecimal or base64, enums and numbers as text, `null` for
//! anything, and keys in any order. It is schema-directed and builds no tree;
//! attributes as most encoders write them are read by comparison with what
//! stood there last time, all others by the general walk.

mod id;
mod reader;
mod recognise;
mod resource;
mod span;
mod value;
mod writer;

use crate::format::{Cut, Cutting, Ended, Format, Writer};
use crate::loss::Loss;
use spanwise_model::{Result, SpanBatch};

pub(crate) use id::base64;
pub(crate) use reader::any_json;

/// OTLP JSON: one document or several, each on one line or on many, bare or
/// in the envelopes of Jaeger (`result`) and Tempo (`trace`, `batches`).
/// Lines of logs and metrics among them are passed over.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtlpJson;

impl Format for OtlpJson {
    fn name(&self) -> &'static str {
        "otlp-json"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        recognise::is_otlp(head)
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        reader::read(bytes, batch)
    }

    fn cut(&self, window: &[u8], cutting: Cutting) -> Option<Cut> {
        crate::json::cut(window, cutting)
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
mod tests;

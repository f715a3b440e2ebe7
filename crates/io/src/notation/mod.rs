//! Trace notation: traces as a person would write them down.
//!
//! ```text
//! frontend GET /cart      0..100
//!   cart GetCart         10..60 error
//!     redis HGET         20..50
//! ```
//!
//! One span a line. The first word is the service, the last interval is when
//! it ran, and the words between are the operation. A line lies under the
//! nearest line above it that is indented less. Tests, documentation and
//! examples are written in it; it holds everything that a span can have, so
//! any input can be turned into it and back.
//!
//! # Grammar
//!
//! ```text
//! file     = { line }
//! line     = blank | "#" comment | trace | span
//! trace    = "trace" [ word ]          further lines are of this trace
//! span     = indent service { word } interval { mark } [ "#" comment ]
//! interval = [ time ] ".." [ time ]    10..60, -60..-10, 10.. (no end), ..60 (no start)
//! time     = decimal [ unit ]          unit: ns us µs ms s; milliseconds unless said
//! mark     = "error" | "ok"            status
//!          | "internal" | "server" | "client" | "producer" | "consumer"
//!          | "follows"                 the parent is named by FOLLOWS_FROM alone
//!          | "shared"                  Zipkin's server half of a shared id
//!          | "flagged"                 the format's error flag without the status
//!          | "id=" word                span id; unless said, lines count 1, 2, 3 …
//!          | "parent=" word            parent id, in place of the indentation's
//!          | "link=" [ word "/" ] word [ pairs ]    trace (unless its own) and span
//!          | "event=" word [ "@" time ] [ pairs ]   at the start unless said
//!          | "scope=" word [ "@" word ]             name and version
//!          | "status_message=" word | "trace_state=" word
//!          | "flags=" hex              the 16 bits of OTLP
//!          | key "=" value             attribute
//!          | "@" key "=" value         attribute of the resource
//! pairs    = "{" key "=" value { "," key "=" value } "}"
//! value    = integer | float | "true" | "false" | word | (nothing)
//!          | hex"00ff" | json"[1,2]"
//! word     = text without blanks, or "text in quotes" with \" \\ \n \r \t
//! ```
//!
//! Times count from the epoch and are whole nanoseconds. Ids are hexadecimal,
//! or words. The first trace is 1 unless a `trace` line names it, a `trace`
//! line without an id takes the next number, and lines are numbered anew in
//! each. A key in quotes is always an attribute's (`"id"=7`), and a value in
//! quotes always text. What cannot be read is an issue; the other lines are read.

mod interval;
mod lex;
mod marks;
mod reader;
mod value;
mod writer;

#[cfg(test)]
mod tests;

use crate::format::{Ended, Format, Writer};
use crate::loss::Loss;
use reader::{Line, Reader};
use spanwise_model::{IssueKind, Result, SpanBatch};
use std::borrow::Cow;

/// The trace notation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Notation;

/// Reads spans from trace notation. What is wrong with the text is in the
/// batch's issues.
///
/// ```
/// let batch = spanwise_io::notation::parse("
///     frontend GET /cart  0..100
///       cart GetCart     10..60 error
/// ");
/// assert_eq!(batch.len(), 2);
/// assert_eq!(batch.placements[1].parent_id, batch.placements[0].span_id);
/// assert!(batch.issues.is_empty());
/// ```
#[must_use]
pub fn parse(text: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    // The only error is a limit of four billion spans, and what fits is kept.
    let _ = Notation.read(text.as_bytes(), &mut batch);
    batch
}

/// Writes spans in trace notation.
///
/// ```
/// let text = "trace 1\nfrontend GET /cart 0..100\n  cart GetCart 10..60 error\n";
/// let batch = spanwise_io::notation::parse(text);
/// assert_eq!(spanwise_io::notation::print(&batch), text);
/// ```
#[must_use]
pub fn print(batch: &SpanBatch) -> String {
    let mut out = Vec::new();
    // Writing into memory cannot fail, and what is written is UTF-8.
    let _ = Notation.write(batch, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

impl Format for Notation {
    fn name(&self) -> &'static str {
        "notation"
    }

    /// True where the first line that says anything is a span, or opens a
    /// trace whose first line is one.
    fn recognises(&self, head: &[u8]) -> bool {
        let says = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).map_err(drop)?;
            let text = text.trim_end_matches('\r');
            match reader::line(text).map_err(drop)? {
                Line::Nothing => Ok(None),
                Line::Trace(_) => Ok(Some(false)),
                Line::Span(_) if text.trim_start().starts_with(['{', '[']) => Err(()),
                Line::Span(_) => Ok(Some(true)),
            }
        };
        let mut opened = false;
        for line in head.split(|&byte| byte == b'\n') {
            match says(line) {
                Ok(None) => {}
                Ok(Some(false)) if !opened => opened = true,
                Ok(Some(is_span)) => return is_span,
                Err(()) => return false,
            }
        }
        false
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        let mut reader = Reader::new(batch);
        let mut offset = 0;
        for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1..) {
            let text = String::from_utf8_lossy(line);
            if matches!(text, Cow::Owned(_)) {
                reader.issue(IssueKind::InvalidUtf8, (number, offset), String::new());
            }
            reader.line(text.trim_end_matches('\r'), (number, offset))?;
            offset += line.len() as u64 + 1;
        }
        Ok(Ended::Whole)
    }

    fn writer(&self) -> Option<Writer> {
        Some(writer::write)
    }

    fn losses(&self) -> &'static [Loss] {
        &[Loss::ScopeAttributes, Loss::LinkStates, Loss::DroppedCounts]
    }
}

//! The span table: all spans, by trace and in preorder.
//!
//! Traces lie in the order of their ids. Within a trace the rows are in
//! preorder, children ordered by (start, end descending, span id), so a subtree
//! is a range of rows and the order does not depend on the order of files.

use crate::batch::SpanBatch;
use crate::evidence::EvidenceId;
use crate::head::StatusCode;
use crate::id::{SpanId, TraceId};
use crate::issue::Issues;
use crate::operation::{OperationId, Operations};
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::trace::Trace;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The parent row of a span that has none.
pub const NO_PARENT: u32 = u32::MAX;

/// The columns of spans, one entry a row.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Span ids.
    pub span_id: Vec<SpanId>,
    /// Rows of parents; [`NO_PARENT`] for top spans.
    pub parent: Vec<u32>,
    /// The row behind each span's subtree.
    pub subtree_end: Vec<u32>,
    /// Starts, nanoseconds since the epoch.
    pub start_unix_nano: Vec<i64>,
    /// Durations in nanoseconds; zero where the end is missing or negative.
    pub duration_nano: Vec<u64>,
    /// Operations.
    pub operation: Vec<OperationId>,
    /// Statuses.
    pub status: Vec<StatusCode>,
    /// See [`crate::flags`].
    pub flags: Vec<u32>,
    /// Resources.
    pub resource: Vec<ResourceId>,
    /// Scopes.
    pub scope: Vec<ScopeId>,
    /// The record that each row came from: the owner of its attributes.
    pub record: Vec<u32>,
    /// What their attributes say that analyses read.
    pub evidence: Vec<EvidenceId>,
}

/// What one file held.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceSummary {
    /// The path as given.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: Cow<'static, str>,
    /// Records of spans in it.
    pub spans: u64,
    /// Those whose parent is named but nowhere in the input.
    pub orphans: u64,
    /// Rows without their parent in the traces that were chosen, where some
    /// were.
    pub chosen_orphans: u64,
    /// True where it ended too early.
    pub truncated: bool,
}

/// Counts of records as they were read, before folding and splitting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCounts {
    /// Records of spans.
    pub spans: u64,
    /// Records without a parent.
    pub roots: u64,
    /// Records whose parent is named but not in their trace.
    pub orphans: u64,
    /// Records that the format itself flags as errors.
    pub errors: u64,
    /// Links, and references that are no parent.
    pub links: u64,
    /// Events.
    pub events: u64,
}

/// All spans of an input, assembled into traces.
#[derive(Clone, Debug, Default)]
pub struct SpanTable {
    /// Trace ids, ascending.
    pub trace_ids: Vec<TraceId>,
    /// The row behind each trace's last span.
    pub trace_ends: Vec<u32>,
    /// The columns.
    pub columns: Columns,
    /// Distinct (service, name, kind).
    pub operations: Operations,
    /// Strings, resources, scopes, attributes, events and links; its own
    /// columns of fixed fields are empty.
    pub store: SpanBatch,
    /// Rows of orphans and of the heads of cycles with the parent id that they
    /// name, ascending.
    pub missing_parents: Vec<(u32, SpanId)>,
    /// Counts of records.
    pub records: RecordCounts,
    /// Files.
    pub sources: Vec<SourceSummary>,
    /// What was wrong with the input.
    pub issues: Issues,
    /// What of that was found while reading, so that it is of no trace.
    pub read_issues: Issues,
    /// Records that were folded into others, by trace.
    pub folded: Vec<Folded>,
    /// True where traces were left out while reading.
    pub is_narrowed: bool,
}

/// A record that was equal to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The number of its trace.
    pub trace: u32,
    /// Its id.
    pub span_id: SpanId,
    /// Its service.
    pub service: crate::Symbol,
}

impl SpanTable {
    /// How many spans there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.span_id.len()
    }

    /// True where there is no span.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.span_id.is_empty()
    }

    /// How many traces there are.
    #[must_use]
    pub fn trace_count(&self) -> usize {
        self.trace_ids.len()
    }

    /// The rows of a trace.
    #[must_use]
    pub fn rows(&self, index: u32) -> Range<u32> {
        let index = index as usize;
        let start = if index == 0 {
            0
        } else {
            self.trace_ends[index - 1]
        };
        start..self.trace_ends[index]
    }

    /// The view of a trace.
    #[must_use]
    pub fn trace(&self, index: u32) -> Trace<'_> {
        Trace::new(self, index)
    }

    /// All traces in the order of their ids.
    pub fn traces(&self) -> impl ExactSizeIterator<Item = Trace<'_>> + DoubleEndedIterator {
        (0..self.trace_ids.len()).map(|index| self.trace(index as u32))
    }

    /// The trace that a row belongs to.
    #[must_use]
    pub fn trace_of(&self, row: u32) -> Trace<'_> {
        self.trace(self.trace_ends.partition_point(|&end| end <= row) as u32)
    }

    /// Traces whose id is `text` in any spelling, or begins with it. Several
    /// where a prefix is not unique, none where nothing fits.
    pub fn find(&self, text: &str) -> Vec<Trace<'_>> {
        let word = TraceId::from_word(text.as_bytes());
        let exact = [TraceId::from_hex(text.as_bytes()), Some(word)]
            .into_iter()
            .flatten()
            .find_map(|id| self.trace_ids.binary_search(&id).ok());
        if let Some(index) = exact {
            return vec![self.trace(index as u32)];
        }
        let lower = text.to_ascii_lowercase();
        let starts = |trace: &Trace<'_>| {
            let shown = trace.id_text();
            shown.starts_with(&lower) || shown.starts_with(text)
        };
        self.traces().filter(starts).collect()
    }

    /// The parent id that an orphan names.
    #[must_use]
    pub fn missing_parent(&self, row: u32) -> Option<SpanId> {
        let at = self
            .missing_parents
            .binary_search_by_key(&row, |entry| entry.0)
            .ok()?;
        Some(self.missing_parents[at].1)
    }

    /// The text of a service or name.
    #[must_use]
    pub fn text(&self, symbol: crate::Symbol) -> &str {
        self.store.strings.get(symbol)
    }
}

/// A text of all rows, for tests: one span a line, indented by depth.
impl fmt::Display for SpanTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for trace in self.traces() {
            writeln!(f, "trace {}", trace.id_text())?;
            let mut open: Vec<u32> = Vec::new();
            for span in trace.spans() {
                while open.last().is_some_and(|&end| end <= span.row()) {
                    open.pop();
                }
                let indent = open.len() * 2 + 2;
                open.push(self.columns.subtree_end[span.row() as usize]);
                writeln!(
                    f,
                    "{:indent$}{} {} {} {} {}+{}",
                    "",
                    span.id_text(),
                    span.service(),
                    span.operation(),
                    span.kind().name(),
                    span.start_unix_nano(),
                    span.duration_nano(),
                )?;
            }
        }
        Ok(())
    }
}

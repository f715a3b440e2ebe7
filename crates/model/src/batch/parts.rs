//! What a batch is made of: the fixed fields of records, and what belongs to
//! them.

use crate::attributes::Attributes;
use crate::evidence::EvidenceId;
use crate::head::{SpanKind, StatusCode};
use crate::id::{SpanId, TraceId};
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::sparse::{Sparse, SparseTexts};
use crate::strings::Symbol;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// The fixed fields of a record that place it in its trace. They stand together,
/// because assembly, which reads records in another order than they were
/// written, needs all of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The span's id.
    pub span_id: SpanId,
    /// The parent's id; zero for none.
    pub parent_id: SpanId,
    /// The start, nanoseconds since the epoch.
    pub start_unix_nano: i64,
    /// The end; meaningless under [`crate::flags::MISSING_END`].
    pub end_unix_nano: i64,
}

/// The other fixed fields of a record, which say what it is. Assembly frees them
/// before it reads the placements for the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The name of the operation.
    pub name: Symbol,
    /// See [`crate::flags`].
    pub flags: u32,
    /// The resource.
    pub resource: ResourceId,
    /// The scope.
    pub scope: ScopeId,
    /// What its attributes say that analyses read.
    pub evidence: EvidenceId,
    /// The kind.
    pub kind: SpanKind,
    /// The status.
    pub status: StatusCode,
}

/// Events of spans, in the order of their records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Events {
    /// The record each event belongs to, ascending.
    pub record: Vec<u32>,
    /// When it happened, nanoseconds since the epoch.
    pub time_unix_nano: Vec<i64>,
    /// Its name.
    pub name: Vec<Symbol>,
    /// Its attributes; the owner is the event's row.
    pub attributes: Attributes,
    /// How many attributes the source says that it dropped, by row.
    pub dropped: Sparse<u32>,
}

impl Events {
    pub(super) fn heap_bytes(&self) -> usize {
        self.record.capacity() * 4
            + self.time_unix_nano.capacity() * 8
            + self.name.capacity() * 4
            + self.attributes.heap_bytes()
    }
}

/// Links of spans to other spans, in the order of their records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Links {
    /// The record each link belongs to, ascending.
    pub record: Vec<u32>,
    /// The trace it points to.
    pub trace_id: Vec<TraceId>,
    /// The span it points to.
    pub span_id: Vec<SpanId>,
    /// Its attributes; the owner is the link's row.
    pub attributes: Attributes,
    /// The W3C trace state of the context that it points to, by row.
    pub trace_states: SparseTexts,
    /// How many attributes the source says that it dropped, by row.
    pub dropped: Sparse<u32>,
}

impl Links {
    pub(super) fn heap_bytes(&self) -> usize {
        self.record.capacity() * 4
            + self.trace_id.capacity() * 16
            + self.span_id.capacity() * 8
            + self.attributes.heap_bytes()
    }
}

/// A run of records that came from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or `-` or `<bytes>`.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: Cow<'static, str>,
    /// Its records.
    pub records: Range<u32>,
    /// How many more it had, of traces that are not wanted.
    pub passed_over: u64,
    /// Its number among all files, where it was read in parts.
    pub number: u32,
    /// True where the file ended too early.
    pub truncated: bool,
}

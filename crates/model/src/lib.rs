//! The nouns of spanwise: ids, strings, attributes, span batches, the span
//! table, the trace view, issues, errors and result tables.
//!
//! # The way of the data
//!
//! ```text
//! bytes → SpanBatch + Issues → SpanTable → Trace → facts → Partial → Table
//! ```
//!
//! Readers (in `spanwise-io`) write spans straight into a [`SpanBatch`];
//! assembly turns batches into one [`SpanTable`], whose rows lie by trace and
//! in preorder; a [`Trace`] is a copyable view of one trace's rows; analyses
//! give a [`Table`].
//!
//! # Invariants
//!
//! 1. This crate does no IO, starts no thread and knows no wire format.
//! 2. A subtree is a range of rows: parents stand before their children, so no
//!    walk over spans needs recursion.
//! 3. All time is integer nanoseconds; times of day are `i64` since the Unix
//!    epoch, and zero is an ordinary time.
//! 4. A [`Symbol`] never leaves the table it belongs to; names do.
//! 5. Types of petgraph stand in public signatures only behind the feature of
//!    that name.

mod absorb;
pub mod attributes;
pub mod batch;
mod bits;
pub mod canonical;
mod copy;
pub mod error;
pub mod evidence;
mod filter;
pub mod guard;
mod head;
pub mod id;
pub mod issue;
mod keep;
pub mod keyed;
pub mod operation;
#[cfg(feature = "petgraph")]
pub mod petgraph;
pub mod resource;
mod restore;
pub mod scope;
pub mod semconv;
pub mod span;
mod sparse;
pub mod strings;
pub mod table;
pub mod trace;
pub mod trace_issues;
pub mod trace_table;

pub use attributes::{AttributeKeep, Attributes, Spelled, SpelledRows, Value};
pub use batch::{NumberedRecords, RecordsWith, SpanBatch};
pub use canonical::{CanonicalField, CanonicalValue};
pub use copy::Copier;
pub use error::{Error, ErrorKind, Place, Result};
pub use evidence::{Evidence, EvidenceId};
pub use filter::Filter;
pub use guard::{Guard, Wanted};
pub use head::{flags, SpanHead, SpanKind, StatusCode};
pub use id::{SpanId, TraceId};
pub use issue::{Example, IssueKind, IssueSize, Issues};
pub use keep::KeyUse;
pub use operation::{OperationId, Operations};
pub use resource::{ResourceId, Resources};
pub use scope::{ScopeId, Scopes};
pub use span::Span;
pub use strings::{Strings, Symbol};
pub use table::{Column, ColumnData, ColumnType, Table};
pub use trace::Trace;
pub use trace_table::{Columns, Folded, SourceSummary, SpanTable};

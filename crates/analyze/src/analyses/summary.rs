//! The summary: what an input holds, in counts.

use super::summary_sum::{orphans_by_source, SummarySum};
use crate::facts::FactColumns;
use spanwise_model::{IssueKind, IssueSize, SpanTable};
use std::borrow::Cow;

/// One file of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSummary {
    /// The path as given.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: Cow<'static, str>,
    /// Records of spans in it.
    pub spans: u64,
    /// Those whose parent is named but nowhere in the input.
    pub orphans: u64,
    /// True where it ended too early.
    pub truncated: bool,
}

/// One kind of issue of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssueSummary {
    /// The kind.
    pub issue: IssueKind,
    /// The service; empty where none is known.
    pub service: String,
    /// How often.
    pub count: u64,
    /// How long what is wrong is, for kinds that say so; see
    /// [`super::IssueList`].
    pub size: Option<IssueSize>,
    /// The smallest few examples.
    pub examples: Vec<String>,
}

/// What an input holds.
///
/// `spans`, `roots`, `orphans`, `errors`, `links` and `events` count records
/// as they were read; after filtering, when records are not known any more,
/// they count the rows of the chosen traces.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Summary;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..60 error
///     lost work       30..40 parent=77
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let summary = Summary::of(&spans, &[0], &facts);
/// assert_eq!((summary.traces, summary.spans, summary.services), (1, 3, 3));
/// assert_eq!((summary.roots, summary.orphans, summary.errors), (1, 1, 1));
/// assert_eq!(summary.end_unix_nano, Some(100_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Files, in the order in which they were read.
    pub files: Vec<FileSummary>,
    /// Distinct trace ids.
    pub traces: u64,
    /// Spans.
    pub spans: u64,
    /// Distinct names of services that are not empty.
    pub services: u64,
    /// Distinct (service, name, kind).
    pub operations: u64,
    /// Spans without a parent.
    pub roots: u64,
    /// Spans whose parent is named but not in their trace.
    pub orphans: u64,
    /// Spans that the format itself flags as errors.
    pub errors: u64,
    /// Links, and references that are no parent.
    pub links: u64,
    /// Events.
    pub events: u64,
    /// The first start, nanoseconds since the epoch.
    pub start_unix_nano: Option<i64>,
    /// The last end.
    pub end_unix_nano: Option<i64>,
    /// What is wrong with the input.
    pub issues: Vec<IssueSummary>,
    /// Rows of the span table, after folding duplicates and splitting pairs.
    pub rows: u64,
}

impl Summary {
    /// Counts the traces of a table with these numbers.
    #[must_use]
    pub fn of(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Self {
        let is_part = traces.len() != table.trace_count() || table.is_narrowed;
        let mut sum = SummarySum::new(is_part);
        sum.add(table, traces, facts);
        let mut files = table.sources.clone();
        if is_part {
            for source in orphans_by_source(table, traces) {
                files[source].chosen_orphans += 1;
            }
        }
        sum.finish(&files)
    }
}

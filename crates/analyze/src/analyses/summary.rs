//! The summary: what an input holds, in counts.

use super::issue_list::all_issues;
use crate::facts::FactColumns;
use rustc_hash::FxHashSet;
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::RecordCounts;
use spanwise_model::{flags, IssueKind, Span, SpanTable, Symbol};

/// One file of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSummary {
    /// The path as given.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: &'static str,
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
        let whole = traces.len() == table.trace_count();
        let counts = if whole {
            table.records
        } else {
            count_rows(table, traces)
        };
        let rows = || traces.iter().flat_map(|&trace| table.rows(trace));
        let spans = || rows().map(|row| Span::new(table, row));
        let operations: FxHashSet<_> = spans().map(Span::operation_id).collect();
        let named = operations.iter().map(|&id| table.operations.service(id));
        let services: FxHashSet<_> = named.filter(|&name| name != Symbol::EMPTY).collect();
        Self {
            files: files(table),
            traces: traces.len() as u64,
            spans: counts.spans,
            services: services.len() as u64,
            operations: operations.len() as u64,
            roots: counts.roots,
            orphans: counts.orphans,
            errors: counts.errors,
            links: counts.links,
            events: counts.events,
            start_unix_nano: spans().map(Span::start_unix_nano).min(),
            end_unix_nano: spans().map(Span::end_unix_nano).max(),
            issues: issues(table, facts),
            rows: rows().count() as u64,
        }
    }
}

fn files(table: &SpanTable) -> Vec<FileSummary> {
    let file = |source: &spanwise_model::SourceSummary| FileSummary {
        path: source.path.clone(),
        format: source.format,
        spans: source.spans,
        orphans: source.orphans,
        truncated: source.truncated,
    };
    table.sources.iter().map(file).collect()
}

fn issues(table: &SpanTable, facts: &FactColumns) -> Vec<IssueSummary> {
    let issues = all_issues(table, facts);
    let row =
        |(issue, service, row): (IssueKind, &str, &spanwise_model::issue::IssueRow)| IssueSummary {
            issue,
            service: service.to_owned(),
            count: row.count,
            examples: row.examples.iter().map(ToString::to_string).collect(),
        };
    issues.iter().map(row).collect()
}

fn count_rows(table: &SpanTable, traces: &[u32]) -> RecordCounts {
    let mut counts = RecordCounts::default();
    for span in traces.iter().flat_map(|&trace| table.trace(trace).spans()) {
        let top = |kind| span.is_top() && span.top_kind() == kind;
        counts.spans += 1;
        counts.roots += u64::from(top(TopKind::Root));
        counts.orphans += u64::from(top(TopKind::Orphan));
        counts.errors += u64::from(span.flags() & flags::FORMAT_ERROR != 0);
        counts.links += table.store.links_of(span.record()).len() as u64;
        counts.events += table.store.events_of(span.record()).len() as u64;
    }
    counts
}

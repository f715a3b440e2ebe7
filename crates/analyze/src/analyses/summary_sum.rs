//! The sum of what several tables hold.

use super::issue_list::issues_of;
use super::summary::{FileSummary, IssueSummary, Summary};
use crate::facts::FactColumns;
use serde::{Deserialize, Serialize};
use spanwise_model::issue::IssueRow;
use spanwise_model::trace::TopKind;
use spanwise_model::trace_table::RecordCounts;
use spanwise_model::{
    flags, IssueKind, Issues, OperationId, SourceSummary, SpanKind, SpanTable, Trace,
};
use std::collections::{BTreeMap, BTreeSet};

/// A [`Summary`] that is summed up table by table. The tables may have no trace
/// in common.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::SummarySum;
/// let mut sum = SummarySum::new(false);
/// for text in ["trace 1\nshop GET 0..100", "trace 2\nshop GET 50..150"] {
///     let spans = assemble(parse(text))?;
///     sum.add(&spans, &[0], &facts::compute(&spans, &Policy::default()));
/// }
/// let summary = sum.finish(&[]);
/// assert_eq!((summary.traces, summary.services, summary.operations), (2, 1, 1));
/// assert_eq!(summary.end_unix_nano, Some(150_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummarySum {
    is_filtered: bool,
    /// True where every trace of every table was chosen.
    is_whole: bool,
    /// Records as they were read, and rows of the chosen traces.
    records: RecordCounts,
    rows: RecordCounts,
    row_count: u64,
    traces: u64,
    services: BTreeSet<String>,
    operations: BTreeSet<(String, String, SpanKind)>,
    start_unix_nano: Option<i64>,
    end_unix_nano: Option<i64>,
    issues: Issues,
    /// Rows of chosen traces without their parent, by the number of their file.
    orphans: BTreeMap<u32, u64>,
}

impl SummarySum {
    /// An empty sum, of traces that were filtered or of all.
    #[must_use]
    pub fn new(is_filtered: bool) -> Self {
        Self {
            is_filtered,
            is_whole: true,
            ..Self::default()
        }
    }

    /// Notes that there are traces that no table has, since a filter does not name
    /// them.
    pub fn leave_out(&mut self) {
        self.is_whole = false;
    }

    /// Adds the traces of a table with these numbers, their issues and those of
    /// reading.
    pub fn add(&mut self, table: &SpanTable, traces: &[u32], facts: &FactColumns) {
        self.is_whole &= traces.len() == table.trace_count() && !table.is_narrowed;
        self.traces += traces.len() as u64;
        add_counts(&mut self.records, table.records);
        if self.is_filtered {
            add_counts(&mut self.rows, count_rows(table, traces));
            for source in orphans_by_source(table, traces) {
                let number = table
                    .store
                    .sources
                    .get(source)
                    .map_or(0, |file| file.number);
                *self.orphans.entry(number).or_default() += 1;
            }
        }
        let mut has_spans = vec![false; table.operations.len()];
        for trace in traces.iter().map(|&trace| table.trace(trace)) {
            self.add_trace(trace, &mut has_spans);
        }
        let ids = (0..).map(OperationId).zip(has_spans);
        let held = ids.filter(|(_, has_spans)| *has_spans);
        held.for_each(|(id, _)| self.name(table, id));
        self.add_issues(issues_of(table, traces, facts));
    }

    /// Rows of chosen traces without their parent, by the number of their file,
    /// so far; none are left here.
    pub fn take_orphans(&mut self) -> BTreeMap<u32, u64> {
        std::mem::take(&mut self.orphans)
    }

    /// Widens the window of time to hold this one.
    /// Counts the spans of a trace, and notes their operations.
    fn add_trace(&mut self, trace: Trace<'_>, has_spans: &mut [bool]) {
        let rows = trace.rows();
        let (start, end) = trace.extent_unix_nano();
        self.cover(start, end);
        self.row_count += rows.len() as u64;
        let operations = &trace.table().columns.operation;
        for operation in &operations[rows.start as usize..rows.end as usize] {
            has_spans[operation.0 as usize] = true;
        }
    }

    fn cover(&mut self, start: i64, end: i64) {
        self.start_unix_nano = Some(self.start_unix_nano.map_or(start, |s| s.min(start)));
        self.end_unix_nano = Some(self.end_unix_nano.map_or(end, |e| e.max(end)));
    }

    /// Adds what another sum, of other traces, holds.
    pub fn merge(&mut self, other: Self) {
        self.is_filtered |= other.is_filtered;
        self.is_whole &= other.is_whole;
        add_counts(&mut self.records, other.records);
        add_counts(&mut self.rows, other.rows);
        self.row_count = self.row_count.saturating_add(other.row_count);
        self.traces = self.traces.saturating_add(other.traces);
        self.services.extend(other.services);
        self.operations.extend(other.operations);
        if let (Some(start), Some(end)) = (other.start_unix_nano, other.end_unix_nano) {
            self.cover(start, end);
        }
        self.issues.absorb(other.issues);
        for (number, orphans) in other.orphans {
            *self.orphans.entry(number).or_default() += orphans;
        }
    }

    fn name(&mut self, table: &SpanTable, id: OperationId) {
        let operations = &table.operations;
        let service = table.text(operations.service(id)).to_owned();
        let name = table.text(operations.name(id)).to_owned();
        if !service.is_empty() {
            self.services.insert(service.clone());
        }
        let kind = operations.kind(id);
        self.operations.insert((service, name, kind));
    }

    /// Adds issues that are of no table.
    pub fn add_issues(&mut self, issues: Issues) {
        self.issues.absorb(issues);
    }

    /// All issues so far.
    #[must_use]
    pub fn issues(&self) -> &Issues {
        &self.issues
    }

    /// The summary, with these files.
    #[must_use]
    pub fn finish(&self, files: &[SourceSummary]) -> Summary {
        let is_part = self.is_filtered && !self.is_whole;
        let counts = if is_part { self.rows } else { self.records };
        Summary {
            files: files.iter().map(|source| file(source, is_part)).collect(),
            traces: self.traces,
            spans: counts.spans,
            services: self.services.len() as u64,
            operations: self.operations.len() as u64,
            roots: counts.roots,
            orphans: counts.orphans,
            errors: counts.errors,
            links: counts.links,
            events: counts.events,
            start_unix_nano: self.start_unix_nano,
            end_unix_nano: self.end_unix_nano,
            issues: self.issues.iter().map(issue).collect(),
            rows: self.row_count,
        }
    }
}

fn add_counts(sum: &mut RecordCounts, counts: RecordCounts) {
    sum.spans = sum.spans.saturating_add(counts.spans);
    sum.roots = sum.roots.saturating_add(counts.roots);
    sum.orphans = sum.orphans.saturating_add(counts.orphans);
    sum.errors = sum.errors.saturating_add(counts.errors);
    sum.links = sum.links.saturating_add(counts.links);
    sum.events = sum.events.saturating_add(counts.events);
}

fn file(source: &SourceSummary, is_part: bool) -> FileSummary {
    FileSummary {
        path: source.path.clone(),
        format: source.format.clone(),
        spans: source.spans,
        orphans: if is_part {
            source.chosen_orphans
        } else {
            source.orphans
        },
        truncated: source.truncated,
    }
}

fn issue((issue, service, row): (IssueKind, &str, &IssueRow)) -> IssueSummary {
    IssueSummary {
        issue,
        service: service.to_owned(),
        count: row.count,
        size: row.size,
        examples: row.examples.iter().map(ToString::to_string).collect(),
    }
}

/// Rows without their parent in the traces with these numbers, with the number
/// of the source that each came from.
pub fn orphans_by_source<'a>(
    table: &'a SpanTable,
    traces: &'a [u32],
) -> impl Iterator<Item = usize> + 'a {
    let spans = traces.iter().flat_map(|&trace| table.trace(trace).spans());
    let orphans = spans.filter(|span| span.flags() & flags::ORPHAN != 0);
    let sources = &table.store.sources;
    orphans.map(|span| sources.partition_point(|source| source.records.end <= span.record()))
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

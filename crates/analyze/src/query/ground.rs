//! A trace that an expression is evaluated on.
//!
//! Spans are counted from the first one of the trace, in preorder.

use crate::facts::{slack_of, FactColumns, OwnTimes, SlackColumns};
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{Span, SpanTable};
use std::ops::Range;

/// A trace with the times of its spans.
pub(super) struct Ground<'a> {
    pub(super) table: &'a SpanTable,
    pub(super) facts: &'a FactColumns,
    /// The rows of the trace.
    rows: Range<u32>,
    trace: u32,
    times: &'a OwnTimes,
    /// Slack and drag, where they are asked for.
    pub(super) slack: Option<SlackColumns>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(
        (table, facts): (&'a SpanTable, &'a FactColumns),
        trace: u32,
        times: &'a mut OwnTimes,
    ) -> Self {
        times.fill(table, facts, trace);
        Self {
            table,
            facts,
            rows: table.rows(trace),
            trace,
            times,
            slack: None,
        }
    }

    pub(super) fn find_slack(&mut self) {
        self.slack = Some(slack_of(self.table, &[self.trace], self.facts));
    }

    pub(super) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The number of all spans.
    pub(super) fn all(&self) -> Range<u32> {
        0..self.len()
    }

    /// The row of the table.
    pub(super) fn row(&self, span: u32) -> u32 {
        self.rows.start + span
    }

    pub(super) fn span(&self, span: u32) -> Span<'a> {
        Span::new(self.table, self.row(span))
    }

    pub(super) fn parent(&self, span: u32) -> Option<u32> {
        let parent = self.table.columns.parent[self.row(span) as usize];
        (parent != NO_PARENT).then(|| parent - self.rows.start)
    }

    /// The span behind everything below this one.
    pub(super) fn subtree_end(&self, span: u32) -> u32 {
        self.table.columns.subtree_end[self.row(span) as usize] - self.rows.start
    }

    /// When it started, on the clock of the policy.
    pub(super) fn start(&self, span: u32) -> i64 {
        self.times.start_unix_nano(span as usize)
    }

    /// When it ended, also where its end is missing.
    pub(super) fn end(&self, span: u32) -> i64 {
        self.times.end_unix_nano(span as usize)
    }

    /// True where it took no time.
    pub(super) fn is_point(&self, span: u32) -> bool {
        self.start(span) == self.end(span)
    }

    /// The spans of this trace that a span links to, each once.
    pub(super) fn link_targets(&self, span: u32, ids: &LinkIds) -> Vec<u32> {
        let own = self.table.trace_ids[self.trace as usize];
        let links = self.span(span).links();
        let found = links.filter_map(|(trace, id)| ids.find(id).filter(|_| trace == own));
        let mut targets: Vec<u32> = found.filter(|&target| target != span).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }
}

/// The spans of a trace by their ids.
pub(super) struct LinkIds(Vec<(spanwise_model::SpanId, u32)>);

impl LinkIds {
    pub(super) fn of(ground: &Ground<'_>) -> Self {
        let mut ids: Vec<_> = ground
            .all()
            .map(|span| (ground.span(span).id(), span))
            .collect();
        ids.sort_unstable();
        Self(ids)
    }

    /// The first span with an id.
    fn find(&self, id: spanwise_model::SpanId) -> Option<u32> {
        let at = self.0.partition_point(|held| held.0 < id);
        self.0
            .get(at)
            .filter(|held| held.0 == id)
            .map(|held| held.1)
    }
}

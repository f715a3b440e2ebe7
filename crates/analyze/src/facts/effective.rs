//! Effective times: each span's own interval cut to its parent's, top-down.
//!
//! Rows stand in preorder, so one loop sees parents before their children. A
//! span that does not block its parent keeps its own interval, and its
//! children are cut to that. Whether a child meets its parent is asked of
//! their own intervals: a server that outlives its timed-out client is cut,
//! but what runs below that server is not outside of it. What is cut to
//! nothing is *off*; what stands below it cannot be reached from its parent and
//! takes no time.

use super::tally::Tally;
use super::timeline::{marks, Interval, Rules, Timeline};
use crate::clocks::Shifts;
use crate::policy::Policy;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, IssueKind, ResourceId, SpanKind, SpanTable};
use std::ops::Range;

impl Timeline {
    /// Fills the timeline with the spans of whole traces.
    pub(super) fn fill(
        &mut self,
        table: &SpanTable,
        rules: Rules<'_>,
        traces: Range<u32>,
        tally: &mut Tally,
    ) {
        let policy = rules.policy;
        self.fill_own(table, rules, &traces);
        self.effective.clear();
        self.effective.reserve(self.own.len());
        self.marks.clear();
        self.marks.reserve(self.own.len());
        for index in traces {
            tally.trace = table.trace_ids[index as usize];
            if rules.shifts.is_some() {
                self.note_shifts(table, table.rows(index), tally);
            }
            for row in table.rows(index) {
                self.place(table, policy, row, tally);
            }
        }
    }

    /// Fills it with their own times alone.
    pub(super) fn fill_own(&mut self, table: &SpanTable, rules: Rules<'_>, traces: &Range<u32>) {
        self.take_own(table, rows_of(table, traces));
        if let Some(shifts) = rules.shifts {
            self.shift(table, shifts);
        }
        self.fill_missing_ends(table, rules.policy);
    }

    fn take_own(&mut self, table: &SpanTable, rows: Range<u32>) {
        let range = rows.start as usize..rows.end as usize;
        let columns = &table.columns;
        let starts = &columns.start_unix_nano[range.clone()];
        let durations = &columns.duration_nano[range];
        self.first = rows.start;
        self.own.clear();
        self.own.extend(
            starts
                .iter()
                .zip(durations)
                .map(|(&start, &duration)| Interval {
                    start,
                    end: start.saturating_add_unsigned(duration),
                }),
        );
    }

    /// Puts the spans of every component on the clock of its top span.
    fn shift(&mut self, table: &SpanTable, shifts: &Shifts) {
        let resources = &table.columns.resource;
        let mut top = ResourceId::default();
        for (row, own) in self.rows().zip(&mut self.own) {
            let resource = resources[row as usize];
            if table.columns.parent[row as usize] == NO_PARENT {
                top = resource;
            }
            *own = own.shifted(shifts.to_clock_of(top, resource, own.start));
        }
    }

    /// Counts the spans that were put on another clock.
    fn note_shifts(&self, table: &SpanTable, rows: Range<u32>, tally: &mut Tally) {
        for row in rows {
            let recorded = table.columns.start_unix_nano[row as usize];
            let shift = self.own[self.at(row)].start.abs_diff(recorded);
            if shift > 0 {
                tally.add(table, row, (IssueKind::ShiftedSpan, shift));
            }
        }
    }

    /// Gives spans without an end the latest end among the spans below them
    /// that block. Rows run backwards, so children stand before parents.
    fn fill_missing_ends(&mut self, table: &SpanTable, policy: &Policy) {
        let rows = self.rows();
        let range = rows.start as usize..rows.end as usize;
        let row_flags = &table.columns.flags[range];
        if row_flags
            .iter()
            .all(|flags| flags & flags::MISSING_END == 0)
        {
            return;
        }
        let mut latest: Vec<i64> = self.own.iter().map(|own| own.end).collect();
        for at in (0..latest.len()).rev() {
            if row_flags[at] & flags::MISSING_END != 0 {
                self.own[at].end = latest[at];
            }
            let parent = table.columns.parent[rows.start as usize + at];
            if parent == NO_PARENT {
                continue;
            }
            let above = self.at(parent);
            let mut outer = self.own[above];
            if row_flags[above] & flags::MISSING_END != 0 {
                outer.end = i64::MAX;
            }
            let row = rows.start + at as u32;
            if permits(table, policy, row, parent) && self.own[at].meets(outer) {
                latest[above] = latest[above].max(latest[at]);
            }
        }
    }

    #[inline]
    fn place(&mut self, table: &SpanTable, policy: &Policy, row: u32, tally: &mut Tally) {
        let own = self.own[self.at(row)];
        let parent = table.columns.parent[row as usize];
        let (effective, mark) = if parent == NO_PARENT {
            (own, marks::BLOCKING)
        } else if !permits(table, policy, row, parent) {
            (own, 0)
        } else {
            let above = self.at(parent);
            let outer = self.own[above];
            if own.is_in(outer) && own.is_in(self.effective[above]) {
                self.effective.push(own);
                self.marks.push(marks::BLOCKING);
                return;
            }
            if own.start < outer.start || own.end > outer.end {
                note_overhang(table, row, (own, outer), tally);
            }
            if own.meets(outer) {
                cut(own, self.effective[above])
            } else {
                (own, 0)
            }
        };
        self.effective.push(effective);
        self.marks.push(mark);
    }
}

/// The effective interval and the marks of a child that blocks, in its
/// parent's effective interval.
#[inline]
fn cut(own: Interval, outer: Interval) -> (Interval, u8) {
    match own.cut_to(outer) {
        Some(cut) if cut == own => (cut, marks::BLOCKING),
        Some(cut) => (cut, marks::BLOCKING | marks::CLIPPED),
        None => {
            let point = own.start.clamp(outer.start, outer.end);
            let nothing = Interval {
                start: point,
                end: point,
            };
            (nothing, marks::BLOCKING | marks::CLIPPED | marks::OFF)
        }
    }
}

/// The rows of a run of traces.
pub(super) fn rows_of(table: &SpanTable, traces: &Range<u32>) -> Range<u32> {
    let behind = |index: u32| match index {
        0 => 0,
        _ => table.trace_ends[index as usize - 1],
    };
    behind(traces.start)..behind(traces.end)
}

#[inline]
pub(super) fn permits(table: &SpanTable, policy: &Policy, row: u32, parent: u32) -> bool {
    let columns = &table.columns;
    policy.blocking.permits(
        columns.flags[row as usize],
        kind(table, row),
        kind(table, parent),
    )
}

#[inline]
fn kind(table: &SpanTable, row: u32) -> SpanKind {
    table.operations.kind(table.columns.operation[row as usize])
}

/// Counts what a child that may block does outside of its parent.
#[cold]
fn note_overhang(
    table: &SpanTable,
    row: u32,
    (own, outer): (Interval, Interval),
    tally: &mut Tally,
) {
    let issue = if own.meets(outer) {
        IssueKind::ClippedChild
    } else {
        IssueKind::ChildOutsideParent
    };
    let inside = own.cut_to(outer).map_or(0, Interval::len);
    tally.add(table, row, (issue, own.len() - inside));
    let parent = table.columns.parent[row as usize];
    let call = kind(table, row) == SpanKind::Server && kind(table, parent) == SpanKind::Client;
    let one_side = (own.start < outer.start) != (own.end > outer.end);
    if call && one_side && own.len() <= outer.len() {
        let [before, behind] = [(own.start, outer.start), (outer.end, own.end)];
        let shift = overhang(before).max(overhang(behind));
        tally.add(table, row, (IssueKind::ClockOffset, shift));
    }
}

/// How far the second of two times is behind the first.
fn overhang((first, second): (i64, i64)) -> u64 {
    second
        .checked_sub(first)
        .map_or(u64::MAX, |nano| nano.max(0) as u64)
}

//! Families: parents with the children that they wait for, in their order.

use super::siblings::Siblings;
use super::timeline::{marks, Timeline};
use super::times::TraceTimes;
use super::FactColumns;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{SpanTable, Trace};

pub(crate) use super::siblings::{Moment, Sibling};

/// The children that one span waits for: two or more.
#[derive(Debug)]
pub(crate) struct Family<'a> {
    /// The row of the parent.
    pub(crate) parent: u32,
    /// The children by when they begin.
    pub(crate) members: &'a [Sibling],
    /// By member, the place of the one that ended last of those that were over
    /// when it began.
    pub(crate) before: &'a [Option<u32>],
    tolerance_nano: u64,
}

impl Family<'_> {
    /// The first moment at which another may begin behind the member there.
    pub(crate) fn is_over(&self, place: u32) -> Moment {
        self.member(place).is_over(self.tolerance_nano)
    }

    pub(crate) fn member(&self, place: u32) -> Sibling {
        self.members[place as usize]
    }
}

/// Finds the families of one trace after the other.
pub(crate) struct Families<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    times: TraceTimes,
    siblings: Siblings,
    /// By row of the trace: whether anything is left of the span.
    is_there: Vec<bool>,
}

impl<'a> Families<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            times: TraceTimes::default(),
            siblings: Siblings::default(),
            is_there: Vec::new(),
        }
    }

    /// Hands out the families of a trace, parents in preorder.
    pub(crate) fn each(&mut self, trace: Trace<'_>, mut give: impl FnMut(&Family<'_>)) {
        let (table, facts) = (self.table, self.facts);
        let timeline = self.times.of(table, facts, trace.index());
        let tolerance_nano = facts.policy.tolerance_nano;
        let left = Left {
            table,
            timeline,
            first: trace.rows().start,
        };
        self.is_there.clear();
        for row in trace.rows() {
            let is_there = left.is_left(row, &self.is_there);
            self.is_there.push(is_there);
            if !is_there || !has_two_children(table, row) {
                continue;
            }
            self.siblings.fill((table, timeline), row, tolerance_nano);
            if self.siblings.all.len() > 1 {
                give(&Family {
                    parent: row,
                    members: &self.siblings.all,
                    before: &self.siblings.before,
                    tolerance_nano,
                });
            }
        }
    }
}

/// Finds what is left of spans.
struct Left<'a> {
    table: &'a SpanTable,
    timeline: &'a Timeline,
    /// The first row of the trace.
    first: u32,
}

impl Left<'_> {
    /// False where a span was cut to nothing, or one above that it blocks.
    fn is_left(&self, row: u32, is_there: &[bool]) -> bool {
        let marks = self.timeline.marks[self.timeline.at(row)];
        let parent = self.table.columns.parent[row as usize];
        if parent == NO_PARENT || marks & marks::BLOCKING == 0 {
            return true;
        }
        marks & marks::OFF == 0 && is_there[(parent - self.first) as usize]
    }
}

fn has_two_children(table: &SpanTable, row: u32) -> bool {
    let ends = &table.columns.subtree_end;
    let (first, end) = (row + 1, ends[row as usize]);
    first < end && ends[first as usize] < end
}

/// By row of a trace: its time on the critical path with all that is below it.
pub(crate) fn path_times(trace: Trace<'_>, facts: &FactColumns, times: &mut Vec<u64>) {
    let (rows, parents) = (trace.rows(), &trace.table().columns.parent);
    let first = rows.start;
    times.clear();
    times.extend_from_slice(&facts.critical_nano[first as usize..rows.end as usize]);
    for row in rows.rev() {
        let parent = parents[row as usize];
        if parent != NO_PARENT {
            let below = times[(row - first) as usize];
            let above = &mut times[(parent - first) as usize];
            *above = above.saturating_add(below);
        }
    }
}

/// When the spans of one trace after the other ran.
pub(crate) struct Times<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    times: TraceTimes,
    path: Vec<u64>,
}

/// The spans of one trace, in time and on the critical path.
pub(crate) struct Placed<'a> {
    timeline: &'a Timeline,
    /// The first row of the trace.
    first: u32,
    path: &'a [u64],
    flags: &'a [u8],
}

impl<'a> Times<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            times: TraceTimes::default(),
            path: Vec::new(),
        }
    }

    pub(crate) fn of(&mut self, trace: Trace<'_>) -> Placed<'_> {
        path_times(trace, self.facts, &mut self.path);
        Placed {
            timeline: self.times.of(self.table, self.facts, trace.index()),
            first: trace.rows().start,
            path: &self.path,
            flags: &self.facts.flags,
        }
    }
}

impl Placed<'_> {
    /// The effective start of a span.
    pub(crate) fn start(&self, row: u32) -> i64 {
        self.timeline.effective[self.timeline.at(row)].start
    }

    /// True where the critical path runs through a span or one below it.
    pub(crate) fn is_on_path(&self, row: u32) -> bool {
        let moment = self.flags[row as usize] & super::fact_flags::ON_PATH != 0;
        moment || self.path[(row - self.first) as usize] > 0
    }
}

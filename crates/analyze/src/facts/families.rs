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
    /// True where each begins when all before it are over, and ends last.
    pub(crate) is_chain: bool,
    /// See [`Family::before`]; empty where they are a chain, or few.
    before: &'a [Option<u32>],
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

    /// The place of the one that ended last of those that were over when the
    /// member there began.
    pub(crate) fn before(&self, place: u32) -> Option<u32> {
        if self.is_chain {
            return place.checked_sub(1);
        }
        match self.before.get(place as usize) {
            Some(&before) => before,
            None => self.find_before(place),
        }
    }

    /// Looks at all that began before.
    fn find_before(&self, place: u32) -> Option<u32> {
        let begins = self.member(place).begins();
        let over = (0..place).filter(|&other| self.is_over(other) <= begins);
        over.max_by_key(|&other| self.member(other).end)
    }
}

/// In families of so many members, what was before one is looked for.
const FEW: usize = 64;

/// Finds the families of one trace after the other.
pub(crate) struct Families<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    times: TraceTimes,
    siblings: Siblings,
    /// The places in the trace of spans with several children; memory that is kept.
    parents: Vec<u32>,
    /// By row of the trace: whether anything is left of the span; empty where
    /// something is left of all.
    is_there: Vec<bool>,
}

impl<'a> Families<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            times: TraceTimes::default(),
            siblings: Siblings::default(),
            parents: Vec::new(),
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
        left.fill(trace, &mut self.is_there);
        let rows = trace.rows();
        let ends = &table.columns.subtree_end[rows.start as usize..rows.end as usize];
        let count = find_parents(ends, &mut self.parents);
        for &at in &self.parents[..count] {
            if self.is_there.get(at as usize) == Some(&false) {
                continue;
            }
            let (row, siblings) = (rows.start + at, &mut self.siblings);
            siblings.gather(table, timeline, row);
            if siblings.all.len() < 2 {
                continue;
            }
            let is_serial = timeline.is_serial(timeline.at(row));
            let is_chain = is_serial || siblings.is_chain(tolerance_nano);
            siblings.before.clear();
            if !is_chain && siblings.all.len() > FEW {
                siblings.sort(tolerance_nano);
            } else if !is_chain {
                siblings.sort_all();
            }
            give(&Family {
                parent: row,
                members: &siblings.all,
                is_chain,
                before: &siblings.before,
                tolerance_nano,
            });
        }
    }
}

/// Finds the spans with several children, and how many there are.
fn find_parents(ends: &[u32], parents: &mut Vec<u32>) -> usize {
    if parents.len() < ends.len() {
        parents.resize(ends.len(), 0);
    }
    let mut count = 0;
    for (at, pair) in (0..).zip(ends.windows(2)) {
        // What stands next ends first where it is a child and there is another.
        // Each place is written, for which one stays cannot be guessed.
        parents[count] = at;
        count += usize::from(pair[1] < pair[0]);
    }
    count
}

/// Finds what is left of spans.
struct Left<'a> {
    table: &'a SpanTable,
    timeline: &'a Timeline,
    /// The first row of the trace.
    first: u32,
}

impl Left<'_> {
    /// Finds out what is left of the spans of a trace.
    fn fill(&self, trace: Trace<'_>, is_there: &mut Vec<bool>) {
        let rows = trace.rows();
        let marks = self.timeline.at(rows.start)..self.timeline.at(rows.end);
        let marks = self.timeline.marks[marks].iter();
        is_there.clear();
        if marks.fold(0, |any, marks| any | marks) & marks::OFF == 0 {
            return;
        }
        for row in rows {
            let is_left = self.is_left(row, is_there);
            is_there.push(is_left);
        }
    }

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

/// The time of the spans of a trace on the critical path, each with all that is
/// below it.
#[derive(Debug, Default)]
pub(crate) struct PathTimes {
    first: u32,
    /// By row of the trace, and behind the last one: what all rows before have.
    /// No component has more than 64 bits hold, so differences are right.
    before: Vec<u64>,
}

impl PathTimes {
    pub(crate) fn fill(&mut self, trace: Trace<'_>, facts: &FactColumns) {
        let rows = trace.rows();
        let times = &facts.critical_nano[rows.start as usize..rows.end as usize];
        self.first = rows.start;
        self.before.clear();
        self.before.push(0);
        let mut sum = 0_u64;
        self.before.extend(times.iter().map(|&nano| {
            sum = sum.wrapping_add(nano);
            sum
        }));
    }

    /// The time of a span of the trace.
    #[inline]
    pub(crate) fn of(&self, table: &SpanTable, row: u32) -> u64 {
        let end = table.columns.subtree_end[row as usize];
        let [end, start] = [end, row].map(|row| self.before[(row - self.first) as usize]);
        end.wrapping_sub(start)
    }
}

/// When the spans of one trace after the other ran.
pub(crate) struct Times<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    times: TraceTimes,
    path: PathTimes,
}

/// The spans of one trace, in time and on the critical path.
pub(crate) struct Placed<'a> {
    table: &'a SpanTable,
    timeline: &'a Timeline,
    path: &'a PathTimes,
    flags: &'a [u8],
}

impl<'a> Times<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        Self {
            table,
            facts,
            times: TraceTimes::default(),
            path: PathTimes::default(),
        }
    }

    pub(crate) fn of(&mut self, trace: Trace<'_>) -> Placed<'_> {
        self.path.fill(trace, self.facts);
        Placed {
            table: self.table,
            timeline: self.times.of(self.table, self.facts, trace.index()),
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
        moment || self.path.of(self.table, row) > 0
    }
}

//! Slack and drag: how much later a span could have ended without anybody
//! noticing, and how much sooner the request would have ended without it.
//!
//! Both are exact answers about one model, the *replay* of a trace: a span
//! begins as long after the latest sibling that was over as it did (or after
//! its parent's start, where none was), ends as long after its last blocking
//! child as it did, and a span without blocking children lasts as long as it
//! did. Slack is the distance to the first thing that would move; it comes from
//! one pass from parents to children, and among siblings from the last to the
//! first. Drag is what is left of a span's length until something beside it
//! becomes the critical path. Siblings are sorted and swept, so both are linear
//! but for sorting.

use super::siblings::{Sibling, Siblings};
use super::timeline::{marks, Timeline};
use super::times::TraceTimes;
use super::FactColumns;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::SpanTable;
use std::ops::Range;

/// Stands for no slack and no drag.
const NONE: u64 = u64::MAX;

/// Slack and drag, one entry a span.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..90
///       user Get      10..60
///       shop render   90..95
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let slack = facts.slack(&spans);
/// let of = |row| [slack.slack_nano(row), slack.drag_nano(row)].map(|n| n.map(|n| n / 1_000_000));
/// assert_eq!(of(1), [Some(0), Some(30)], "without the cart, the user is waited for");
/// assert_eq!(of(2), [Some(30), None], "nobody would notice 30 ms more");
/// assert_eq!(of(3), [Some(0), Some(5)]);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlackColumns {
    slack_nano: Vec<u64>,
    drag_nano: Vec<u64>,
}

impl SlackColumns {
    /// How much later a span could have ended without its component ending
    /// later, in nanoseconds: zero on the critical path, and nothing for spans
    /// that do not block their parents and for all below these.
    #[must_use]
    pub fn slack_nano(&self, at: usize) -> Option<u64> {
        Some(self.slack_nano[at]).filter(|&nano| nano != NONE)
    }

    /// How much sooner a component would have ended if a span had taken no time,
    /// with all that is below it; nothing for spans that have slack or none.
    #[must_use]
    pub fn drag_nano(&self, at: usize) -> Option<u64> {
        Some(self.drag_nano[at]).filter(|&nano| nano != NONE)
    }

    /// Slack and drag of the spans from a place on.
    pub(crate) fn from(&self, at: usize) -> impl Iterator<Item = (Option<u64>, Option<u64>)> + '_ {
        let some = |nano: u64| Some(nano).filter(|&nano| nano != NONE);
        let both = self.slack_nano[at..].iter().zip(&self.drag_nano[at..]);
        both.map(move |(&slack, &drag)| (some(slack), some(drag)))
    }

    /// Columns of so many spans that have neither.
    pub(super) fn with_rows(rows: usize) -> Self {
        let mut columns = Self::default();
        columns.reset(rows);
        columns
    }

    /// The same of so many other spans.
    pub(super) fn reset(&mut self, rows: usize) {
        for nano in [&mut self.slack_nano, &mut self.drag_nano] {
            nano.clear();
            nano.resize(rows, NONE);
        }
    }

    /// All entries, to be filled.
    pub(super) fn slices(&mut self) -> SlackSlices<'_> {
        SlackSlices {
            slack: &mut self.slack_nano,
            drag: &mut self.drag_nano,
        }
    }
}

/// Entries of spans that follow each other.
#[derive(Default)]
pub(super) struct SlackSlices<'a> {
    slack: &'a mut [u64],
    drag: &'a mut [u64],
}

impl<'a> SlackSlices<'a> {
    /// Cuts off the first so many.
    pub(super) fn take_first(&mut self, count: usize) -> SlackSlices<'a> {
        let (slack, slack_behind) = std::mem::take(&mut self.slack).split_at_mut(count);
        let (drag, drag_behind) = std::mem::take(&mut self.drag).split_at_mut(count);
        (self.slack, self.drag) = (slack_behind, drag_behind);
        SlackSlices { slack, drag }
    }
}

/// Memory that is reused from one trace to the next.
#[derive(Debug, Default)]
pub(super) struct Slacks {
    times: TraceTimes,
    among: Among,
}

/// The same for the children of one span.
#[derive(Debug, Default)]
struct Among {
    siblings: Siblings,
    bounds: Vec<i64>,
    slack: Vec<u64>,
    drag: Drag,
}

impl Slacks {
    /// Fills the entries of the spans of a trace, which say nothing yet.
    pub(super) fn fill(
        &mut self,
        table: &SpanTable,
        trace: u32,
        facts: &FactColumns,
        out: &mut SlackSlices<'_>,
    ) {
        let timeline = self.times.of(table, facts, trace);
        let ground = (table, timeline, facts.policy.tolerance_nano);
        let rows = table.rows(trace);
        let (all, count) = (rows.start as usize..rows.end as usize, rows.len());
        let at = timeline.at(rows.start);
        let marks = &timeline.marks[at..at + count];
        let times = timeline.effective[at..at + count].iter();
        let spans = table.columns.parent[all].iter().zip(marks).zip(times);
        let mut columns = Slices {
            first: rows.start,
            slack: &mut out.slack[..count],
            drag: &mut out.drag[..count],
        };
        for (at, ((&parent, &own), interval)) in spans.enumerate() {
            if parent == NO_PARENT {
                columns.slack[at] = 0;
                columns.drag[at] = interval.len();
            } else {
                let above = columns.at(parent);
                if marks::is_serial(marks[above]) && marks::blocks(own) {
                    hand_on((above, at), interval.len(), &mut columns);
                }
            }
            if columns.slack[at] != NONE && !marks::is_serial(own) {
                self.among
                    .spread(ground, rows.start + at as u32, &mut columns);
            }
        }
    }
}

impl Among {
    /// Hands the slack and drag of the span at `row` on to its children.
    fn spread(
        &mut self,
        (table, timeline, tolerance_nano): (&SpanTable, &Timeline, u64),
        row: u32,
        columns: &mut Slices<'_>,
    ) {
        let siblings = &mut self.siblings;
        siblings.gather(table, timeline, row);
        if siblings.is_chain(tolerance_nano) {
            return hand_down(&siblings.all, row, columns);
        }
        siblings.sort(tolerance_nano);
        let Some(last) = siblings.last else { return };
        let at = columns.at(row);
        let end = siblings.all[last as usize].end;
        let bound = end.saturating_add_unsigned(columns.slack[at]);
        fill_slack(
            siblings,
            bound,
            tolerance_nano,
            &mut self.bounds,
            &mut self.slack,
        );
        let critical = columns.drag[at];
        if critical != NONE {
            self.drag.fill(siblings, &self.slack, tolerance_nano);
        }
        for (place, sibling) in siblings.all.iter().enumerate() {
            let at = columns.at(sibling.row);
            columns.slack[at] = self.slack[place];
            if critical != NONE && self.slack[place] == 0 {
                columns.drag[at] = self.drag.saving[place].min(critical);
            }
        }
    }
}

/// Hands the slack and drag of a span on to one of its children, which follow one
/// another: what moves one moves all behind it, so that they have the slack of
/// their parent, and nothing runs beside them.
#[inline]
fn hand_on((above, at): (usize, usize), nano: u64, columns: &mut Slices<'_>) {
    let (slack, critical) = (columns.slack[above], columns.drag[above]);
    let is_critical = (critical != NONE) & (slack == 0);
    let drag = nano.min(critical);
    columns.slack[at] = slack;
    columns.drag[at] = if is_critical { drag } else { NONE };
}

/// The same for children of which each begins when the one before is over, or
/// within the tolerance before that.
fn hand_down(children: &[Sibling], row: u32, columns: &mut Slices<'_>) {
    let above = columns.at(row);
    let (slack, critical) = (columns.slack[above], columns.drag[above]);
    let is_critical = critical != NONE && slack == 0;
    let mut before = i64::MIN;
    for child in children {
        let at = columns.at(child.row);
        columns.slack[at] = slack;
        if is_critical {
            columns.drag[at] = child.length_behind(before).min(critical);
        }
        before = child.end;
    }
}

/// Fills the slack of siblings, of which none may end behind `bound`.
fn fill_slack(
    siblings: &Siblings,
    bound: i64,
    tolerance_nano: u64,
    bounds: &mut Vec<i64>,
    slack: &mut Vec<u64>,
) {
    let count = siblings.all.len();
    slack.clear();
    slack.resize(count, 0);
    // By place: by when whatever that place or a later one waits for must end.
    bounds.clear();
    bounds.resize(count + 1, bound);
    for place in (0..count).rev() {
        let behind = siblings.first_behind(place, tolerance_nano);
        slack[place] = bounds[behind].abs_diff(siblings.all[place].end);
        let own = siblings.end_before(place);
        let own = own.map_or(i64::MAX, |end| end.saturating_add_unsigned(slack[place]));
        bounds[place] = bounds[place + 1].min(own);
    }
}

/// The entries of one trace.
struct Slices<'a> {
    /// The row that the first entry stands for.
    first: u32,
    slack: &'a mut [u64],
    drag: &'a mut [u64],
}

impl Slices<'_> {
    fn at(&self, row: u32) -> usize {
        (row - self.first) as usize
    }
}

/// What siblings without slack could save, and scratch for it.
#[derive(Debug, Default)]
struct Drag {
    /// By place, where there is no slack.
    saving: Vec<u64>,
    /// Places of the siblings of one critical path, in their order.
    path: Vec<u32>,
    /// By place in `path`: the next that no sibling beside it has limited.
    open: Vec<u32>,
    /// Places of all other siblings, by slack.
    beside: Vec<u32>,
}

impl Drag {
    /// Fills what each sibling could save if nothing else changed: its own
    /// length behind what was over before it, but no more than the slack of any
    /// sibling beside it. One without slack that is not on the path runs beside
    /// one that is, so it saves nothing.
    fn fill(&mut self, siblings: &Siblings, slack: &[u64], tolerance_nano: u64) {
        self.saving.clear();
        self.saving.resize(slack.len(), 0);
        self.path.clear();
        let before = |&at: &u32| siblings.before[at as usize];
        self.path
            .extend(std::iter::successors(siblings.last, before));
        self.path.reverse();
        for &place in &self.path {
            self.saving[place as usize] = own_length(siblings, place as usize);
        }
        self.open.clear();
        self.open.extend(0..=self.path.len() as u32);
        self.beside.clear();
        let path = &self.path;
        let beside = (0..slack.len() as u32).filter(|place| path.binary_search(place).is_err());
        self.beside.extend(beside);
        self.beside
            .sort_unstable_by_key(|&place| slack[place as usize]);
        for at in 0..self.beside.len() {
            let place = self.beside[at] as usize;
            let run = beside_of(siblings, place, &self.path, tolerance_nano);
            self.limit(run, slack[place]);
        }
    }

    /// Limits a run of siblings on the path, but for those that one with less
    /// slack has limited.
    fn limit(&mut self, run: Range<u32>, slack: u64) {
        let mut at = self.next_open(run.start);
        while at < run.end {
            let saving = &mut self.saving[self.path[at as usize] as usize];
            *saving = slack.min(*saving);
            self.open[at as usize] = at + 1;
            at = self.next_open(at);
        }
    }

    /// The first place from `at` on that is not limited yet; the way there is
    /// halved when it is gone.
    fn next_open(&mut self, mut at: u32) -> u32 {
        while self.open[at as usize] != at {
            let next = self.open[at as usize];
            self.open[at as usize] = self.open[next as usize];
            at = next;
        }
        at
    }
}

/// Which siblings of a path run beside the one at `place`: neither is over
/// when the other begins.
fn beside_of(siblings: &Siblings, place: usize, path: &[u32], tolerance_nano: u64) -> Range<u32> {
    let all = &siblings.all;
    let (begins, over) = (all[place].begins(), all[place].is_over(tolerance_nano));
    let first = path.partition_point(|&at| all[at as usize].is_over(tolerance_nano) <= begins);
    let end = path.partition_point(|&at| all[at as usize].begins() < over);
    first as u32..end as u32
}

/// How long a sibling lasts behind all that was over before it.
fn own_length(siblings: &Siblings, place: usize) -> u64 {
    let before = siblings.end_before(place).unwrap_or(i64::MIN);
    siblings.all[place].length_behind(before)
}

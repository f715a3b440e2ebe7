//! The critical path: which span each nanosecond of a component's top span is
//! given to.
//!
//! The walk goes back from the end of the top span. At the cursor it takes the
//! next blocking child that ends by the cursor (or within the tolerance behind
//! it, and then the child is cut to the cursor); the gap belongs to the parent.
//! It descends into the child and, at the child's start, returns to the
//! parent. A child without length is taken where the cursor passes over it.
//! Children are looked at in one order (effective end descending, zero-length
//! first, start ascending, span id, row), each once, so the walk is linear but
//! for sorting, and the tiles fit without gap or overlap by construction.

use super::tally::Tally;
use super::timeline::{marks, Interval, Rules, Timeline};
use super::{shifts_of, FactColumns};
use crate::policy::Policy;
use spanwise_model::{Span, SpanTable, Trace};

/// A piece of a critical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The row of the span that the time is given to.
    pub row: u32,
    /// Where the piece starts, nanoseconds since the epoch.
    pub from_unix_nano: i64,
    /// Where it ends.
    pub to_unix_nano: i64,
    /// The path could as well run elsewhere: the span, or one above it, was
    /// taken before a sibling with the same effective end because it started
    /// earlier or has the smaller id.
    pub tied: bool,
    /// A blocking child of the span runs during a part of the piece.
    pub overlapped: bool,
    /// The span was cut to its parent's effective interval.
    pub clipped: bool,
}

impl Tile {
    /// How long the piece is, in nanoseconds.
    #[must_use]
    pub fn duration_nano(self) -> u64 {
        self.to_unix_nano.abs_diff(self.from_unix_nano)
    }

    pub(super) fn interval(self) -> Interval {
        Interval {
            start: self.from_unix_nano,
            end: self.to_unix_nano,
        }
    }
}

/// The critical path of a component of `trace`: pieces in the order of time
/// that together are the effective interval of `top`. Pieces of no length
/// stand for spans of no length; there is always at least one piece.
///
/// `top` is a top span of the trace; any other span of it gives the path
/// inside that span.
///
/// ```
/// use spanwise_analyze::{facts::critical_path::tiles, Policy};
/// let batch = spanwise_io::notation::parse("
///     shop GET /cart  0..100
///       cart Get     10..50
///       user Get     40..90
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let trace = table.trace(0);
/// let tiles = tiles(trace, trace.primary(), &Policy::default());
/// let milliseconds: Vec<_> = tiles.iter().map(|tile| tile.duration_nano() / 1_000_000).collect();
/// assert_eq!(milliseconds, [40, 50, 10]);
/// assert!(tiles[0].overlapped, "the cart was read meanwhile");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn tiles(trace: Trace<'_>, top: Span<'_>, policy: &Policy) -> Vec<Tile> {
    let shifts = shifts_of(trace.table(), policy);
    let shifts = shifts.as_ref();
    tiles_by(trace, top, Rules { policy, shifts })
}

/// The same under the policy and the clocks that facts were computed under.
#[must_use]
pub fn tiles_of(trace: Trace<'_>, top: Span<'_>, facts: &FactColumns) -> Vec<Tile> {
    tiles_by(trace, top, facts.rules())
}

fn tiles_by(trace: Trace<'_>, top: Span<'_>, rules: Rules<'_>) -> Vec<Tile> {
    let table = trace.table();
    let index = trace.index();
    let mut timeline = Timeline::default();
    timeline.fill(table, rules, index..index + 1, &mut Tally::default());
    let ground = Ground {
        table,
        timeline: &timeline,
        tolerance_nano: rules.policy.tolerance_nano,
    };
    let mut tiles = Vec::new();
    Walk::default().run(&ground, top.row(), |tile, _| tiles.push(tile));
    tiles.reverse();
    tiles
}

/// The children of a tile's span that stand beside the tile on the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Between {
    /// The one that ended before it.
    pub(super) before: Option<u32>,
    /// The one that began behind it.
    pub(super) after: Option<u32>,
}

/// What the walk goes over.
pub(super) struct Ground<'a> {
    pub(super) table: &'a SpanTable,
    pub(super) timeline: &'a Timeline,
    pub(super) tolerance_nano: u64,
}

/// A blocking child, by its effective interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) end: i64,
    pub(super) start: i64,
    pub(super) row: u32,
}

impl Candidate {
    pub(super) fn is_point(self) -> bool {
        self.start == self.end
    }

    /// Whether the next candidate could be taken in place of this one.
    fn is_rival(self, next: Candidate, cursor: i64) -> bool {
        !self.is_point() && next.end == self.end && next.start < cursor
    }
}

/// A span that the walk is inside of.
#[derive(Debug)]
pub(super) struct Frame {
    row: u32,
    tied: bool,
    start: i64,
    /// The earliest start of the children that were passed over.
    passed: i64,
    /// The child that the walk came back from.
    pub(super) after: Option<u32>,
    /// Where its candidates begin, and the next of them.
    candidates: usize,
    next: usize,
}

/// The stack of a walk, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Walk {
    frames: Vec<Frame>,
    /// Candidates of all frames; those of the innermost one stand last.
    candidates: Vec<Candidate>,
    /// Where it is asked for: each child that is taken behind its parent, and
    /// the siblings that have the same end.
    records: Option<Records>,
}

/// Pairs of rows: children with their parents before them, and siblings.
type Records = (Vec<(u32, u32)>, Vec<(u32, u32)>);

impl Walk {
    /// A walk that records what it takes.
    pub(super) fn that_records() -> Self {
        Self {
            records: Some(Records::default()),
            ..Self::default()
        }
    }

    /// Each parent with a child that was taken, the last first, and each child
    /// with a sibling that could stand for it.
    pub(super) fn records(self) -> Records {
        self.records.unwrap_or_default()
    }

    /// Walks back from the end of `top` and hands out its tiles, last first.
    pub(super) fn run(&mut self, ground: &Ground<'_>, top: u32, give: impl FnMut(Tile, Between)) {
        self.run_from(ground, (top, ground.interval(top).end), give);
    }

    /// The same from a moment inside of `top`.
    pub(super) fn run_from(
        &mut self,
        ground: &Ground<'_>,
        (top, mut cursor): (u32, i64),
        mut give: impl FnMut(Tile, Between),
    ) {
        self.frames.clear();
        self.candidates.clear();
        self.enter(ground, top, false);
        while let Some(frame) = self.frames.last_mut() {
            let taken = frame.take(&self.candidates, cursor, ground.tolerance_nano);
            let Some((child, tied)) = taken else {
                cursor = ground.end(frame, cursor, &mut give);
                self.candidates.truncate(frame.candidates);
                self.frames.pop();
                continue;
            };
            let from = child.end.min(cursor);
            if from < cursor {
                let between = frame.between(Some(child.row));
                give(ground.tile(frame, from, cursor), between);
            }
            if let Some((all, rivals)) = &mut self.records {
                all.push((frame.row, child.row));
                let behind = &self.candidates[frame.next..];
                let is_rival = |rival: &&Candidate| child.is_rival(**rival, cursor);
                let same = behind.iter().take_while(is_rival);
                rivals.extend(same.map(|rival| (child.row, rival.row)));
            }
            cursor = from;
            frame.after = Some(child.row);
            let tied = tied || frame.tied;
            if ground.is_leaf(child.row) {
                let leaf = Frame::new(child.row, child.start, tied);
                cursor = ground.end(&leaf, cursor, &mut give);
            } else {
                self.enter(ground, child.row, tied);
            }
        }
    }

    fn enter(&mut self, ground: &Ground<'_>, row: u32, tied: bool) {
        let candidates = self.candidates.len();
        ground.push_candidates(row, &mut self.candidates);
        let start = ground.interval(row).start;
        self.frames.push(Frame {
            candidates,
            next: candidates,
            ..Frame::new(row, start, tied)
        });
    }
}

impl Frame {
    /// A frame without candidates.
    #[inline]
    pub(super) fn new(row: u32, start: i64, tied: bool) -> Self {
        Self {
            row,
            tied,
            start,
            passed: i64::MAX,
            after: None,
            candidates: 0,
            next: 0,
        }
    }

    /// The children beside a piece, of which this one ended before it.
    #[inline]
    pub(super) fn between(&self, before: Option<u32>) -> Between {
        let after = self.after;
        Between { before, after }
    }

    /// The next child on the path, and whether a sibling could stand for it.
    pub(super) fn take(
        &mut self,
        candidates: &[Candidate],
        cursor: i64,
        tolerance_nano: u64,
    ) -> Option<(Candidate, bool)> {
        let latest = cursor.saturating_add_unsigned(tolerance_nano);
        while let Some(&child) = candidates.get(self.next) {
            self.next += 1;
            if child.is_point() {
                if child.end <= cursor {
                    return Some((child, false));
                }
            } else if child.end <= latest && child.start < cursor {
                let rival = candidates.get(self.next);
                let tied = rival.is_some_and(|rival| child.is_rival(*rival, cursor));
                return Some((child, tied));
            } else {
                self.passed = self.passed.min(child.start);
            }
        }
        None
    }
}

impl Ground<'_> {
    /// The children of a span.
    pub(super) fn children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let ends = &self.table.columns.subtree_end;
        let end = ends[row as usize];
        let next = move |child: &u32| Some(ends[*child as usize]).filter(|&next| next < end);
        std::iter::successors(Some(row + 1).filter(|&first| first < end), next)
    }

    /// Its blocking children in the order in which the walk looks at them.
    pub(super) fn candidates(&self, row: u32) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        self.push_candidates(row, &mut candidates);
        candidates
    }

    /// Appends them.
    pub(super) fn push_candidates(&self, row: u32, candidates: &mut Vec<Candidate>) {
        let first = candidates.len();
        self.push_blocking(row, candidates);
        self.sort(&mut candidates[first..]);
    }

    /// Appends its blocking children as they stand.
    fn push_blocking(&self, row: u32, candidates: &mut Vec<Candidate>) {
        let (timeline, ends) = (self.timeline, &self.table.columns.subtree_end);
        let (mut child, end) = (row + 1, ends[row as usize]);
        while child < end {
            let at = timeline.at(child);
            if timeline.blocks(at) {
                let Interval { start, end } = timeline.effective[at];
                let row = child;
                candidates.push(Candidate { end, start, row });
            }
            child = ends[child as usize];
        }
    }

    /// True where a span has no child.
    #[inline]
    pub(super) fn is_leaf(&self, row: u32) -> bool {
        self.table.columns.subtree_end[row as usize] == row + 1
    }

    /// Gives the last tile of a span, of whose children none is left; answers
    /// where the cursor is then.
    #[inline]
    fn end(&self, frame: &Frame, cursor: i64, give: &mut impl FnMut(Tile, Between)) -> i64 {
        if frame.start < cursor || self.is_point(frame.row) {
            give(self.tile(frame, frame.start, cursor), frame.between(None));
        }
        frame.start
    }

    /// The effective interval of a span.
    #[inline]
    pub(super) fn interval(&self, row: u32) -> Interval {
        self.timeline.effective[self.timeline.at(row)]
    }

    #[inline]
    fn is_point(&self, row: u32) -> bool {
        self.interval(row).is_empty()
    }

    fn tile(&self, frame: &Frame, from: i64, to: i64) -> Tile {
        let mark = self.timeline.marks[self.timeline.at(frame.row)];
        Tile {
            row: frame.row,
            from_unix_nano: from,
            to_unix_nano: to,
            tied: frame.tied,
            overlapped: frame.passed < to,
            clipped: mark & marks::CLIPPED != 0,
        }
    }

    /// Sorts candidates into the order in which the walk looks at them. They
    /// come by start, so one after the other they are already sorted once
    /// they are reversed.
    fn sort(&self, candidates: &mut [Candidate]) {
        if candidates.len() < 2 {
            return;
        }
        candidates.reverse();
        let mut pairs = candidates.iter().zip(candidates.iter().skip(1));
        if pairs.all(|(one, next)| one.end > next.end) {
            return;
        }
        let ids = &self.table.columns.span_id;
        candidates.sort_unstable_by(|a, b| {
            (b.end, b.is_point(), a.start)
                .cmp(&(a.end, a.is_point(), b.start))
                .then_with(|| ids[a.row as usize].cmp(&ids[b.row as usize]))
                .then_with(|| a.row.cmp(&b.row))
        });
    }
}

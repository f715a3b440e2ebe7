//! Whether a critical path hangs on clocks that may be off.
//!
//! The walk compares times: the end of a child with the cursor, which is the
//! start of the child behind it, and the ends of children with each other. On
//! one clock these comparisons are exact. On two they stand where the times
//! differ by more than what is open between the clocks. Nothing else decides
//! which spans the path runs through.

use super::critical_path::{Candidate, Ground};
use super::effective::permits;
use super::timeline::{Interval, Rules};
use crate::clocks::{clock_names, Shifts};
use rustc_hash::FxHashMap;
use spanwise_model::ResourceId;

/// Comparisons of a walk.
pub(super) struct Comparisons<'a> {
    ground: &'a Ground<'a>,
    rules: Rules<'a>,
    /// By resource: a number for the name of its clock.
    clocks: Vec<u32>,
    /// By parent: the rows whose start and end its effective ones are.
    owners: FxHashMap<u32, (u32, u32)>,
    /// By child that was taken at a cursor before its end: that cursor.
    cursors: FxHashMap<u32, Moment>,
}

/// A time and the span that it is of.
type Moment = (i64, u32);

/// The effective start and end of a span.
type Edges = [Moment; 2];

impl<'a> Comparisons<'a> {
    pub(super) fn new(ground: &'a Ground<'a>, rules: Rules<'a>) -> Self {
        let mut numbers = FxHashMap::default();
        let clocks = clock_names(ground.table).into_iter().map(|name| {
            let next = numbers.len() as u32;
            *numbers.entry(name).or_insert(next)
        });
        Self {
            ground,
            rules,
            clocks: clocks.collect(),
            owners: FxHashMap::default(),
            cursors: FxHashMap::default(),
        }
    }

    /// Whether all comparisons hold of a walk that took these children of these
    /// parents, the last first; nothing where clocks are not compared and some
    /// comparison needs it.
    pub(super) fn hold(&mut self, top: u32, mut taken: Vec<(u32, u32)>) -> Option<bool> {
        let mut parents: Vec<u32> = taken.iter().map(|&(_, child)| child).collect();
        parents.push(top);
        parents.sort_unstable();
        taken.sort_by_key(|&(parent, _)| parent);
        let mut stands = true;
        for parent in parents {
            let from = taken.partition_point(|&(other, _)| other < parent);
            let own = taken[from..].iter().take_while(|one| one.0 == parent);
            let edges = self.edges(parent, top);
            stands = stands
                && self.outsiders_stay(parent, edges)
                && self.siblings_stay(parent, edges, own.map(|one| one.1));
        }
        (stands || self.rules.shifts.is_some()).then_some(stands)
    }

    /// When a span effectively starts and ends, and whose start and end those
    /// are: of a span that is cut, those of one above it. Parents come before
    /// their children.
    fn edges(&mut self, row: u32, top: u32) -> Edges {
        let timeline = self.ground.timeline;
        let (own, cut) = (self.own(row), timeline.effective[timeline.at(row)]);
        let parent = self.ground.table.columns.parent[row as usize];
        let above = self.owners.get(&parent).filter(|_| row != top).copied();
        let (start, end) = above.unwrap_or((row, row));
        let owners = (
            if own.start < cut.start { start } else { row },
            if own.end > cut.end { end } else { row },
        );
        self.owners.insert(row, owners);
        [(cut.start, owners.0), (cut.end, owners.1)]
    }

    /// Whether children outside of their parent are there for sure.
    fn outsiders_stay(&self, parent: u32, [start, end]: Edges) -> bool {
        let (table, timeline) = (self.ground.table, self.ground.timeline);
        self.ground.children(parent).all(|child| {
            let own = self.own(child);
            let is_apart = || match own.start >= end.0 {
                true => self.is_sure([(own.start, child), end]),
                false => self.is_sure([(own.end, child), start]),
            };
            timeline.blocks(timeline.at(child))
                || !permits(table, self.rules.policy, child, parent)
                || is_apart()
        })
    }

    /// Whether no other children could be taken.
    fn siblings_stay(
        &mut self,
        parent: u32,
        edges: Edges,
        taken: impl Iterator<Item = u32>,
    ) -> bool {
        let all = self.ground.candidates(parent);
        let others = self.next_on_other_clocks(&all);
        let most = self.most_open(&all);
        let entered = self.cursors.get(&parent).copied();
        let (mut cursor, mut at, mut stands) = (entered.unwrap_or(edges[1]), 0, true);
        for (nth, child) in taken.enumerate() {
            while all[at].row != child {
                stands &= self.is_passed(all[at], cursor);
                at += 1;
            }
            let one = all[at];
            stands &= self.is_sure([(one.start, one.row), cursor])
                && self.is_sure([(one.end, one.row), edges[0]]);
            stands &= match nth {
                0 => all
                    .get(at + 1)
                    .is_none_or(|next| self.is_cut_alike([one, *next], edges)),
                _ => self.is_sure([(one.end, one.row), self.bound(one, cursor)]),
            };
            stands &= others[at].is_none_or(|next| {
                let last = if nth == 0 {
                    edges[1].0.min(one.end)
                } else {
                    one.end
                };
                let reach = self.reach(one.row).max(self.reach(edges[1].1));
                let open = most.zip(reach).map(|(a, b)| a.saturating_add(b));
                open.is_some_and(|open| last.abs_diff(all[next].end) > open)
            });
            if one.end > cursor.0 {
                self.cursors.insert(one.row, cursor);
            }
            cursor = (one.start, one.row);
            at += 1;
            // Where it begins with the parent, none of the others is left any time.
            stands &=
                at == all.len() || self.is_sure([(self.own(one.row).start, one.row), edges[0]]);
        }
        stands && all[at..].iter().all(|one| self.is_passed(*one, cursor))
    }

    /// Whether a candidate is passed over for sure: it ends behind the cursor or
    /// begins no earlier.
    fn is_passed(&self, one: Candidate, cursor: Moment) -> bool {
        let bound = self.bound(one, cursor);
        let ends = one.end > bound.0 && self.is_sure([(one.end, one.row), bound]);
        ends || one.start >= cursor.0 && self.is_sure([(one.start, one.row), cursor])
    }

    /// By when a candidate has to end.
    fn bound(&self, one: Candidate, cursor: Moment) -> Moment {
        let tolerance = self.ground.tolerance_nano;
        let tolerance = if one.is_point() { 0 } else { tolerance };
        (cursor.0.saturating_add_unsigned(tolerance), cursor.1)
    }

    /// Whether it is sure which of the two that end last are cut to the end of
    /// their parent; and, where both end with it, which begins first.
    fn is_cut_alike(&self, [one, next]: [Candidate; 2], [start, end]: Edges) -> bool {
        let is_sure = |of: Candidate, edge: Moment| {
            let own = self.own(of.row);
            let time = if edge == end { own.end } else { own.start };
            self.is_sure([(time, of.row), edge])
        };
        let tied = one.end == next.end;
        let cut = is_sure(next, end) && (!tied || is_sure(one, end));
        cut && (!tied || is_sure(one, start) && is_sure(next, start))
    }

    /// Which candidate behind each is the first on another clock.
    fn next_on_other_clocks(&self, all: &[Candidate]) -> Vec<Option<usize>> {
        let mut next: Vec<Option<usize>> = vec![None; all.len()];
        for at in (1..all.len()).rev() {
            next[at - 1] = match self.clock(all[at].row) == self.clock(all[at - 1].row) {
                true => next[at],
                false => Some(at),
            };
        }
        next
    }

    /// Whether the order of two times is sure.
    fn is_sure(&self, [one, other]: [Moment; 2]) -> bool {
        if self.clock(one.1) == self.clock(other.1) {
            return true;
        }
        let resources = (self.resource(one.1), self.resource(other.1));
        let open = self
            .rules
            .shifts
            .and_then(|shifts| shifts.open_nano(resources.0, resources.1));
        open.is_some_and(|open| one.0.abs_diff(other.0) > open)
    }

    /// The most that the clock of any of them may be off; nothing where they
    /// were not all compared.
    fn most_open(&self, all: &[Candidate]) -> Option<u64> {
        let first = all.first()?;
        let shifts = self.rules.shifts?;
        let resource = |one: &Candidate| self.resource(one.row);
        let compared = all
            .iter()
            .all(|one| shifts.open_nano(resource(first), resource(one)).is_some());
        let most = all.iter().filter_map(|one| self.reach(one.row)).max();
        most.filter(|_| compared)
    }

    fn own(&self, row: u32) -> Interval {
        self.ground.timeline.own[self.ground.timeline.at(row)]
    }

    fn reach(&self, row: u32) -> Option<u64> {
        self.rules
            .shifts
            .and_then(|shifts: &Shifts| shifts.reach_nano(self.resource(row)))
    }

    fn clock(&self, row: u32) -> u32 {
        self.clocks[self.resource(row).0 as usize]
    }

    fn resource(&self, row: u32) -> ResourceId {
        self.ground.table.columns.resource[row as usize]
    }
}

//! Offsets of all clocks to one of reference, solved over the graph of hosts.
//!
//! A tree of the narrowest edges gives every clock one offset. The edges that
//! are not in it close loops: what they say for themselves has to agree, and by
//! how much it does not is told. Each group of clocks that are compared with
//! each other at all has a reference of its own, the clock with the most calls.

use super::edges::{Edge, Estimate, Line, MINUTE_NANO};
use super::{clock_names, Bound, Packed, Shifts};
use crate::partial::{add_to, Key, Partial, Row};
use spanwise_model::SpanTable;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How far a clock is ahead of its reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockOffset {
    /// The reference, as a number of its group.
    pub(crate) group: u32,
    pub(crate) line: Line,
    /// Half of what the edges on the way from the reference leave open.
    pub(crate) open_nano: u64,
    /// By how much a loop through it does not close, at worst.
    pub(crate) closure_nano: u64,
    /// Calls to and from it.
    pub(crate) calls: i128,
}

impl ClockOffset {
    /// How far it is ahead of its reference in the middle of the time that is
    /// known.
    #[must_use]
    pub fn offset_nano(&self) -> i64 {
        self.line.offset_nano
    }

    /// By how much it may be further ahead or behind.
    #[must_use]
    pub fn open_nano(&self) -> u64 {
        self.open_nano
    }

    /// By how much further ahead it is with every minute.
    #[must_use]
    pub fn drift_nano_a_minute(&self) -> i64 {
        self.line.drift_nano
    }
}

/// An edge with what it says, and how it fits.
#[derive(Clone, Debug)]
pub(crate) struct SolvedEdge {
    pub(crate) ends: (String, String),
    pub(crate) edge: Edge,
    /// Nothing where no call says anything.
    pub(crate) estimate: Option<Estimate>,
    /// Part of the tree that offsets come from.
    pub(crate) used: bool,
    /// How far what the tree says is outside of what the edge allows.
    pub(crate) closure_nano: u64,
}

/// What is known about clocks.
///
/// ```
/// # use spanwise_analyze::ClockModel;
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let spans = assemble(parse("
///     shop cart.Get   0..10  client @host.name=a
///       cart Get     53..57  server @host.name=b
/// "))?;
/// let model = ClockModel::of(&spans);
/// let b = model.clock("b").map(|clock| clock.offset_nano());
/// assert_eq!(b, Some(50_000_000), "47 to 53 ms ahead");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ClockModel {
    pub(crate) clocks: BTreeMap<String, ClockOffset>,
    /// By number of a group: its reference.
    pub(crate) references: Vec<String>,
    pub(crate) edges: Vec<SolvedEdge>,
}

impl ClockModel {
    /// What is known after the calls of a table.
    #[must_use]
    pub fn of(table: &SpanTable) -> Self {
        let traces: Vec<u32> = (0..table.trace_count() as u32).collect();
        Self::read(&crate::analyses::Clocks::observe_all(table, &traces))
    }

    /// What a partial of [`crate::analyses::Clocks`] knows.
    #[must_use]
    pub fn read(partial: &Partial) -> Self {
        let mut model = Self {
            edges: edges(partial),
            ..Self::default()
        };
        model.solve();
        model
    }

    /// The clock of this name.
    #[must_use]
    pub fn clock(&self, name: &str) -> Option<&ClockOffset> {
        self.clocks.get(name)
    }

    /// The clock that others of its group are compared with.
    pub(crate) fn reference(&self, clock: &ClockOffset) -> &str {
        &self.references[clock.group as usize]
    }

    /// Shifts of the spans of a table.
    pub(crate) fn shifts(&self, table: &SpanTable) -> Shifts {
        let line = |name: &String| {
            let clock = self.clocks.get(name)?;
            Some((clock.group, clock.line, clock.open_nano))
        };
        Shifts {
            lines: clock_names(table).iter().map(line).collect(),
        }
    }

    fn solve(&mut self) {
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        let width = |at: &usize| self.edges[*at].estimate.map(|found| found.agreed.width());
        order.retain(|at| width(at).is_some());
        order.sort_by_key(|at| (width(at), *at));
        let mut groups = Groups::default();
        for at in order {
            let edge = &mut self.edges[at];
            edge.used = groups.join(&edge.ends.0, &edge.ends.1);
        }
        self.count_calls();
        self.spread();
        self.close();
    }

    fn count_calls(&mut self) {
        for edge in &self.edges {
            for end in [&edge.ends.0, &edge.ends.1] {
                let clock = self.clocks.entry(end.clone()).or_default();
                add_to(&mut clock.calls, edge.edge.calls);
            }
        }
    }

    /// Follows the tree from each reference.
    fn spread(&mut self) {
        let mut neighbours: BTreeMap<&str, Vec<(&str, Line, u64)>> = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| edge.used) {
            let Some(found) = edge.estimate else { continue };
            let (a, b) = (edge.ends.0.as_str(), edge.ends.1.as_str());
            let open = found.agreed.width().div_ceil(2);
            neighbours.entry(a).or_default().push((b, found.line, open));
            neighbours
                .entry(b)
                .or_default()
                .push((a, found.line.turned(), open));
        }
        let mut order: Vec<(&String, i128)> =
            self.clocks.iter().map(|(n, c)| (n, c.calls)).collect();
        order.sort_by_key(|&(name, calls)| (Reverse(calls), name));
        let mut found: BTreeMap<&str, (u32, Line, u64)> = BTreeMap::new();
        let mut references = Vec::new();
        for (name, _) in order {
            if found.contains_key(name.as_str()) {
                continue;
            }
            let group = references.len() as u32;
            references.push(name.clone());
            found.insert(name, (group, Line::default(), 0));
            let mut next = vec![name.as_str()];
            while let Some(name) = next.pop() {
                let (_, line, open) = found[name];
                for &(other, step, more) in neighbours.get(name).into_iter().flatten() {
                    if !found.contains_key(other) {
                        found.insert(other, (group, line.plus(step), open + more));
                        next.push(other);
                    }
                }
            }
        }
        let found: Vec<_> = found
            .into_iter()
            .map(|(name, at)| (name.to_owned(), at))
            .collect();
        for (name, (group, line, open_nano)) in found {
            let clock = self.clocks.entry(name).or_default();
            (clock.group, clock.line, clock.open_nano) = (group, line, open_nano);
        }
        self.references = references;
    }

    /// Holds every edge against what the tree says.
    fn close(&mut self) {
        for edge in &mut self.edges {
            let Some(found) = edge.estimate else { continue };
            let [a, b] = [&edge.ends.0, &edge.ends.1].map(|end| self.clocks[end].line);
            let says = b.offset_nano.saturating_sub(a.offset_nano);
            let agreed = found.agreed;
            edge.closure_nano = says.abs_diff(says.clamp(agreed.from, agreed.to));
            for end in [&edge.ends.0, &edge.ends.1] {
                if let Some(clock) = self.clocks.get_mut(end) {
                    clock.closure_nano = clock.closure_nano.max(edge.closure_nano);
                }
            }
        }
    }
}

impl Line {
    fn turned(self) -> Self {
        Self {
            offset_nano: -self.offset_nano,
            drift_nano: -self.drift_nano,
            ..self
        }
    }

    /// The sum of two lines from one minute.
    fn plus(self, other: Self) -> Self {
        Self {
            minute: other.minute,
            offset_nano: self.offset_nano.saturating_add(other.offset_nano),
            drift_nano: self.drift_nano.saturating_add(other.drift_nano),
        }
    }
}

/// The edges of a partial, with what they say in the middle of all minutes.
fn edges(partial: &Partial) -> Vec<SolvedEdge> {
    let mut edges = Edges::default();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for row in 0..partial.len() {
        let (edge, turned) = edges.of(partial, row);
        add_to(&mut edge.calls, partial.number(row, 0));
        add_to(&mut edge.impossible, partial.number(row, 1));
        let (Key::I64(minute), Some(bound)) =
            (partial.key(row, 2), Packed::bound(partial.number(row, 2)))
        else {
            continue;
        };
        // A partial that was made up may hold minutes that no time has.
        if minute.unsigned_abs() > i64::MAX.unsigned_abs() / MINUTE_NANO.unsigned_abs() + 1 {
            continue;
        }
        (first, last) = (first.min(minute), last.max(minute));
        let bound: Bound = if turned { bound.turned() } else { bound };
        edge.bounds.push((minute, bound));
    }
    let middle = if first <= last {
        first + (last - first) / 2
    } else {
        0
    };
    let Edges {
        numbers, mut all, ..
    } = edges;
    let solved = numbers.into_iter().map(|((a, b), number)| {
        let edge = std::mem::take(&mut all[number]);
        SolvedEdge {
            ends: (a.to_owned(), b.to_owned()),
            estimate: edge.estimate(middle),
            edge,
            used: false,
            closure_nano: 0,
        }
    });
    solved.collect()
}

/// The edges of rows, of which those of one pair mostly stand together.
#[derive(Default)]
struct Edges<'a> {
    numbers: BTreeMap<(&'a str, &'a str), usize>,
    all: Vec<Edge>,
    /// The pair of the row before as words, its edge, and whether it is turned.
    last: Option<(&'a [u64], usize, bool)>,
}

impl<'a> Edges<'a> {
    /// The edge of a row, and whether the row's client is its second end.
    fn of(&mut self, partial: &'a Partial, row: Row) -> (&mut Edge, bool) {
        let words = partial.words_of(0..2)(row);
        let (number, turned) = match self.last {
            Some((held, number, turned)) if held == words => (number, turned),
            _ => self.find(partial, row),
        };
        self.last = Some((words, number, turned));
        (&mut self.all[number], turned)
    }

    fn find(&mut self, partial: &'a Partial, row: Row) -> (usize, bool) {
        let (client, server) = (partial.name(row, 0), partial.name(row, 1));
        let turned = client > server;
        let ends = if turned {
            (server, client)
        } else {
            (client, server)
        };
        let next = self.all.len();
        let number = *self.numbers.entry(ends).or_insert(next);
        if number == next {
            self.all.push(Edge::default());
        }
        (number, turned)
    }
}

/// Which clocks are connected.
#[derive(Debug, Default)]
struct Groups(BTreeMap<String, String>);

impl Groups {
    /// Connects two; false where they were.
    fn join(&mut self, a: &str, b: &str) -> bool {
        let (a, b) = (self.head(a), self.head(b));
        if a == b {
            return false;
        }
        self.0.insert(b, a);
        true
    }

    /// The head of a group; the way there is shortened.
    fn head(&mut self, name: &str) -> String {
        let mut head = name.to_owned();
        while let Some(next) = self.0.get(&head) {
            head.clone_from(next);
        }
        if head != name {
            self.0.insert(name.to_owned(), head.clone());
        }
        head
    }
}

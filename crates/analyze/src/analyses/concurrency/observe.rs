//! Counting what begins and ends in each slice.

use super::cells::Cells;
use super::places::{Places, Role, SIDES};
use super::ran::{Ran, Side};
use super::rows::{Rows, SeriesKey};
use super::series::Series;
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial};
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, OperationId, SpanKind, SpanTable, Trace};

/// What is told of spans besides when they ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) operations: bool,
    pub(super) self_times: bool,
}

impl Told {
    /// All that partials hold.
    pub(super) const ALL: Self = Self {
        operations: true,
        self_times: true,
    };
}

/// Counts the spans of a batch in a partial.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let mut spans = Spans::new(traces.table(), facts, Told::ALL);
    spans.add_all(traces);
    spans.put(out);
}

/// The spans of a batch that begin or end something.
///
/// Those of one side of an instance stand together, so that what is counted of
/// it at a time is small, and rows stand in the order that a partial has in the
/// end.
pub(super) struct Spans<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    told: Told,
    places: Places<'a>,
    ranks: Ranks<'a>,
    /// By operation: whether its kind is that of a call, and of a request.
    roles: Vec<[bool; 2]>,
    /// By number of a place and a side.
    ran: Vec<Side>,
}

impl<'a> Spans<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns, told: Told) -> Self {
        let ranks = match told.operations {
            true => Ranks::new(table),
            false => Ranks::none(table),
        };
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let roles = operations.map(|id| match table.operations.kind(id) {
            SpanKind::Client | SpanKind::Producer => [true, false],
            SpanKind::Server | SpanKind::Consumer => [false, true],
            _ => [false, false],
        });
        Self {
            roles: roles.collect(),
            table,
            facts,
            told,
            places: Places::new(table),
            ranks,
            ran: Vec::new(),
        }
    }

    /// Adds the spans of some traces.
    pub(super) fn add_all(&mut self, traces: TraceBatch<'_>) {
        let mut places = Vec::new();
        for rows in traces.traces().map(Trace::rows) {
            places.clear();
            for row in rows.clone() {
                let place = self.places.of(row);
                places.push(place);
                let parent = self.table.columns.parent[row as usize];
                let above = match parent {
                    NO_PARENT => None,
                    _ => places.get((parent - rows.start) as usize).copied(),
                };
                self.add(row, place, above);
            }
        }
    }

    /// Adds a span of a place, whose parent is of the place `above`.
    #[inline]
    fn add(&mut self, row: u32, place: u32, above: Option<u32>) {
        let columns = &self.table.columns;
        if columns.flags[row as usize] & flags::MISSING_END != 0 {
            return;
        }
        let [calls, serves] = self.roles[columns.operation[row as usize].0 as usize];
        if calls {
            self.add_to(place * SIDES + Role::Calling as u32, row);
        }
        if serves || above != Some(place) {
            self.add_to(place * SIDES + Role::Serving as u32, row);
        }
    }

    #[inline]
    fn add_to(&mut self, group: u32, row: u32) {
        let (columns, at, group) = (&self.table.columns, row as usize, group as usize);
        if self.ran.len() <= group {
            self.ran.resize_with(group + 1, Side::default);
        }
        self.ran[group].push(Ran {
            start: columns.start_unix_nano[at],
            duration: columns.duration_nano[at],
            row,
        });
    }

    /// The self time of a span.
    #[inline]
    fn own_nano(&self, ran: &Ran) -> u64 {
        self.facts.self_nano[ran.row as usize]
    }

    /// The rank of a span's operation.
    #[inline]
    fn rank(&self, ran: &Ran) -> u32 {
        let operation = self.table.columns.operation[ran.row as usize];
        self.ranks.of[operation.0 as usize]
    }

    /// Adds all of them to a partial.
    fn put(&self, out: &mut Partial) {
        let names = &self.ranks.names;
        let mut codes = vec![None; names.len()];
        let is_new = out.is_empty();
        self.each(|key, cells| {
            let place = key.map(|name| Key::Code(out.intern(name)));
            for &rank in cells.ranks() {
                let name = || Key::Code(out.intern(names[rank as usize]));
                codes[rank as usize].get_or_insert_with(name);
            }
            let rows = cells.iter().map(|(slice, rank, sums)| {
                let name = codes[rank as usize].unwrap_or(Key::Name(""));
                ([Key::I64(slice), name], sums.numbers())
            });
            out.put_all(&place, rows, is_new);
        });
    }

    /// Adds all of them to the rows of a table.
    pub(super) fn show<'s>(&'s self, rows: &mut dyn Rows<'s>) {
        let mut series = Series::new(self.told.operations);
        self.each(|key, cells| {
            series.clear();
            for (slice, rank, sums) in cells.iter() {
                series.add(slice, rank.into(), |column| sums.number(column));
            }
            rows.add(key, &series);
        });
    }

    /// Each side of an instance that has any, in the order of their keys.
    fn each<'s>(&'s self, mut visit: impl FnMut(SeriesKey<'s>, &Cells)) {
        let mut cells = Cells::default();
        for group in self.places.sorted_sides() {
            if let Some(ran) = self.ran.get(group as usize).filter(|ran| ran.len() > 0) {
                self.fill(ran, &mut cells);
                visit(self.places.names(group), &cells);
            }
        }
    }
}

impl Spans<'_> {
    /// Takes the cells of some spans. What a table does not show is not read.
    fn fill(&self, ran: &Side, cells: &mut Cells) {
        let own = |ran: &Ran| self.own_nano(ran);
        match (self.told.operations, self.told.self_times) {
            (true, _) => cells.fill(ran, self.ranks.names.len(), |ran| self.rank(ran), own),
            (false, true) => cells.fill(ran, 1, |_| 0, own),
            (false, false) => cells.fill(ran, 1, |_| 0, |_| 0),
        }
    }
}

/// The names of operations in their order.
struct Ranks<'a> {
    names: Vec<&'a str>,
    /// By operation: the rank of its name.
    of: Vec<u32>,
}

impl<'a> Ranks<'a> {
    fn new(table: &'a SpanTable) -> Self {
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let all = operations.map(|id| table.text(table.operations.name(id)));
        let all: Vec<&str> = all.collect();
        let mut names = all.clone();
        names.sort_unstable();
        names.dedup();
        let rank = |name: &&str| names.partition_point(|other| other < name) as u32;
        Self {
            of: all.iter().map(rank).collect(),
            names,
        }
    }

    /// One name for all operations, which is none.
    fn none(table: &SpanTable) -> Self {
        Self {
            of: vec![0; table.operations.len()],
            names: vec![""],
        }
    }
}

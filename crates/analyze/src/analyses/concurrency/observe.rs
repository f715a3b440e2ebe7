//! Counting what begins and ends in each slice.

use super::cells::Cells;
use super::places::{Places, Role, SIDES};
use super::ran::{Ran, Side, Spans as SideSpans};
use super::rows::{Rows, SeriesKey};
use super::series::Series;
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial};
use spanwise_model::{flags, OperationId, SpanKind, SpanTable, Symbol};
use std::ops::Range;

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
    /// By operation.
    parts: Vec<Part>,
    /// By number of a place.
    ran: Vec<[Side; SIDES as usize]>,
    /// When the first of all begins and the last ends.
    ends: [i64; 2],
}

/// Where a span belongs.
#[derive(Clone, Copy)]
struct Seen {
    /// The number of its place.
    place: u32,
    /// As of its operation.
    calls: bool,
    serves: bool,
}

/// The part that an operation plays.
#[derive(Clone, Copy)]
struct Part {
    service: Symbol,
    /// Its kind is that of a call, or of a request.
    calls: bool,
    serves: bool,
}

impl Part {
    fn of(table: &SpanTable, id: OperationId) -> Self {
        let kind = table.operations.kind(id);
        Self {
            service: table.operations.service(id),
            calls: matches!(kind, SpanKind::Client | SpanKind::Producer),
            serves: matches!(kind, SpanKind::Server | SpanKind::Consumer),
        }
    }
}

impl<'a> Spans<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns, told: Told) -> Self {
        let ranks = match told.operations {
            true => Ranks::new(table),
            false => Ranks::none(table),
        };
        let operations = (0..table.operations.len() as u32).map(OperationId);
        Self {
            parts: operations.map(|id| Part::of(table, id)).collect(),
            table,
            facts,
            told,
            places: Places::new(table),
            ranks,
            ran: Vec::new(),
            ends: [i64::MAX, i64::MIN],
        }
    }

    /// Adds the spans of some traces.
    pub(super) fn add_all(&mut self, traces: TraceBatch<'_>) {
        let mut seen = Vec::new();
        for rows in traces.runs() {
            self.look_at(rows.clone(), &mut seen);
            self.add(rows, &seen);
        }
    }

    /// Finds out where the spans at some rows belong.
    fn look_at(&mut self, rows: Range<u32>, seen: &mut Vec<Seen>) {
        let (columns, all) = (&self.table.columns, rows.start as usize..rows.end as usize);
        let spans = columns.operation[all.clone()]
            .iter()
            .zip(&columns.resource[all]);
        seen.clear();
        seen.extend(spans.map(|(operation, resource)| {
            let part = self.parts[operation.0 as usize];
            Seen {
                place: self.places.of(part.service, *resource),
                calls: part.calls,
                serves: part.serves,
            }
        }));
        self.ran.resize_with(self.places.len(), Default::default);
    }

    /// Adds the spans at some rows, which are those of whole traces.
    fn add(&mut self, rows: Range<u32>, seen: &[Seen]) {
        let columns = &self.table.columns;
        let all = rows.start as usize..rows.end as usize;
        let starts = columns.start_unix_nano[all.clone()].iter();
        let times = starts.zip(&columns.duration_nano[all.clone()]);
        let parents = &columns.parent[all.clone()];
        let spans = seen.iter().zip(parents).zip(&columns.flags[all]);
        let [mut first, mut last] = self.ends;
        for ((((span, parent), flags), (&start, &duration)), row) in
            spans.zip(times).zip(rows.clone())
        {
            if flags & flags::MISSING_END != 0 {
                continue;
            }
            let ran = Ran {
                start,
                duration,
                row,
            };
            (first, last) = (first.min(ran.start), last.max(ran.end()));
            // No span stands where a parent would that is none.
            let above = seen.get(parent.wrapping_sub(rows.start) as usize);
            let is_first = above.is_none_or(|above| above.place != span.place);
            let sides = &mut self.ran[span.place as usize];
            sides[Role::Serving as usize].push_if(span.serves | is_first, ran);
            sides[Role::Calling as usize].push_if(span.calls, ran);
        }
        self.ends = [first, last];
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
                series.add_sums(slice, rank.into(), sums);
            }
            rows.add(key, &series);
        });
    }

    /// Each side of an instance that has any, in the order of their keys.
    fn each<'s>(&'s self, mut visit: impl FnMut(SeriesKey<'s>, &Cells)) {
        let mut cells = Cells::default();
        for group in self.places.sorted_sides() {
            let sides = self.ran.get((group / SIDES) as usize);
            let side = sides.map(|sides| &sides[(group % SIDES) as usize]);
            if let Some(side) = side.filter(|side| !side.is_empty()) {
                let durations = &self.table.columns.duration_nano;
                self.fill(side.among(durations, self.ends), &mut cells);
                visit(self.places.names(group), &cells);
            }
        }
    }
}

impl Spans<'_> {
    /// Takes the cells of some spans. What a table does not show is not read.
    fn fill(&self, ran: SideSpans<'_>, cells: &mut Cells) {
        let own = self
            .told
            .self_times
            .then_some(|ran: &Ran| self.own_nano(ran));
        match self.told.operations {
            true => cells.fill(ran, self.ranks.names.len(), |ran| self.rank(ran), own),
            false => cells.fill(ran, 1, |_| 0, own),
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

//! Counting what begins and ends in each slice.

use super::{
    ARRIVALS, COMPLETIONS, LATENCY, LONGEST, REST_OF_ARRIVALS, REST_OF_COMPLETIONS, SELF_SQUARED,
    SELF_TIME,
};
use crate::analyses::slices::{rest_of_slice, slice_of};
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, ResourceId, SpanKind, SpanTable, Symbol, Trace};
use std::borrow::Cow;

/// No self time counts as longer in squares, which 128 bits sum.
const LONGEST_SQUARED_NANO: u64 = 1 << 50;

/// An instance: the symbol of its service, and a number for its name.
type Place = (u32, u32);

/// What of an instance is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Serving,
    Calling,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Calling => "calling",
        }
    }
}

/// Counts the spans of a batch.
pub(super) fn all(traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
    let table = traces.table();
    let columns = &table.columns;
    let mut cells = Cells {
        places: Places::new(table),
        rows: FxHashMap::default(),
        out,
    };
    for row in traces.traces().flat_map(Trace::rows) {
        let at = row as usize;
        if columns.flags[at] & flags::MISSING_END != 0 {
            continue;
        }
        let span = Times {
            start: columns.start_unix_nano[at],
            duration: columns.duration_nano[at],
            own: facts.self_nano[at],
        };
        let kind = table.operations.kind(columns.operation[at]);
        if matches!(kind, SpanKind::Client | SpanKind::Producer) {
            cells.count((row, Side::Calling), span);
        }
        if cells.places.is_entry(row, kind) {
            cells.count((row, Side::Serving), span);
        }
    }
}

/// When a span ran.
#[derive(Clone, Copy)]
struct Times {
    start: i64,
    duration: u64,
    own: u64,
}

/// Which instance each span is of.
struct Places<'a> {
    table: &'a SpanTable,
    /// The names of instances, and by resource the number of one.
    names: Vec<String>,
    numbers: Vec<u32>,
}

impl<'a> Places<'a> {
    fn new(table: &'a SpanTable) -> Self {
        let store = &table.store;
        let mut held: FxHashMap<String, u32> = FxHashMap::default();
        let mut names = Vec::new();
        let resources = (0..store.resources.len() as u32).map(ResourceId);
        let numbers = resources.map(|id| {
            let instance = store.resources.instance(id, &store.strings);
            let name = instance.map_or_else(String::new, Cow::into_owned);
            *held.entry(name).or_insert_with_key(|name| {
                names.push(name.clone());
                names.len() as u32 - 1
            })
        });
        let numbers = numbers.collect();
        Self {
            table,
            names,
            numbers,
        }
    }

    fn of(&self, row: u32) -> Place {
        let columns = &self.table.columns;
        let service = self
            .table
            .operations
            .service(columns.operation[row as usize]);
        let resource = columns.resource[row as usize];
        (service.0, self.numbers[resource.0 as usize])
    }

    fn operation(&self, row: u32) -> Symbol {
        let operations = &self.table.operations;
        operations.name(self.table.columns.operation[row as usize])
    }

    /// Whether a span is a request to its instance.
    fn is_entry(&self, row: u32, kind: SpanKind) -> bool {
        let parent = self.table.columns.parent[row as usize];
        matches!(kind, SpanKind::Server | SpanKind::Consumer)
            || parent == NO_PARENT
            || self.of(parent) != self.of(row)
    }
}

/// Rows of a batch by numbers.
struct Cells<'a> {
    places: Places<'a>,
    rows: FxHashMap<(Place, Side, i64, Symbol), Row>,
    out: &'a mut Partial,
}

impl Cells<'_> {
    fn count(&mut self, (row, side): (u32, Side), span: Times) {
        let whose = (self.places.of(row), side, self.places.operation(row));
        let began = self.row(whose, slice_of(span.start));
        let squared = u128::from(span.own.min(LONGEST_SQUARED_NANO)).pow(2);
        self.out.add(began, ARRIVALS, 1_u8);
        self.out
            .add(began, REST_OF_ARRIVALS, rest_of_slice(span.start));
        self.out.add(began, LATENCY, span.duration);
        self.out.add(began, SELF_TIME, span.own);
        self.out.add(began, SELF_SQUARED, squared as i128);
        self.out.add(began, LONGEST, span.duration);
        let end = span.start.saturating_add_unsigned(span.duration);
        let over = self.row(whose, slice_of(end));
        self.out.add(over, COMPLETIONS, 1_u8);
        self.out.add(over, REST_OF_COMPLETIONS, rest_of_slice(end));
    }

    fn row(&mut self, (place, side, operation): (Place, Side, Symbol), slice: i64) -> Row {
        let (places, out) = (&self.places, &mut *self.out);
        *self
            .rows
            .entry((place, side, slice, operation))
            .or_insert_with(|| {
                let service = places.table.text(Symbol(place.0));
                let instance = &places.names[place.1 as usize];
                let operation = places.table.text(operation);
                let names = [service, instance, side.name(), operation].map(Key::Name);
                let [a, b, c, d] = names;
                out.row(&[a, b, c, Key::I64(slice), d])
            })
    }
}

//! From what is found in requests to rows of a partial.

use super::column;
use super::finder::Finder;
use super::found::{Findings, Found, Names};
use super::labels::Labels;
use super::magic::SHORTEST;
use super::{Problem, ShapeProblems};
use crate::analyses::operations::{operation_key, request_root, OperationRows};
use crate::analysis::TraceBatch;
use crate::facts::replay::Shortened;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanTable, Symbol};
use std::cmp::Reverse;

/// How many problems of a request are replayed.
const REPLAYED: usize = 8;

pub(super) fn all(
    options: &ShapeProblems,
    traces: TraceBatch<'_>,
    (facts, out): (&FactColumns, &mut Partial),
) {
    let mut finder = Finder::new(options, traces.table(), facts);
    let all = out.row(&[Key::Name(""); 6]);
    let mut cells = Cells {
        facts,
        shortened: Shortened::default(),
        rows: FxHashMap::default(),
        operations: OperationRows::new(traces.table()),
        cold: cold_keys(traces.table()),
        out,
    };
    let (mut requests, mut time) = (0_u64, 0_i128);
    for trace in traces.traces() {
        let Some(root) = request_root(trace) else {
            continue;
        };
        finder.search(root);
        requests += 1;
        time += i128::from(finder.duration_nano(root.row()));
        cells.lengths(root, &mut finder);
        cells.cold(root, &mut finder);
        if !finder.findings.is_empty() {
            cells.request(root, &mut finder);
        }
    }
    cells.out.add(all, column::TRACES, requests);
    cells.out.add(all, column::TIME, time);
    cells.flush_seen(traces.table(), &finder.walk.seen);
}

/// Keys that say whether a call had to wait until its instance was there.
const COLD: [&str; 3] = ["faas.coldstart", "faas.cold_start", "cold_start"];

fn cold_keys(table: &SpanTable) -> Vec<Symbol> {
    let strings = &table.store.strings;
    COLD.iter().filter_map(|key| strings.find(key)).collect()
}

/// All occurrences of one problem in a request.
#[derive(Default)]
struct Occurrences {
    row: Row,
    /// Places among what was found.
    found: Vec<usize>,
    /// What their spans last beyond their caps.
    nano: u64,
}

/// Rows of a batch by what they stand for.
struct Cells<'a> {
    facts: &'a FactColumns,
    shortened: Shortened,
    rows: FxHashMap<(Problem, Names), Row>,
    operations: OperationRows,
    /// Those keys that the table has.
    cold: Vec<Symbol>,
    out: &'a mut Partial,
}

impl Cells<'_> {
    /// Counts the lengths of spans by operation, and looks for those that
    /// somebody chose.
    fn lengths(&mut self, root: Span<'_>, finder: &mut Finder<'_>) {
        for at in 0..finder.walk.long.len() {
            let row = finder.walk.long[at];
            let nano = finder.duration_nano(row);
            if nano >= SHORTEST {
                let operation = root.table().columns.operation[row as usize];
                let cell = self.length_row(root.table(), operation);
                self.out.record(cell, column::LENGTHS, nano);
                finder.magic(root, row);
            }
        }
    }

    /// Looks for spans that say that they had to wait for an instance.
    fn cold(&self, root: Span<'_>, finder: &mut Finder<'_>) {
        if self.cold.is_empty() {
            return;
        }
        for row in root.subtree() {
            let span = Span::new(root.table(), row);
            let says = |&key: &Symbol| span.attribute_value(key)?.as_bool();
            if self.cold.iter().find_map(says) == Some(true) {
                finder.cold(row);
            }
        }
    }

    /// The row of the lengths of an operation.
    fn length_row(&mut self, table: &SpanTable, operation: OperationId) -> Row {
        let out = &mut *self.out;
        self.operations.get(operation, || {
            let [service, name, _] = operation_key(table, operation);
            let nobody = Key::Name("");
            let problem = Key::Name(Problem::MagicLatency.name());
            out.row(&[problem, service, name, nobody, nobody, nobody])
        })
    }

    /// Adds how many spans there are of each operation.
    fn flush_seen(&mut self, table: &SpanTable, seen: &[u64]) {
        for (id, &seen) in (0..).map(OperationId).zip(seen) {
            if seen > 0 {
                let row = self.length_row(table, id);
                self.out.add(row, column::SEEN, seen);
            }
        }
    }

    /// Takes over what was found in one request.
    fn request(&mut self, root: Span<'_>, finder: &mut Finder<'_>) {
        let mut problems: Vec<Occurrences> = Vec::new();
        let mut places: FxHashMap<Row, usize> = FxHashMap::default();
        for (at, found) in finder.findings.settled().iter().enumerate() {
            let row = self.row(found, &finder.labels);
            self.add(found, row);
            if found.is_problem() {
                let place = *places.entry(row).or_insert(problems.len());
                if place == problems.len() {
                    problems.push(Occurrences::default());
                }
                let problem = &mut problems[place];
                problem.row = row;
                problem.found.push(at);
            }
        }
        let finder = &*finder;
        let excess = |problem: &Occurrences| {
            let found = problem.found.iter();
            let excess = found.map(|&at| excess_nano(finder, at));
            excess.fold(0, u64::saturating_add)
        };
        for problem in &mut problems {
            problem.nano = excess(problem);
        }
        problems.sort_by_key(|problem| Reverse(problem.nano));
        for (rank, problem) in problems.iter().enumerate() {
            self.out.add(problem.row, column::TRACES, 1_u8);
            let saved = match rank < REPLAYED {
                true => self.saved_nano(root, problem, &finder.findings),
                false => 0,
            };
            self.out.add(problem.row, column::TIME, saved);
            self.offer((root, saved), problem, finder);
        }
    }

    /// What a request would have been shorter by without one of its problems.
    fn saved_nano(&mut self, root: Span<'_>, problem: &Occurrences, findings: &Findings) -> u64 {
        let found = problem.found.iter().map(|&at| &findings.all()[at]);
        let caps = found.flat_map(|found| findings.caps(found));
        self.shortened.saved_nano((root, self.facts), caps)
    }

    /// Offers the caller with the most time in question as an example.
    fn offer(
        &mut self,
        (root, saved): (Span<'_>, u64),
        problem: &Occurrences,
        finder: &Finder<'_>,
    ) {
        let places = problem.found.iter().rev().copied();
        let most = places.max_by_key(|&at| excess_nano(finder, at));
        let Some(most) = most else { return };
        let value = i64::try_from(saved).unwrap_or(i64::MAX);
        self.out.offer(problem.row, column::EXAMPLES, value, || {
            let caller = Span::new(root.table(), finder.findings.all()[most].caller);
            let trace = root.trace().id_text().into_owned();
            (trace, caller.id_text().into_owned())
        });
    }

    /// The row of a shape.
    fn row(&mut self, found: &Found, labels: &Labels<'_>) -> Row {
        let (problem, out) = (found.problem.name(), &mut *self.out);
        let key = (found.problem, found.names);
        *self.rows.entry(key).or_insert_with(|| {
            let [a, b, c, d, e] = found.names.map(|name| Key::Name(labels.text(name)));
            out.row(&[Key::Name(problem), a, b, c, d, e])
        })
    }

    /// Counts a shape under one caller.
    fn add(&mut self, found: &Found, row: Row) {
        let (out, shape) = (&mut *self.out, &found.shape);
        out.add(row, column::SEEN, 1_u8);
        if !found.is_problem() {
            return;
        }
        out.add(row, column::OCCURRENCES, 1_u8);
        out.add(row, column::CALLS, shape.calls);
        out.add(row, column::SQUARES, i128::from(shape.calls).pow(2));
        out.add(row, column::SEQUENTIAL, shape.sequential);
        let signs = [
            (column::EQUAL, shape.signs.equal),
            (column::DIFFERENT, shape.signs.different),
            (column::WRITES, shape.signs.writes),
            (column::APART, shape.signs.apart),
            (column::GOES_ON, shape.signs.goes_on),
            (column::MEASURED, shape.signs.measured),
            (column::RECURS, shape.signs.recurs),
            (column::ERRS, shape.signs.errs),
            (column::MARKED, shape.signs.mark.is_some()),
        ];
        for (column, holds) in signs {
            out.add(row, column, u8::from(holds));
        }
        if let Some(mark) = shape.signs.mark {
            out.insert(row, column::MARKS, mark);
        }
    }
}

/// What the spans of a shape last beyond their caps.
fn excess_nano(finder: &Finder<'_>, at: usize) -> u64 {
    let findings = &finder.findings;
    let caps = findings.caps(&findings.all()[at]).iter();
    caps.fold(0, |sum, &(row, most)| {
        let excess = finder.duration_nano(row).saturating_sub(most);
        sum.saturating_add(excess)
    })
}

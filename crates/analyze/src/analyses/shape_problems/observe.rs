//! From what is found in requests to rows of a partial.

use super::column::{
    APART, CALLS, DIFFERENT, EQUAL, EXAMPLES, GOES_ON, OCCURRENCES, ORDERS, SEEN, SEQUENTIAL,
    SQUARES, TIME, TRACES, WRITES,
};
use super::finder::{Finder, Found};
use super::labels::{Label, Labels};
use super::repeated::Arguments;
use super::saving::Savings;
use super::{Problem, ShapeProblems};
use crate::analyses::operations::{operation_names, request_root};
use crate::analysis::TraceBatch;
use crate::facts::FactColumns;
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{Span, Symbol};
use std::cmp::Reverse;

/// How many problems of a request are replayed.
const REPLAYED: usize = 8;

pub(super) fn all(
    options: &ShapeProblems,
    traces: TraceBatch<'_>,
    (facts, out): (&FactColumns, &mut Partial),
) {
    let mut finder = Finder::new(options, traces.table(), facts);
    let mut savings = Savings::default();
    let all = out.row(&[Key::Name(""); 6]);
    for root in traces.traces().filter_map(request_root) {
        let rows = root.subtree();
        let critical = &facts.critical_nano[rows.start as usize..rows.end as usize];
        out.add(all, TRACES, 1_u8);
        out.add(
            all,
            TIME,
            critical.iter().copied().map(i128::from).sum::<i128>(),
        );
        finder.search(root);
        if !finder.found.is_empty() {
            request(root, &mut finder, (facts, &mut savings), out);
        }
    }
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

/// Takes over what was found in one request.
fn request(
    root: Span<'_>,
    finder: &mut Finder<'_>,
    (facts, savings): (&FactColumns, &mut Savings),
    out: &mut Partial,
) {
    finder.settle();
    let mut problems: Vec<Occurrences> = Vec::new();
    let mut places: FxHashMap<Row, usize> = FxHashMap::default();
    for (at, found) in finder.found.iter().enumerate() {
        let row = row_of(root, found, &finder.labels, out);
        add(found, row, out);
        if found.caps.is_empty() {
            continue;
        }
        let place = *places.entry(row).or_insert_with(|| {
            problems.push(Occurrences {
                row,
                ..Occurrences::default()
            });
            problems.len() - 1
        });
        problems[place].found.push(at);
        problems[place].nano = problems[place]
            .nano
            .saturating_add(finder.excess_nano(found));
    }
    problems.sort_by_key(|problem| Reverse(problem.nano));
    if !problems.is_empty() {
        savings.prepare(root, facts);
    }
    for (rank, problem) in problems.iter().enumerate() {
        out.add(problem.row, TRACES, 1_u8);
        if rank < REPLAYED {
            save(root, problem, (finder, savings), out);
        }
    }
}

/// Replays a request without one of its problems.
fn save(
    root: Span<'_>,
    problem: &Occurrences,
    (finder, savings): (&Finder<'_>, &mut Savings),
    out: &mut Partial,
) {
    let found = || problem.found.iter().map(|&at| &finder.found[at]);
    let caps = found().flat_map(|found| &finder.caps[found.caps.clone()]);
    let saved = savings.of(caps);
    out.add(problem.row, TIME, saved);
    let most = found().rev().max_by_key(|found| finder.excess_nano(found));
    let Some(most) = most else { return };
    let value = i64::try_from(saved).unwrap_or(i64::MAX);
    out.offer(problem.row, EXAMPLES, value, || {
        let caller = Span::new(root.table(), most.caller);
        let trace = root.trace().id_text().into_owned();
        (trace, caller.id_text().into_owned())
    });
}

/// The row of a shape.
fn row_of(root: Span<'_>, found: &Found, labels: &Labels<'_>, out: &mut Partial) -> Row {
    let table = root.table();
    let operation = table.columns.operation[found.caller as usize];
    let [service, name, _] = operation_names(table, operation);
    let joined = |of: fn(Label) -> Symbol| joined(found, labels, of);
    let operations = joined(|label| label.operation);
    let peers = joined(|label| label.peer);
    let templates = joined(|label| label.template);
    out.row(&[
        Key::Name(found.problem.name()),
        Key::Name(service),
        Key::Name(name),
        Key::Name(&operations),
        Key::Name(&peers),
        Key::Name(&templates),
    ])
}

/// The different texts of labels, in their order.
fn joined(found: &Found, labels: &Labels<'_>, of: fn(Label) -> Symbol) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for &label in &found.labels {
        let text = labels.text(of(labels.get(label)));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("; ")
}

/// Counts a shape under one caller.
fn add(found: &Found, row: Row, out: &mut Partial) {
    out.add(row, SEEN, 1_u8);
    if found.caps.is_empty() {
        return;
    }
    out.add(row, OCCURRENCES, 1_u8);
    out.add(row, CALLS, found.calls);
    out.add(row, SQUARES, i128::from(found.calls).pow(2));
    out.add(row, SEQUENTIAL, found.sequential);
    out.add(row, EQUAL, u8::from(found.arguments == Arguments::Equal));
    out.add(
        row,
        DIFFERENT,
        u8::from(found.arguments == Arguments::Different),
    );
    if found.problem == Problem::SerialCalls {
        out.add(row, WRITES, u8::from(found.writes));
        out.add(row, APART, u8::from(found.signs.apart));
        out.add(row, GOES_ON, u8::from(found.signs.goes_on));
        out.insert(row, ORDERS, found.signs.order);
    }
}

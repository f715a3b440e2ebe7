//! Errors: where they begin, what they are, and how far they spread.

use super::columns::{counts, examples, key_columns, shares};
use super::operations::{operation_key, request_root};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::{fact_flags, Canonical, FactColumns};
use crate::partial::{Key, KeyType, Merge, Partial, Row, Schema};
use spanwise_model::id::hash_words;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{ColumnData, Span, SpanTable, Symbol, Table, Trace};
use std::cmp::Reverse;

/// What a row of [`Errors`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorsBy {
    /// One row a service, operation, kind, outcome and type of error.
    #[default]
    Operation,
    /// One row a service.
    Service,
    /// One row an outcome and type of error.
    Type,
}

/// Where errors begin and how far they spread.
///
/// An error *spreads* from its origin to the parent when the parent errs and
/// is no origin itself, and so on upwards; a healed error does not spread.
///
/// | column | meaning |
/// |---|---|
/// | `service`, `operation`, `kind`, `outcome`, `error_type` | the key; by service the first alone, by type the last two |
/// | `errors` | spans that err |
/// | `origins` | of these, where an error began |
/// | `propagated` | spans that err and have an erring child |
/// | `absorbed` | spans that do not err but have an erring child |
/// | `healed` | erring spans that a later attempt made good |
/// | `traces` | traces with an origin here |
/// | `failed_requests` | traces in which an error from here spread to the root of the request |
/// | `mean_depth`, `max_depth` | how many spans above the origin erred because of it |
/// | `services` | how many other services erred because of it (exact up to 256, then 256; within the nearest 256 spans) |
/// | `examples` | the 3 origins that spread furthest, then by id: `trace/span` |
///
/// Sorted by `failed_requests`, `origins`, `errors`, largest first, then by
/// the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Errors;
/// let spans = assemble(parse("
///     shop GET /cart    0..100 server error
///       cart Get       10..60  server error
///         cart query   20..50  client error error.type=Timeout
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Errors::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "operation"), Cell::Text("query"));
/// assert_eq!(table.cell(0, "origins"), Cell::U64(1));
/// assert_eq!(table.cell(0, "max_depth"), Cell::U64(2));
/// assert_eq!(table.cell(1, "propagated"), Cell::U64(1));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Errors {
    /// What a row stands for.
    pub by: ErrorsBy,
}

/// How many distinct services are counted, and how far up they are sought.
const SPREAD: usize = 256;

const STATES: &[(&str, Merge)] = &[
    ("errors", Merge::Sum),
    ("origins", Merge::Sum),
    ("propagated", Merge::Sum),
    ("absorbed", Merge::Sum),
    ("healed", Merge::Sum),
    ("traces", Merge::Sum),
    ("failed_requests", Merge::Sum),
    ("depth", Merge::Sum),
    ("max_depth", Merge::Max),
    ("services", Merge::SmallestHashes(SPREAD)),
    ("examples", Merge::Best(3)),
];
const ERRORS: usize = 0;
const ORIGINS: usize = 1;
const PROPAGATED: usize = 2;
const ABSORBED: usize = 3;
const HEALED: usize = 4;
const TRACES: usize = 5;
const FAILED: usize = 6;
const DEPTH: usize = 7;
const MAX_DEPTH: usize = 8;
const SERVICES: usize = 9;
const EXAMPLES: usize = 10;

const BY_OPERATION: Schema = Schema {
    keys: &[
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
        ("outcome", KeyType::Name),
        ("error_type", KeyType::Name),
    ],
    states: STATES,
};
const BY_SERVICE: Schema = Schema {
    keys: &[("service", KeyType::Name)],
    states: STATES,
};
const BY_TYPE: Schema = Schema {
    keys: &[("outcome", KeyType::Name), ("error_type", KeyType::Name)],
    states: STATES,
};

impl Errors {
    /// The same analysis with rows of another kind.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, run, Analysis, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// # use spanwise_analyze::analyses::{Errors, ErrorsBy};
    /// let spans = assemble(parse("
    ///     shop GET     0..100 client http.response.status_code=503
    ///       cart Get  10..60  server http.response.status_code=503
    /// "))?;
    /// let facts = facts::compute(&spans, &Policy::default());
    /// let analysis = Errors::default().by(ErrorsBy::Type);
    /// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
    /// assert_eq!(table.cell(0, "outcome"), Cell::Text("unavailable"));
    /// assert_eq!(table.cell(0, "errors"), Cell::U64(2));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn by(mut self, by: ErrorsBy) -> Self {
        self.by = by;
        self
    }
}

impl Analysis for Errors {
    fn name(&self) -> &'static str {
        "errors"
    }

    fn schema(&self) -> &Schema {
        match self.by {
            ErrorsBy::Operation => &BY_OPERATION,
            ErrorsBy::Service => &BY_SERVICE,
            ErrorsBy::Type => &BY_TYPE,
        }
    }

    fn grouping(&self) -> &'static str {
        match self.by {
            ErrorsBy::Operation => "operation",
            ErrorsBy::Service => "service",
            ErrorsBy::Type => "type",
        }
    }

    fn needs(&self) -> Facts {
        Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        const OF_INTEREST: u8 = fact_flags::ERRS | fact_flags::ABSORBED;
        let mut observer = Observer {
            by: self.by,
            table: traces.table(),
            facts,
            canonical: Canonical::new(traces.table()),
            seen: Vec::new(),
            failed: Vec::new(),
        };
        let mut spread = Spread::default();
        for trace in traces.traces() {
            let rows = trace.rows();
            let of_trace = &facts.flags[rows.start as usize..rows.end as usize];
            if of_trace.iter().all(|flags| flags & OF_INTEREST == 0) {
                continue;
            }
            spread.measure(trace, facts);
            for row in rows.filter(|&row| facts.flags[row as usize] & OF_INTEREST != 0) {
                observer.add(trace, row, &spread, out);
            }
        }
    }

    fn finish(&self, partial: &Partial) -> Table {
        let mut rows = partial.sorted_rows();
        rows.sort_by_key(|&row| {
            Reverse([FAILED, ORIGINS, ERRORS].map(|column| partial.number(row, column)))
        });
        let number = |column| move |&row: &Row| partial.number(row, column);
        let sum = |column| counts(rows.iter().map(number(column)));
        let deepest = |&row: &Row| u64::try_from(partial.number(row, MAX_DEPTH)).ok();
        let services = |&row: &Row| partial.hashes(row, SERVICES).len() as i128;
        key_columns(partial, &rows, self.schema().keys)
            .with("errors", sum(ERRORS))
            .with("origins", sum(ORIGINS))
            .with("propagated", sum(PROPAGATED))
            .with("absorbed", sum(ABSORBED))
            .with("healed", sum(HEALED))
            .with("traces", sum(TRACES))
            .with("failed_requests", sum(FAILED))
            .with(
                "mean_depth",
                shares(
                    rows.iter()
                        .map(|row| (number(DEPTH)(row), number(ORIGINS)(row))),
                ),
            )
            .with(
                "max_depth",
                ColumnData::U64(rows.iter().map(deepest).collect()),
            )
            .with("services", counts(rows.iter().map(services)))
            .with("examples", examples(partial, &rows, EXAMPLES))
    }
}

/// How far up errors spread in one trace.
#[derive(Default)]
struct Spread {
    first: u32,
    /// How many spans above err because of each.
    depth: Vec<u32>,
    /// The highest span that errs because of each.
    top: Vec<u32>,
}

impl Spread {
    fn measure(&mut self, trace: Trace<'_>, facts: &FactColumns) {
        self.first = trace.rows().start;
        self.depth.clear();
        self.top.clear();
        for row in trace.rows() {
            let (depth, top) = match spreads_to(trace.table(), facts, row) {
                Some(parent) => {
                    let at = (parent - self.first) as usize;
                    (self.depth[at] + 1, self.top[at])
                }
                None => (0, row),
            };
            self.depth.push(depth);
            self.top.push(top);
        }
    }
}

/// The parent, where it errs because of this span.
fn spreads_to(table: &SpanTable, facts: &FactColumns, row: u32) -> Option<u32> {
    const CAUSE: u8 = fact_flags::ERRS | fact_flags::HEALED;
    const EFFECT: u8 = fact_flags::ERRS | fact_flags::ORIGIN;
    let parent = table.columns.parent[row as usize];
    if parent == NO_PARENT || facts.flags[row as usize] & CAUSE != fact_flags::ERRS {
        return None;
    }
    (facts.flags[parent as usize] & EFFECT == fact_flags::ERRS).then_some(parent)
}

struct Observer<'a> {
    by: ErrorsBy,
    table: &'a SpanTable,
    facts: &'a FactColumns,
    canonical: Canonical<'a>,
    /// By row of the partial: the trace that was counted last.
    seen: Vec<u32>,
    failed: Vec<u32>,
}

impl Observer<'_> {
    fn add(&mut self, trace: Trace<'_>, span: u32, spread: &Spread, out: &mut Partial) {
        let flags = self.facts.flags[span as usize];
        let row = self.row(span, out);
        let is = |flag: u8| flags & flag != 0;
        out.add(row, ERRORS, is(fact_flags::ERRS));
        out.add(row, PROPAGATED, is(fact_flags::PROPAGATED));
        out.add(row, ABSORBED, is(fact_flags::ABSORBED));
        out.add(row, HEALED, is(fact_flags::HEALED));
        if is(fact_flags::ORIGIN) {
            self.add_origin(trace, (span, row), spread, out);
        }
    }

    fn add_origin(
        &mut self,
        trace: Trace<'_>,
        (span, row): (u32, Row),
        spread: &Spread,
        out: &mut Partial,
    ) {
        let at = (span - spread.first) as usize;
        let depth = spread.depth[at];
        out.add(row, ORIGINS, 1);
        out.add(row, DEPTH, depth);
        out.add(row, MAX_DEPTH, depth);
        out.add(row, TRACES, first_of_trace(&mut self.seen, row, trace));
        let root = request_root(trace).map(Span::row);
        if root == Some(spread.top[at]) {
            out.add(row, FAILED, first_of_trace(&mut self.failed, row, trace));
        }
        self.add_services(span, row, out);
        out.offer(row, EXAMPLES, depth.into(), || {
            let id = Span::new(self.table, span).id_text();
            (trace.id_text().into_owned(), id.into_owned())
        });
    }

    fn add_services(&self, origin: u32, row: Row, out: &mut Partial) {
        let own = self.service(origin);
        let mut last = own;
        let up = |&span: &u32| spreads_to(self.table, self.facts, span);
        for span in std::iter::successors(up(&origin), up).take(SPREAD) {
            let service = self.service(span);
            if service != last && service != own {
                let hash = hash_words(self.table.text(service).as_bytes());
                out.insert(row, SERVICES, hash as u64);
            }
            last = service;
        }
    }

    fn service(&self, span: u32) -> Symbol {
        let operation = self.table.columns.operation[span as usize];
        self.table.operations.service(operation)
    }

    fn row(&mut self, span: u32, out: &mut Partial) -> Row {
        let at = span as usize;
        let operation = operation_key(self.table, self.table.columns.operation[at]);
        if self.by == ErrorsBy::Service {
            return out.row(&operation[..1]);
        }
        let errs = self.facts.flags[at] & fact_flags::ERRS != 0;
        let class = errs
            .then(|| self.canonical.error_class(Span::new(self.table, span)))
            .flatten();
        let [service, name, kind] = operation;
        let outcome = Key::Name(self.facts.outcome[at].name());
        let class = Key::Name(class.as_deref().unwrap_or_default());
        match self.by {
            ErrorsBy::Type => out.row(&[outcome, class]),
            _ => out.row(&[service, name, kind, outcome, class]),
        }
    }
}

fn first_of_trace(seen: &mut Vec<u32>, row: Row, trace: Trace<'_>) -> bool {
    if row >= seen.len() {
        seen.resize(row + 1, u32::MAX);
    }
    std::mem::replace(&mut seen[row], trace.index()) != trace.index()
}

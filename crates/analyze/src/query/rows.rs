//! Matches as rows of a table.

use super::ground::Ground;
use super::matches::matches;
use super::plan::Plan;
use super::Query;
use crate::analyses::{attribute, some_durations, symbols, with_attributes};
use crate::facts::{fact_flags, FactColumns, OwnTimes};
use crate::listing::{RowOrder, Rows};
use crate::runner;
use spanwise_model::{flags, ColumnData, OperationId, Span, SpanTable, Symbol, Table};

/// A span of a match, and the time from the end of the one shown before it to
/// its start.
#[derive(Clone, Copy)]
struct Shown {
    trace: u32,
    row: u32,
    gap: i64,
}

/// The rows of a query: the spans of one match after the other.
pub(super) fn rows(query: &Query, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
    let plan = Plan::new(&query.pattern, table);
    let terms = query.shown();
    let places: Vec<usize> = terms.iter().map(|&(place, _)| place).collect();
    let found = runner::lists(table, traces, OwnTimes::default, |times, trace| {
        let mut ground = Ground::new((table, facts), trace, times);
        if plan.asks_slack {
            ground.find_slack();
        }
        let matches = matches(&plan, &ground);
        let shown = matches
            .iter()
            .flat_map(|one| shown(one, &places, trace, &ground));
        shown.collect()
    });
    let matched = Matched {
        table,
        facts,
        width: terms.len(),
        found,
    };
    matched.rows(query, &terms)
}

fn shown(one: &[u32], places: &[usize], trace: u32, ground: &Ground<'_>) -> Vec<Shown> {
    let mut end = 0;
    let shown = places.iter().map(|&place| {
        let span = one[place];
        let gap = ground.start(span).saturating_sub(end);
        end = ground.end(span);
        Shown {
            trace,
            row: ground.row(span),
            gap,
        }
    });
    shown.collect()
}

/// All matches, so many spans each.
struct Matched<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    width: usize,
    found: Vec<Shown>,
}

impl Matched<'_> {
    /// The spans of a term.
    fn of(&self, term: usize) -> impl Iterator<Item = Shown> + Clone + '_ {
        self.found.iter().skip(term).step_by(self.width).copied()
    }

    fn rows(&self, query: &Query, terms: &[(usize, String)]) -> Rows {
        let traces = self
            .of(0)
            .map(|one| Some(self.table.trace(one.trace).id_text()));
        let traces = Table::new().with("trace_id", ColumnData::Text(traces.collect()));
        let listed = terms
            .iter()
            .enumerate()
            .fold(traces, |listed, (term, (_, prefix))| {
                self.columns(listed, term, prefix)
            });
        let order = self
            .of(0)
            .map(|one| RowOrder::of_trace(self.table.trace_ids[one.trace as usize]));
        let prefixed = |(_, prefix): &(usize, String)| {
            let keys = query.attributes.iter();
            keys.map(|key| format!("{prefix}{key}")).collect::<Vec<_>>()
        };
        let keys: Vec<String> = terms.iter().flat_map(prefixed).collect();
        with_attributes(listed, order.collect(), &keys, |key| {
            let at = keys.iter().position(|one| one == key).unwrap_or(0);
            let (term, key) = (at / query.attributes.len(), at % query.attributes.len());
            let key = &query.attributes[key];
            self.of(term)
                .map(|one| attribute(self.table, one.row, key))
                .collect()
        })
    }

    /// The columns of a term.
    fn columns(&self, listed: Table, term: usize, prefix: &str) -> Table {
        let spans = || self.of(term).map(|one| Span::new(self.table, one.row));
        let operations = &self.table.operations;
        let named = |name: &dyn Fn(OperationId) -> Symbol| {
            symbols(
                self.table,
                spans().map(|span| Some(name(span.operation_id()))),
            )
        };
        let duration =
            |span: Span<'_>| (span.flags() & flags::MISSING_END == 0).then(|| span.duration_nano());
        let errs = |one: Shown| Some(self.facts.flags[one.row as usize] & fact_flags::ERRS != 0);
        let name = |column: &str| format!("{prefix}{column}");
        let ids = spans().map(|span| Some(span.id_text()));
        let starts = spans().map(Span::start_unix_nano);
        let listed = listed
            .with(name("span_id"), ColumnData::Text(ids.collect()))
            .with(name("service"), named(&|id| operations.service(id)))
            .with(name("operation"), named(&|id| operations.name(id)))
            .with(name("start"), ColumnData::Time(starts.collect()))
            .with(name("duration"), some_durations(spans().map(duration)))
            .with(
                name("errs"),
                ColumnData::Bool(self.of(term).map(errs).collect()),
            );
        if term == 0 {
            return listed;
        }
        let gaps = self.of(term).map(|one| Some(one.gap));
        listed.with(name("gap"), ColumnData::Duration(gaps.collect()))
    }
}

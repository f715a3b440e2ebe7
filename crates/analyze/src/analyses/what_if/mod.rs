//! What if: how long requests would have taken if something were faster.

mod candidates;
mod changes;
mod cohort;
mod observe;
mod points;
mod ranking;

use super::bands::{accepts, root_of};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{add_to, KeyType, Merge, Partial, Row, Schema};
use cohort::{with_quantiles, Cohort};
use spanwise_model::table::Names;
use spanwise_model::{ColumnData, Table};
use std::collections::BTreeMap;

/// What is changed about the selected spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Their own time becomes so many thousandths of what it was: 500 is twice
    /// as fast, 2,000 half as fast.
    OwnTime(u32),
    /// They give up after so many nanoseconds.
    Cap(u64),
    /// Attempts that failed and were repeated are not made, and nobody waits to
    /// repeat them.
    DropRetries,
    /// What they call one after the other they call at once.
    Parallel,
    /// Those of them that err do not, and neither does what erred because of
    /// them alone: a caller all of whose unhealed failures are gone, as far as
    /// it was no origin of errors itself. What was repeated after such a failure
    /// is not made twice: the attempt and the wait for the next are gone, and
    /// the last attempt stands for what would have happened at once. A failure
    /// that nobody repeated keeps its time, because nothing in its request says
    /// how long it would have taken. So removing errors never takes longer, and
    /// without errors it changes nothing.
    RemoveErrors,
}

/// Spans by what they are; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Selection {
    /// Only spans of this service.
    pub service: Option<String>,
    /// Only spans of this operation.
    pub operation: Option<String>,
    /// Only spans with this attribute of themselves or their resource.
    pub attribute: Option<(String, String)>,
}

impl Selection {
    /// The same selection of this service.
    #[must_use]
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// The same selection of this operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// The same selection of spans with this attribute.
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attribute = Some((key.into(), value.into()));
        self
    }
}

/// How long requests would have taken if something were otherwise, found by
/// replaying them: a span begins as long after the latest sibling that was over
/// as it did, and ends as long after its last blocking child as it did. These
/// stretches are the *own time* of spans. Shares of them are exact; how long a
/// request would have taken is rounded down to a nanosecond, so what it would save
/// is rounded up.
///
/// Without a change, every operation is made faster by itself, in each request
/// that it has time on the critical path of (the 8 operations that have the
/// most), by a quarter, a half, three quarters and wholly. Operations are ranked
/// by what requests would save at a half: what to fix first, and what it would
/// buy.
///
/// | column | meaning |
/// |---|---|
/// | `rank` | from 1, by `saved_time` at a half |
/// | `service`, `operation`, `kind` | the operation |
/// | `speed_up` | the share of its own time that is saved |
/// | `requests` | requests that it was made faster in |
/// | `saved_time`, `mean_saved` | what all requests save, and a request of the cohort |
/// | `p50_before`, `p50`, `p50_from`, `p50_to`; the same of `p95` and `p99` | quantiles of the duration of all chosen requests before and after, within 1 %, and the interval that holds the latter at 95 % confidence, by the ranks of the order statistics |
///
/// Sorted by `rank`, then by `speed_up`.
///
/// With a change of the selected spans there is one row a root operation, of
/// `service`, `operation`, `kind`, `requests`, `changed` (requests that would
/// last another time, rounded down), `saved_time` (less than nothing where they are slower),
/// `mean_saved` and the same quantiles. Sorted by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::{Change, Selection, WhatIf};
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      10..90
///       user Get      10..60
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let finish = |analysis: WhatIf| {
///     analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0])
/// };
/// let ranking = finish(WhatIf::default());
/// assert_eq!(ranking.cell(1, "service"), Cell::Text("cart"));
/// assert_eq!(ranking.cell(1, "saved_time"), Cell::Duration(30_000_000), "then the user is awaited");
/// let cart = Selection::default().service("cart");
/// let faster = finish(WhatIf::default().change(Change::OwnTime(750), cart));
/// assert_eq!(faster.cell(0, "saved_time"), Cell::Duration(20_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WhatIf {
    /// What is changed; where nothing is, operations are ranked.
    pub change: Option<Change>,
    /// Of which spans.
    pub selection: Selection,
    /// Only requests of this root operation; see
    /// [`super::CriticalPath::root_operation`].
    pub root_operation: Option<String>,
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("root_service", KeyType::Name),
        ("root_operation", KeyType::Name),
        ("root_kind", KeyType::Name),
        ("change", KeyType::Name),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
        ("kind", KeyType::Name),
        ("percent", KeyType::U64),
    ],
    states: &[
        ("changed", Merge::Sum),
        ("saved", Merge::Sum),
        ("duration", Merge::Histogram),
    ],
};
const CHANGED: usize = 0;
const SAVED: usize = 1;
const DURATION: usize = 2;

const CHANGE: usize = 3;
/// Where the names of an operation begin.
const OPERATION: usize = 4;
const PERCENT: usize = 7;

impl WhatIf {
    /// The same analysis of this change of these spans.
    #[must_use]
    pub fn change(mut self, change: Change, selection: Selection) -> Self {
        (self.change, self.selection) = (Some(change), selection);
        self
    }

    /// Only requests of one root operation: its name, or service and name.
    #[must_use]
    pub fn root_operation(mut self, name: impl Into<String>) -> Self {
        self.root_operation = Some(name.into());
        self
    }

    /// The change in words that tell it from all others; empty for a ranking.
    fn told(&self) -> String {
        let Some(change) = &self.change else {
            return String::new();
        };
        format!("{change:?} of {:?}", self.selection)
    }

    /// The rows of this change and of the chosen root operations.
    fn rows(&self, partial: &Partial) -> Vec<Row> {
        let told = self.told();
        let mut rows = partial.sorted_rows();
        rows.retain(|&row| {
            partial.name(row, CHANGE) == told
                && accepts(self.root_operation.as_deref(), &root_of(partial, row))
        });
        rows
    }

    fn by_root(&self, partial: &Partial) -> Table {
        let mut roots: BTreeMap<_, (Cohort<'_>, i128, i128)> = BTreeMap::new();
        for row in self.rows(partial) {
            let (cohort, changed, saved) = roots.entry(root_of(partial, row)).or_default();
            let histogram = partial.histogram(row, DURATION);
            match percent(partial, row) {
                0 => cohort.all.push(histogram),
                _ => cohort.after.push(histogram),
            }
            add_to(changed, partial.number(row, CHANGED));
            add_to(saved, partial.number(row, SAVED));
        }
        let name = |at: usize| {
            let names = roots.keys().map(|root| root[at]);
            ColumnData::Name(names.collect::<Names>())
        };
        // Every request is in both, so that all of them are replaced.
        let cohorts: Vec<Cohort<'_>> = roots
            .values()
            .map(|(cohort, ..)| cohort.clone().replaced())
            .collect();
        let table = Table::new()
            .with("service", name(0))
            .with("operation", name(1))
            .with("kind", name(2))
            .with(
                "requests",
                super::columns::counts(cohorts.iter().map(Cohort::count)),
            )
            .with(
                "changed",
                super::columns::counts(roots.values().map(|row| row.1)),
            );
        let saved: Vec<i128> = roots.values().map(|row| row.2).collect();
        with_quantiles(table, &cohorts, &saved)
    }
}

impl Analysis for WhatIf {
    fn name(&self) -> &'static str {
        "what-if"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::CRITICAL | Facts::OUTCOME | Facts::TIMES
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        match self.change {
            Some(change) => observe::one(self, change, traces, (facts, out)),
            None => observe::all(traces, facts, out),
        }
    }

    fn finish(&self, partial: &Partial) -> Table {
        match self.change {
            Some(_) => self.by_root(partial),
            None => ranking::table(partial, &self.rows(partial)),
        }
    }
}

/// The percent by which a row is faster; zero before the change.
fn percent(partial: &Partial, row: Row) -> u64 {
    match partial.key(row, PERCENT) {
        crate::partial::Key::U64(percent) => percent,
        _ => 0,
    }
}

//! What an analysis is: observe traces into a partial, finish it into a table.

use crate::facts::FactColumns;
use crate::partial::{Partial, Schema};
use spanwise_model::{SpanTable, Table, Trace};
use std::ops::{BitOr, Range};

/// Which facts an analysis reads: a set.
///
/// ```
/// use spanwise_analyze::Facts;
/// let both = Facts::SELF_TIME | Facts::OUTCOME;
/// assert!(both.contains(Facts::OUTCOME) && !both.contains(Facts::CRITICAL));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts(u8);

impl Facts {
    /// No facts.
    pub const NONE: Self = Self(0);
    /// Self times.
    pub const SELF_TIME: Self = Self(1);
    /// Critical times and who is on the path.
    pub const CRITICAL: Self = Self(1 << 1);
    /// Outcomes, who errs, and where errors began.
    pub const OUTCOME: Self = Self(1 << 2);
    /// Slack and drag, for analyses that look at spans of many traces at once;
    /// see [`FactColumns::slack`].
    pub const SLACK: Self = Self(1 << 3);
    /// Effective times, which are kept for as long as the facts are where an
    /// analysis of the pass reads them.
    pub const TIMES: Self = Self(1 << 4);

    /// True where this set holds all of `other`.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Facts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Some traces of a span table, each whole.
#[derive(Clone, Copy, Debug)]
pub struct TraceBatch<'a> {
    table: &'a SpanTable,
    traces: &'a [u32],
}

impl<'a> TraceBatch<'a> {
    /// The traces with these numbers, each of which may stand there once.
    #[must_use]
    pub fn new(table: &'a SpanTable, traces: &'a [u32]) -> Self {
        Self { table, traces }
    }

    /// The table.
    #[must_use]
    pub fn table(self) -> &'a SpanTable {
        self.table
    }

    /// The traces.
    pub fn traces(self) -> impl ExactSizeIterator<Item = Trace<'a>> {
        self.traces
            .iter()
            .map(move |&index| self.table.trace(index))
    }

    /// The rows of the traces in their order, those of traces that stand behind
    /// each other as one run until it is long: for whoever asks no row which trace
    /// it is of.
    pub(crate) fn runs(self) -> impl Iterator<Item = Range<u32>> + 'a {
        let (table, mut rest) = (self.table, self.traces);
        std::iter::from_fn(move || {
            let (&first, mut behind) = rest.split_first()?;
            let mut run = table.rows(first);
            while let Some((&next, others)) = behind.split_first() {
                let rows = table.rows(next);
                if rows.start != run.end || run.len() >= RUN {
                    break;
                }
                (run.end, behind) = (rows.end, others);
            }
            rest = behind;
            Some(run)
        })
    }
}

/// A run of so many rows is long.
const RUN: usize = 1 << 12;

/// An analysis: its options are the struct itself.
///
/// Observing and merging commute: partials of any split of the traces merge to
/// the same bytes. Dispatch is by batch, so a trait object costs nothing.
///
/// ```
/// use spanwise_analyze::{facts, run, Analysis, FactColumns, Facts, Key, KeyType};
/// use spanwise_analyze::{Merge, Partial, Policy, Schema, TraceBatch};
/// use spanwise_model::{ColumnData, Table};
///
/// /// How many traces there are of each number of spans.
/// struct Sizes;
///
/// const SCHEMA: Schema = Schema {
///     keys: &[("spans", KeyType::U64)],
///     states: &[("traces", Merge::Sum)],
/// };
///
/// impl Analysis for Sizes {
///     fn name(&self) -> &'static str {
///         "sizes"
///     }
///     fn schema(&self) -> &Schema {
///         &SCHEMA
///     }
///     fn needs(&self) -> Facts {
///         Facts::NONE
///     }
///     fn observe(&self, traces: TraceBatch<'_>, _: &FactColumns, out: &mut Partial) {
///         for trace in traces.traces() {
///             let row = out.row(&[Key::U64(trace.len() as u64)]);
///             out.add(row, 0, 1);
///         }
///     }
///     fn finish(&self, partial: &Partial) -> Table {
///         let traces = partial.sorted_rows().into_iter().map(|row| partial.number(row, 0) as u64);
///         Table::new().with("traces", ColumnData::U64(traces.collect()))
///     }
/// }
///
/// let batch = spanwise_io::notation::parse("shop GET 0..9\ntrace 2\nshop GET 0..9");
/// let spans = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let table = Sizes.finish(&run(&spans, &[0, 1], &facts, &[&Sizes])[0]);
/// assert_eq!(table.cell(0, "traces"), spanwise_model::table::Cell::U64(2));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
pub trait Analysis: Send + Sync {
    /// The name, as on the command line.
    fn name(&self) -> &'static str;

    /// The columns of its partials.
    fn schema(&self) -> &Schema;

    /// The facts that it reads.
    fn needs(&self) -> Facts;

    /// Adds traces to a partial.
    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial);

    /// Adds traces to a partial that nobody keeps or merges with others': it is
    /// finished by this analysis with these options, and need hold no more than
    /// its table shows. The table is the same either way.
    fn observe_shown(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        self.observe(traces, facts, out);
    }

    /// The way to its table that needs no partial, where there is one.
    fn whole(&self) -> Option<&dyn Whole> {
        None
    }

    /// Turns a partial into a table.
    fn finish(&self, partial: &Partial) -> Table;

    /// Which cohort the traces belong to. Partials of different cohorts may
    /// hold the same trace.
    fn cohort(&self) -> u64 {
        0
    }

    /// What of its options shows in partials, as a text; empty where nothing
    /// does but the grouping.
    fn observes(&self) -> String {
        String::new()
    }

    /// What a row stands for, where there is a choice, such as `service`;
    /// empty where there is none.
    fn grouping(&self) -> &'static str {
        ""
    }

    /// An empty partial.
    fn empty(&self) -> Partial {
        Partial::new(self.name(), self.schema()).by(self.grouping())
    }
}

/// An analysis whose table is made of all traces at once, where it has many
/// rows that need not stand in a partial before. The table is the same either
/// way. One thread makes it, while others run other analyses.
pub trait Whole: Send + Sync {
    /// The table of these traces.
    fn table(&self, traces: TraceBatch<'_>, facts: &FactColumns) -> Table;
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_io::{assemble::assemble, notation::parse};

    fn runs(table: &SpanTable, traces: &[u32]) -> Vec<Range<u32>> {
        TraceBatch::new(table, traces).runs().collect()
    }

    #[test]
    fn traces_behind_each_other_are_one_run_until_it_is_long() {
        let one = |trace: usize| format!("trace {trace}\nshop GET 0..9\n  cart Get 1..5\n");
        let table = assemble(parse(&(1..=RUN).map(one).collect::<String>())).expect("spans");
        assert_eq!(runs(&table, &[]), []);
        assert_eq!(runs(&table, &[0, 1, 3]), [0..4, 6..8]);
        assert_eq!(runs(&table, &[1, 0]), [2..4, 0..2]);
        let all: Vec<u32> = (0..RUN as u32).collect();
        let half = RUN as u32;
        assert_eq!(runs(&table, &all), [0..half, half..2 * half]);
    }
}

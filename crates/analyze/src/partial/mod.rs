//! Partials: what an analysis knows after some of the traces.
//!
//! A partial is data, not code: a table of rows found by key, whose state
//! columns declare how they merge. One merge serves every analysis, and one
//! test of its laws covers them all: partials of any split of the traces,
//! merged in any order, have the same bytes.
//!
//! A partial may only be taken of whole traces. Each keeps *marks*, the 1,024
//! smallest hashes of its trace ids, and a merge refuses two partials that
//! share one: this catches the same hour merged twice and systematic cuts
//! through traces, though not a single cut trace. Partials of different
//! cohorts mark with different hashes ([`crate::Analysis::cohort`]), because a
//! trace may be in both sides of a comparison.
//!
//! Names stand in partials as texts of their own; symbols of span tables never
//! do, so partials of different tables merge.

mod best;
mod canonical;
mod filling;
mod merging;
mod numbers;
mod order;
mod reading;
mod schema;
mod smallest;
mod state;
mod sums;

pub use best::Exemplar;
pub use schema::{Key, KeyType, Merge, NameCode, Schema};
pub use smallest::Smallest;
pub(crate) use sums::{add_to, total};

use hashbrown::HashTable;
use spanwise_model::id::avalanche;
use spanwise_model::{Strings, TraceId};
use state::State;

/// How many hashes of trace ids a partial keeps.
pub const MARKS: usize = 1_024;

/// The row of a partial; it means nothing in another one.
pub type Row = usize;

/// A keyed table whose state columns merge.
///
/// ```
/// use spanwise_analyze::{Key, KeyType, Merge, Partial, Schema};
/// let schema = Schema {
///     keys: &[("service", KeyType::Name)],
///     states: &[("calls", Merge::Sum), ("longest", Merge::Max)],
/// };
/// let of = |service, calls: u64, longest: u64| {
///     let mut partial = Partial::new("example", &schema);
///     let row = partial.row(&[Key::Name(service)]);
///     partial.add(row, 0, calls);
///     partial.add(row, 1, longest);
///     partial
/// };
/// let mut both = of("cart", 2, 30);
/// both.merge(&of("cart", 1, 50))?;
/// both.merge(&of("shop", 1, 5))?;
/// assert_eq!((both.len(), both.number(0, 0), both.number(0, 1)), (2, 3, 50));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Partial {
    analysis: &'static str,
    grouping: &'static str,
    schema: Schema,
    /// By key column, its first word in a key; then how many words there are.
    offsets: Vec<usize>,
    names: Strings,
    /// The keys, row after row.
    words: Vec<u64>,
    rows: usize,
    /// The first rows by key; the others are added when one is looked for.
    index: HashTable<u32>,
    states: Vec<State>,
    marks: Smallest,
}

impl Partial {
    /// An empty partial: the identity of merging.
    #[must_use]
    pub fn new(analysis: &'static str, schema: &Schema) -> Self {
        let states = schema.states.iter().map(|&(_, merge)| State::new(merge));
        Self {
            analysis,
            grouping: "",
            schema: *schema,
            offsets: schema.key_offsets(),
            names: Strings::new(),
            words: Vec::new(),
            rows: 0,
            index: HashTable::new(),
            states: states.collect(),
            marks: Smallest::new(MARKS),
        }
    }

    /// The same partial of an analysis that groups its rows in this way; see
    /// [`crate::Analysis::grouping`].
    #[must_use]
    pub fn by(mut self, grouping: &'static str) -> Self {
        self.grouping = grouping;
        self
    }

    /// The name of the analysis that it belongs to.
    #[must_use]
    pub fn analysis(&self) -> &'static str {
        self.analysis
    }

    /// What a row stands for; see [`crate::Analysis::grouping`].
    #[must_use]
    pub fn grouping(&self) -> &'static str {
        self.grouping
    }

    /// The columns.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The marks of the traces that were observed, ascending: the smallest
    /// [`MARKS`] of them.
    #[must_use]
    pub fn marks(&self) -> &[u64] {
        self.marks.hashes()
    }

    /// True where both are of one analysis with the same options, so that they
    /// merge unless they share a trace.
    #[must_use]
    pub fn is_like(&self, other: &Partial) -> bool {
        let names = |partial: &Partial| (partial.analysis, partial.grouping);
        names(self) == names(other) && self.schema == other.schema
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many words a key has.
    fn width(&self) -> usize {
        self.offsets[self.schema.keys.len()]
    }

    /// Marks that a trace was observed.
    pub fn mark(&mut self, mark: u64) {
        self.marks.insert(mark);
    }

    /// Marks all traces of `marks`.
    pub(crate) fn mark_all(&mut self, marks: &Smallest) {
        self.marks.merge(marks);
    }
}

/// The mark of a trace in a cohort.
#[must_use]
pub(crate) fn mark_of(trace: TraceId, cohort: u64) -> u64 {
    let (high, low) = ((trace.0 >> 64) as u64, trace.0 as u64);
    avalanche(avalanche(high ^ avalanche(cohort)).wrapping_add(low))
}

#[cfg(test)]
mod tests;

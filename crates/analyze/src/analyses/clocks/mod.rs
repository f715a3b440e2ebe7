//! Clocks: how far those of different hosts are apart.

mod observe;

use crate::analyses::columns::{counts, names, shares};
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::clocks::{Agreement, ClockModel, ClockOffset, SolvedEdge, MINUTE_NANO};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use spanwise_model::{ColumnData, SpanTable, Table};

/// What a row of [`Clocks`] stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClocksBy {
    /// One row a clock: that of a host, or of an instance or service whose
    /// host nobody names.
    #[default]
    Clock,
    /// One row a pair of clocks whose hosts call each other.
    Pair,
}

/// How far clocks are apart, from all calls between their hosts.
///
/// While a client waits for a server, the server's clock cannot be ahead of
/// the client's by more than its start is, nor by less than its end is. The
/// offset is the middle of what the most calls of a sample agree on (32 a minute
/// and direction, the same ones for every split of the input); calls that are
/// slower one way than the other put the truth off the middle, but not out of
/// what is agreed on. Offsets to one clock of reference come from a tree of the
/// pairs that leave the least open, and all other pairs are held against it.
///
/// By clock:
///
/// | column | meaning |
/// |---|---|
/// | `clock` | the host, or else the instance or service |
/// | `reference` | the clock it is compared with: the one with the most calls of those that can be compared |
/// | `offset` | how far it is ahead of the reference, in the middle of the time that is known |
/// | `offset_from`, `offset_to` | what is possible |
/// | `drift_ppm` | by how many millionths it is faster; zero where no drift shows |
/// | `calls` | calls to and from it |
/// | `closure` | by how much offsets around a loop through it do not sum to nothing, at worst |
///
/// By pair, `from` and `to` name the clocks, and
///
/// | column | meaning |
/// |---|---|
/// | `impossible` | calls whose server did not run while its client waited; they say nothing |
/// | `agreeing` | the share of the sampled calls that allow the offset |
/// | `used` | it is a part of the tree |
/// | `closure` | how far what the tree says is outside of what the pair allows |
///
/// Sorted by name.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::Clocks;
/// let spans = assemble(parse("
///     shop cart.Get   0..10  client @host.name=a
///       cart Get     53..57  server @host.name=b
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = Clocks::default();
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(1, "clock"), Cell::Text("b"));
/// assert_eq!(table.cell(1, "offset_from"), Cell::Duration(47_000_000));
/// assert_eq!(table.cell(1, "offset_to"), Cell::Duration(53_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clocks {
    /// What a row stands for.
    pub by: ClocksBy,
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("client", KeyType::Name),
        ("server", KeyType::Name),
        ("minute", KeyType::I64),
        ("slot", KeyType::U64),
    ],
    states: &[
        ("calls", Merge::Sum),
        ("impossible", Merge::Sum),
        ("sample", Merge::Min),
    ],
};
const STATES: usize = SCHEMA.states.len();
const CALLS: usize = 0;
const IMPOSSIBLE: usize = 1;
const SAMPLE: usize = 2;

impl Clocks {
    /// The same analysis with rows of another kind.
    #[must_use]
    pub fn by(mut self, by: ClocksBy) -> Self {
        self.by = by;
        self
    }

    /// What the calls of some traces say.
    pub(crate) fn observe_all(table: &SpanTable, traces: &[u32]) -> Partial {
        let clocks = Self::default();
        let mut partial = clocks.empty();
        observe::all(TraceBatch::new(table, traces), &mut partial);
        partial
    }
}

impl Analysis for Clocks {
    fn name(&self) -> &'static str {
        "clocks"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, _: &FactColumns, out: &mut Partial) {
        observe::all(traces, out);
    }

    fn finish(&self, partial: &Partial) -> Table {
        let model = ClockModel::read(partial);
        match self.by {
            ClocksBy::Clock => by_clock(&model),
            ClocksBy::Pair => by_pair(&model.edges),
        }
    }
}

fn by_clock(model: &ClockModel) -> Table {
    let clocks = || model.clocks.values();
    let nano = |of: &dyn Fn(&ClockOffset) -> i64| {
        ColumnData::Duration(clocks().map(|clock| Some(of(clock))).collect())
    };
    let open = |clock: &ClockOffset| i64::try_from(clock.open_nano).unwrap_or(i64::MAX);
    Table::new()
        .with("clock", names(model.clocks.keys().map(String::as_str)))
        .with(
            "reference",
            names(clocks().map(|clock| model.reference(clock))),
        )
        .with("offset", nano(&|clock| clock.line.offset_nano))
        .with(
            "offset_from",
            nano(&|clock| clock.line.offset_nano.saturating_sub(open(clock))),
        )
        .with(
            "offset_to",
            nano(&|clock| clock.line.offset_nano.saturating_add(open(clock))),
        )
        .with(
            "drift_ppm",
            ColumnData::F64(
                clocks()
                    .map(|clock| Some(ppm(clock.line.drift_nano)))
                    .collect(),
            ),
        )
        .with("calls", counts(clocks().map(|clock| clock.calls)))
        .with("closure", nano(&|clock| clock.closure_nano as i64))
}

fn by_pair(edges: &[SolvedEdge]) -> Table {
    let nano = |of: &dyn Fn(&SolvedEdge) -> Option<i64>| {
        ColumnData::Duration(edges.iter().map(of).collect())
    };
    let agreed = |edge: &SolvedEdge| edge.estimate.map(|found| found.agreed);
    let agreeing = |edge: &SolvedEdge| {
        edge.estimate.map_or((0, 0), |found| {
            (found.agreed.agreeing as i128, found.asked as i128)
        })
    };
    let drift = |edge: &SolvedEdge| edge.estimate.map(|found| ppm(found.line.drift_nano));
    Table::new()
        .with("from", names(edges.iter().map(|edge| edge.ends.0.as_str())))
        .with("to", names(edges.iter().map(|edge| edge.ends.1.as_str())))
        .with("calls", counts(edges.iter().map(|edge| edge.edge.calls)))
        .with(
            "impossible",
            counts(edges.iter().map(|edge| edge.edge.impossible)),
        )
        .with("offset", nano(&|edge| agreed(edge).map(Agreement::middle)))
        .with(
            "offset_from",
            nano(&|edge| agreed(edge).map(|agreed| agreed.from)),
        )
        .with(
            "offset_to",
            nano(&|edge| agreed(edge).map(|agreed| agreed.to)),
        )
        .with("agreeing", shares(edges.iter().map(agreeing)))
        .with(
            "drift_ppm",
            ColumnData::F64(edges.iter().map(drift).collect()),
        )
        .with(
            "used",
            ColumnData::Bool(edges.iter().map(|edge| Some(edge.used)).collect()),
        )
        .with(
            "closure",
            nano(&|edge| edge.estimate.map(|_| edge.closure_nano as i64)),
        )
}

/// Nanoseconds a minute as millionths.
fn ppm(nano_a_minute: i64) -> f64 {
    nano_a_minute as f64 / (MINUTE_NANO / 1_000_000) as f64
}

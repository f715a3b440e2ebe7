//! Facts: columns derived from the span table under a policy, computed once
//! and shared by every analysis.
//!
//! A run of whole traces goes through passes over its rows: effective times, self
//! times, outcomes, critical paths and then the origins of errors. Rows stand in
//! preorder, so each pass is a loop. Nothing is allocated for a span or a trace; a
//! [`Scratch`] serves one run after the other.

mod canonical;
mod columns;
pub mod critical_path;
mod effective;
mod envoy;
pub(crate) mod families;
mod healing;
mod origin;
mod outcome;
mod own_times;
mod parallel;
mod path_parts;
pub(crate) mod replay;
mod robust;
mod self_time;
mod siblings;
mod slack;
mod span_times;
mod tally;
pub mod time_kind;
mod timeline;
mod times;
mod trace_slack;
mod typed_path;
mod verdict;
mod wording;

pub use canonical::{Canonical, Fields};
pub use columns::{fact_flags, FactColumns, FactSlices};
pub use outcome::{grpc_code, Outcome};
pub(crate) use own_times::OwnTimes;
pub(crate) use parallel::slack_of;
pub use parallel::{compute_parallel, compute_with_clocks};
pub use slack::SlackColumns;
pub(crate) use span_times::SpanTimes;
pub(crate) use trace_slack::TraceSlack;
pub use typed_path::TypedPath;
pub(crate) use wording::{of_class as reason_of_class, of_message as reason_of_message};

use crate::clocks::{ClockModel, Shifts};
use crate::policy::{Clock, Policy};
use critical_path::Ground;
use origin::{Errors, Origins};
use path_parts::{Part, PathParts};
use spanwise_model::{Issues, Span, SpanTable};
use std::ops::Range;
use tally::Tally;
use timeline::{marks, Rules, Timeline};
use verdict::{Verdict, Verdicts};

/// Rows that a run of traces holds at least, so that its scratch stays in the
/// cache.
const RUN_ROWS: usize = 1 << 14;

/// What facts are computed from.
#[derive(Clone, Debug)]
pub struct FactInput<'a> {
    canonical: Canonical<'a>,
    policy: Policy,
    /// What corrects clocks, where the policy says so.
    shifts: Option<Shifts>,
    /// By evidence set.
    plain_verdicts: Vec<Verdict>,
}

impl<'a> FactInput<'a> {
    /// The facts of a table under a policy; clocks are corrected by what the
    /// table itself says about them.
    #[must_use]
    pub fn new(table: &'a SpanTable, policy: &Policy) -> Self {
        Self::of(table, policy, shifts_of(table, policy))
    }

    /// The same where clocks are corrected by what other tables say too.
    #[must_use]
    pub fn with_clocks(table: &'a SpanTable, policy: &Policy, clocks: &ClockModel) -> Self {
        let corrected = policy.clock == Clock::Corrected;
        Self::of(table, policy, corrected.then(|| clocks.shifts(table)))
    }

    fn of(table: &'a SpanTable, policy: &Policy, shifts: Option<Shifts>) -> Self {
        let canonical = Canonical::new(table);
        Self {
            plain_verdicts: Verdict::plain(&canonical),
            canonical,
            policy: *policy,
            shifts,
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            policy: &self.policy,
            shifts: self.shifts.as_ref(),
        }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &'a SpanTable {
        self.canonical.table()
    }

    /// The reader of its canonical fields.
    #[must_use]
    pub fn canonical(&self) -> &Canonical<'a> {
        &self.canonical
    }
}

/// Memory that is reused from one run of traces to the next.
#[derive(Debug, Default)]
pub struct Scratch {
    timeline: Timeline,
    covered: Vec<i64>,
    path: PathParts,
    origins: Origins,
    tally: Tally,
}

/// Facts about every span of a table, computed on this thread.
///
/// ```
/// use spanwise_analyze::{facts, Outcome, Policy};
/// let batch = spanwise_io::notation::parse("
///     shop GET /cart  0..100 server http.response.status_code=404
///       cart Get     10..50
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// assert_eq!(facts.self_nano, [60_000_000, 40_000_000]);
/// assert_eq!(facts.outcome[0], Outcome::NotFound);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn compute(table: &SpanTable, policy: &Policy) -> FactColumns {
    let input = FactInput::new(table, policy);
    let mut columns = FactColumns::with_rows(table.len(), policy);
    let mut scratch = Scratch::default();
    let mut issues = Issues::default();
    let mut rest = columns.slices();
    for traces in runs(table) {
        let (mut out, behind) = rest.split_at(effective::rows_of(table, &traces).len());
        issues.absorb(compute_range(&input, traces, &mut out, &mut scratch));
        rest = behind;
    }
    columns.issues = issues;
    columns.shifts = input.shifts;
    columns
}

/// What corrects the clocks of a table, where the policy says so.
fn shifts_of(table: &SpanTable, policy: &Policy) -> Option<Shifts> {
    (policy.clock == Clock::Corrected).then(|| ClockModel::of(table).shifts(table))
}

/// What facts find wrong with the traces of these numbers, ascending: as in
/// [`FactColumns::issues`], but of some traces.
///
/// ```
/// use spanwise_analyze::{facts, Policy};
/// use spanwise_model::IssueKind;
/// let batch = spanwise_io::notation::parse("
///     trace 1
///     shop GET /cart  0..100
///       cart Get     50..150
///     trace 2
///     shop GET /cart  0..100
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// assert_eq!(facts::issues_of(&table, &[0], &facts).count(IssueKind::ClippedChild), 1);
/// assert!(facts::issues_of(&table, &[1], &facts).is_empty());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn issues_of(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Issues {
    if traces.len() == table.trace_count() {
        return facts.issues.clone();
    }
    let (mut timeline, mut tally) = (Timeline::default(), Tally::default());
    for &trace in traces {
        timeline.fill(table, facts.rules(), trace..trace + 1, &mut tally);
    }
    tally.take(table)
}

/// Fills `out`, the rows of `traces`, and answers what was found wrong with
/// them.
///
/// # Panics
///
/// Where `out` does not have as many rows as the traces.
pub fn compute_range(
    input: &FactInput<'_>,
    traces: Range<u32>,
    out: &mut FactSlices<'_>,
    scratch: &mut Scratch,
) -> Issues {
    let table = input.table();
    assert_eq!(
        out.len(),
        effective::rows_of(table, &traces).len(),
        "one entry for each row of the traces"
    );
    let Scratch {
        timeline,
        covered,
        path,
        origins,
        tally,
    } = scratch;
    timeline.fill(table, input.rules(), traces.clone(), tally);
    let rows = timeline.rows();
    let parents = &table.columns.parent[rows.start as usize..rows.end as usize];
    match input.shifts {
        Some(_) => {
            timeline.mark_serial(table, covered);
            self_time::fill_in_any_order(timeline, parents, covered, out.self_nano);
        }
        None => self_time::fill(timeline, parents, covered, out.self_nano),
    }
    judge(input, timeline, out);
    let ground = Ground {
        table,
        timeline,
        tolerance_nano: input.policy.tolerance_nano,
    };
    add_paths(&ground, path, out);
    let errors = Errors {
        canonical: &input.canonical,
        timeline,
        tolerance_nano: input.policy.tolerance_nano,
    };
    origins.fill(&errors, traces, out.flags);
    tally.take(table)
}

/// Writes outcomes, and the flags that hang on one span alone.
fn judge(input: &FactInput<'_>, timeline: &Timeline, out: &mut FactSlices<'_>) {
    let verdicts = Verdicts {
        canonical: &input.canonical,
        plain: &input.plain_verdicts,
        exceptions: input.canonical.all_exceptions(),
    };
    let rows = timeline.rows().zip(&timeline.marks);
    let out = out.outcome.iter_mut().zip(out.flags.iter_mut());
    for ((row, marks), (outcome, flags)) in rows.zip(out) {
        let span = Span::new(input.table(), row);
        let verdict = verdicts.of(span);
        *outcome = verdict.outcome;
        *flags = 0;
        if marks & marks::BLOCKING != 0 {
            *flags |= fact_flags::BLOCKING;
        }
        if verdict.injected {
            *flags |= fact_flags::INJECTED;
        }
        if verdict.outcome != Outcome::Ok && verdict.outcome.errs(span.kind()) {
            *flags |= fact_flags::ERRS;
        }
    }
}

/// Writes the critical times of every component: the self time of what has gaps
/// alone, and else the pieces of the path.
fn add_paths(ground: &Ground<'_>, path: &mut PathParts, out: &mut FactSlices<'_>) {
    out.critical_nano.fill(0);
    let timeline = ground.timeline;
    let rows = timeline.rows();
    let mut top = rows.start;
    while top < rows.end {
        path.run(ground, top, |part| match part {
            Part::Gaps(row) => {
                let at = timeline.at(row);
                out.critical_nano[at] = out.self_nano[at];
                if out.self_nano[at] > 0 || timeline.effective[at].is_empty() {
                    out.flags[at] |= fact_flags::ON_PATH;
                }
            }
            Part::Piece(row, piece, _) => {
                let at = timeline.at(row);
                out.critical_nano[at] += piece.len();
                out.flags[at] |= fact_flags::ON_PATH;
            }
        });
        top = ground.table.columns.subtree_end[top as usize];
    }
}

/// Cuts the traces of a table into runs, each of [`RUN_ROWS`] rows or a little
/// more.
fn runs(table: &SpanTable) -> impl Iterator<Item = Range<u32>> + '_ {
    let count = table.trace_count() as u32;
    let next = move |run: &Range<u32>| {
        let first = run.end;
        let begun = effective::rows_of(table, &(0..first)).end as usize;
        let ends = &table.trace_ends[first as usize..];
        let full = ends.partition_point(|&end| (end as usize) < begun + RUN_ROWS);
        (first < count).then(|| first..(first + full as u32 + 1).min(count))
    };
    std::iter::successors(next(&(0..0)), next)
}

//! Facts on all threads of the current pool. This is the runner's part of the
//! facts: traces are cut into runs of about equal size, whose rows are filled
//! apart and whose issues are added in order, so that the number of threads
//! cannot be seen in the result.

use super::effective::rows_of;
use super::slack::{SlackColumns, SlackSlices, Slacks};
use super::timeline::{Rules, Timeline};
use super::times::KeptTimes;
use super::{compute_range, runs, FactColumns, FactInput, Scratch};
use crate::analysis::Facts;
use crate::clocks::ClockModel;
use crate::policy::Policy;
use rayon::prelude::*;
use spanwise_model::{Issues, SpanTable};
use std::ops::Range;

/// Facts about every span of a table, computed on the current thread pool, with
/// the effective times where they are among the `needs` of a pass.
#[must_use]
pub fn compute_parallel(table: &SpanTable, policy: &Policy, needs: Facts) -> FactColumns {
    fill(FactInput::new(table, policy), needs)
}

/// The same where clocks are corrected by what other tables say too.
#[must_use]
pub fn compute_with_clocks(
    table: &SpanTable,
    policy: &Policy,
    clocks: &ClockModel,
    needs: Facts,
) -> FactColumns {
    fill(FactInput::with_clocks(table, policy, clocks), needs)
}

fn fill(input: FactInput<'_>, needs: Facts) -> FactColumns {
    let table = input.table();
    let mut columns = FactColumns::with_rows(table.len(), &input.policy);
    let keeps = needs.contains(Facts::TIMES);
    let mut rest = columns.slices();
    let mut parts = Vec::new();
    for traces in runs(table) {
        let (part, behind) = rest.split_at(rows_of(table, &traces).len());
        parts.push((traces, part));
        rest = behind;
    }
    let parts = parts.into_par_iter();
    let found = parts.map_init(Scratch::default, |scratch, (traces, mut out)| {
        let issues = compute_range(&input, traces, &mut out, scratch);
        (issues, keeps.then(|| scratch.timeline.take_effective()))
    });
    let mut times = Vec::new();
    for (issues, run) in found.collect::<Vec<(Issues, Option<Timeline>)>>() {
        columns.issues.absorb(issues);
        times.extend(run);
    }
    columns.shifts = input.shifts;
    if keeps {
        columns.keep_times(KeptTimes::of(times));
    }
    columns
}

/// How many traces one thread finds the slack of at once.
const SLACK_TRACES: usize = 1_024;

/// Slack and drag of the spans of some traces of the table of these facts, in
/// their order.
pub(crate) fn slack_of(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> SlackColumns {
    let rows = |&trace: &u32| table.rows(trace).len();
    let mut columns = SlackColumns::with_rows(traces.iter().map(rows).sum());
    let mut rest = columns.slices();
    let parts = traces.chunks(SLACK_TRACES).map(|traces| {
        let count = traces.iter().map(rows).sum();
        (traces, rest.take_first(count))
    });
    let parts: Vec<(&[u32], SlackSlices<'_>)> = parts.collect();
    let fill = |slacks: &mut Slacks, (traces, mut out): (&[u32], SlackSlices<'_>)| {
        for trace in traces {
            let mut out = out.take_first(rows(trace));
            slacks.fill(table, *trace, facts, &mut out);
        }
    };
    let parts = parts.into_par_iter();
    parts.for_each_init(Slacks::default, fill);
    columns
}

/// The effective times of all spans of a table.
pub(super) fn times(table: &SpanTable, rules: Rules<'_>) -> KeptTimes {
    let runs: Vec<Range<u32>> = runs(table).collect();
    let runs = runs.into_par_iter();
    let runs = runs.map_init(Scratch::default, |scratch, traces| {
        let timeline = &mut scratch.timeline;
        timeline.fill(table, rules, traces, &mut scratch.tally);
        timeline.mark_serial(table, &mut scratch.covered);
        timeline.take_effective()
    });
    KeptTimes::of(runs.collect())
}

//! Facts on all threads of the current pool. This is the runner's part of the
//! facts: traces are cut into runs of about equal size, whose rows are filled
//! apart and whose issues are added in order, so that the number of threads
//! cannot be seen in the result.

use super::effective::rows_of;
use super::slack::{SlackColumns, SlackSlices, Slacks};
use super::tally::Tally;
use super::timeline::{Rules, Timeline, TimesSlices};
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
    let kept = needs.contains(Facts::TIMES).then(|| table.len());
    let mut times = Timeline::with_rows(kept.unwrap_or(0));
    let (mut rest, mut times_rest) = (columns.slices(), times.slices());
    let mut parts = Vec::new();
    for traces in runs(table) {
        let count = rows_of(table, &traces).len();
        let (part, behind) = rest.split_at(count);
        let times = kept.map(|_| times_rest.take_first(count));
        parts.push((traces, part, times));
        rest = behind;
    }
    let parts = parts.into_par_iter();
    let issues = parts.map_init(Scratch::default, |scratch, (traces, mut out, times)| {
        let issues = compute_range(&input, traces, &mut out, scratch);
        if let Some(mut times) = times {
            times.copy(&scratch.timeline);
        }
        issues
    });
    for part in issues.collect::<Vec<Issues>>() {
        columns.issues.absorb(part);
    }
    columns.shifts = input.shifts;
    if kept.is_some() {
        columns.keep_times(times);
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
pub(super) fn times(table: &SpanTable, rules: Rules<'_>) -> Timeline {
    let mut all = Timeline::with_rows(table.len());
    let mut rest = all.slices();
    let parts = runs(table).map(|traces| {
        let count = rows_of(table, &traces).len();
        (traces, rest.take_first(count))
    });
    let parts: Vec<(Range<u32>, TimesSlices<'_>)> = parts.collect();
    let scratch = || (Timeline::default(), Tally::default());
    let parts = parts.into_par_iter();
    parts.for_each_init(scratch, |(timeline, tally), (traces, mut out)| {
        timeline.fill(table, rules, traces, tally);
        out.copy(timeline);
    });
    all
}

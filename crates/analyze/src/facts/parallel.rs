//! Facts on all threads of the current pool. This is the runner's part of the
//! facts: traces are cut into runs of about equal size, whose rows are filled
//! apart and whose issues are added in order, so that the number of threads
//! cannot be seen in the result.

use super::effective::rows_of;
use super::slack::{SlackColumns, SlackSlices, Slacks};
use super::tally::Tally;
use super::timeline::{Rules, Timeline};
use super::{compute_range, runs, FactColumns, FactInput, FactSlices, Scratch};
use crate::clocks::ClockModel;
use crate::policy::Policy;
use rayon::prelude::*;
use spanwise_model::{Issues, SpanTable};
use std::ops::Range;

/// Facts about every span of a table, computed on the current thread pool.
#[must_use]
pub fn compute_parallel(table: &SpanTable, policy: &Policy) -> FactColumns {
    fill(FactInput::new(table, policy))
}

/// The same where clocks are corrected by what other tables say too.
#[must_use]
pub fn compute_with_clocks(table: &SpanTable, policy: &Policy, clocks: &ClockModel) -> FactColumns {
    fill(FactInput::with_clocks(table, policy, clocks))
}

fn fill(input: FactInput<'_>) -> FactColumns {
    let table = input.table();
    let mut columns = FactColumns::with_rows(table.len(), &input.policy);
    let parts: Vec<Issues> = split(table, columns.slices())
        .into_par_iter()
        .map_init(Scratch::default, |scratch, (traces, mut out)| {
            compute_range(&input, traces, &mut out, scratch)
        })
        .collect();
    for part in parts {
        columns.issues.absorb(part);
    }
    columns.shifts = input.shifts;
    columns
}

/// Slack and drag of the spans of some traces of the table of these facts, in
/// their order.
pub(crate) fn slack_of(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> SlackColumns {
    slack(table, traces, facts)
}

/// How many traces one thread finds the slack of at once.
const SLACK_TRACES: usize = 1_024;

/// Slack and drag of the spans of some traces, in their order.
pub(super) fn slack(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> SlackColumns {
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
            let out = out.take_first(rows(trace));
            slacks.fill(table, *trace, facts, out);
        }
    };
    let parts = parts.into_par_iter();
    parts.for_each_init(Slacks::default, fill);
    columns
}

/// The effective times of all spans of a table.
pub(super) fn times(table: &SpanTable, rules: Rules<'_>) -> Timeline {
    let fill = |tally: &mut Tally, traces: Range<u32>| {
        let mut timeline = Timeline::default();
        timeline.fill(table, rules, traces, tally);
        timeline
    };
    let parts: Vec<Timeline> = runs(table)
        .collect::<Vec<Range<u32>>>()
        .into_par_iter()
        .map_init(Tally::default, fill)
        .collect();
    let mut all = Timeline::default();
    all.effective.reserve_exact(table.len());
    all.marks.reserve_exact(table.len());
    for part in parts {
        all.append_effective(part);
    }
    all
}

fn split<'a>(table: &SpanTable, all: FactSlices<'a>) -> Vec<(Range<u32>, FactSlices<'a>)> {
    let mut rest = all;
    let mut parts = Vec::new();
    for traces in runs(table) {
        let (part, behind) = rest.split_at(rows_of(table, &traces).len());
        parts.push((traces, part));
        rest = behind;
    }
    parts
}

//! Sentences about what would make requests faster.

use super::findings::SENTENCES;
use super::row::{counted, or_none, Row};
use crate::units;
use spanwise_model::Table;

/// How much faster an operation is in the rows that a report shows.
const SPEED_UP: f64 = 0.5;

/// The rows of a ranking in which operations take half their time, and requests
/// are shorter for it.
pub(super) fn halved(ranking: &Table) -> Table {
    let is_half = |row: &Row<'_>| row.number("speed_up") == SPEED_UP;
    let saves = |row: &Row<'_>| row.duration("mean_saved") > 0;
    let halved: Vec<usize> = Row::first(ranking)
        .filter(|row| is_half(row) && saves(row))
        .map(|row| row.at)
        .collect();
    ranking.take(&halved)
}

/// What to fix first, and what it would buy.
pub(super) fn first(halved: &Table) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        let time = |column| units::duration(row.duration(column));
        format!(
            "{} in half its time would make the mean request {} shorter, \
             and the 95th percentile {} instead of {} (between {} and {}).",
            row.operation(),
            time("mean_saved"),
            time("p95"),
            time("p95_before"),
            time("p95_from"),
            time("p95_to"),
        )
    };
    let findings = Row::first(halved).take(SENTENCES).map(sentence).collect();
    or_none(
        findings,
        "No operation would make requests shorter by being faster.",
    )
}

/// The calls that need not be made, or not one after the other.
pub(super) fn shapes(problems: &Table) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        let caller = [row.text("parent_service"), row.text("parent_operation")];
        let called = [
            row.text("operation"),
            row.text("peer"),
            row.text("template"),
        ];
        format!(
            "{}: {} ({}) of {}, {} in {}, {} shorter each without.",
            joined(&caller, " "),
            row.text("problem"),
            row.text("grade"),
            joined(&called, ", "),
            counted(row.count("calls"), "call"),
            counted(row.count("traces"), "request"),
            units::duration(row.duration("mean_saved")),
        )
    };
    let findings = Row::first(problems).take(SENTENCES).map(sentence).collect();
    or_none(findings, "No call was found that need not be made.")
}

fn joined(words: &[&str], between: &str) -> String {
    let said: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.is_empty())
        .collect();
    said.join(between)
}

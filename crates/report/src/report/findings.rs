//! Sentences from the rows of result tables.

use super::row::{counted, or_none, Row};
use crate::units;
use spanwise_model::table::Cell;
use spanwise_model::Table;

/// How many rows are put into words.
pub(super) const SENTENCES: usize = 3;

/// The operations that hold most of the critical path.
pub(super) fn slow(table: &Table) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        format!(
            "{} holds {} of the critical path: {} over {}, {} each.",
            row.operation(),
            units::percent(row.number("share")),
            units::duration(row.duration("critical_time")),
            counted(row.count("traces"), "request"),
            units::duration(row.duration("mean_time")),
        )
    };
    let held = |row: &Row<'_>| row.duration("critical_time") > 0;
    let findings: Vec<String> = Row::first(table)
        .filter(held)
        .take(SENTENCES)
        .map(sentence)
        .collect();
    or_none(findings, "No request has a critical path of any length.")
}

/// The operations that slow requests wait for and fast ones do not.
pub(super) fn tail(table: &Table) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        format!(
            "Slow requests of {} {} spend {} each in {}, {} of what they last, and fast ones {}: \
             {} more{}.",
            row.text("root_service"),
            row.text("root_operation"),
            units::duration(row.duration("slow_mean")),
            row.operation(),
            units::percent(row.number("slow_share")),
            units::duration(row.duration("fast_mean")),
            units::duration(row.duration("mean_excess")),
            other_calls(["slow_calls", "fast_calls"].map(|column| row.number(column))),
        )
    };
    let findings = Row::first(table).take(SENTENCES).map(sentence).collect();
    or_none(
        findings,
        "No operation takes slow requests several times as long as fast ones.",
    )
}

/// How many calls slow requests make, where fast ones make another number.
fn other_calls(calls: [f64; 2]) -> String {
    let [slow, fast] = calls.map(units::number);
    match slow == fast {
        true => String::new(),
        false => format!("; {slow} calls each instead of {fast}"),
    }
}

/// The rows in which errors began.
pub(super) fn with_origins(table: &Table) -> Table {
    let began: Vec<usize> = Row::first(table)
        .filter(|row| row.count("origins") > 0)
        .map(|row| row.at)
        .collect();
    table.take(&began)
}

/// The operations in which errors began.
pub(super) fn failing(table: &Table) -> Vec<String> {
    let sentence = |row: Row<'_>| {
        let what = [row.text("outcome"), row.text("error_type")];
        let what: Vec<&str> = what.into_iter().filter(|text| !text.is_empty()).collect();
        format!(
            "{} is where {} began ({}); {} failed by it.",
            row.operation(),
            counted(row.count("origins"), "error"),
            what.join(", "),
            counted(row.count("failed_requests"), "request"),
        )
    };
    let began = |row: &Row<'_>| row.count("origins") > 0;
    let findings = Row::first(table)
        .filter(began)
        .take(SENTENCES)
        .map(sentence)
        .collect();
    or_none(findings, "No span errs.")
}

/// The calls that fail most, and the cycles of services.
pub(super) fn dependencies(table: &Table) -> Vec<String> {
    let mut failing: Vec<Row<'_>> = Row::first(table)
        .filter(|row| row.count("errors") > 0)
        .collect();
    failing.sort_by_key(|row| std::cmp::Reverse(row.count("errors")));
    let sentence = |row: &Row<'_>| {
        format!(
            "{} of {} from {} to {} failed ({}).",
            units::count(row.count("errors")),
            counted(row.count("calls"), "call"),
            row.text("caller"),
            row.text("callee"),
            units::percent(row.number("error_share")),
        )
    };
    let mut findings: Vec<String> = failing.iter().take(SENTENCES).map(sentence).collect();
    let in_cycle = |row: &Row<'_>| !matches!(row.table.cell(row.at, "cycle"), Cell::Null);
    let cyclic = Row::first(table).filter(in_cycle).count() as u64;
    if cyclic > 0 {
        let count = units::count(cyclic);
        findings.push(format!(
            "Rows that are part of a cycle of services: {count}."
        ));
    }
    or_none(findings, "No call between services failed.")
}

/// How many issues there are.
pub(super) fn issues(table: &Table) -> Vec<String> {
    let total: u64 = Row::first(table).map(|row| row.count("count")).sum();
    if total == 0 {
        return vec!["Nothing: every record was read whole.".to_owned()];
    }
    vec![format!(
        "{}; results hold for what could be read.",
        counted(total, "issue")
    )]
}

/// The operations that cost requests most time more than before, and those
/// whose share of errors grew most.
pub(super) fn changed(table: &Table) -> Vec<String> {
    let slower = |row: &Row<'_>| row.duration("change_critical_time") > 0;
    let slower = Row::first(table)
        .filter(slower)
        .take(SENTENCES)
        .map(slowdown);
    let mut failing: Vec<Row<'_>> = Row::first(table)
        .filter(|row| row.number("change_error_share") > 0.0)
        .collect();
    let growth = |row: &Row<'_>| row.number("change_error_share");
    failing.sort_by(|a, b| growth(b).total_cmp(&growth(a)));
    let failing = failing.into_iter().take(SENTENCES).map(more_errors);
    or_none(
        slower.chain(failing).collect(),
        "Nothing became slower or failed more often.",
    )
}

fn slowdown(row: Row<'_>) -> String {
    format!(
        "{} added {} to the mean request: {} on its critical path before, {} now.",
        row.operation(),
        units::duration(row.duration("change_critical_time")),
        units::duration(row.duration("baseline_critical_time")),
        units::duration(row.duration("incident_critical_time")),
    )
}

fn more_errors(row: Row<'_>) -> String {
    format!(
        "{} failed in {} of its calls before, in {} now.",
        row.operation(),
        units::percent(row.number("baseline_error_share")),
        units::percent(row.number("incident_error_share")),
    )
}

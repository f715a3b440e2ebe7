//! The table of shape problems.

use super::column::{CALLS, EXAMPLES, OCCURRENCES, SEQUENTIAL, TIME, TRACES};
use super::judge::{lengths_row, verdict, Verdict};
use super::{ShapeProblems, SCHEMA};
use crate::analyses::columns::{
    counts, durations, examples, key_columns, names, nano, ratio, shares,
};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;

pub(super) fn of(options: &ShapeProblems, partial: &Partial) -> Table {
    let sorted = partial.sorted_rows();
    let all: i128 = sorted
        .iter()
        .filter(|&&row| partial.name(row, 0).is_empty())
        .map(|&row| partial.number(row, TIME))
        .fold(0, i128::saturating_add);
    let mut lengths = None;
    let judged = sorted.iter().filter_map(|&row| {
        // It stands before those of the same operation.
        lengths = lengths_row(partial, row).or(lengths);
        verdict(options, partial, (row, lengths))
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    verdicts.sort_by_key(|verdict| Reverse(partial.number(verdict.row, TIME)));
    write(partial, &verdicts, all)
}

fn write(partial: &Partial, verdicts: &[Verdict], all: i128) -> Table {
    let rows: Vec<Row> = verdicts.iter().map(|verdict| verdict.row).collect();
    let number = |column| move |&row: &Row| partial.number(row, column);
    let ratios = |part: usize, whole: usize| {
        let of = move |&row: &Row| (partial.number(row, part), partial.number(row, whole));
        rows.iter().map(of).collect::<Vec<_>>()
    };
    let mean = |(part, whole)| ratio(part, whole).map(|mean| nano(mean.round() as i128));
    let later = |&row: &Row| {
        let first = partial.number(row, OCCURRENCES);
        (
            partial.number(row, SEQUENTIAL),
            partial.number(row, CALLS).saturating_sub(first),
        )
    };
    let keys = key_columns(partial, &rows, SCHEMA.keys);
    let [problem, callers @ ..] = SCHEMA.keys else {
        return keys;
    };
    let callers: Vec<&str> = callers.iter().map(|key| key.0).collect();
    let table = keys
        .select(&[problem.0])
        .with("grade", names(verdicts.iter().map(|one| one.grade.name())))
        .with("saved_time", durations(rows.iter().map(number(TIME))))
        .with(
            "share",
            shares(rows.iter().map(|row| (number(TIME)(row), all))),
        )
        .with(
            "mean_saved",
            ColumnData::Duration(ratios(TIME, TRACES).into_iter().map(mean).collect()),
        )
        .with("traces", counts(rows.iter().map(number(TRACES))))
        .with("occurrences", counts(rows.iter().map(number(OCCURRENCES))))
        .with("calls", counts(rows.iter().map(number(CALLS))))
        .with("mean_calls", shares(ratios(CALLS, TRACES)))
        .with("sequential", shares(rows.iter().map(later)));
    let callers = keys.select(&callers).into_columns().into_iter();
    let evidence = |one: &Verdict| -> Vec<String> {
        let texts = one.evidence.iter();
        texts.map(|&text| text.to_owned()).collect()
    };
    callers
        .fold(table, |table, column| table.with(column.name, column.data))
        .with(
            "evidence",
            ColumnData::TextList(verdicts.iter().map(evidence).collect()),
        )
        .with("examples", examples(partial, &rows, EXAMPLES))
}

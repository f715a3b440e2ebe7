//! Hot keys as a table.

use super::column::{EXAMPLES, KEY};
use super::found::HotKey;
use super::SCHEMA;
use crate::analyses::columns::{counts, durations, examples, key_columns, names, nano, shares};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};

/// The table of what was found in a partial.
pub(super) fn of(partial: &Partial, found: &[HotKey]) -> Table {
    let rows: Vec<Row> = found.iter().map(|one| one.top).collect();
    let top_keys = rows
        .iter()
        .map(|&row| Some(partial.name(row, KEY).to_owned()));
    let grades = found.iter().map(|one| match one.is_likely() {
        true => "likely",
        false => "possible",
    });
    let count = |of: fn(&HotKey) -> i128| counts(found.iter().map(of));
    let time = |of: fn(&HotKey) -> i128| durations(found.iter().map(of));
    let number = |of: fn(&HotKey) -> Option<f64>| ColumnData::F64(found.iter().map(of).collect());
    let mean = |at: usize| {
        let rounded = |mean: f64| nano(mean.round() as i128);
        let means = found.iter().map(|one| one.means()[at].map(rounded));
        ColumnData::Duration(means.collect())
    };
    let evidence = found.iter().map(|one| {
        let said = one.evidence.iter().map(|&text| text.to_owned());
        said.collect::<Vec<String>>()
    });
    key_columns(partial, &rows, &SCHEMA.keys[..KEY])
        .with("grade", names(grades))
        .with("top_key", ColumnData::Text(top_keys.collect()))
        .with("excess_time", time(HotKey::excess))
        .with("top_time", time(|one| one.top_time))
        .with("median_time", time(|one| one.median_time))
        .with("times", number(HotKey::times))
        .with("gini", number(|one| Some(one.gini)))
        .with("keys", count(|one| one.keys as i128))
        .with("top_calls", count(|one| one.top_calls))
        .with("calls", count(|one| one.calls))
        .with(
            "top_share",
            shares(found.iter().map(|one| (one.top_time, one.time))),
        )
        .with("top_mean", mean(0))
        .with("other_mean", mean(1))
        .with("time_share", number(|one| one.shares[0]))
        .with("call_share", number(|one| one.shares[1]))
        .with("errors", count(|one| one.errors))
        .with("evidence", ColumnData::TextList(evidence.collect()))
        .with("examples", examples(partial, &rows, EXAMPLES))
}

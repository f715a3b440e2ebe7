//! Rows by service.

use super::halves::{key, Part};
use super::loss;
use super::state;
use super::tally::Tally;
use crate::analyses::columns::{counts, names};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};
use std::cmp::Reverse;

/// The rows of a partial, by service.
pub(super) fn table(partial: &Partial) -> Table {
    let mut rows = partial.sorted_rows();
    rows.retain(|&row| Part::Service.is(partial, row));
    rows.sort_by_key(|&row| {
        let number = |column| Reverse(partial.number(row, column));
        (number(state::ORPHANS), number(state::SPANS))
    });
    let tallies: Vec<Tally> = rows.iter().map(|&row| tally(partial, row)).collect();
    let losses = rows.iter().map(|&row| loss::of_service(partial, row));
    let table = Table::new().with(
        "service",
        names(rows.iter().map(|&row| partial.name(row, key::CALLER))),
    );
    let counted = COUNTS.iter().fold(table, |table, &(name, column)| {
        let cells = rows.iter().map(|&row| partial.number(row, column));
        table.with(name, counts(cells))
    });
    let knowledge = tallies.iter().map(|tally| tally.knowledge().name());
    let estimates = tallies.iter().map(Tally::estimate);
    counted
        .with("sampling", names(knowledge))
        .with("estimated_spans", ColumnData::F64(estimates.collect()))
        .with("undermines", ColumnData::Text(losses.collect()))
}

/// Columns that are counts.
const COUNTS: [(&str, usize); 11] = [
    ("spans", state::SPANS),
    ("roots", state::ROOTS),
    ("orphans", state::ORPHANS),
    ("local_orphans", state::LOCAL_ORPHANS),
    ("rootless_traces", state::ROOTLESS),
    ("missing_end", state::MISSING_END),
    ("dropped_attributes", state::DROPPED_ATTRIBUTES),
    ("dropped_events", state::DROPPED_EVENTS),
    ("dropped_links", state::DROPPED_LINKS),
    ("duplicates", state::DUPLICATES),
    ("conflicts", state::CONFLICTS),
];

/// What is known of the sampling of a row's spans.
pub(super) fn tally(partial: &Partial, row: Row) -> Tally {
    let mut tally = Tally::default();
    tally.add(partial, row);
    tally
}

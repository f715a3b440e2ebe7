//! How a call tree changed: that of an incident against a healthy one.

use super::bands::root_of;
use super::call_tree::{
    hash_at, in_tree_order, path_columns, requests_by_root, CallTree, CALLS, CRITICAL, ERRORS,
    EXCLUSIVE, INCLUSIVE, PATH,
};
use super::columns::{nano, ratio};
use crate::partial::{Partial, Row};
use spanwise_model::{ColumnData, Table};
use std::collections::{BTreeMap, BTreeSet};

/// A row of one side, if the path is there, and the requests that the side has
/// of its root operation.
#[derive(Clone, Copy, Default)]
struct Side {
    row: Option<Row>,
    requests: i128,
}

impl CallTree {
    /// The call tree of an incident against that of a baseline, path by path,
    /// for partials of this analysis. All numbers are of one request: sums
    /// divided by the requests of the root operation, so that both sides may
    /// have a different number of them.
    ///
    /// | column | meaning |
    /// |---|---|
    /// | `path`, `parent_path`, `depth`, `service`, `operation`, `kind` | the path |
    /// | `change` | `added`, `removed` or `both` |
    /// | `baseline_calls`, `incident_calls` | calls a request |
    /// | `baseline_exclusive_time`, `incident_exclusive_time` | self time a request |
    /// | `change_inclusive_time`, `change_exclusive_time`, `change_critical_time` | incident less baseline, a request |
    /// | `baseline_errors`, `incident_errors` | erring calls a request |
    ///
    /// Only root operations that both sides have requests of are compared. Rows
    /// stand in the order of the tree.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, run, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// # use spanwise_model::table::Cell;
    /// # use spanwise_analyze::analyses::CallTree;
    /// let analysis = CallTree::default();
    /// let partial = |text| {
    ///     let spans = assemble(parse(text))?;
    ///     let facts = facts::compute(&spans, &Policy::default());
    ///     Ok::<_, spanwise_model::Error>(run(&spans, &[0], &facts, &[&analysis]).swap_remove(0))
    /// };
    /// let healthy = partial("shop GET 0..100\n  cart Get 10..60")?;
    /// let slow = partial("shop GET 0..150\n  cart Get 10..60\n  cart Get 60..110")?;
    /// let table = analysis.against(&healthy, &slow);
    /// assert_eq!(table.cell(1, "change_critical_time"), Cell::Duration(50_000_000));
    /// assert_eq!(table.cell(1, "incident_calls"), Cell::F64(2.0));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn against(&self, baseline: &Partial, incident: &Partial) -> Table {
        let (baseline, incident) = (self.chosen(baseline).0, self.chosen(incident).0);
        let partials = [&baseline, &incident];
        let mut both = baseline.clone();
        both.absorb(&incident);
        let index = partials.map(by_path);
        let requests = partials.map(requests_by_root);
        let shared: BTreeSet<_> = requests[0]
            .keys()
            .filter(|root| requests[1].contains_key(*root))
            .collect();
        let mut rows = in_tree_order(&both, INCLUSIVE);
        rows.retain(|&row| shared.contains(&root_of(&both, row)));
        let sides = rows.iter().map(|&row| {
            let (hash, root) = (hash_at(&both, row, PATH), root_of(&both, row));
            [0, 1].map(|side: usize| Side {
                row: index[side].get(&hash).copied(),
                requests: requests[side].get(&root).copied().unwrap_or_default(),
            })
        });
        let sides: Vec<[Side; 2]> = sides.collect();
        table(path_columns(&both, &rows), partials, &sides)
    }
}

fn by_path(partial: &Partial) -> BTreeMap<u128, Row> {
    let rows = 0..partial.len();
    rows.map(|row| (hash_at(partial, row, PATH), row)).collect()
}

fn table(paths: Table, partials: [&Partial; 2], sides: &[[Side; 2]]) -> Table {
    let mean = |side: usize, column: usize| {
        move |sides: &[Side; 2]| {
            let Side { row, requests } = sides[side];
            let sum = row.map_or(0, |row| partials[side].number(row, column));
            ratio(sum, requests).unwrap_or_default()
        }
    };
    let number = |side, column| {
        ColumnData::F64(
            sides
                .iter()
                .map(|sides| Some(mean(side, column)(sides)))
                .collect(),
        )
    };
    let whole = |time: f64| Some(nano(time.round() as i128));
    let time = |side, column| {
        ColumnData::Duration(
            sides
                .iter()
                .map(|sides| whole(mean(side, column)(sides)))
                .collect(),
        )
    };
    let change = |column| {
        let change = |sides: &[Side; 2]| mean(1, column)(sides) - mean(0, column)(sides);
        ColumnData::Duration(sides.iter().map(|sides| whole(change(sides))).collect())
    };
    let word = |sides: &[Side; 2]| match sides.map(|side| side.row.is_some()) {
        [true, false] => "removed",
        [false, true] => "added",
        _ => "both",
    };
    paths
        .with("change", ColumnData::Name(sides.iter().map(word).collect()))
        .with("baseline_calls", number(0, CALLS))
        .with("incident_calls", number(1, CALLS))
        .with("baseline_exclusive_time", time(0, EXCLUSIVE))
        .with("incident_exclusive_time", time(1, EXCLUSIVE))
        .with("change_inclusive_time", change(INCLUSIVE))
        .with("change_exclusive_time", change(EXCLUSIVE))
        .with("change_critical_time", change(CRITICAL))
        .with("baseline_errors", number(0, ERRORS))
        .with("incident_errors", number(1, ERRORS))
}

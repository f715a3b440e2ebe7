//! Changes of a trace, as a replay asks for them.

use super::{Change, Selection};
use crate::analyses::attribute;
use crate::facts::replay::{self, parts, Parts};
use crate::facts::{fact_flags, FactColumns};
use rustc_hash::FxHashMap;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{OperationId, Span, SpanTable};

// Thousandths of a time are the parts that replays count.
const _: () = assert!(replay::PARTS == 1_000);

/// What is known of selected spans of one component.
#[derive(Debug, Default)]
pub(super) struct Selected {
    first: u32,
    /// By row from the first.
    chosen: Vec<bool>,
    /// Attempts that failed and were repeated.
    repeated: Vec<bool>,
    /// Attempts that repeat such a one.
    retries: Vec<bool>,
}

impl Selected {
    /// Selects spans of the component under `top`. `operations` says which
    /// operations fit.
    pub(super) fn fill(
        &mut self,
        top: Span<'_>,
        (selection, operations): (&Selection, &[bool]),
        (change, facts): (Change, &FactColumns),
    ) {
        let table = top.table();
        self.first = top.row();
        self.chosen.clear();
        self.chosen.extend(top.subtree().map(|row| {
            let operation = table.columns.operation[row as usize];
            operations[operation.0 as usize] && has_attribute(table, row, selection)
        }));
        if change == Change::RemoveErrors {
            self.choose_callers(top, facts);
        }
        self.find_retries(top, facts);
    }

    /// Chooses spans, too, that err because of chosen ones alone. Rows run
    /// backwards, so children stand before parents.
    fn choose_callers(&mut self, top: Span<'_>, facts: &FactColumns) {
        let parents = &top.table().columns.parent;
        let mut failures = vec![(false, false); self.chosen.len()];
        for row in top.subtree().rev() {
            let (at, flags) = ((row - self.first) as usize, facts.flags[row as usize]);
            let (gone, left) = failures[at];
            let is_origin = flags & fact_flags::ORIGIN != 0;
            self.chosen[at] |= gone && !left && !is_origin;
            let fails = flags & (fact_flags::ERRS | fact_flags::HEALED) == fact_flags::ERRS;
            if fails && row != self.first {
                let above = &mut failures[(parents[row as usize] - self.first) as usize];
                above.0 |= self.chosen[at];
                above.1 |= !self.chosen[at];
            }
        }
    }

    /// Of siblings of one operation: those that failed and after whose end
    /// another began, and those others.
    fn find_retries(&mut self, top: Span<'_>, facts: &FactColumns) {
        let columns = &top.table().columns;
        let key = |row: u32| {
            (
                columns.parent[row as usize],
                columns.operation[row as usize],
            )
        };
        let start = |row: u32| columns.start_unix_nano[row as usize];
        let end =
            |row: u32| start(row).saturating_add_unsigned(columns.duration_nano[row as usize]);
        let count = self.chosen.len();
        self.repeated.clear();
        self.repeated.resize(count, false);
        self.retries.clear();
        self.retries.resize(count, false);
        let mut latest: FxHashMap<(u32, OperationId), i64> = FxHashMap::default();
        for row in top
            .subtree()
            .filter(|&row| columns.parent[row as usize] != NO_PARENT)
        {
            let held = latest.entry(key(row)).or_insert(i64::MIN);
            *held = start(row).max(*held);
        }
        let mut failed: FxHashMap<(u32, OperationId), i64> = FxHashMap::default();
        for row in top.subtree() {
            let at = (row - self.first) as usize;
            let erred = facts.flags[row as usize] & fact_flags::ERRS != 0;
            let again = latest
                .get(&key(row))
                .is_some_and(|&last| last >= end(row) && last > start(row));
            self.retries[at] = failed
                .get(&key(row))
                .is_some_and(|&over| over <= start(row));
            self.repeated[at] = self.chosen[at] && erred && again;
            if self.repeated[at] {
                let over = failed.entry(key(row)).or_insert(i64::MAX);
                *over = end(row).min(*over);
            }
        }
    }

    /// The change of these spans.
    pub(super) fn changed(&self, change: Change) -> Changed<'_> {
        Changed {
            selected: self,
            change,
        }
    }
}

fn has_attribute(table: &SpanTable, row: u32, selection: &Selection) -> bool {
    let Some((key, value)) = &selection.attribute else {
        return true;
    };
    attribute(table, row, key).is_some_and(|held| held.to_text() == value.as_str())
}

/// A change of selected spans.
pub(super) struct Changed<'a> {
    selected: &'a Selected,
    change: Change,
}

impl Changed<'_> {
    fn at(&self, row: u32) -> usize {
        (row - self.selected.first) as usize
    }

    fn drops_attempts(&self) -> bool {
        matches!(self.change, Change::DropRetries | Change::RemoveErrors)
    }

    fn is_chosen(&self, row: u32) -> bool {
        self.selected.chosen[self.at(row)]
    }
}

impl replay::Change for Changed<'_> {
    fn own_time(&self, row: u32, nano: u64) -> Parts {
        match self.change {
            Change::OwnTime(thousandths) if self.is_chosen(row) => {
                Parts::from(nano) * Parts::from(thousandths)
            }
            _ => parts(nano),
        }
    }

    fn gap(&self, row: u32, child: u32, nano: u64) -> Parts {
        if self.drops_attempts() && self.selected.retries[self.at(child)] {
            0
        } else {
            self.own_time(row, nano)
        }
    }

    fn length(&self, row: u32, length: Parts) -> Parts {
        match self.change {
            Change::Cap(most) if self.is_chosen(row) => parts(most).min(length),
            _ if self.drops_attempts() && self.selected.repeated[self.at(row)] => 0,
            _ => length,
        }
    }

    fn is_parallel(&self, row: u32) -> bool {
        self.change == Change::Parallel && self.is_chosen(row)
    }
}

//! What is known of rows when all of them have been listed.

use spanwise_analyze::listing::settled;
use spanwise_analyze::{Listing, Rows, ValueKind};
use spanwise_model::table::SortKey;
use spanwise_model::{Table, TraceId};

/// Settles what single rows do not know: the types of attributes, and what a
/// row says of other traces.
pub(super) struct Settling<'l> {
    listing: &'l dyn Listing,
    kinds: Vec<ValueKind>,
    /// The ids of all traces, where rows ask for them.
    trace_ids: Vec<TraceId>,
    /// The columns, without rows.
    columns: Table,
}

impl<'l> Settling<'l> {
    pub(super) fn new(listing: &'l dyn Listing) -> Self {
        Self {
            listing,
            kinds: Vec::new(),
            trace_ids: Vec::new(),
            columns: Table::new(),
        }
    }

    pub(super) fn listing(&self) -> &'l dyn Listing {
        self.listing
    }

    /// Learns from rows of an input that has these traces, where they ask for
    /// them.
    pub(super) fn learn(&mut self, rows: &Rows, trace_ids: &[TraceId]) {
        self.kinds.resize(rows.kinds.len(), ValueKind::Absent);
        let kinds = self.kinds.iter_mut().zip(&rows.kinds);
        kinds.for_each(|(all, &kind)| *all = all.join(kind));
        self.columns = rows.table.empty();
        self.trace_ids.extend(trace_ids);
    }

    /// Has learned from all rows.
    pub(super) fn finish(&mut self) {
        self.trace_ids.sort_unstable();
        self.columns = settled(std::mem::take(&mut self.columns), &self.kinds);
    }

    /// True where the cells of this column are not settled before all rows are
    /// known.
    pub(super) fn is_late(&self, key: SortKey<'_>) -> bool {
        let first = self.columns.columns().len() - self.kinds.len();
        let attributes = &self.columns.columns()[first..];
        self.listing.asks_of_other_traces() || attributes.iter().any(|c| c.name == key.column)
    }

    /// The columns, without rows.
    pub(super) fn columns(&self) -> &Table {
        &self.columns
    }

    /// Rows as they are among all.
    pub(super) fn settled(&self, rows: Table) -> Table {
        let rows = settled(rows, &self.kinds);
        if !self.listing.asks_of_other_traces() {
            return rows;
        }
        let is_there = |id| self.trace_ids.binary_search(&id).is_ok();
        self.listing.settle(rows, &is_there)
    }
}

//! What a listing is: rows of traces, in an order that does not depend on which
//! traces are listed together.
//!
//! Input that is larger than memory is listed part by part. So a listing says
//! of each row where it stands among those of other traces, and of each column
//! what is not settled before all rows are known: the type of attributes, and
//! what a row says of other traces.

use crate::facts::FactColumns;
use crate::value_kind::ValueKind;
use serde::{Deserialize, Serialize};
use spanwise_model::{Column, SpanTable, Table, TraceId};

/// A listing: its options are the struct itself.
///
/// ```
/// use spanwise_analyze::analyses::SpanList;
/// use spanwise_analyze::{facts, Listing, Policy};
/// use spanwise_io::{assemble::assemble, notation::parse};
///
/// let spans = assemble(parse("trace 1\nshop GET 0..9\ntrace 2\nshop GET 0..5"))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let list = SpanList::default();
/// let [first, second] = [0, 1].map(|trace| list.rows(&spans, &[trace], &facts));
/// assert!(first.order[0] < second.order[0]);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
pub trait Listing: Send + Sync {
    /// The name, as on the command line.
    fn name(&self) -> &'static str;

    /// What was asked for, as a text that differs where rows would.
    fn asked(&self) -> String {
        self.name().to_owned()
    }

    /// Lists the traces with these numbers, each of which is whole. The rows
    /// are in order.
    fn rows(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows;

    /// True where rows say something of other traces, which
    /// [`Listing::settle`] knows when all of them have been seen.
    fn asks_of_other_traces(&self) -> bool {
        false
    }

    /// The rows with what they say of other traces; `is_there` knows which
    /// traces the input has.
    fn settle(&self, rows: Table, is_there: &dyn Fn(TraceId) -> bool) -> Table {
        let _ = is_there;
        rows
    }
}

/// Where a row stands among the rows of other traces, ascending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowOrder {
    /// What the listing sorts by before the trace.
    pub rank: u64,
    /// The trace; rows of one trace keep their order.
    pub trace_id: TraceId,
}

impl RowOrder {
    /// By trace alone.
    #[must_use]
    pub fn of_trace(trace_id: TraceId) -> Self {
        Self { rank: 0, trace_id }
    }
}

/// Rows in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// The cells. Attributes, the last columns, have the type that says all
    /// that their values say.
    pub table: Table,
    /// Where each row stands.
    pub order: Vec<RowOrder>,
    /// What the values of each of the attributes are.
    pub kinds: Vec<ValueKind>,
}

impl Rows {
    /// The table of these rows alone.
    #[must_use]
    pub fn into_table(self) -> Table {
        settled(self.table, &self.kinds)
    }
}

/// Rows with attributes, the last columns, in the type of all their values.
#[must_use]
pub fn settled(rows: Table, kinds: &[ValueKind]) -> Table {
    let first = rows.columns().len() - kinds.len();
    let columns = rows.into_columns().into_iter().enumerate();
    columns.fold(Table::new(), |table, (at, Column { name, data })| {
        let kind = at.checked_sub(first).map(|at| kinds[at]);
        match kind {
            Some(kind) => table.with(name, kind.settled(data)),
            None => table.with(name, data),
        }
    })
}

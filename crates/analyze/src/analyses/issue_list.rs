//! The listing of issues.

use super::columns::{counts, names, nano, some_durations};
use crate::facts::{self, FactColumns};
use spanwise_model::{ColumnData, Issues, SpanTable, Table};

/// What is wrong with the input, counted: `issue`, `service` (empty where none
/// is known), `count`, `total_time` and `max_time`, `examples` (the smallest few)
/// and `meaning`.
///
/// The times say how long what is wrong is, all together and at worst: what a
/// clipped child has outside of its parent, how long a child is that lies
/// outside, by how much a server would have to move to lie inside of its
/// client, and how far a span was shifted where clocks are corrected. Other kinds
/// have none.
///
/// Sorted by the kind of issue, then by service.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::IssueList;
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       cart Get      90..120
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let table = IssueList::default().table(&spans, &[0], &facts);
/// assert_eq!(table.cell(0, "issue"), Cell::Text("clipped_child"));
/// assert_eq!(table.cell(0, "service"), Cell::Text("cart"));
/// assert_eq!(table.cell(0, "count"), Cell::U64(1));
/// assert_eq!(table.cell(0, "total_time"), Cell::Duration(20_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssueList {}

impl IssueList {
    /// Lists the issues of reading, and those of assembly and of the facts in
    /// the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        self.list(&issues_of(table, traces, facts))
    }

    /// Lists these issues.
    #[must_use]
    pub fn list(&self, issues: &Issues) -> Table {
        let rows = || issues.iter();
        let sizes = || rows().map(|(_, _, row)| row.size);
        let total = sizes().map(|size| Some(nano(size?.total_nano.min(i128::MAX as u128) as i128)));
        let total = ColumnData::Duration(total.collect());
        let examples = rows().map(|(_, _, row)| {
            let texts = row.examples.iter().map(ToString::to_string);
            Some(texts.collect::<Vec<String>>())
        });
        Table::new()
            .with("issue", names(rows().map(|(kind, _, _)| kind.name())))
            .with("service", names(rows().map(|(_, service, _)| service)))
            .with("count", counts(rows().map(|(_, _, row)| row.count.into())))
            .with("total_time", total)
            .with(
                "max_time",
                some_durations(sizes().map(|size| size.map(|size| size.max_nano))),
            )
            .with("examples", ColumnData::TextList(examples.collect()))
            .with("meaning", names(rows().map(|(kind, _, _)| kind.meaning())))
    }
}

/// The issues of reading, and those of assembly and of the facts in the traces
/// with these numbers, ascending.
#[must_use]
pub fn issues_of(table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Issues {
    let mut issues = table.issues_of(traces);
    issues.absorb(facts::issues_of(table, traces, facts));
    issues
}

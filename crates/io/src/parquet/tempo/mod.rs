//! Blocks of Grafana Tempo: a row a trace, and everything else in lists.
//!
//! Versions 3, 4 and 5 differ in how they hold values, events and links, and
//! each generation adds and drops columns. So columns are found by their names,
//! and what is not there is not read; what Tempo derives from others (nested
//! sets, rounded times, statistics of services) is passed over. Columns that
//! are dedicated to an attribute say which one in the `meta.json` beside them;
//! without it they keep their own names.

mod attributes;
mod dedicated;
mod span;
mod walk;

pub(super) use dedicated::Dedicated;

use super::file::{File, Stop, Wanted};
use crate::format::Ended;
use spanwise_model::{Result, SpanBatch};
use walk::Walk;

/// The columns that are read, of which a block has all.
const COLUMNS: [&str; 2] = ["TraceID", "rs"];

/// True for the columns of a block.
pub(super) fn recognises(file: &File<'_>) -> bool {
    let has = |name: &&str| {
        let column = file.schema().map(|schema| schema.column_with_name(name));
        column.flatten().is_some()
    };
    COLUMNS.iter().all(has) && has(&"RootSpanName")
}

/// Reads all traces.
pub(super) fn read(file: &File<'_>, dedicated: &Dedicated, batch: &mut SpanBatch) -> Result<Ended> {
    let wanted = Wanted {
        columns: &|name| COLUMNS.contains(&name),
        types: None,
    };
    file.read(batch, wanted, |table, first, batch| {
        let walk = Walk::of(table, dedicated);
        let mut walk = walk.ok_or_else(|| Stop::broken("a column is missing"))?;
        (0..table.num_rows()).try_for_each(|row| walk.trace(row, first, batch))
    })
}

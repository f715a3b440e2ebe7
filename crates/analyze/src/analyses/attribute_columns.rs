//! Chosen attributes as columns, typed by what they hold.

use crate::listing::{RowOrder, Rows};
use crate::value_kind::{exact, ValueKind};
use spanwise_model::attributes::Value;
use spanwise_model::{Span, SpanTable, Table};

/// The attribute of a span, else that of its resource.
pub(crate) fn attribute<'a>(table: &'a SpanTable, row: u32, key: &str) -> Option<Value<'a>> {
    let key = table.store.strings.find(key)?;
    let at = row as usize;
    let own = Span::new(table, row).attribute_value(key);
    let resource = table.columns.resource[at];
    own.or_else(|| table.store.resources.attribute(resource, key))
}

/// Rows with a column for each key.
pub(crate) fn with_attributes<'a>(
    table: Table,
    order: Vec<RowOrder>,
    keys: &[String],
    cells: impl Fn(&str) -> Vec<Option<Value<'a>>>,
) -> Rows {
    let rows = Rows {
        table,
        order,
        kinds: Vec::new(),
    };
    keys.iter().fold(rows, |mut rows, key| {
        let cells = cells(key);
        let kind = ValueKind::of(cells.iter().copied().flatten());
        rows.table = rows.table.with(key.clone(), exact(&cells, kind));
        rows.kinds.push(kind);
        rows
    })
}

//! Chosen attributes as columns, typed by what they hold.

use spanwise_model::attributes::Value;
use spanwise_model::{ColumnData, Span, SpanTable, Table};

/// The attribute of a span, else that of its resource.
pub(crate) fn attribute<'a>(table: &'a SpanTable, row: u32, key: &str) -> Option<Value<'a>> {
    let key = table.store.strings.find(key)?;
    let at = row as usize;
    let own = Span::new(table, row).attribute_value(key);
    let resource = table.columns.resource[at];
    own.or_else(|| table.store.resources.attribute(resource, key))
}

/// Adds a column for each key.
pub(super) fn with_attributes<'a>(
    table: Table,
    keys: &[String],
    cells: impl Fn(&str) -> Vec<Option<Value<'a>>>,
) -> Table {
    keys.iter().fold(table, |table, key| {
        let data = column(&cells(key));
        table.with(key.clone(), data)
    })
}

/// A column of whole numbers, numbers or flags where all values are such, and
/// of texts otherwise.
fn column(cells: &[Option<Value<'_>>]) -> ColumnData {
    let all = |test: fn(&Value<'_>) -> bool| {
        let mut present = cells.iter().flatten().peekable();
        present.peek().is_some() && present.all(test)
    };
    if all(|value| matches!(value, Value::Int(_))) {
        return ColumnData::I64(
            cells
                .iter()
                .map(|cell| cell.and_then(Value::as_int))
                .collect(),
        );
    }
    if all(|value| matches!(value, Value::Int(_) | Value::Double(_))) {
        return ColumnData::F64(cells.iter().map(|cell| cell.and_then(number)).collect());
    }
    if all(|value| matches!(value, Value::Bool(_))) {
        return ColumnData::Bool(
            cells
                .iter()
                .map(|cell| cell.and_then(Value::as_bool))
                .collect(),
        );
    }
    ColumnData::Text(cells.iter().map(|cell| cell.map(Value::to_text)).collect())
}

fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(n) => Some(n as f64),
        Value::Double(n) => Some(n),
        _ => None,
    }
}

//! What the values of an attribute are, and the type of column that holds them.
//!
//! An attribute may be a number here and a text there. Its column has a type
//! that all values agree with, which is known when the last one is.

use serde::{Deserialize, Serialize};
use spanwise_model::attributes::Value;
use spanwise_model::table::Cell;
use spanwise_model::{ColumnData, ColumnType};

/// What the values of an attribute are.
///
/// ```
/// use spanwise_analyze::ValueKind;
/// assert_eq!(ValueKind::Ints.join(ValueKind::Numbers), ValueKind::Numbers);
/// assert_eq!(ValueKind::Ints.join(ValueKind::Flags), ValueKind::Texts);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueKind {
    /// There is none.
    #[default]
    Absent,
    /// Whole numbers.
    Ints,
    /// Numbers, some of them with a fraction.
    Numbers,
    /// Flags.
    Flags,
    /// Texts, and whatever is shown as one.
    Texts,
}

impl ValueKind {
    /// What these values are.
    pub(crate) fn of<'a>(values: impl Iterator<Item = Value<'a>>) -> Self {
        let kind = |value: Value<'_>| match value {
            Value::Int(_) => Self::Ints,
            Value::Double(_) => Self::Numbers,
            Value::Bool(_) => Self::Flags,
            _ => Self::Texts,
        };
        values.map(kind).fold(Self::Absent, Self::join)
    }

    /// What values of two kinds are together.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, kind) | (kind, Self::Absent) => kind,
            (ours, theirs) if ours == theirs => ours,
            (Self::Ints | Self::Numbers, Self::Ints | Self::Numbers) => Self::Numbers,
            _ => Self::Texts,
        }
    }

    fn column_type(self) -> ColumnType {
        match self {
            Self::Ints => ColumnType::I64,
            Self::Numbers => ColumnType::F64,
            Self::Flags => ColumnType::Bool,
            Self::Absent | Self::Texts => ColumnType::Text,
        }
    }

    /// The cells of an attribute whose values are of this kind in all.
    pub(crate) fn settled(self, data: ColumnData) -> ColumnData {
        if data.column_type() == self.column_type() {
            return data;
        }
        let cells = (0..data.len()).map(|row| data.cell(row));
        match self {
            Self::Ints => ColumnData::I64(cells.map(int).collect()),
            Self::Numbers => ColumnData::F64(cells.map(number).collect()),
            Self::Flags => ColumnData::Bool(cells.map(flag).collect()),
            Self::Absent | Self::Texts => ColumnData::Text(cells.map(text).collect()),
        }
    }
}

/// The cells of an attribute, in the type that says all that its values say:
/// whole numbers among others are texts, which every number can be read from.
pub(crate) fn exact(values: &[Option<Value<'_>>], kind: ValueKind) -> ColumnData {
    let mut present = values.iter().flatten();
    let is_double = |value: &Value<'_>| matches!(value, Value::Double(_));
    match kind {
        ValueKind::Ints => ColumnData::I64(cells(values, Value::as_int)),
        ValueKind::Flags => ColumnData::Bool(cells(values, Value::as_bool)),
        ValueKind::Numbers if present.all(is_double) => ColumnData::F64(cells(values, double)),
        _ => ColumnData::Text(values.iter().map(|cell| cell.map(Value::to_text)).collect()),
    }
}

fn cells<'a, T, C>(values: &[Option<Value<'a>>], cell: fn(Value<'a>) -> Option<T>) -> C
where
    C: FromIterator<Option<T>>,
{
    values.iter().map(|value| value.and_then(cell)).collect()
}

fn double(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Double(n) => Some(n),
        _ => None,
    }
}

fn int(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::I64(n) => Some(n),
        _ => None,
    }
}

fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::I64(n) => Some(n as f64),
        Cell::F64(n) => Some(n),
        Cell::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn flag(cell: Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Bool(flag) => Some(flag),
        _ => None,
    }
}

fn text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.to_owned()),
        Cell::I64(n) => Some(Value::Int(n).to_string()),
        Cell::F64(n) => Some(Value::Double(n).to_string()),
        Cell::Bool(flag) => Some(Value::Bool(flag).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that come in parts are what they are when they come at once.
    #[test]
    fn parts_settle_as_the_whole_does() {
        let values = [
            Value::Int(i64::MAX),
            Value::Int(-7),
            Value::Double(0.1),
            Value::Double(-0.0),
            Value::Double(1e300),
            Value::Bool(true),
            Value::Str("7"),
            Value::Empty,
        ];
        let column = |values: &[Value<'_>], all: ValueKind| {
            let cells: Vec<_> = values.iter().copied().map(Some).collect();
            let kind = ValueKind::of(values.iter().copied());
            (kind, all.settled(exact(&cells, kind)))
        };
        for from in 0..values.len() {
            for to in from + 1..=values.len() {
                let whole = &values[from..to];
                let kind = ValueKind::of(whole.iter().copied());
                let (_, expected) = column(whole, kind);
                for cut in 0..whole.len() {
                    let (left, right) = whole.split_at(cut);
                    let (left_kind, mut left) = column(left, kind);
                    let (right_kind, right) = column(right, kind);
                    assert_eq!(left_kind.join(right_kind), kind);
                    (0..right.len()).for_each(|row| left.push(right.cell(row)));
                    assert_eq!(left, expected, "{whole:?} cut at {cut}");
                }
            }
        }
    }
}

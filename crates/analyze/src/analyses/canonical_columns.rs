//! Canonical fields as columns, each of the type that the field has.

use super::SpanList;
use crate::sampling::Sampling;
use spanwise_model::canonical::{CanonicalValue, Holds, Reader, ADJUSTED_COUNT, FIELDS};
use spanwise_model::table::Cell;
use spanwise_model::{
    CanonicalField, ColumnData, Error, ErrorKind, Result, Span, SpanTable, Table,
};

/// Which canonical fields get a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Choice {
    #[default]
    None,
    /// Those that some span says something of.
    Said,
    These(Vec<&'static CanonicalField>),
}

impl Choice {
    /// The fields of these names.
    pub(super) fn named(names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        let fields = names.into_iter().map(|name| {
            let name = name.as_ref();
            CanonicalField::named(name).ok_or_else(|| unknown(name))
        });
        fields.collect::<Result<_>>().map(Self::These)
    }
}

impl Choice {
    fn fields(&self) -> Box<dyn Iterator<Item = &'static CanonicalField> + '_> {
        match self {
            Self::None => Box::new(std::iter::empty()),
            Self::Said => Box::new(FIELDS.iter()),
            Self::These(fields) => Box::new(fields.iter().copied()),
        }
    }

    /// A table without the fields of which no row says anything, where those
    /// alone are wanted that say something.
    pub(super) fn without_empty(&self, listed: Table) -> Table {
        if *self != Self::Said {
            return listed;
        }
        let is_empty = |name: &str| {
            let mut cells = (0..listed.rows()).map(|row| listed.cell(row, name));
            CanonicalField::named(name).is_some() && cells.all(|cell| cell == Cell::Null)
        };
        let names = listed.columns().iter().map(|column| column.name.as_ref());
        let empty: Vec<String> = names
            .filter(|name| is_empty(name))
            .map(Into::into)
            .collect();
        let columns = listed.into_columns().into_iter();
        let kept = columns.filter(|column| !empty.iter().any(|name| *name == column.name));
        kept.fold(Table::new(), |table, column| {
            table.with(column.name, column.data)
        })
    }
}

fn unknown(name: &str) -> Error {
    let renamed = |field: &&CanonicalField| field.keys.contains(&name);
    let told = match FIELDS.iter().find(renamed) {
        Some(field) => format!("its canonical name is {}", field.name),
        None => String::from("chosen attributes may have any name"),
    };
    let message = format!("no canonical field {name}; {told}");
    Error::new(ErrorKind::Usage, message)
}

/// Adds a column for each chosen field that is not a column already.
pub(super) fn with_canonical(
    listed: Table,
    list: &SpanList,
    table: &SpanTable,
    rows: &[u32],
) -> Table {
    list.canonical.fields().fold(listed, |listed, field| {
        let taken = list.attributes.iter().any(|key| key == field.name);
        if taken || listed.column(field.name).is_some() {
            return listed;
        }
        listed.with(field.name, column(field, table, rows))
    })
}

/// The column of a field.
fn column(field: &'static CanonicalField, table: &SpanTable, rows: &[u32]) -> ColumnData {
    if field.name == ADJUSTED_COUNT {
        let cells = adjusted_counts(table, rows);
        return ColumnData::F64(cells.into_iter().collect());
    }
    let reader = Reader::new(field, table);
    let read = |&row: &u32| reader.read(Span::new(table, row));
    typed(field.holds, rows.iter().map(read).collect())
}

fn typed(holds: Holds, cells: Vec<Option<CanonicalValue<'_>>>) -> ColumnData {
    let number = |cell: Option<CanonicalValue<'_>>| match cell? {
        CanonicalValue::Number(number) | CanonicalValue::Duration(number) => Some(number),
        _ => None,
    };
    let cells = cells.into_iter();
    match holds {
        Holds::Number => ColumnData::I64(cells.map(number).collect()),
        Holds::Duration => ColumnData::Duration(cells.map(number).collect()),
        Holds::Flag => {
            let flag = |cell| match cell {
                Some(CanonicalValue::Flag(flag)) => Some(flag),
                _ => None,
            };
            ColumnData::Bool(cells.map(flag).collect())
        }
        Holds::Text => {
            let text = |cell| match cell {
                Some(CanonicalValue::Text(text)) => Some(text),
                _ => None,
            };
            ColumnData::Text(cells.map(text).collect())
        }
    }
}

/// How many spans each stands for; rows of a trace stand together.
fn adjusted_counts(table: &SpanTable, rows: &[u32]) -> Vec<Option<f64>> {
    let sampling = Sampling::new(table);
    let mut cells = Vec::with_capacity(rows.len());
    let mut at = 0;
    while let Some(&row) = rows.get(at) {
        let marks = sampling.marks(table.trace_of(row));
        at += marks.len();
        cells.extend(marks.iter().map(|mark| mark.sampled.adjusted_count()));
    }
    cells
}

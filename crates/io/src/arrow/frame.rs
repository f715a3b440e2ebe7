//! The columns of a table: which of them holds what.

use super::cell::ArrowCell;
use crate::json::{Open, Rooms};
use crate::table::{Field, Mapping, Row, Unit};
use arrow_array::RecordBatch;
use arrow_schema::{DataType, Fields, Schema};
use spanwise_model::{Error, ErrorKind, Example, IssueKind, Result};

/// Types lie in each other at most this deep.
const DEPTH: usize = 64;

/// The columns of a table of spans.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    columns: Vec<Column>,
}

/// A column: where it stands, what it is called, and what it says.
#[derive(Clone, Debug)]
struct Column {
    /// The places of the column and of what is meant in its structures.
    path: Vec<usize>,
    name: String,
    field: Option<(Field, Option<Unit>)>,
}

impl Frame {
    /// The columns of a schema.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for columns that are missing or of another type.
    pub(crate) fn of(schema: &Schema, mapping: &Mapping) -> Result<Self> {
        let frame = Self::found(schema, mapping)?;
        frame.check()?;
        for column in &frame.columns {
            column.check(type_at(schema.fields(), &column.path))?;
        }
        Ok(frame)
    }

    fn found(schema: &Schema, mapping: &Mapping) -> Result<Self> {
        let mut columns = Vec::new();
        for (field, name) in mapping.columns() {
            let path = path_of(schema.fields(), name)
                .ok_or_else(|| usage(format!("no column {name} in the table")))?;
            let name = name.to_owned();
            let field = Some((field, mapping.unit_of(field)));
            columns.push(Column { path, name, field });
        }
        // In a listing of spans, what is derived from others is passed over.
        let is_listing = schema.fields().find("critical_time").is_some();
        for (at, field) in schema.fields().iter().enumerate() {
            if columns.iter().any(|column| column.path == [at]) {
                continue;
            }
            let name = field.name().clone();
            let found = Field::of(&name).filter(|(field, _)| match field {
                Field::Computed => is_listing,
                field if is_shared(*field) => true,
                field => !columns.iter().any(|column| column.is(*field)),
            });
            let field = found.map(|(field, unit)| (field, mapping.unit_of(field).or(unit)));
            let path = vec![at];
            columns.push(Column { path, name, field });
        }
        // Jaeger's tables call the span's id so.
        let has_span_id = columns.iter().any(|column| column.is(Field::SpanId));
        if let Some(id) = columns.iter_mut().find(|column| column.name == "id") {
            if !has_span_id && id.field.is_none() {
                id.field = Some((Field::SpanId, None));
            }
        }
        Ok(Self { columns })
    }

    fn check(&self) -> Result<()> {
        let has = |field| self.columns.iter().any(|column| column.is(field));
        let needed = [
            ("trace_id", Field::TraceId),
            ("span_id", Field::SpanId),
            ("start", Field::Start),
        ];
        let missing = needed.into_iter().filter(|(_, field)| !has(*field));
        let missing: Vec<&str> = missing.map(|(name, _)| name).collect();
        if !missing.is_empty() {
            let names: Vec<&str> = self.columns.iter().map(|it| it.name.as_str()).collect();
            return Err(usage(format!(
                "a frame of spans needs the columns {}; a mapping can name them among {}",
                missing.join(", "),
                names.join(", ")
            )));
        }
        match has(Field::Duration) || has(Field::End) {
            true => Ok(()),
            false => Err(usage(
                "a frame of spans needs a column duration or end".into(),
            )),
        }
    }

    /// Reads all rows of a table, the first of which has this number, from 0.
    pub(crate) fn read(
        &self,
        table: &RecordBatch,
        first: u64,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        for row in 0..table.num_rows() {
            if !self.row(table, row, open, rooms)? {
                let example = Example::File {
                    path: String::new(),
                    record: Some(first + row as u64 + 1),
                    offset: None,
                    detail: "a row without ids".to_owned(),
                };
                open.batch
                    .issues
                    .add(IssueKind::MalformedRecord, "", example);
            }
        }
        Ok(())
    }

    fn row(
        &self,
        table: &RecordBatch,
        row: usize,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<bool> {
        let mut span = Row::default();
        for column in &self.columns {
            let Some(cell) = column.cell(table, row) else {
                continue;
            };
            match column.field {
                Some(field) => span.take(field, cell, open, rooms)?,
                None => {
                    let key = open.intern(&column.name)?;
                    span.attribute(key, cell, open, rooms);
                }
            }
        }
        span.close(open, rooms)
    }
}

impl Column {
    fn is(&self, field: Field) -> bool {
        self.field.is_some_and(|(known, _)| known == field)
    }

    fn cell<'t>(&self, table: &'t RecordBatch, row: usize) -> Option<ArrowCell<'t>> {
        let (first, rest) = self.path.split_first()?;
        let cell = ArrowCell::new(table.columns().get(*first)?.as_ref(), row);
        rest.iter().try_fold(cell, |cell, at| cell.child(*at))
    }

    /// Refuses a type that cannot be what the column should be.
    fn check(&self, kind: Option<&DataType>) -> Result<()> {
        let Some(kind) = kind else { return Ok(()) };
        if depth(kind) > DEPTH {
            return Err(usage(format!("{}: nested deeper than {DEPTH}", self.name)));
        }
        let Some((field, unit)) = self.field else {
            return Ok(());
        };
        let kind = plain(kind);
        let what = match field {
            Field::Start | Field::End | Field::Duration if !is_time(kind, unit) => {
                "no time, duration or whole number of nanoseconds"
            }
            Field::TraceId | Field::SpanId | Field::ParentId if !is_id(kind) => {
                "no text, bytes or whole number"
            }
            Field::Service | Field::Operation | Field::StatusMessage if kind.is_nested() => {
                "no text"
            }
            Field::Attributes(..) | Field::Events | Field::Links
                if !kind.is_nested() && !is_text(kind) && *kind != DataType::Null =>
            {
                "no map, structure, list or JSON"
            }
            _ => return Ok(()),
        };
        Err(usage(format!("{}: {kind} is {what}", self.name)))
    }
}

/// Fields that several columns may say together.
fn is_shared(field: Field) -> bool {
    matches!(
        field,
        Field::Attributes(..) | Field::EventPart(_) | Field::LinkPart(_)
    )
}

fn usage(message: String) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// The places of a column of this name, or of a part of its structures.
fn path_of(fields: &Fields, name: &str) -> Option<Vec<usize>> {
    if let Some((at, _)) = fields.find(name) {
        return Some(vec![at]);
    }
    let dots = name.match_indices('.').map(|(dot, _)| dot);
    dots.into_iter().find_map(|dot| {
        let (at, field) = fields.find(&name[..dot])?;
        let DataType::Struct(inner) = field.data_type() else {
            return None;
        };
        let rest = path_of(inner, &name[dot + 1..])?;
        Some([vec![at], rest].concat())
    })
}

fn type_at<'s>(fields: &'s Fields, path: &[usize]) -> Option<&'s DataType> {
    let (first, rest) = path.split_first()?;
    let kind = fields.get(*first)?.data_type();
    rest.iter().try_fold(kind, |kind, at| match kind {
        DataType::Struct(fields) => Some(fields.get(*at)?.data_type()),
        _ => None,
    })
}

/// The type of the values that a dictionary or a run stands for.
fn plain(mut kind: &DataType) -> &DataType {
    loop {
        kind = match kind {
            DataType::Dictionary(_, values) => values,
            DataType::RunEndEncoded(_, values) => values.data_type(),
            kind => return kind,
        }
    }
}

fn is_text(kind: &DataType) -> bool {
    use DataType::{Binary, BinaryView, LargeBinary, LargeUtf8, Utf8, Utf8View};
    matches!(
        kind,
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView
    )
}

fn is_id(kind: &DataType) -> bool {
    is_text(kind) || kind.is_integer() || matches!(kind, DataType::FixedSizeBinary(_))
}

fn is_time(kind: &DataType, unit: Option<Unit>) -> bool {
    use DataType::{Date32, Date64, Duration, Timestamp};
    is_text(kind)
        || kind.is_integer()
        || matches!(kind, Timestamp(..) | Duration(_) | Date32 | Date64)
        || kind.is_floating() && unit.is_some()
}

/// How deep a type is nested.
fn depth(kind: &DataType) -> usize {
    let (mut deepest, mut rest) = (0, vec![(kind, 1)]);
    while let Some((kind, depth)) = rest.pop() {
        deepest = deepest.max(depth);
        match kind {
            DataType::Struct(fields) => {
                rest.extend(fields.iter().map(|field| (field.data_type(), depth + 1)));
            }
            DataType::List(field)
            | DataType::LargeList(field)
            | DataType::ListView(field)
            | DataType::LargeListView(field)
            | DataType::FixedSizeList(field, _)
            | DataType::Map(field, _)
            | DataType::RunEndEncoded(_, field) => rest.push((field.data_type(), depth + 1)),
            DataType::Dictionary(_, values) => rest.push((values, depth + 1)),
            _ => {}
        }
    }
    deepest
}

//! Traces from columns of spans, as a frame has them.
//!
//! The Python half has already given the columns their names and types; here
//! they become records, and their assembly is that of every other input.

use crate::errors::usage;
use crate::run::run;
use crate::traces::Traces;
use pyo3::prelude::*;
use spanwise::model::batch::Source;
use spanwise::model::SpanHead;
use spanwise::{flags, AttributeKeep, Result, SpanBatch, SpanId, SpanKind, StatusCode, Value};

/// A value of an attribute.
#[derive(FromPyObject)]
enum Scalar {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl Scalar {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(n) => Value::Int(*n),
            Self::Float(n) => Value::Double(*n),
            Self::Text(text) => Value::Str(text),
        }
    }
}

/// A text a span, absent where it has none.
type Texts = Vec<Option<String>>;

/// The columns of spans by name, all of one length.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct SpanColumns {
    trace_id: Vec<String>,
    span_id: Vec<String>,
    parent_span_id: Texts,
    service: Texts,
    instance: Texts,
    scope: Texts,
    operation: Texts,
    kind: Texts,
    start_unix_nano: Vec<i64>,
    duration_ns: Vec<Option<i64>>,
    status: Texts,
    status_message: Texts,
    status_error: Vec<Option<bool>>,
    attributes: Vec<(String, Vec<Option<Scalar>>)>,
}

impl SpanColumns {
    fn batch(&self, keep: AttributeKeep) -> Result<SpanBatch> {
        let mut batch = SpanBatch::new(keep);
        for row in 0..self.trace_id.len() {
            self.span(row, &mut batch)?;
        }
        batch.sources.push(Source {
            path: "<frame>".to_owned(),
            format: "frame".into(),
            records: 0..batch.open_record(),
            passed_over: 0,
            number: 0,
            truncated: false,
        });
        Ok(batch)
    }

    fn span(&self, row: usize, batch: &mut SpanBatch) -> Result<()> {
        let name = batch.strings.intern(text(&self.operation, row));
        let service = batch.strings.intern(text(&self.service, row));
        let scope = batch.strings.intern(text(&self.scope, row));
        let version = batch.strings.intern("");
        if let Some(Some(instance)) = self.instance.get(row) {
            let key = batch.strings.intern("service.instance.id");
            batch.resources.push(key, Value::Str(instance));
        }
        for (key, values) in &self.attributes {
            if let Some(Some(value)) = values.get(row) {
                batch.attribute(key, value.value());
            }
        }
        batch.status_message(text(&self.status_message, row));
        let start = self.start_unix_nano[row];
        let status = self.status(row)?;
        let head = SpanHead {
            trace_id: batch.trace_id(&self.trace_id[row]),
            span_id: batch.span_id(&self.span_id[row]),
            parent_id: self.parent(row, batch),
            start_unix_nano: start,
            end_unix_nano: self.duration_ns[row].map(|nano| start.saturating_add(nano)),
            name,
            kind: self.kind(row)?,
            status,
            flags: self.flags(row, status),
            resource: batch.resources.close(service),
            scope: batch.scopes.intern(scope, version),
        };
        batch.close(head).map(drop)
    }

    fn parent(&self, row: usize, batch: &mut SpanBatch) -> SpanId {
        batch.span_id(text(&self.parent_span_id, row))
    }

    /// The format's own error flag is the status, unless the frame says else.
    fn flags(&self, row: usize, status: StatusCode) -> u32 {
        let said = self.status_error.get(row).copied().flatten();
        if said.unwrap_or(status == StatusCode::Error) {
            flags::FORMAT_ERROR
        } else {
            0
        }
    }

    fn kind(&self, row: usize) -> Result<SpanKind> {
        match text(&self.kind, row) {
            "" => Ok(SpanKind::Unspecified),
            name => SpanKind::from_name(name)
                .ok_or_else(|| usage("kind", name, "a kind of span, such as server")),
        }
    }

    fn status(&self, row: usize) -> Result<StatusCode> {
        match text(&self.status, row) {
            "" => Ok(StatusCode::Unset),
            name => StatusCode::from_name(name)
                .ok_or_else(|| usage("status", name, "unset, ok or error")),
        }
    }
}

/// The text of a row; empty where it has none.
fn text(texts: &Texts, row: usize) -> &str {
    texts
        .get(row)
        .and_then(Option::as_deref)
        .unwrap_or_default()
}

/// Traces of the spans that columns hold. `keys` are the attributes to keep;
/// all where it is not given.
#[pyfunction]
#[pyo3(signature = (columns, keys=None))]
pub(crate) fn from_columns(
    py: Python<'_>,
    columns: SpanColumns,
    keys: Option<Vec<String>>,
) -> PyResult<Traces> {
    let keep = keys.map_or(AttributeKeep::All, AttributeKeep::Keys);
    let traces = run(py, move || {
        spanwise::Traces::from_batch(columns.batch(keep)?)
    })?;
    Ok(Traces::new(traces))
}

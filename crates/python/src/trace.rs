//! One trace.

use crate::errors::exception;
use crate::run::run;
use crate::table::Table;
use crate::traces::SpanListArguments;
use pyo3::prelude::*;
use spanwise::report::path::TracePath;
use spanwise::report::waterfall::{self, Marks, Stretch, WaterfallOptions};
use spanwise::{Filter, Tile};

/// One trace of a set, which it keeps alive.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Trace {
    traces: spanwise::Traces,
    id: String,
}

impl Trace {
    /// The trace of this id, in any spelling.
    pub(crate) fn open(traces: spanwise::Traces, id: &str) -> spanwise::Result<Self> {
        let id = traces.trace(id)?.id_text().into_owned();
        Ok(Self { traces, id })
    }

    /// Every trace of a set, in the order of their ids.
    pub(crate) fn all(traces: &spanwise::Traces) -> Vec<Self> {
        let of = |trace: spanwise::Trace<'_>| Self {
            traces: traces.clone(),
            id: trace.id_text().into_owned(),
        };
        traces.iter().map(of).collect()
    }

    fn look<T>(
        &self,
        py: Python<'_>,
        look: impl FnOnce(spanwise::Trace<'_>) -> T + Send,
    ) -> PyResult<T>
    where
        T: Send,
    {
        py.detach(|| self.traces.trace(&self.id).map(look))
            .map_err(|error| exception(py, &error))
    }

    fn draw<F>(&self, py: Python<'_>, draw: F) -> PyResult<String>
    where
        F: FnOnce(spanwise::Trace<'_>, &Marks) -> String + Send + 'static,
    {
        let (traces, id) = (self.traces.clone(), self.id.clone());
        run(py, move || {
            let trace = traces.trace(&id)?;
            Ok(draw(trace, &marks(trace)))
        })
    }
}

fn marks(trace: spanwise::Trace<'_>) -> Marks {
    let stretch = |tile: Tile| Stretch {
        row: tile.row,
        from_unix_nano: tile.from_unix_nano,
        to_unix_nano: tile.to_unix_nano,
    };
    let path = trace.critical_path().into_iter().map(stretch);
    Marks::new(trace.inner(), trace.facts(), path)
}

#[pymethods]
impl Trace {
    /// The id.
    #[getter]
    fn id(&self) -> &str {
        &self.id
    }

    /// The duration of the primary root, in nanoseconds.
    #[getter]
    fn duration_ns(&self, py: Python<'_>) -> PyResult<u64> {
        self.look(py, |trace| trace.duration_nano())
    }

    /// First start and last end, nanoseconds since the epoch.
    #[getter]
    fn extent_unix_nano(&self, py: Python<'_>) -> PyResult<(i64, i64)> {
        self.look(py, |trace| trace.extent_unix_nano())
    }

    /// Service and operation of the primary root.
    #[getter]
    fn root(&self, py: Python<'_>) -> PyResult<(String, String)> {
        self.look(py, |trace| {
            let root = trace.primary();
            (root.service().to_owned(), root.operation().to_owned())
        })
    }

    /// Id of the primary root's span.
    #[getter]
    fn root_span_id(&self, py: Python<'_>) -> PyResult<String> {
        self.look(py, |trace| trace.primary().id_text().into_owned())
    }

    /// Whether it is one component under a root and no end is missing.
    #[getter]
    fn is_complete(&self, py: Python<'_>) -> PyResult<bool> {
        self.look(py, |trace| trace.is_complete())
    }

    /// How many spans err.
    #[getter]
    fn errors(&self, py: Python<'_>) -> PyResult<usize> {
        self.look(py, |trace| trace.spans().filter(|span| span.errs()).count())
    }

    /// The names of its services, sorted.
    #[getter]
    fn services(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.look(py, |trace| {
            let mut names: Vec<&str> = trace.spans().map(|span| span.service()).collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().map(str::to_owned).collect()
        })
    }

    /// The critical path of the primary component, a row a segment.
    fn critical_path(&self, py: Python<'_>) -> PyResult<Table> {
        let table = self.look(py, |trace| {
            let top = trace.primary().inner();
            TracePath::new(trace.inner(), top, &trace.typed_path_of(top)).table()
        })?;
        Table::new(py, table)
    }

    /// Whether the critical path hangs on clocks that may be off.
    #[getter]
    fn is_robust(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        self.look(py, |trace| {
            trace.typed_path_of(trace.primary().inner()).robust
        })
    }

    /// One row a span, with these attributes as columns, and where it stands
    /// among the spans of all traces.
    fn spans(
        &self,
        py: Python<'_>,
        chosen: SpanListArguments,
        percentile: bool,
    ) -> PyResult<Table> {
        let (traces, only) = (self.traces.clone(), Filter::default().trace_id(&self.id));
        Table::new(
            py,
            run(py, move || {
                let options = chosen.options()?;
                let options = match percentile {
                    true => options.among(traces.peers()),
                    false => options,
                };
                Ok(traces.filter(&only).spans(&options))
            })?,
        )
    }

    /// True where the other is the same trace of the same spans.
    fn same(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.traces.table(), other.traces.table())
    }

    /// A waterfall in text, of this many cells.
    fn text(&self, py: Python<'_>, width: usize) -> PyResult<String> {
        let options = WaterfallOptions::default().width(Some(width));
        self.draw(py, move |trace, marks| {
            let mut out = Vec::new();
            drop(waterfall::text(trace.inner(), marks, &options, &mut out));
            String::from_utf8_lossy(&out).into_owned()
        })
    }

    /// A waterfall in HTML without script.
    fn html(&self, py: Python<'_>) -> PyResult<String> {
        self.draw(py, |trace, marks| {
            waterfall::html(trace.inner(), marks, &WaterfallOptions::default())
        })
    }

    /// A waterfall in SVG without script.
    fn svg(&self, py: Python<'_>) -> PyResult<String> {
        self.draw(py, |trace, marks| {
            waterfall::svg(trace.inner(), marks, &WaterfallOptions::default())
        })
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.look(py, |trace| trace.len())
    }

    fn __repr__(&self) -> String {
        format!("<spanwise native Trace {}>", self.id)
    }
}

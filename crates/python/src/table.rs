//! Tables handed to Python as an Arrow C stream.
//!
//! The stream is a capsule of the Arrow PyCapsule interface, which polars,
//! pandas, pyarrow and DuckDB all read; the package needs none of them.

use crate::errors::exception;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use spanwise::{Error, ErrorKind};

/// A result: named columns of one length.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Table {
    batch: RecordBatch,
}

impl Table {
    /// Takes over the columns of a table.
    pub(crate) fn new(py: Python<'_>, table: spanwise::Table) -> PyResult<Self> {
        spanwise::report::arrow::record_batch(table)
            .map(|batch| Self { batch })
            .map_err(|error| too_large(py, &error.to_string()))
    }
}

fn too_large(py: Python<'_>, message: &str) -> PyErr {
    exception(py, &Error::new(ErrorKind::Limit, message))
}

#[pymethods]
impl Table {
    /// The columns as a capsule of an Arrow C stream, without a copy. The
    /// schema that a consumer asks for is not looked at.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let batches = [Ok(self.batch.clone())];
        let reader = RecordBatchIterator::new(batches, self.batch.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        let schema = self.batch.schema();
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        format!(
            "<spanwise Table: {} rows, {} columns>",
            self.batch.num_rows(),
            self.batch.num_columns()
        )
    }
}

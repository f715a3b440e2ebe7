//! Scanning: answers about input that may be larger than memory.

use crate::errors::usage;
use crate::partials::{Partials, Question};
use crate::read::{ReadArguments, Source};
use crate::run::run_watched;
use crate::table::Table;
use crate::traces::{blocking, clock, edge_view, FilterArguments, SpanListArguments};
use pyo3::prelude::*;
use spanwise::analyses::{Edges, EventList, LinkList, TraceList};
use spanwise::{Analysis, Assembly, Input, Listing, Progress, Query, Result, RowOptions, Scan};
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of a scan by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ScanArguments {
    memory_bytes: Option<u64>,
    spill: Option<PathBuf>,
    complete: bool,
    resume: Option<PathBuf>,
    filter: FilterArguments,
    blocking: Option<String>,
    tolerance_ns: Option<u64>,
    clock: Option<String>,
}

impl ScanArguments {
    fn scan(self, inputs: Vec<Source>, read: spanwise::ReadOptions) -> Result<Scan> {
        let inputs = inputs.into_iter().map(Input::from);
        let mut policy = spanwise::Policy::default();
        if let Some(word) = self.blocking {
            policy.blocking = blocking(&word)?;
        }
        if let Some(word) = self.clock {
            policy.clock = clock(&word)?;
        }
        policy.tolerance_nano = self.tolerance_ns.unwrap_or(policy.tolerance_nano);
        let mut scan = spanwise::scan(inputs)
            .read_options(read)
            .with_policy(policy)
            .filter(self.filter.filter());
        if let Some(bytes) = self.memory_bytes {
            scan = scan.memory_bytes(bytes);
        }
        if let Some(folder) = self.spill {
            scan = scan.spill_folder(folder);
        }
        if let Some(folder) = self.resume {
            scan = scan.resume(folder);
        }
        if self.complete {
            scan = scan.assembly(Assembly::Complete);
        }
        Ok(scan)
    }
}

/// A listing by name, with what it is told.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ListingArguments {
    name: String,
    columns: SpanListArguments,
    /// Of queries: the expression.
    expression: Option<String>,
    /// Of spans: whether each is told among its peers.
    percentile: bool,
    /// Of edges: which ones.
    view: Option<String>,
    sort: Option<String>,
    limit: Option<usize>,
}

impl ListingArguments {
    /// The listing; some must know all that is scanned before their first row.
    fn listing(&self, scan: &Scan) -> Result<Box<dyn Listing>> {
        Ok(match self.name.as_str() {
            "traces" => Box::new(TraceList::default()),
            "spans" => {
                let list = self.columns.clone().options()?;
                Box::new(match self.percentile {
                    true => list.among(scan.peers()?),
                    false => list,
                })
            }
            "edges" => {
                let view = self.view.as_deref().unwrap_or("tree");
                Box::new(scan.edge_list(&Edges::default().view(edge_view(view)?))?)
            }
            "events" => Box::new(EventList::default()),
            "links" => Box::new(LinkList::default()),
            "query" => {
                let expression = self.expression.as_deref().unwrap_or_default();
                Box::new(Query::parse(expression)?.attributes(self.columns.attributes()))
            }
            other => {
                let known = "traces, spans, events, links, edges or query";
                return Err(usage("listing", other, known));
            }
        })
    }

    fn options(self) -> RowOptions {
        let mut options = RowOptions::default();
        (options.sort, options.limit) = (self.sort, self.limit);
        options
    }
}

/// Scans inputs once: the rows of a listing. `show` is called as in a read.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, listing, show=None))]
pub(crate) fn scan_rows(
    py: Python<'_>,
    inputs: Vec<Source>,
    arguments: (ReadArguments, ScanArguments),
    listing: ListingArguments,
    show: Option<Py<PyAny>>,
) -> PyResult<Table> {
    let (read, arguments) = arguments;
    let table = run_watched(py, show, move |watch| {
        let progress: Arc<dyn Progress> = watch;
        let scan = arguments.scan(inputs, read.options()?.progress(progress))?;
        let rows = listing.listing(&scan)?;
        scan.list(rows.as_ref(), &listing.options())?.table()
    })?;
    Table::new(py, table)
}

/// Scans inputs once: partials of these analyses. `show` is called as in a
/// read.
#[pyfunction]
#[pyo3(signature = (inputs, arguments, questions, show=None))]
pub(crate) fn scan(
    py: Python<'_>,
    inputs: Vec<Source>,
    arguments: (ReadArguments, ScanArguments),
    questions: Vec<Question>,
    show: Option<Py<PyAny>>,
) -> PyResult<Partials> {
    let (read, arguments) = arguments;
    let found = run_watched(py, show, move |watch| {
        let progress: Arc<dyn Progress> = watch;
        let scan = arguments.scan(inputs, read.options()?.progress(progress))?;
        let analyses = questions.into_iter().map(Question::analysis);
        let analyses = analyses.collect::<Result<Vec<_>>>()?;
        let borrowed: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
        scan.partials(&borrowed)
    })?;
    Ok(Partials::new(found))
}

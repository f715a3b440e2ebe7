//! A set of traces, and what can be asked of it.

use crate::bottlenecks::BottlenecksArguments;
use crate::convert::{told, Told, WriteArguments};
use crate::errors::{exception, usage};
use crate::hot_keys::HotKeysArguments;
use crate::loads::LoadArguments;
use crate::run::run;
use crate::shape_problems::ShapeProblemsArguments;
use crate::summary::dictionary;
use crate::table::Table;
use crate::trace::Trace;
use crate::what_if::WhatIfArguments;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use spanwise::analyses::{
    By, CallTree, Clocks, ClocksBy, Completeness, CompletenessBy, CriticalPath, CriticalPathBy,
    Dependencies, EdgeView, Edges, Errors, ErrorsBy, EventList, Flows, FlowsBy, Hotspots,
    IssueList, LinkList, SiblingOrder, Slack, SpanList, TimeKinds, TimeKindsBy, TraceList,
};
use spanwise::model::OperationId;
use spanwise::report::flame::{folded, speedscope, Weight};
use spanwise::{Anonymise, Blocking, Clock, Filter, Query, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Traces under a policy.
#[pyclass(frozen, module = "spanwise._native")]
pub(crate) struct Traces {
    inner: spanwise::Traces,
}

/// The arguments of the critical path by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CriticalPathArguments {
    by: String,
    percentile: Option<f64>,
    band: Option<(f64, f64)>,
    root_operation: Option<String>,
}

impl CriticalPathArguments {
    pub(crate) fn options(self) -> Result<CriticalPath> {
        let mut options = CriticalPath::default().by(match self.by.as_str() {
            "operation" => CriticalPathBy::Operation,
            "service" => CriticalPathBy::Service,
            "path" => CriticalPathBy::Path,
            other => return Err(usage("by", other, "operation, service or path")),
        });
        options.percentile = self.percentile;
        options.band = self.band;
        options.root_operation = self.root_operation;
        Ok(options)
    }
}

/// What the width of a frame stands for.
fn weight(word: &str) -> Result<Weight> {
    match word {
        "exclusive_time" => Ok(Weight::ExclusiveTime),
        "critical_time" => Ok(Weight::CriticalTime),
        "calls" => Ok(Weight::Calls),
        "errors" => Ok(Weight::Errors),
        other => {
            let known = "exclusive_time, critical_time, calls or errors";
            Err(usage("weight", other, known))
        }
    }
}

/// What is listed of spans: attributes, and canonical fields: none, those that
/// say something (the flag), or these.
#[derive(Clone, FromPyObject)]
pub(crate) struct SpanListArguments(Vec<String>, bool, Vec<String>);

impl SpanListArguments {
    /// The attributes alone.
    pub(crate) fn attributes(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn options(self) -> Result<SpanList> {
        let Self(attributes, all, fields) = self;
        let list = SpanList::default().attributes(attributes);
        match (all, fields.is_empty()) {
            (true, _) => Ok(list.all_canonical()),
            (false, true) => Ok(list),
            (false, false) => list.canonical(fields),
        }
    }
}

impl CriticalPathArguments {
    /// The same arguments of the call tree.
    pub(crate) fn call_tree(self) -> Result<CallTree> {
        if self.by != "path" {
            return Err(usage("by", &self.by, "path"));
        }
        let mut options = CallTree::default();
        options.percentile = self.percentile;
        options.band = self.band;
        options.root_operation = self.root_operation;
        Ok(options)
    }

    /// The same arguments of the kinds of time.
    pub(crate) fn time_kinds(self) -> Result<TimeKinds> {
        let mut options = TimeKinds::default().by(match self.by.as_str() {
            "kind" => TimeKindsBy::Kind,
            "service" => TimeKindsBy::Service,
            "operation" => TimeKindsBy::Operation,
            other => return Err(usage("by", other, "kind, service or operation")),
        });
        options.percentile = self.percentile;
        options.band = self.band;
        options.root_operation = self.root_operation;
        Ok(options)
    }
}

/// The conditions of a filter by name.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct FilterArguments {
    services: Vec<String>,
    operations: Vec<String>,
    root_operation: Option<String>,
    min_duration_ns: Option<u64>,
    max_duration_ns: Option<u64>,
    error: Option<bool>,
    since_unix_nano: Option<i64>,
    until_unix_nano: Option<i64>,
    attributes: Vec<(String, String)>,
    trace_ids: Vec<String>,
}

impl FilterArguments {
    pub(crate) fn filter(self) -> Filter {
        let mut filter = Filter::default();
        filter.services = self.services;
        filter.operations = self.operations;
        filter.root_operation = self.root_operation;
        filter.min_duration_nano = self.min_duration_ns;
        filter.max_duration_nano = self.max_duration_ns;
        filter.error = self.error;
        filter.since_unix_nano = self.since_unix_nano;
        filter.until_unix_nano = self.until_unix_nano;
        filter.attributes = self.attributes;
        filter.trace_ids = self.trace_ids;
        filter
    }
}

/// What rows stand for.
pub(crate) fn rows_by(word: &str) -> Result<By> {
    match word {
        "operation" => Ok(By::Operation),
        "service" => Ok(By::Service),
        other => Err(usage("by", other, "operation or service")),
    }
}

/// A view of edges by its name.
pub(crate) fn edge_view(view: &str) -> Result<EdgeView> {
    match view {
        "tree" => Ok(EdgeView::Tree),
        "causal" => Ok(EdgeView::Causal),
        "linked" => Ok(EdgeView::Linked),
        other => Err(usage("view", other, "tree, causal or linked")),
    }
}

/// What a row of flows stands for, by name.
pub(crate) fn flows_by(by: &str) -> Result<FlowsBy> {
    match by {
        "hop" => Ok(FlowsBy::Hop),
        "request" => Ok(FlowsBy::Request),
        other => Err(usage("by", other, "hop or request")),
    }
}

/// What rows of the clocks stand for.
pub(crate) fn clocks_by(word: &str) -> Result<ClocksBy> {
    match word {
        "clock" => Ok(ClocksBy::Clock),
        "pair" => Ok(ClocksBy::Pair),
        other => Err(usage("by", other, "clock or pair")),
    }
}

/// What rows of the errors stand for.
pub(crate) fn errors_by(word: &str) -> Result<ErrorsBy> {
    match word {
        "operation" => Ok(ErrorsBy::Operation),
        "service" => Ok(ErrorsBy::Service),
        "type" => Ok(ErrorsBy::Type),
        other => Err(usage("by", other, "operation, service or type")),
    }
}

/// What rows of the completeness stand for.
pub(crate) fn completeness_by(word: &str) -> Result<CompletenessBy> {
    match word {
        "edge" => Ok(CompletenessBy::Edge),
        "service" => Ok(CompletenessBy::Service),
        other => Err(usage("by", other, "edge or service")),
    }
}

/// Whose clock times are taken on.
pub(crate) fn clock(word: &str) -> Result<Clock> {
    match word {
        "recorded" => Ok(Clock::Recorded),
        "corrected" => Ok(Clock::Corrected),
        other => Err(usage("clock", other, "recorded or corrected")),
    }
}

/// Which children block their parents.
pub(crate) fn blocking(word: &str) -> Result<Blocking> {
    match word {
        "by_kind" => Ok(Blocking::ByKind),
        "all" => Ok(Blocking::All),
        other => Err(usage("blocking", other, "by_kind or all")),
    }
}

impl Traces {
    pub(crate) fn new(inner: spanwise::Traces) -> Self {
        Self { inner }
    }

    /// The engine's traces.
    pub(crate) fn inner(&self) -> spanwise::Traces {
        self.inner.clone()
    }

    fn table<W>(&self, py: Python<'_>, work: W) -> PyResult<Table>
    where
        W: FnOnce(&spanwise::Traces) -> Result<spanwise::Table> + Send + 'static,
    {
        let traces = self.inner();
        Table::new(py, run(py, move || work(&traces))?)
    }

    fn choose<W>(&self, py: Python<'_>, work: W) -> PyResult<Self>
    where
        W: FnOnce(&spanwise::Traces) -> Result<spanwise::Traces> + Send + 'static,
    {
        let traces = self.inner();
        run(py, move || work(&traces)).map(Self::new)
    }
}

#[pymethods]
impl Traces {
    /// What was read, in counts.
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let traces = self.inner();
        dictionary(py, run(py, move || Ok(traces.summary()))?)
    }

    /// One row a trace.
    fn traces(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| Ok(traces.traces(&TraceList::default())))
    }

    /// One row a span, with these attributes as columns, and where it stands
    /// among its peers.
    fn spans(
        &self,
        py: Python<'_>,
        chosen: SpanListArguments,
        percentile: bool,
    ) -> PyResult<Table> {
        self.table(py, move |traces| {
            let options = chosen.options()?;
            Ok(match percentile {
                true => traces.spans(&options.among(traces.peers())),
                false => traces.spans(&options),
            })
        })
    }

    /// Writes the traces into a file, or into bytes where there is no path.
    fn write<'py>(
        &self,
        py: Python<'py>,
        arguments: WriteArguments,
        path: Option<PathBuf>,
    ) -> PyResult<(Told, Option<Bound<'py, PyBytes>>)> {
        let traces = self.inner.clone();
        let (written, bytes) = run(py, move || {
            let options = arguments.options()?;
            if let Some(path) = path {
                return Ok((traces.write(path, &options)?, None));
            }
            let mut bytes = Vec::new();
            let written = traces.write_to(&mut bytes, &options)?;
            Ok((written, Some(bytes)))
        })?;
        let bytes = bytes.map(|bytes| PyBytes::new(py, &bytes));
        Ok((told(&written), bytes))
    }

    /// The traces with names, ids and values hashed.
    fn anonymise(&self, py: Python<'_>, key: &str, shift_ns: i64) -> PyResult<Self> {
        let traces = self.inner.clone();
        let how = Anonymise::new(key).shift_nano(shift_ns);
        run(py, move || traces.anonymise(&how)).map(Self::new)
    }

    /// One row an event.
    fn events(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| Ok(traces.events(&EventList::default())))
    }

    /// One row a link.
    fn links(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| Ok(traces.links(&LinkList::default())))
    }

    /// One row a match of an expression, with these attributes as columns.
    fn query(
        &self,
        py: Python<'_>,
        expression: String,
        attributes: Vec<String>,
    ) -> PyResult<Table> {
        self.table(py, move |traces| {
            let query = Query::parse(&expression)?.attributes(attributes);
            Ok(traces.list(&query))
        })
    }

    /// One row a kind of issue and service.
    fn issues(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| Ok(traces.issues(&IssueList::default())))
    }

    /// Where the time of requests goes.
    fn critical_path(&self, py: Python<'_>, arguments: CriticalPathArguments) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.critical_path(&arguments.options()?))
        })
    }

    /// What critical paths are made of.
    fn time_kinds(&self, py: Python<'_>, arguments: CriticalPathArguments) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.time_kinds(&arguments.time_kinds()?))
        })
    }

    /// The tree of call paths; against a baseline where there is one.
    #[pyo3(signature = (arguments, baseline=None))]
    fn call_tree(
        &self,
        py: Python<'_>,
        arguments: CriticalPathArguments,
        baseline: Option<&Bound<'_, Self>>,
    ) -> PyResult<Table> {
        let baseline = baseline.map(|baseline| baseline.get().inner());
        self.table(py, move |traces| {
            let tree = arguments.call_tree()?;
            Ok(match baseline {
                Some(baseline) => traces.call_tree_against(&baseline, &tree),
                None => traces.call_tree(&tree),
            })
        })
    }

    /// The tree of call paths as a file of another tool.
    fn flame_graph(
        &self,
        py: Python<'_>,
        arguments: CriticalPathArguments,
        form: String,
        weight: String,
    ) -> PyResult<String> {
        let traces = self.inner();
        run(py, move || {
            let weight = self::weight(&weight)?;
            let table = traces.call_tree(&arguments.call_tree()?);
            match form.as_str() {
                "folded" => folded(&table, weight),
                "speedscope" => speedscope(&table, weight, "call tree"),
                other => Err(usage("format", other, "folded or speedscope")),
            }
        })
    }

    /// How long requests would take if something were otherwise.
    fn what_if(&self, py: Python<'_>, arguments: WhatIfArguments) -> PyResult<Table> {
        self.table(py, move |traces| Ok(traces.what_if(&arguments.options())))
    }

    /// What slow requests wait for and fast ones do not.
    fn bottlenecks(&self, py: Python<'_>, arguments: BottlenecksArguments) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.bottlenecks(&arguments.options()))
        })
    }

    /// Calls that need not be made, or not one after the other.
    fn shape_problems(&self, py: Python<'_>, arguments: ShapeProblemsArguments) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.shape_problems(&arguments.options()))
        })
    }

    /// Tenants, partitions and keys that take far more than others do.
    fn hot_keys(&self, py: Python<'_>, arguments: HotKeysArguments) -> PyResult<Table> {
        self.table(py, move |traces| Ok(traces.hot_keys(&arguments.options())))
    }

    /// How much instances have in flight over time.
    fn concurrency(&self, py: Python<'_>, arguments: LoadArguments) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.concurrency(&arguments.concurrency()?))
        })
    }

    /// How many spans were how slow when.
    fn heat_map(&self, py: Python<'_>, arguments: LoadArguments) -> PyResult<Table> {
        self.table(
            py,
            move |traces| Ok(traces.heat_map(&arguments.heat_map()?)),
        )
    }

    /// Which operations or services take the time.
    fn hotspots(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.hotspots(&Hotspots::default().by(rows_by(&by)?)))
        })
    }

    /// What could be slower unnoticed, and what would make requests faster.
    fn slack(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.slack(&Slack::default().by(rows_by(&by)?)))
        })
    }

    /// One row an edge between two spans.
    fn edges(&self, py: Python<'_>, view: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.edges(&Edges::default().view(edge_view(&view)?)))
        })
    }

    /// Requests that go on in other traces.
    fn flows(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.flows(&Flows::default().by(flows_by(&by)?)))
        })
    }

    /// Which siblings wait for which, learnt from all traces.
    fn sibling_order(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| {
            Ok(traces.sibling_order(&SiblingOrder::default()))
        })
    }

    /// How far the clocks of hosts are apart.
    fn clocks(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.clocks(&Clocks::default().by(clocks_by(&by)?)))
        })
    }

    /// Where errors begin and how they spread.
    fn errors(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            Ok(traces.errors(&Errors::default().by(errors_by(&by)?)))
        })
    }

    /// Who calls whom.
    fn dependencies(&self, py: Python<'_>) -> PyResult<Table> {
        self.table(py, |traces| {
            Ok(traces.dependencies(&Dependencies::default()))
        })
    }

    /// What is missing from the traces.
    fn completeness(&self, py: Python<'_>, by: String) -> PyResult<Table> {
        self.table(py, move |traces| {
            let options = Completeness::default().by(completeness_by(&by)?);
            Ok(traces.completeness(&options))
        })
    }

    /// The traces in which one span meets all conditions.
    fn filter(&self, py: Python<'_>, arguments: FilterArguments) -> PyResult<Self> {
        self.choose(py, move |traces| Ok(traces.filter(&arguments.filter())))
    }

    /// So many of the traces, the same for the same seed.
    fn sample(&self, py: Python<'_>, count: usize, seed: u64) -> PyResult<Self> {
        self.choose(py, move |traces| Ok(traces.sample(count, seed)))
    }

    /// The same traces under another policy; what is not given stays.
    #[pyo3(signature = (blocking=None, tolerance_ns=None, clock=None))]
    fn with_policy(
        &self,
        py: Python<'_>,
        blocking: Option<&str>,
        tolerance_ns: Option<u64>,
        clock: Option<&str>,
    ) -> PyResult<Self> {
        let mut policy = self.inner.policy();
        if let Some(word) = clock {
            policy.clock = self::clock(word).map_err(|error| exception(py, &error))?;
        }
        if let Some(word) = blocking {
            policy.blocking = self::blocking(word).map_err(|error| exception(py, &error))?;
        }
        policy.tolerance_nano = tolerance_ns.unwrap_or(policy.tolerance_nano);
        Ok(Self::new(self.inner.with_policy(policy)))
    }

    /// The rule of blocking, the tolerance in nanoseconds, and the clock.
    #[getter]
    fn policy(&self) -> (&'static str, u64, &'static str) {
        let policy = self.inner.policy();
        let blocking = match policy.blocking {
            Blocking::All => "all",
            _ => "by_kind",
        };
        let clock = match policy.clock {
            Clock::Corrected => "corrected",
            _ => "recorded",
        };
        (blocking, policy.tolerance_nano, clock)
    }

    /// The trace of this id.
    fn trace(&self, py: Python<'_>, trace_id: String) -> PyResult<Trace> {
        let traces = self.inner();
        run(py, move || Trace::open(traces, &trace_id))
    }

    /// All traces in the order of their ids.
    fn all(&self, py: Python<'_>) -> PyResult<Vec<Trace>> {
        let traces = self.inner();
        run(py, move || Ok(Trace::all(&traces)))
    }

    /// How many traces, spans and services there are.
    #[getter]
    fn counts(&self, py: Python<'_>) -> PyResult<(usize, usize, usize)> {
        let traces = self.inner();
        run(py, move || Ok(counts(&traces)))
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        format!("<spanwise native Traces: {} traces>", self.inner.len())
    }
}

/// Spans of a whole table are counted without their facts, so that showing
/// fresh traces costs nothing.
fn counts(traces: &spanwise::Traces) -> (usize, usize, usize) {
    let table = traces.table();
    let operations = &table.operations;
    let whole = traces.len() == table.trace_count();
    let (spans, ids): (usize, BTreeSet<OperationId>) = if whole {
        let all = (0..operations.len() as u32).map(OperationId);
        (table.len(), all.collect())
    } else {
        let spans = traces.iter().flat_map(spanwise::Trace::spans);
        let spans_of = traces.iter().map(|trace| trace.len());
        (
            spans_of.sum(),
            spans.map(|span| span.operation_id()).collect(),
        )
    };
    let services: BTreeSet<_> = ids.into_iter().map(|id| operations.service(id)).collect();
    (traces.len(), spans, services.len())
}

//! A set of traces and what can be asked of it.

use crate::view::Trace;
use spanwise_analyze::analyses::{
    issues_of, CallTree, Clocks, Completeness, CriticalPath, Dependencies, Errors, EventList,
    Hotspots, IssueList, LinkList, Slack, SpanList, Summary, TimeKinds, TraceList, WhatIf,
};
use spanwise_analyze::filter::{self, Filter};
use spanwise_analyze::{facts, runner, Analysis, FactColumns, Listing, Partial, Policy, Threads};
use spanwise_model::{Error, ErrorKind, Result, SpanBatch, SpanTable, Table};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Traces that were read, under a policy. Clones, filters and other policies
/// are cheap views of the same spans; facts are computed once for each policy.
///
/// ```
/// let traces = spanwise::notation("
///     trace 1
///     shop GET /cart   0..100 server
///       cart Get      10..60
///     trace 2
///     shop GET /cart   0..40 server error
/// ")?;
/// use spanwise::analyses::Hotspots;
/// let errors = traces.filter(&spanwise::Filter::default().error(true));
/// assert_eq!((traces.len(), errors.len()), (2, 1));
/// assert_eq!(errors.hotspots(&Hotspots::default()).rows(), 1);
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone)]
pub struct Traces {
    table: Arc<SpanTable>,
    /// Numbers of the chosen traces, ascending.
    chosen: Arc<[u32]>,
    policy: Policy,
    facts: Arc<OnceLock<FactColumns>>,
    threads: Threads,
}

impl Traces {
    /// All traces of a table under the default policy.
    ///
    /// ```
    /// use spanwise::{Input, ReadOptions, Traces};
    ///
    /// let inputs = [Input::bytes("shop GET 0..100 server")];
    /// let table = spanwise_io::read_table(&inputs, &ReadOptions::default())?;
    /// assert_eq!(Traces::new(table).len(), 1);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn new(table: SpanTable) -> Self {
        let chosen = (0..table.trace_count() as u32).collect();
        Self {
            table: Arc::new(table),
            chosen,
            policy: Policy::default(),
            facts: Arc::default(),
            threads: Threads::default(),
        }
    }

    /// The traces of spans that a program already holds.
    ///
    /// ```
    /// use spanwise::simulate::{Limit, Simulation};
    ///
    /// let mut spans = spanwise::SpanBatch::default();
    /// for batch in Simulation::default().limit(Limit::Requests(10)).run()? {
    ///     spans.absorb(batch)?;
    /// }
    /// assert!(spanwise::Traces::from_batch(spans)?.len() >= 10);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion spans.
    pub fn from_batch(batch: SpanBatch) -> Result<Self> {
        spanwise_io::assemble::assemble(batch).map(Self::new)
    }

    /// The traces of a request that a program received as OTLP.
    ///
    /// ```
    /// use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    /// use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
    ///
    /// let mut span = Span { name: "GET".into(), ..Span::default() };
    /// (span.trace_id, span.span_id) = (vec![1; 16], vec![2; 8]);
    /// (span.start_time_unix_nano, span.end_time_unix_nano) = (1_000, 6_000);
    /// let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
    /// let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    /// let request = ExportTraceServiceRequest { resource_spans };
    /// let traces = spanwise::Traces::from_otlp(&request)?;
    /// assert_eq!(traces.trace("0101")?.duration_nano(), 5_000);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion spans.
    #[cfg(feature = "otlp")]
    pub fn from_otlp(
        request: &opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest,
    ) -> Result<Self> {
        let mut batch = SpanBatch::default();
        spanwise_io::otlp::from_otlp(request, &mut batch)?;
        Self::from_batch(batch)
    }

    /// The traces of spans in tables of Arrow, a row a span: from a warehouse, or
    /// from earlier work with spans. Columns are found by the mapping, else by
    /// their names; those that are nothing else are attributes.
    ///
    /// ```
    /// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    /// use spanwise::{Mapping, Traces};
    /// use std::sync::Arc;
    ///
    /// let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    /// let number = |number| Arc::new(Int64Array::from(vec![number])) as ArrayRef;
    /// let table = RecordBatch::try_from_iter([
    ///     ("request", text("a1")),
    ///     ("span_id", text("b2")),
    ///     ("start", number(1_000)),
    ///     ("duration_us", number(5)),
    /// ])?;
    /// let mapping = Mapping::parse("trace_id=request")?;
    /// let traces = Traces::from_record_batches(&[table], &mapping)?;
    /// assert_eq!(traces.trace("a1")?.duration_nano(), 5_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for a column that is missing or of a type that
    /// cannot be what it should; the message names it.
    #[cfg(feature = "arrow")]
    pub fn from_record_batches(
        tables: &[arrow_array::RecordBatch],
        mapping: &spanwise_io::table::Mapping,
    ) -> Result<Self> {
        let keep = spanwise_model::AttributeKeep::All;
        Self::from_batch(spanwise_io::arrow::read(tables, mapping, keep)?)
    }

    /// The records of the chosen traces, such as they would be written.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// assert_eq!(traces.to_batch()?.len(), 2);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion attributes.
    pub fn to_batch(&self) -> Result<SpanBatch> {
        self.table.to_batch(&self.chosen)
    }

    /// The same traces under another policy.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100
    ///       shop log      20..90 follows
    /// ")?;
    /// use spanwise::{Blocking, Policy};
    /// let waits = traces.with_policy(Policy::default().blocking(Blocking::All));
    /// assert_eq!(traces.facts().critical_nano, [100_000_000, 0]);
    /// assert_eq!(waits.facts().critical_nano, [30_000_000, 70_000_000]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        if policy == self.policy {
            return self.clone();
        }
        Self {
            policy,
            facts: Arc::default(),
            ..self.clone()
        }
    }

    /// The same traces, analysed in these threads. The number of threads never
    /// shows in a result.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100")?;
    /// let one = traces.with_threads(spanwise::Threads::limited_to(1)?);
    /// assert_eq!(one.summary(), traces.summary());
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self {
            threads,
            ..self.clone()
        }
    }

    /// The policy that facts are computed under.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET /cart 0..100")?;
    /// assert_eq!(traces.policy().tolerance_nano, 1_000);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The spans of all traces, also of those that a filter left out.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// let one = traces.sample(1, 7);
    /// assert_eq!((one.len(), one.table().trace_count(), one.table().len()), (1, 2, 3));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> &SpanTable {
        &self.table
    }

    /// Facts about every span of the table, computed when first asked for.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// let facts = traces.facts();
    /// assert_eq!(facts.self_nano, [50_000_000, 50_000_000, 40_000_000]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn facts(&self) -> &FactColumns {
        self.facts.get_or_init(|| {
            self.threads
                .run(|| facts::compute_parallel(&self.table, &self.policy))
        })
    }

    /// Refuses traces with issues of whatever kind, those of reading and those
    /// that facts reveal among them.
    ///
    /// ```
    /// let clipped = spanwise::notation("shop GET 0..100\n  cart Get 50..150")?;
    /// let error = clipped.check_issues().err().map(|error| error.kind());
    /// assert_eq!(error, Some(spanwise::ErrorKind::Strict));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Strict`] where there is an issue.
    pub fn check_issues(&self) -> Result<()> {
        let issues = issues_of(&self.table, &self.chosen, self.facts());
        let error = |told| Err(Error::new(ErrorKind::Strict, told));
        issues.told().map_or(Ok(()), error)
    }

    /// How many traces are chosen.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// assert_eq!(traces.len(), 2);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// True where no trace is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// The chosen traces in the order of their ids.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// for trace in traces.iter() {
    ///     let tiles = trace.critical_path().into_iter();
    ///     let critical: u64 = tiles.map(|tile| tile.duration_nano()).sum();
    ///     assert_eq!(critical, trace.duration_nano());
    /// }
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Trace<'_>> + DoubleEndedIterator {
        let facts = self.facts();
        let view = move |&index: &u32| Trace::new(self.table.trace(index), facts);
        self.chosen.iter().map(view)
    }

    /// The trace with this id, in any spelling, or the only one whose id
    /// begins so.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// assert_eq!(traces.trace("00000000000000000000000000000002")?.len(), 1);
    /// assert!(traces.trace("0000").is_err(), "both begin so");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is none, [`ErrorKind::Usage`] where
    /// there are several.
    pub fn trace(&self, id: &str) -> Result<Trace<'_>> {
        let mut found = self.table.find(id);
        found.retain(|trace| self.chosen.binary_search(&trace.index()).is_ok());
        match found.as_slice() {
            [trace] => Ok(Trace::new(*trace, self.facts())),
            [] => Err(Error::new(ErrorKind::NotFound, format!("no trace {id}"))),
            [first, second, ..] => {
                let (first, second) = (first.id_text(), second.id_text());
                let message = format!("several traces begin with {id}: {first}, {second}, …");
                Err(Error::new(ErrorKind::Usage, message))
            }
        }
    }

    /// The traces in which one span meets all conditions of the filter.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::Filter;
    /// let slow = Filter::default().service("cart").min_duration_nano(50_000_000);
    /// let kept = traces.filter(&slow);
    /// assert_eq!(kept.iter().next().map(|trace| trace.len()), Some(2), "the whole trace");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn filter(&self, filter: &Filter) -> Self {
        let matching = filter::matching(&self.table, self.facts(), filter);
        let chosen = |index: &u32| self.chosen.binary_search(index).is_ok();
        self.choose(matching.into_iter().filter(chosen).collect())
    }

    /// `count` of the chosen traces, the same ones for the same seed whatever
    /// the order of the input.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// let few = traces.sample(1, 42);
    /// assert_eq!(few.len(), 1);
    /// let id = |traces: &spanwise::Traces| traces.iter().next().map(|trace| trace.id());
    /// assert_eq!(id(&few), id(&traces.sample(1, 42)));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn sample(&self, count: usize, seed: u64) -> Self {
        self.choose(filter::sample(&self.table, &self.chosen, count, seed).into())
    }

    fn choose(&self, chosen: Arc<[u32]>) -> Self {
        Self {
            chosen,
            ..self.clone()
        }
    }

    /// Runs analyses over the chosen traces in one pass; a table each, in the
    /// order of the analyses.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::analyses::{CriticalPath, Hotspots};
    /// let tables = traces.run(&[&CriticalPath::default(), &Hotspots::default()]);
    /// assert_eq!(tables.iter().map(|table| table.rows()).collect::<Vec<_>>(), [2, 2]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn run(&self, analyses: &[&dyn Analysis]) -> Vec<Table> {
        let partials = self.partials(analyses);
        let pairs = analyses.iter().zip(&partials);
        pairs
            .map(|(analysis, partial)| analysis.finish(partial))
            .collect()
    }

    /// Runs analyses over the chosen traces up to what can be merged: with the
    /// partials of other inputs, of other machines, or of another hour.
    ///
    /// ```
    /// use spanwise::{analyses::Hotspots, model::table::Cell, Analysis};
    ///
    /// let [monday, tuesday] = ["trace 1\nshop GET 0..100", "trace 2\nshop GET 0..40"];
    /// let hotspots = Hotspots::default();
    /// let partial = |text| {
    ///     let traces = spanwise::notation(text)?;
    ///     Ok::<_, spanwise::Error>(traces.partials(&[&hotspots]).swap_remove(0))
    /// };
    /// let mut both = partial(monday)?;
    /// both.merge(&partial(tuesday)?)?;
    /// assert_eq!(hotspots.finish(&both).cell(0, "total_time"), Cell::Duration(140_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn partials(&self, analyses: &[&dyn Analysis]) -> Vec<Partial> {
        let facts = self.facts();
        runner::prepare(&self.table, facts, analyses, &self.threads);
        self.threads
            .run(|| runner::run(&self.table, &self.chosen, facts, analyses))
    }

    fn one(&self, analysis: &dyn Analysis) -> Table {
        self.run(&[analysis]).swap_remove(0)
    }

    /// What was read, in counts; see [`Summary`].
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// let summary = traces.summary();
    /// assert_eq!((summary.traces, summary.spans, summary.services), (2, 3, 2));
    /// assert_eq!((summary.roots, summary.orphans, summary.errors), (2, 0, 1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.table, &self.chosen, self.facts())
    }

    /// The rows of a listing, which may be one's own.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let list = spanwise::analyses::SpanList::default();
    /// assert_eq!(traces.list(&list), traces.spans(&list));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn list(&self, listing: &dyn Listing) -> Table {
        let facts = self.facts();
        let list = || listing.rows(&self.table, &self.chosen, facts);
        self.threads.run(list).into_table()
    }

    /// One row a trace: which ones to open; see [`TraceList`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::TraceList;
    /// let list = traces.traces(&TraceList::default());
    /// assert_eq!(list.cell(0, "duration"), Cell::Duration(100_000_000));
    /// assert_eq!(list.cell(0, "critical_operation"), Cell::Text("Get"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn traces(&self, options: &TraceList) -> Table {
        self.list(options)
    }

    /// One row a span; see [`SpanList`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::SpanList;
    /// let list = traces.spans(&SpanList::default());
    /// assert_eq!(list.rows(), 3);
    /// assert_eq!(list.cell(0, "self_time"), Cell::Duration(50_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn spans(&self, options: &SpanList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// One row an event; see [`EventList`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::EventList, model::table::Cell};
    ///
    /// let traces = spanwise::notation(
    ///     "shop GET 0..100 event=exception@5{exception.type=Boom}",
    /// )?;
    /// let list = traces.events(&EventList::default());
    /// assert_eq!(list.cell(0, "time"), Cell::Time(5_000_000));
    /// assert_eq!(list.cell(0, "exception.type"), Cell::Text("Boom"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn events(&self, options: &EventList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// One row a link; see [`LinkList`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::LinkList, model::table::Cell};
    ///
    /// let traces = spanwise::notation("mail process 0..100 consumer link=5/1")?;
    /// let list = traces.links(&LinkList::default());
    /// assert_eq!(list.cell(0, "linked_span_id"), Cell::Text("0000000000000001"));
    /// assert_eq!(list.cell(0, "found"), Cell::Bool(false));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn links(&self, options: &LinkList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// What is wrong with the input, counted by kind and service; see
    /// [`IssueList`]. Issues are those of reading the whole input, and of the
    /// traces that are chosen.
    ///
    /// ```
    /// use spanwise::{analyses::IssueList, model::table::Cell};
    ///
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 90..120")?;
    /// let issues = traces.issues(&IssueList::default());
    /// assert_eq!(issues.cell(0, "issue"), Cell::Text("clipped_child"));
    /// assert_eq!(issues.cell(0, "count"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn issues(&self, options: &IssueList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// Where the time of requests goes: the critical path, summed over traces.
    /// See [`CriticalPath`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::CriticalPath;
    /// let slow = traces.critical_path(&CriticalPath::default().percentile(99.0));
    /// assert_eq!(slow.cell(0, "operation"), Cell::Text("Get"));
    /// assert_eq!(slow.cell(0, "share"), Cell::F64(0.5));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn critical_path(&self, options: &CriticalPath) -> Table {
        self.one(options)
    }

    /// Which operations or services take the time; see [`Hotspots`] for the
    /// columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::Hotspots;
    /// let hotspots = traces.hotspots(&Hotspots::default());
    /// assert_eq!(hotspots.cell(0, "operation"), Cell::Text("GET /cart"));
    /// assert_eq!(hotspots.cell(0, "self_time"), Cell::Duration(90_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn hotspots(&self, options: &Hotspots) -> Table {
        self.one(options)
    }

    /// What could end later unnoticed, and what would make requests end sooner;
    /// see [`Slack`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Slack, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..90
    ///       user Get      10..60
    /// ")?;
    /// let slack = traces.slack(&Slack::default());
    /// assert_eq!(slack.cell(1, "service"), Cell::Text("cart"));
    /// assert_eq!(slack.cell(1, "drag"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn slack(&self, options: &Slack) -> Table {
        self.one(options)
    }

    /// How far the clocks of hosts are apart; see [`Clocks`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Clocks, model::table::Cell};
    /// use spanwise::{Clock, Policy};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   0..10  client @host.name=a
    ///       cart Get     53..57  server @host.name=b
    /// ")?;
    /// let clocks = traces.clocks(&Clocks::default());
    /// assert_eq!(clocks.cell(1, "offset"), Cell::Duration(50_000_000));
    /// let corrected = traces.with_policy(Policy::default().clock(Clock::Corrected));
    /// assert_eq!(corrected.facts().critical_nano, [6_000_000, 4_000_000]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn clocks(&self, options: &Clocks) -> Table {
        self.one(options)
    }

    /// What the critical paths of requests are made of: work, networks, queues
    /// and waits; see [`TimeKinds`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::TimeKinds, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       shop query    10..30 client error
    ///       shop query    80..90 client
    /// ")?;
    /// let kinds = traces.time_kinds(&TimeKinds::default());
    /// assert_eq!(kinds.cell(0, "time_kind"), Cell::Text("retry_backoff"));
    /// assert_eq!(kinds.cell(0, "share"), Cell::F64(0.5));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn time_kinds(&self, options: &TimeKinds) -> Table {
        self.one(options)
    }

    /// The tree of call paths over all requests; see [`CallTree`] for the
    /// columns.
    ///
    /// ```
    /// use spanwise::{analyses::CallTree, model::table::Cell};
    /// use spanwise::report::flame::{folded, Weight};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    /// ")?;
    /// let tree = traces.call_tree(&CallTree::default());
    /// assert_eq!(tree.cell(1, "depth"), Cell::U64(1));
    /// let stacks = folded(&tree, Weight::ExclusiveTime)?;
    /// assert!(stacks.ends_with("shop GET /cart;cart Get 50000000\n"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn call_tree(&self, options: &CallTree) -> Table {
        self.one(options)
    }

    /// How the tree of call paths changed since a healthy baseline; see
    /// [`CallTree::against`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::CallTree, model::table::Cell};
    ///
    /// let healthy = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let slow = spanwise::notation("shop GET 0..150\n  cart Get 10..110")?;
    /// let changed = slow.call_tree_against(&healthy, &CallTree::default());
    /// assert_eq!(changed.cell(1, "change_critical_time"), Cell::Duration(50_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn call_tree_against(&self, baseline: &Traces, options: &CallTree) -> Table {
        let partial = |traces: &Traces| traces.partials(&[options]).swap_remove(0);
        options.against(&partial(baseline), &partial(self))
    }

    /// How long requests would have taken if something were otherwise: what to
    /// fix first, and what it would buy; see [`WhatIf`] for the columns.
    ///
    /// ```
    /// use spanwise::analyses::{Change, Selection, WhatIf};
    /// use spanwise::model::table::Cell;
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..90
    ///       user Get      10..60
    /// ")?;
    /// let ranking = traces.what_if(&WhatIf::default());
    /// assert_eq!(ranking.cell(0, "service"), Cell::Text("cart"));
    /// let cart = Selection::default().service("cart");
    /// let faster = traces.what_if(&WhatIf::default().change(Change::OwnTime(500), cart));
    /// assert_eq!(faster.cell(0, "saved_time"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn what_if(&self, options: &WhatIf) -> Table {
        self.one(options)
    }

    /// Where errors begin, and how they spread; see [`Errors`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Errors, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server error
    ///       cart query    10..60 client error error.type=Timeout
    /// ")?;
    /// let errors = traces.errors(&Errors::default());
    /// assert_eq!(errors.cell(0, "error_type"), Cell::Text("Timeout"));
    /// assert_eq!(errors.cell(0, "failed_requests"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn errors(&self, options: &Errors) -> Table {
        self.one(options)
    }

    /// Who calls whom; see [`Dependencies`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Dependencies, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   10..60 client
    ///       cart Get      15..55 server
    ///         cart HGET   20..30 client db.system=redis
    /// ")?;
    /// let calls = traces.dependencies(&Dependencies::default());
    /// assert_eq!(calls.cell(0, "callee"), Cell::Text("redis"));
    /// assert_eq!(calls.cell(1, "network_time"), Cell::Duration(10_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn dependencies(&self, options: &Dependencies) -> Table {
        self.one(options)
    }

    /// What is missing from the traces, and which conclusions suffer; see
    /// [`Completeness`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Completeness, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   10..60 client
    ///       cart Get      15..55 server
    ///     trace 2
    ///     cart Get        15..55 server parent=7
    /// ")?;
    /// let calls = traces.completeness(&Completeness::default());
    /// assert_eq!(calls.cell(0, "caller"), Cell::Text("shop"));
    /// assert_eq!(calls.cell(0, "missing_client"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn completeness(&self, options: &Completeness) -> Table {
        self.one(options)
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (traces, spans) = (self.len(), self.table.len());
        write!(f, "Traces({traces} traces of {spans} spans)")
    }
}

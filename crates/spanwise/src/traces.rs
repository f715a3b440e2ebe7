//! A set of traces: where it comes from, its views, and how analyses run over it.

use crate::view::Trace;
use spanwise_analyze::analyses::issues_of;
use spanwise_analyze::filter::{self, Filter};
use spanwise_analyze::{facts, runner, Analysis, FactColumns, Partial, Policy, Threads};
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
    pub(crate) table: Arc<SpanTable>,
    /// Numbers of the chosen traces, ascending.
    pub(crate) chosen: Arc<[u32]>,
    policy: Policy,
    facts: Arc<OnceLock<FactColumns>>,
    pub(crate) threads: Threads,
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
        self.facts_for(&[])
    }

    /// The facts, with what these analyses need where they are computed now.
    fn facts_for(&self, analyses: &[&dyn Analysis]) -> &FactColumns {
        let needs = runner::needs(analyses);
        let compute = || facts::compute_parallel(&self.table, &self.policy, needs);
        self.facts.get_or_init(|| self.threads.run(compute))
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
        let facts = self.facts_for(analyses);
        runner::prepare(&self.table, facts, analyses, &self.threads);
        self.threads
            .run(|| runner::tables(&self.table, &self.chosen, facts, analyses))
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
        let facts = self.facts_for(analyses);
        runner::prepare(&self.table, facts, analyses, &self.threads);
        self.threads
            .run(|| runner::run(&self.table, &self.chosen, facts, analyses))
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (traces, spans) = (self.len(), self.table.len());
        write!(f, "Traces({traces} traces of {spans} spans)")
    }
}

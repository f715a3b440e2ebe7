//! A set of traces and what can be asked of it.

use crate::view::Trace;
use spanwise_analyze::analyses::{
    CriticalPath, Dependencies, Errors, EventList, Hotspots, IssueList, LinkList, SpanList,
    Summary, TraceList,
};
use spanwise_analyze::filter::{self, Filter};
use spanwise_analyze::{facts, runner, Analysis, FactColumns, Partial, Policy};
use spanwise_model::{Error, ErrorKind, Result, SpanBatch, SpanTable, Table};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Traces that were read, under a policy. Clones, filters and other policies
/// are cheap views of the same spans; facts are computed once for each policy.
#[derive(Clone)]
pub struct Traces {
    table: Arc<SpanTable>,
    /// Numbers of the chosen traces, ascending.
    chosen: Arc<[u32]>,
    policy: Policy,
    facts: Arc<OnceLock<FactColumns>>,
}

impl Traces {
    /// All traces of a table under the default policy.
    #[must_use]
    pub fn new(table: SpanTable) -> Self {
        let chosen = (0..table.trace_count() as u32).collect();
        Self {
            table: Arc::new(table),
            chosen,
            policy: Policy::default(),
            facts: Arc::default(),
        }
    }

    /// The traces of spans that a program already holds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion spans.
    pub fn from_batch(batch: SpanBatch) -> Result<Self> {
        spanwise_io::assemble::assemble(batch).map(Self::new)
    }

    /// The traces of a request that a program received as OTLP.
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

    /// The same traces under another policy.
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

    /// The policy that facts are computed under.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The spans of all traces, also of those that a filter left out.
    #[must_use]
    pub fn table(&self) -> &SpanTable {
        &self.table
    }

    /// Facts about every span of the table, computed when first asked for.
    #[must_use]
    pub fn facts(&self) -> &FactColumns {
        self.facts
            .get_or_init(|| facts::compute_parallel(&self.table, &self.policy))
    }

    /// How many traces are chosen.
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
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Trace<'_>> + DoubleEndedIterator {
        let facts = self.facts();
        let view = move |&index: &u32| Trace::new(self.table.trace(index), facts, self.policy);
        self.chosen.iter().map(view)
    }

    /// The trace with this id, in any spelling, or the only one whose id
    /// begins so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is none, [`ErrorKind::Usage`] where
    /// there are several.
    pub fn trace(&self, id: &str) -> Result<Trace<'_>> {
        let mut found = self.table.find(id);
        found.retain(|trace| self.chosen.binary_search(&trace.index()).is_ok());
        match found.as_slice() {
            [trace] => Ok(Trace::new(*trace, self.facts(), self.policy)),
            [] => Err(Error::new(ErrorKind::NotFound, format!("no trace {id}"))),
            [first, second, ..] => {
                let (first, second) = (first.id_text(), second.id_text());
                let message = format!("several traces begin with {id}: {first}, {second}, …");
                Err(Error::new(ErrorKind::Usage, message))
            }
        }
    }

    /// The traces in which one span meets all conditions of the filter.
    #[must_use]
    pub fn filter(&self, filter: &Filter) -> Self {
        let matching = filter::matching(&self.table, self.facts(), filter);
        let chosen = |index: &u32| self.chosen.binary_search(index).is_ok();
        self.choose(matching.into_iter().filter(chosen).collect())
    }

    /// `count` of the chosen traces, the same ones for the same seed whatever
    /// the order of the input.
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

    /// Runs analyses over the chosen traces in one pass.
    #[must_use]
    pub fn run(&self, analyses: &[&dyn Analysis]) -> Vec<Table> {
        let partials = self.partials(analyses);
        let pairs = analyses.iter().zip(&partials);
        pairs
            .map(|(analysis, partial)| analysis.finish(partial))
            .collect()
    }

    /// Runs analyses over the chosen traces up to what can be merged.
    #[must_use]
    pub fn partials(&self, analyses: &[&dyn Analysis]) -> Vec<Partial> {
        runner::run(&self.table, &self.chosen, self.facts(), analyses)
    }

    fn one(&self, analysis: &dyn Analysis) -> Table {
        self.run(&[analysis]).swap_remove(0)
    }

    /// What was read, in counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.table, &self.chosen, self.facts())
    }

    /// One row a trace: which ones to open.
    #[must_use]
    pub fn traces(&self, options: &TraceList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// One row a span.
    #[must_use]
    pub fn spans(&self, options: &SpanList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// One row an event.
    #[must_use]
    pub fn events(&self, options: &EventList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// One row a link.
    #[must_use]
    pub fn links(&self, options: &LinkList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// What is wrong with the input, counted by kind and service.
    #[must_use]
    pub fn issues(&self, options: &IssueList) -> Table {
        options.table(&self.table, self.facts())
    }

    /// Where the time of requests goes: the critical path, summed over traces.
    #[must_use]
    pub fn critical_path(&self, options: &CriticalPath) -> Table {
        self.one(options)
    }

    /// Which operations or services take the time.
    #[must_use]
    pub fn hotspots(&self, options: &Hotspots) -> Table {
        self.one(options)
    }

    /// Where errors begin, and how they spread.
    #[must_use]
    pub fn errors(&self, options: &Errors) -> Table {
        self.one(options)
    }

    /// Who calls whom.
    #[must_use]
    pub fn dependencies(&self, options: &Dependencies) -> Table {
        self.one(options)
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (traces, spans) = (self.len(), self.table.len());
        write!(f, "Traces({traces} traces of {spans} spans)")
    }
}

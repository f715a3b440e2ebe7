//! Sampling: how many spans one span stands for.
//!
//! Whoever samples keeps one request in so many, so counts of what was kept
//! say little until each span is weighed by how many it stands for: its
//! *adjusted count*. Many sources do not say it, and then it is unknown, which
//! is not one. Weights are whole numbers of 2⁻¹⁶, so that their sums are exact
//! in any order.

mod attributes;
mod tail;
mod trace_state;

pub(crate) use trace_state::anonymised as anonymised_state;

use crate::facts::Canonical;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{EvidenceId, SpanTable, Trace, TraceId};

/// One, as a weight.
pub const ONE: u128 = 1 << 16;

/// How a span was sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sampled {
    /// Nothing says it.
    #[default]
    Unsaid,
    /// By chance alone: it stands for so many spans, in units of 2⁻¹⁶.
    Weighed(u128),
    /// By a rule that looks at the load or at how the request went, such as a
    /// rate limit, so that it stands for a number nobody knows.
    Biased,
}

impl Sampled {
    /// How many spans it stands for; `None` where that is not known.
    ///
    /// ```
    /// use spanwise_analyze::sampling::{Sampled, ONE};
    /// assert_eq!(Sampled::Weighed(4 * ONE).adjusted_count(), Some(4.0));
    /// assert_eq!(Sampled::Unsaid.adjusted_count(), None);
    /// ```
    #[must_use]
    pub fn adjusted_count(self) -> Option<f64> {
        match self {
            Self::Weighed(weight) => Some(weight as f64 / ONE as f64),
            _ => None,
        }
    }
}

/// What a span says of sampling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// How it was sampled.
    pub sampled: Sampled,
    /// True where the sampler broke its own rule: the randomness that the span
    /// carries would not have passed the threshold that it names.
    pub inconsistent: bool,
}

/// A reader of sampling marks, made once for a table.
///
/// A span's own mark is, best first: the threshold or probability in the
/// `ot` member of its trace state, `SampleRate`, Jaeger's `sampler.type` and
/// `sampler.param`, Datadog's rates. A span that has none is sampled as its
/// parent was, because the decision travels with the context. A scope that names
/// a tail-sampling policy other than chance makes its spans biased whatever they
/// say, because that choice was made after theirs.
///
/// ```
/// use spanwise_analyze::sampling::{Sampled, Sampling, ONE};
///
/// let batch = spanwise_io::notation::parse("
///     shop GET /cart 0..100 server sampler.type=probabilistic sampler.param=0.25
///       cart Get    10..60
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let marks = Sampling::new(&table).marks(table.trace(0));
/// assert_eq!(marks[1].sampled, Sampled::Weighed(4 * ONE));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sampling<'a> {
    table: &'a SpanTable,
    /// By evidence set; empty where no attribute says anything.
    by_evidence: Vec<Sampled>,
    /// By scope: whether a policy other than chance chose its spans; empty
    /// where no scope has attributes.
    chosen: Vec<bool>,
}

impl<'a> Sampling<'a> {
    /// Reads what the attributes of a table say.
    #[must_use]
    pub fn new(table: &'a SpanTable) -> Self {
        let canonical = Canonical::new(table);
        let sets = 0..table.store.evidence.len() as u32;
        let said = sets.map(|set| attributes::read(&canonical.evidence_fields(EvidenceId(set))));
        let by_evidence: Vec<Sampled> = said.collect();
        let is_said = by_evidence.iter().any(|&said| said != Sampled::Unsaid);
        Self {
            table,
            by_evidence: if is_said { by_evidence } else { Vec::new() },
            chosen: tail::chosen(&table.store),
        }
    }

    /// The mark that the span at a row has of its own.
    #[must_use]
    pub fn own(&self, row: u32) -> Mark {
        self.mark(row, self.table.trace_of(row).id())
    }

    fn mark(&self, row: u32, trace: TraceId) -> Mark {
        let columns = &self.table.columns;
        let evidence = columns.evidence[row as usize];
        let said = self.by_evidence.get(evidence.index()).copied();
        let states = &self.table.store.trace_states;
        let state = states.get(columns.record[row as usize]);
        let by_state = state.and_then(|state| trace_state::read(state, trace));
        let mark = by_state.unwrap_or(Mark {
            sampled: said.unwrap_or_default(),
            inconsistent: false,
        });
        match self.chosen.get(columns.scope[row as usize].0 as usize) {
            Some(true) => Mark {
                sampled: Sampled::Biased,
                ..mark
            },
            _ => mark,
        }
    }

    /// True where no span can have a mark of its own.
    fn is_silent(&self) -> bool {
        let states = &self.table.store.trace_states;
        self.by_evidence.is_empty() && self.chosen.is_empty() && states.is_empty()
    }

    /// The marks of a trace's spans, in their order.
    #[must_use]
    pub fn marks(&self, trace: Trace<'_>) -> Vec<Mark> {
        let mut marks = Vec::new();
        self.marks_into(trace, &mut marks);
        marks
    }

    /// The marks of a trace's spans in memory that is reused.
    pub(crate) fn marks_into(&self, trace: Trace<'_>, marks: &mut Vec<Mark>) {
        marks.clear();
        let rows = trace.rows();
        if self.is_silent() {
            marks.resize(rows.len(), Mark::default());
            return;
        }
        for row in rows.clone() {
            let mut mark = self.mark(row, trace.id());
            let parent = self.table.columns.parent[row as usize];
            if mark.sampled == Sampled::Unsaid && parent != NO_PARENT {
                mark.sampled = marks[(parent - rows.start) as usize].sampled;
            }
            marks.push(mark);
        }
    }
}

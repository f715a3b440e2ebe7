//! Senders of other traces, as far as edges ask for them.

use super::linked::Sender;
use super::{Begin, Ids};
use crate::analyses::hops::{by_id, Hops};
use crate::analyses::operations::operation_names;
use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{Key, KeyType, Merge, Partial, Schema};
use rustc_hash::{FxHashMap, FxHashSet};
use spanwise_model::{Span, SpanId, Table, Trace, TraceId};
use std::collections::BTreeMap;

/// Finds the ids of the senders that hops name and that are of other traces: what
/// [`KnownSenders`] looks for. It has no table of its own.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::AskedSenders;
/// let spans = assemble(parse("trace 2\nmail process 50..80 consumer link=1/5"))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// assert_eq!(run(&spans, &[0], &facts, &[&AskedSenders])[0].len(), 1);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedSenders;

const ASKED: Schema = Schema {
    keys: &[("trace_id", KeyType::U128), ("span_id", KeyType::U64)],
    states: &[],
};

impl Analysis for AskedSenders {
    fn name(&self) -> &'static str {
        "asked-senders"
    }

    fn schema(&self) -> &Schema {
        &ASKED
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, _: &FactColumns, out: &mut Partial) {
        let hops = Hops::new(traces.table());
        for trace in traces.traces() {
            hops.each(trace, |hop| {
                if hop.inside.is_none() {
                    let (trace, span) = hop.sender;
                    out.row(&[Key::U128(trace.0), Key::U64(span.0)]);
                }
            });
        }
    }

    fn finish(&self, _: &Partial) -> Table {
        Table::new()
    }
}

/// Finds what edges say of the senders that were asked for: operation and end. It
/// has no table of its own.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::{AskedSenders, KnownSenders};
/// let spans = assemble(parse("
///     trace 1
///     shop send 0..10 producer id=5
///     trace 2
///     mail process 50..80 consumer link=1/5
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let asked = run(&spans, &[0, 1], &facts, &[&AskedSenders]).swap_remove(0);
/// let known = KnownSenders::of(&asked);
/// assert_eq!(run(&spans, &[0, 1], &facts, &[&known])[0].len(), 1);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownSenders(FxHashMap<TraceId, FxHashSet<SpanId>>);

const KNOWN: Schema = Schema {
    keys: &[
        ("trace_id", KeyType::U128),
        ("span_id", KeyType::U64),
        ("service", KeyType::Name),
        ("operation", KeyType::Name),
    ],
    states: &[("end", Merge::Max)],
};

impl KnownSenders {
    /// Looks for the senders that a partial of [`AskedSenders`] names; for none
    /// of another partial.
    #[must_use]
    pub fn of(asked: &Partial) -> Self {
        let mut wanted: FxHashMap<TraceId, FxHashSet<SpanId>> = FxHashMap::default();
        if asked.is_like(&AskedSenders.empty()) {
            for row in 0..asked.len() {
                if let (Key::U128(trace), Key::U64(span)) = (asked.key(row, 0), asked.key(row, 1)) {
                    wanted
                        .entry(TraceId(trace))
                        .or_default()
                        .insert(SpanId(span));
                }
            }
        }
        Self(wanted)
    }

    /// Adds the senders of a trace; of equal ids, the first.
    fn add(wanted: &FxHashSet<SpanId>, trace: Trace<'_>, out: &mut Partial) {
        let ids = by_id(trace);
        for &id in wanted {
            let Some(&row) = ids.get(&id) else { continue };
            let span = Span::new(trace.table(), row);
            let [service, operation, _] = operation_names(trace.table(), span.operation_id());
            let key = [
                Key::U128(trace.id().0),
                Key::U64(id.0),
                Key::Name(service),
                Key::Name(operation),
            ];
            let row = out.row(&key);
            out.add(row, 0, span.end_unix_nano());
        }
    }
}

impl Analysis for KnownSenders {
    fn name(&self) -> &'static str {
        "known-senders"
    }

    fn schema(&self) -> &Schema {
        &KNOWN
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, traces: TraceBatch<'_>, _: &FactColumns, out: &mut Partial) {
        for trace in traces.traces() {
            if let Some(wanted) = self.0.get(&trace.id()) {
                Self::add(wanted, trace, out);
            }
        }
    }

    fn finish(&self, _: &Partial) -> Table {
        Table::new()
    }
}

/// Senders by their ids.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answers {
    ends: FxHashMap<Ids, (u32, i64)>,
    /// Service and name of their operations.
    pub(super) operations: Vec<[String; 2]>,
}

impl Answers {
    /// What a partial of [`KnownSenders`] knows; nothing of another one.
    pub(super) fn read(known: &Partial) -> Self {
        let mut answers = Self::default();
        if !known.is_like(&KnownSenders::default().empty()) {
            return answers;
        }
        let mut numbers: BTreeMap<[&str; 2], u32> = BTreeMap::new();
        for row in 0..known.len() {
            let (Key::U128(trace), Key::U64(span)) = (known.key(row, 0), known.key(row, 1)) else {
                continue;
            };
            let names = [2, 3].map(|column| known.name(row, column));
            let operations = &mut answers.operations;
            let number = *numbers.entry(names).or_insert_with(|| {
                operations.push(names.map(str::to_owned));
                operations.len() as u32 - 1
            });
            let end = i64::try_from(known.number(row, 0)).unwrap_or_default();
            answers
                .ends
                .insert((TraceId(trace), SpanId(span)), (number, end));
        }
        answers
    }

    pub(super) fn find(&self, ids: Ids) -> Option<Sender> {
        let &(operation, end_unix_nano) = self.ends.get(&ids)?;
        Some(Sender {
            begin: Begin::Elsewhere(ids, operation),
            end_unix_nano,
        })
    }
}

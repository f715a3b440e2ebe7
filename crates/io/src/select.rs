//! Leaving out early the traces that a filter cannot keep.
//!
//! Each test here is necessary and not sufficient: what is placed and judged
//! later may differ from what a record says. So a trace is left out only where
//! none of its records could become a span that meets the filter, and the filter
//! itself is applied to what is left.

use crate::read::ReadOptions;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use spanwise_model::batch::{Placement, Source};
use spanwise_model::{flags, Copier, Filter, Result, SpanBatch, Symbol, TraceId, Wanted};
use std::sync::Arc;

/// How many records one thread looks at at once.
const CHUNK: usize = 1 << 16;

/// Which traces a filter may name; `None` where it names none.
pub(crate) fn named(filter: &Filter) -> Option<Wanted> {
    if filter.trace_ids.is_empty() {
        return None;
    }
    let names: Vec<Name> = filter.trace_ids.iter().map(|text| Name::of(text)).collect();
    Some(Arc::new(move |trace, word| {
        names.iter().any(|name| name.fits(trace, word))
    }))
}

/// A trace id as it may be spelled, or the beginning of one.
struct Name {
    ids: [Option<TraceId>; 2],
    text: String,
    lower: String,
}

impl Name {
    fn of(text: &str) -> Self {
        let word = TraceId::from_word(text.as_bytes());
        Self {
            ids: [TraceId::from_hex(text.as_bytes()), Some(word)],
            text: text.to_owned(),
            lower: text.to_ascii_lowercase(),
        }
    }

    fn fits(&self, trace: TraceId, word: Option<&str>) -> bool {
        let begins = |shown: &str| shown.starts_with(&self.lower) || shown.starts_with(&self.text);
        self.ids.contains(&Some(trace))
            || match word {
                Some(word) => begins(word),
                None => begins(&trace.to_string()),
            }
    }
}

/// A batch without the traces that the filter cannot keep. Where that would not
/// halve it, it stays as it is.
pub(crate) fn narrow(batch: SpanBatch, options: &ReadOptions) -> Result<SpanBatch> {
    let filter = options.filter.as_ref();
    let Some(kept) = filter.and_then(|filter| candidates(&batch, filter)) else {
        return Ok(batch);
    };
    let is_kept = |trace: &TraceId| kept.contains(trace);
    let count = batch
        .trace_ids
        .par_iter()
        .filter(|trace| is_kept(trace))
        .count();
    if count > batch.len() / 2 {
        return Ok(batch);
    }
    let mut narrow = SpanBatch::new(options.attributes.clone());
    let mut copier = Copier::new(&batch);
    for source in &batch.sources {
        let (start, mut passed_over) = (narrow.open_record(), source.passed_over);
        for record in source.records.clone() {
            if is_kept(&batch.trace_ids[record as usize]) {
                copier.copy(record, &mut narrow)?;
            } else {
                let half = batch.heads[record as usize].flags & flags::HALF;
                passed_over += u64::from(half == 0);
            }
        }
        narrow.sources.push(Source {
            records: start..narrow.open_record(),
            passed_over,
            ..source.clone()
        });
    }
    narrow.issues = batch.issues.clone();
    Ok(narrow)
}

/// The traces that may meet a filter; `None` where it asks for nothing that
/// records tell.
fn candidates(batch: &SpanBatch, filter: &Filter) -> Option<FxHashSet<TraceId>> {
    let found = of_spans(batch, filter);
    let Some(wanted) = named(filter) else {
        return found;
    };
    let every = || traces_of(batch, |_| true);
    let mut named = found.unwrap_or_else(every);
    let word = |trace: &TraceId| batch.trace_words.get(trace).map(AsRef::as_ref);
    named.retain(|trace| wanted(*trace, word(trace)));
    Some(named)
}

/// The traces of which a record may meet all conditions that records tell of.
fn of_spans(batch: &SpanBatch, filter: &Filter) -> Option<FxHashSet<TraceId>> {
    let tests = Tests::new(batch, filter);
    let meeting = tests
        .asks_for_spans(filter)
        .then(|| traces_of(batch, |record| tests.may_meet(record, filter)));
    let rooted = tests.root.as_ref().map(|root| {
        let names = |record: usize| root[batch.heads[record].name.index()];
        traces_of(batch, names)
    });
    match (meeting, rooted) {
        (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
        (one, other) => one.or(other),
    }
}

/// The traces of the records that are accepted.
fn traces_of(batch: &SpanBatch, accepts: impl Fn(usize) -> bool + Sync) -> FxHashSet<TraceId> {
    let starts = (0..batch.len()).into_par_iter().step_by(CHUNK);
    let of_chunk = |start: usize| {
        let records = start..batch.len().min(start + CHUNK);
        let accepted = records.filter(|&record| accepts(record));
        let mut found: Vec<TraceId> = accepted.map(|record| batch.trace_ids[record]).collect();
        found.dedup();
        found
    };
    let found: Vec<Vec<TraceId>> = starts.map(of_chunk).collect();
    found.into_iter().flatten().collect()
}

/// What names of a batch are asked for, by the number of their symbols.
struct Tests<'b> {
    batch: &'b SpanBatch,
    services: Option<Vec<bool>>,
    operations: Option<Vec<bool>>,
    root: Option<Vec<bool>>,
}

impl<'b> Tests<'b> {
    fn new(batch: &'b SpanBatch, filter: &Filter) -> Self {
        let marked = |wanted: &[String]| {
            let texts = batch.strings.iter();
            let marks = texts.map(|text| wanted.iter().any(|name| name == text));
            (!wanted.is_empty()).then(|| marks.collect())
        };
        let root: Vec<String> = filter.root_operation.iter().cloned().collect();
        Self {
            batch,
            services: marked(&filter.services),
            operations: marked(&filter.operations),
            root: marked(&root),
        }
    }

    fn asks_for_spans(&self, filter: &Filter) -> bool {
        self.services.is_some()
            || self.operations.is_some()
            || filter.min_duration_nano.is_some()
            || filter.max_duration_nano.is_some()
            || filter.since_unix_nano.is_some()
            || filter.until_unix_nano.is_some()
    }

    /// True where a span that is made of this record may meet the conditions
    /// that a record tells of. Times that are missing are found when it is
    /// placed, and so are services that are those of parents.
    fn may_meet(&self, record: usize, filter: &Filter) -> bool {
        let head = &self.batch.heads[record];
        let among = |marks: &Option<Vec<bool>>, name: Symbol| {
            marks.as_ref().is_none_or(|marks| marks[name.index()])
        };
        let has = |bits: u32| head.flags & bits != 0;
        let service = self.batch.resources.service(head.resource);
        (has(flags::SERVICE_OF_PARENT) || among(&self.services, service))
            && among(&self.operations, head.name)
            && (has(flags::MISSING_START | flags::MISSING_END)
                || may_be_when(&self.batch.placements[record], filter))
    }
}

fn may_be_when(placed: &Placement, filter: &Filter) -> bool {
    let start = placed.start_unix_nano;
    let duration = placed.end_unix_nano.max(start).abs_diff(start);
    filter
        .min_duration_nano
        .is_none_or(|least| least <= duration)
        && filter.max_duration_nano.is_none_or(|most| duration <= most)
        && filter.since_unix_nano.is_none_or(|since| since <= start)
        && filter.until_unix_nano.is_none_or(|until| start < until)
}

//! Choosing traces: by what their spans are, or at random.
//!
//! A filter keeps the whole trace in which one span meets all conditions on
//! spans, because half a trace has no critical path. Sampling is by the hash
//! of the trace id, so it does not depend on the order of traces, and a larger
//! sample of the same seed holds the smaller one.

use crate::analyses::attribute;
use crate::facts::{fact_flags, FactColumns};
use spanwise_model::id::avalanche;
pub use spanwise_model::Filter;
use spanwise_model::{OperationId, SpanTable, Trace};

/// The numbers of the traces that a filter keeps, ascending.
///
/// ```
/// # use spanwise_analyze::{facts, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::{matching, Filter};
/// let spans = assemble(parse("
///     trace 1
///     shop GET /cart   0..100
///       cart Get      10..60
///     trace 2
///     shop GET /cart   0..40
///       cart Get      10..20 error
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// assert_eq!(matching(&spans, &facts, &Filter::default().service("cart").error(true)), [1]);
/// let slow = Filter::default().min_duration_nano(60_000_000);
/// assert_eq!(matching(&spans, &facts, &slow), [0]);
/// assert!(matching(&spans, &facts, &slow.service("cart")).is_empty(), "the cart is not slow");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn matching(table: &SpanTable, facts: &FactColumns, filter: &Filter) -> Vec<u32> {
    let wanted: Vec<bool> = (0..table.operations.len() as u32)
        .map(|id| accepts_operation(filter, table, OperationId(id)))
        .collect();
    let meets = |row: u32| {
        wanted[table.columns.operation[row as usize].0 as usize]
            && accepts_span(filter, table, facts, row)
    };
    let keeps = |&index: &u32| {
        let trace = table.trace(index);
        accepts_root(filter, trace) && trace.rows().any(meets)
    };
    let all = || (0..table.trace_count() as u32).collect();
    let candidates: Vec<u32> = named(table, filter).unwrap_or_else(all);
    candidates.into_iter().filter(keeps).collect()
}

fn accepts_operation(filter: &Filter, table: &SpanTable, id: OperationId) -> bool {
    let among = |names: &[String], name| names.is_empty() || names.iter().any(|n| n == name);
    let operations = &table.operations;
    among(&filter.services, table.text(operations.service(id)))
        && among(&filter.operations, table.text(operations.name(id)))
}

fn accepts_span(filter: &Filter, table: &SpanTable, facts: &FactColumns, row: u32) -> bool {
    let at = row as usize;
    let duration = table.columns.duration_nano[at];
    let start = table.columns.start_unix_nano[at];
    let errs = facts.flags[at] & fact_flags::ERRS != 0;
    filter.min_duration_nano.is_none_or(|min| min <= duration)
        && filter.max_duration_nano.is_none_or(|max| duration <= max)
        && filter.since_unix_nano.is_none_or(|since| since <= start)
        && filter.until_unix_nano.is_none_or(|until| start < until)
        && filter.error.is_none_or(|wanted| wanted == errs)
        && filter.attributes.iter().all(|(key, wanted)| {
            attribute(table, row, key).is_some_and(|value| value.to_text() == wanted.as_str())
        })
}

fn accepts_root(filter: &Filter, trace: Trace<'_>) -> bool {
    let root = filter.root_operation.as_deref();
    root.is_none_or(|wanted| trace.primary().operation() == wanted)
}

/// The traces that a filter names, ascending; `None` where it names none.
fn named(table: &SpanTable, filter: &Filter) -> Option<Vec<u32>> {
    if filter.trace_ids.is_empty() {
        return None;
    }
    let ids = filter.trace_ids.iter();
    let found = ids.flat_map(|id| table.find(id)).map(Trace::index);
    let mut found: Vec<u32> = found.collect();
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// `count` of `traces` at random: those whose ids hash lowest under `seed`, in
/// the order of the table.
///
/// ```
/// # use spanwise_analyze::sample;
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let notation: String = (1..=100).map(|id| format!("trace {id}\nshop GET 0..1\n")).collect();
/// let spans = assemble(parse(&notation))?;
/// let all: Vec<u32> = (0..100).collect();
/// let (ten, twenty) = (sample(&spans, &all, 10, 7), sample(&spans, &all, 20, 7));
/// assert_eq!((ten.len(), twenty.len()), (10, 20));
/// assert!(ten.iter().all(|trace| twenty.contains(trace)));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn sample(table: &SpanTable, traces: &[u32], count: usize, seed: u64) -> Vec<u32> {
    let rank = |&index: &u32| {
        let id = table.trace(index).id().0;
        let (high, low) = ((id >> 64) as u64, id as u64);
        let hash = avalanche(avalanche(high ^ avalanche(seed)) ^ low);
        (hash, index)
    };
    let mut ranked: Vec<(u64, u32)> = traces.iter().map(rank).collect();
    ranked.sort_unstable();
    ranked.truncate(count);
    let mut chosen: Vec<u32> = ranked.into_iter().map(|(_, index)| index).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::compute;
    use crate::Policy;
    use spanwise_io::{assemble::assemble, notation::parse};

    const TRACES: &str = "
        trace a1
        shop GET /cart   0..100 server
          cart Get      10..60  server @k8s.pod.name=cart-1
        trace a2
        shop GET /cart   200..230 server
          cart Get      210..220  server error http.response.status_code=500
        trace b1
        shop GET /       400..450 server
    ";

    fn kept(filter: &Filter) -> String {
        let table = assemble(parse(TRACES)).expect("few spans");
        let facts = compute(&table, &Policy::default());
        let kept = matching(&table, &facts, filter);
        let ids = kept.iter().map(|&index| table.trace(index).id().0);
        ids.map(|id| format!("{id:x} ")).collect()
    }

    #[test]
    fn one_span_must_meet_all_conditions() {
        let filter = Filter::default;
        assert_eq!(kept(&filter()), "a1 a2 b1 ");
        assert_eq!(kept(&filter().service("cart")), "a1 a2 ");
        assert_eq!(kept(&filter().service("cart").service("shop")), "a1 a2 b1 ");
        assert_eq!(kept(&filter().service("cart").error(true)), "a2 ");
        let slow = filter().min_duration_nano(60_000_000);
        assert_eq!(kept(&slow), "a1 ");
        assert_eq!(
            kept(&slow.service("cart")),
            "",
            "the root is slow, the cart is not"
        );
        assert_eq!(kept(&filter().max_duration_nano(10_000_000)), "a2 ");
        assert_eq!(kept(&filter().operation("Get").root_operation("GET /")), "");
        assert_eq!(kept(&filter().root_operation("GET /")), "b1 ");
    }

    #[test]
    fn times_attributes_and_ids_choose() {
        let filter = Filter::default;
        let window = filter()
            .since_unix_nano(200_000_000)
            .until_unix_nano(400_000_000);
        assert_eq!(kept(&window), "a2 ");
        assert_eq!(
            kept(&filter().attribute("http.response.status_code", "500")),
            "a2 "
        );
        assert_eq!(kept(&filter().attribute("k8s.pod.name", "cart-1")), "a1 ");
        assert_eq!(kept(&filter().trace_id("A2").trace_id("b1")), "a2 b1 ");
        assert_eq!(kept(&filter().trace_id("ff")), "");
    }

    #[test]
    fn a_larger_sample_holds_the_smaller() {
        let text: String = (1..50).map(|n| format!("trace {n}\ns op 0..1\n")).collect();
        let table = assemble(parse(&text)).expect("few spans");
        let all: Vec<u32> = (0..table.trace_count() as u32).collect();
        let (small, large) = (sample(&table, &all, 5, 7), sample(&table, &all, 20, 7));
        assert_eq!((small.len(), large.len()), (5, 20));
        assert!(small.iter().all(|trace| large.contains(trace)));
        let backwards: Vec<u32> = all.iter().rev().copied().collect();
        assert_eq!(sample(&table, &backwards, 5, 7), small);
        assert_ne!(sample(&table, &all, 5, 8), small);
        assert_eq!(sample(&table, &all, 99, 7), all);
    }
}

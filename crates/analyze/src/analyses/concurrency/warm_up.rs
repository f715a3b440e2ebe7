//! How much slower an instance is at first than it is later.

use super::series::Series;
use rustc_hash::FxHashMap;

/// So many spans are the first ones, and the rest of the slice of the last.
const FIRST: i64 = 20;

/// The self time of the first spans as a multiple of what later ones of the same
/// operations take; spans whose operation does not come again are left out.
pub(super) fn warm_up(series: &Series) -> Option<f64> {
    let (first, later) = series.arrivals.split_at(first_arrivals(series));
    let mut sums: FxHashMap<u64, (i128, i128)> = FxHashMap::default();
    for one in later {
        let (count, nano) = sums.entry(one.operation).or_default();
        *count = count.saturating_add(one.count);
        *nano = nano.saturating_add(one.self_nano);
    }
    let (mut own, mut expected) = (0_i128, 0.0);
    for one in first {
        let Some(&(count, nano)) = sums.get(&one.operation).filter(|sums| sums.0 > 0) else {
            continue;
        };
        own = own.saturating_add(one.self_nano);
        expected += one.count as f64 * nano as f64 / count as f64;
    }
    (expected > 0.0).then(|| own as f64 / expected)
}

/// How many of the arrivals are those of the first spans.
fn first_arrivals(series: &Series) -> usize {
    let spans = series.steps.iter().fold(0_i64, |spans, step| match spans {
        FIRST.. => spans,
        _ => spans.saturating_add(step.arrivals),
    });
    let mut seen = 0_i128;
    let is_first = |count: i128| {
        let before = seen;
        seen = seen.saturating_add(count);
        before < i128::from(spans)
    };
    let counts = series.arrivals.iter().map(|one| one.count);
    counts.map(is_first).take_while(|&first| first).count()
}

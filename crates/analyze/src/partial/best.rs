//! The K best examples under a total order, which merge exactly.

use std::cmp::Reverse;

/// A span that shows what a row means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemplar {
    /// What it is chosen by; the highest is best.
    pub value: i64,
    /// The trace id as it is shown.
    pub trace_id: String,
    /// The span id as it is shown.
    pub span_id: String,
}

impl Exemplar {
    fn rank(&self) -> (Reverse<i64>, &str, &str) {
        (Reverse(self.value), &self.trace_id, &self.span_id)
    }
}

/// Keeps the `limit` best, best first. The ids are asked for only where the
/// value is good enough.
pub(super) fn offer(
    best: &mut Vec<Exemplar>,
    limit: usize,
    value: i64,
    ids: impl FnOnce() -> (String, String),
) {
    if best.len() >= limit && best.last().is_none_or(|last| value < last.value) {
        return;
    }
    let (trace_id, span_id) = ids();
    insert(
        best,
        limit,
        Exemplar {
            value,
            trace_id,
            span_id,
        },
    );
}

/// Keeps the `limit` best of both.
pub(super) fn merge(best: &mut Vec<Exemplar>, limit: usize, other: &[Exemplar]) {
    for exemplar in other {
        let worse = |last: &Exemplar| last.rank() <= exemplar.rank();
        if best.len() >= limit && best.last().is_none_or(worse) {
            return;
        }
        insert(best, limit, exemplar.clone());
    }
}

fn insert(best: &mut Vec<Exemplar>, limit: usize, exemplar: Exemplar) {
    let at = best.partition_point(|held| held.rank() < exemplar.rank());
    best.insert(at, exemplar);
    best.truncate(limit);
}

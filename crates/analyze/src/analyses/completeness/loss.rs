//! Which conclusions suffer from what is missing, in words.

use super::edges::Edge;
use super::services::tally;
use super::state;
use super::tally::Knowledge;
use crate::partial::{Partial, Row};

/// What the missing parts of an edge undermine.
pub(super) fn of_edge(edge: &Edge) -> Option<String> {
    let sampling = of_sampling(edge.sampling.knowledge());
    join([
        (
            edge.missing_server > 0,
            "critical path, hotspots and error origins (the callee's time and errors show at the caller)",
        ),
        (
            edge.missing_client > 0,
            "dependencies and requests (the caller's part is missing, the trace falls apart)",
        ),
        (
            edge.lost_context > 0,
            "critical path and requests (one request shows as several)",
        ),
        (
            edge.outside_caller > 0,
            "network time (clocks differ, or work goes on after the answer)",
        ),
        sampling,
    ])
}

/// What the missing parts of a service undermine.
pub(super) fn of_service(partial: &Partial, row: Row) -> Option<String> {
    let has = |column| partial.number(row, column) > 0;
    let remote = partial.number(row, state::ORPHANS) > partial.number(row, state::LOCAL_ORPHANS);
    let sampling = of_sampling(tally(partial, row).knowledge());
    join([
        (
            has(state::LOCAL_ORPHANS),
            "self time and critical path (spans of the service itself are missing)",
        ),
        (remote, "dependencies and requests (callers are missing)"),
        (
            has(state::ROOTLESS),
            "requests and percentiles (traces without a root count as incomplete)",
        ),
        (
            has(state::MISSING_END),
            "durations and quantiles (unfinished spans count as zero)",
        ),
        (
            has(state::DROPPED_ATTRIBUTES),
            "outcomes, peers and filters (attributes were dropped)",
        ),
        (
            has(state::DROPPED_EVENTS),
            "error types (events were dropped)",
        ),
        (
            has(state::DROPPED_LINKS),
            "calls through queues (links were dropped)",
        ),
        (
            has(state::CONFLICTS),
            "counts and parents (different spans share an id)",
        ),
        sampling,
    ])
}

fn of_sampling(knowledge: Knowledge) -> (bool, &'static str) {
    match knowledge {
        Knowledge::Known | Knowledge::Unknown => (false, ""),
        Knowledge::Mixed => (
            true,
            "rates and shares (spans stand for different numbers of requests)",
        ),
        Knowledge::Biased => (
            true,
            "rates, shares and quantiles (what was kept depends on how it went)",
        ),
    }
}

fn join<const N: usize>(losses: [(bool, &str); N]) -> Option<String> {
    let said: Vec<&str> = losses
        .iter()
        .filter(|loss| loss.0)
        .map(|loss| loss.1)
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

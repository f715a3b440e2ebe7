//! Many calls from one service to another in one request.

use super::finder::{Call, Finder};
use super::found::longest;
use super::labels::{Callee, Labels};
use super::walk::Made;
use crate::facts::replay::Cap;
use rustc_hash::FxHashMap;
use spanwise_model::Symbol;

/// Who calls whom.
pub(super) type Edge = (Symbol, Callee);

/// The edges that have at least so many calls, each with its calls.
pub(super) fn edges(made: &[Made], labels: &mut Labels<'_>, many: usize) -> Vec<Vec<Made>> {
    let mut places: FxHashMap<Edge, usize> = FxHashMap::default();
    let mut counts: Vec<usize> = Vec::new();
    let mut edge = |made: &Made| {
        let edge = (labels.service(made.caller), labels.callee(made.row));
        let place = *places.entry(edge).or_insert(counts.len());
        if place == counts.len() {
            counts.push(0);
        }
        counts[place] += 1;
        place
    };
    let edges: Vec<usize> = made.iter().map(&mut edge).collect();
    let mut groups: Vec<Vec<Made>> = vec![Vec::new(); counts.len()];
    for (&made, &place) in made.iter().zip(&edges) {
        if counts[place] >= many {
            groups[place].push(made);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Those calls of an edge of which no caller makes many of one label: others are
/// repeated calls.
pub(super) fn without_repeated(
    mut calls: Vec<Call>,
    labels: &mut Labels<'_>,
    many: usize,
) -> Vec<Call> {
    for call in &mut calls {
        call.called = labels.of(call.row, false);
    }
    let key = |call: &Call| (call.caller, call.called.label);
    calls.sort_by_key(key);
    let few = calls.chunk_by(|a, b| key(a) == key(b));
    let few = few.filter(|calls| calls.len() < many);
    let mut few: Vec<Call> = few.flatten().copied().collect();
    few.sort_unstable_by_key(|call| (call.start, call.row));
    few
}

/// What a call and its answer take on the way, and whether the other side's
/// spans tell it: what the quickest call spent by itself. Nothing is known of
/// calls that have no spans of their own.
pub(super) fn trip_nano(calls: &[Call], finder: &Finder<'_>) -> (u64, bool) {
    let mut measured = true;
    let own = calls
        .iter()
        .map(|call| match finder.labels.far_side(call.row) {
            Some(far) if far.row() == call.row => 0,
            Some(far) => call.nano().saturating_sub(finder.duration_nano(far.row())),
            None => {
                measured = false;
                finder.facts.self_nano[call.row as usize]
            }
        });
    (own.min().unwrap_or(0), measured)
}

/// As if all but the longest of the calls had saved their trip.
pub(super) fn without_trips(calls: &[Call], trip_nano: u64) -> impl Iterator<Item = Cap> + '_ {
    let longest = longest(calls);
    let others = calls.iter().filter(move |call| Some(call.row) != longest);
    others.map(move |call| (call.row, call.nano().saturating_sub(trip_nano)))
}

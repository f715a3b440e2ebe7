//! The matches of a pattern in a trace.

use super::found::{sets, Spans};
use super::ground::Ground;
use super::nearest::nearest;
use super::plan::Plan;

/// Spans of the last term of a chain with those that stand before them: for
/// each, the place of its partner among those of the term before.
struct Ends {
    spans: Spans,
    before: Vec<usize>,
}

/// Each match as the spans of its terms, in the order of the last one's spans.
pub(super) fn matches(plan: &Plan, ground: &Ground<'_>) -> Vec<Vec<u32>> {
    let Some(mut sets) = sets(plan, ground) else {
        return Vec::new();
    };
    let mut chain = vec![Ends {
        spans: std::mem::take(&mut sets[plan.first]),
        before: Vec::new(),
    }];
    for (related, set) in &plan.steps {
        let right = std::mem::take(&mut sets[*set]);
        let left = &chain[chain.len() - 1].spans;
        let without = related.without.map(|set| &sets[set]);
        let found = nearest(related, (left, &right), without, ground);
        let ends = linked(left, &right, &found, ground);
        chain.push(ends);
    }
    let last = chain.last().map_or(0, |ends| ends.spans.list.len());
    (0..last).map(|place| trail(&chain, place)).collect()
}

/// The spans on the right that have a partner.
fn linked(left: &Spans, right: &Spans, found: &[Option<u32>], ground: &Ground<'_>) -> Ends {
    let (mut list, mut before) = (Vec::new(), Vec::new());
    for (&span, partner) in right.list.iter().zip(found) {
        let place = partner.and_then(|partner| left.list.binary_search(&partner).ok());
        if let Some(place) = place {
            list.push(span);
            before.push(place);
        }
    }
    Ends {
        spans: Spans::of(list, ground.len()),
        before,
    }
}

/// The match that ends at a place of the last term.
fn trail(chain: &[Ends], mut place: usize) -> Vec<u32> {
    let mut trail = Vec::with_capacity(chain.len());
    for ends in chain.iter().rev() {
        trail.push(ends.spans.list[place]);
        place = ends.before.get(place).copied().unwrap_or(0);
    }
    trail.reverse();
    trail
}

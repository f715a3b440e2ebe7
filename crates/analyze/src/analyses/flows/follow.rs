//! Follows hops from receiver to receiver: where requests began, and what they
//! lead to.
//!
//! One walk in depth finds an order in which each receiver stands behind those
//! that lead to it, and the hops that close a circle, which are cut. Each hop is
//! looked at three times: batches of batches cost no more than their messages.

use super::graph::{Graph, Hop, Id};
use std::cmp::Reverse;

/// Finds the origins of receivers, and then what they lead to.
pub(super) fn follow(graph: &mut Graph<'_>) {
    let onward = Onward::new(graph);
    let (ended, cut) = walked(graph, &onward);
    for &receiver in ended.iter().rev() {
        let arriving = onward.arriving.of(receiver).iter();
        let whole = arriving.filter(|&&hop| !cut[hop as usize]);
        let origins = whole.filter_map(|&hop| graph.origin(&graph.hops[hop as usize]));
        graph.receivers[receiver as usize].origin = origins.min();
    }
    for &receiver in &ended {
        let leaving = onward.leaving.of(receiver).iter();
        let whole = leaving.filter(|&&hop| !cut[hop as usize]);
        let ends = whole.map(|&hop| graph.receiver(&graph.hops[hop as usize]).last_end);
        let last = ends.max().flatten();
        let held = &mut graph.receivers[receiver as usize];
        held.last_end = held.end.max(last);
    }
}

/// Walks along all hops. Only where some lead in a circle does it show where the
/// walk begins.
fn walked(graph: &Graph<'_>, onward: &Onward) -> (Vec<u32>, Vec<bool>) {
    let all = 0..graph.receivers.len() as u32;
    let (ended, cut) = walk(graph, onward, all);
    match cut.contains(&true) {
        true => walk(graph, onward, begins(graph)),
        false => (ended, cut),
    }
}

/// Walks along all hops: receivers in the order in which all that they lead to
/// was walked, and by hop whether it is cut.
fn walk(
    graph: &Graph<'_>,
    onward: &Onward,
    begins: impl IntoIterator<Item = u32>,
) -> (Vec<u32>, Vec<bool>) {
    let receivers = graph.receivers.len();
    let (mut ended, mut cut) = (Vec::with_capacity(receivers), vec![false; graph.hops.len()]);
    let (mut seen, mut open) = (vec![false; receivers], vec![false; receivers]);
    let mut path: Vec<(u32, std::slice::Iter<'_, u32>)> = Vec::new();
    for begin in begins {
        let mut enter = (!seen[begin as usize]).then_some(begin);
        loop {
            if let Some(receiver) = enter.take() {
                (seen[receiver as usize], open[receiver as usize]) = (true, true);
                path.push((receiver, onward.leaving.of(receiver).iter()));
            }
            let Some((receiver, leaving)) = path.last_mut() else {
                break;
            };
            if let Some(&hop) = leaving.next() {
                let to = graph.hops[hop as usize].receiver;
                cut[hop as usize] = open[to as usize];
                enter = (!seen[to as usize]).then_some(to);
            } else {
                open[*receiver as usize] = false;
                ended.push(*receiver);
                path.pop();
            }
        }
    }
    (ended, cut)
}

/// Receivers in the order in which walks begin: first where a request arrives,
/// then the earliest.
fn begins(graph: &Graph<'_>) -> Vec<u32> {
    let mut first = vec![false; graph.receivers.len()];
    for hop in graph.hops.iter().filter(|hop| graph.is_first(hop)) {
        first[hop.receiver as usize] = true;
    }
    let key = |&at: &u32| -> (Reverse<bool>, i128, Id) {
        let receiver = &graph.receivers[at as usize];
        (Reverse(first[at as usize]), receiver.start, receiver.id)
    };
    let mut begins: Vec<u32> = (0..graph.receivers.len() as u32).collect();
    begins.sort_unstable_by_key(key);
    begins
}

/// Hops by the receiver that they arrive at, and by the one that they leave
/// from.
struct Onward {
    arriving: Groups,
    leaving: Groups,
}

impl Onward {
    fn new(graph: &Graph<'_>) -> Self {
        let receivers = graph.receivers.len();
        let from = |hop: &Hop<'_>| graph.sender(hop).and_then(|sender| sender.above);
        let hops = || (0_u32..).zip(&graph.hops);
        let arriving = hops().map(|(at, hop)| (Some(hop.receiver), at));
        Self {
            arriving: Groups::new(receivers, &arriving),
            leaving: Groups::new(receivers, &hops().map(|(at, hop)| (from(hop), at))),
        }
    }
}

/// Hops by receiver, with the ends of the groups.
struct Groups {
    ends: Vec<u32>,
    hops: Vec<u32>,
}

impl Groups {
    /// Counts the hops of each receiver, and then puts them down.
    fn new(receivers: usize, hops: &(impl Iterator<Item = (Option<u32>, u32)> + Clone)) -> Self {
        let pairs = || hops.clone().filter_map(|(at, hop)| Some((at?, hop)));
        let mut ends = vec![0; receivers];
        pairs().for_each(|(at, _)| ends[at as usize] += 1);
        let mut count = 0;
        for end in &mut ends {
            count += std::mem::replace(end, count);
        }
        // Each begins where it is, and ends up at its end.
        let mut held = vec![0; count as usize];
        for (at, hop) in pairs() {
            let end = &mut ends[at as usize];
            held[*end as usize] = hop;
            *end += 1;
        }
        Self { ends, hops: held }
    }

    fn of(&self, at: u32) -> &[u32] {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.ends[before as usize]);
        &self.hops[start as usize..self.ends[at as usize] as usize]
    }
}

//! Calls one after the other that could be made at once.

use super::finder::Call;
use super::found::Signs;
use super::labels::{Label, Labels};
use super::writes::is_write;
use super::ShapeProblems;
use spanwise_model::id::hash_words;

/// Calls may overlap by so much and still count as one after the other.
const OVERLAP_NANO: i64 = 1_000_000;

/// What lies between them is at most this share of their mean length, in
/// percent: what is longer is work that may need the answers.
const PAUSE: u64 = 10;

/// What could be saved is at least this share of the caller's time, in percent.
const OF_CALLER: u64 = 20;

/// The same of two calls.
const OF_CALLER_BY_TWO: u64 = 30;

/// The most labels that one problem names.
const MOST_LABELS: usize = 12;

/// Calls of one caller that follow or overlap each other without a pause.
#[derive(Debug)]
pub(super) struct Group {
    /// Where they stand among the calls.
    pub(super) first: usize,
    pub(super) end: usize,
    /// True where each begins when those before are over.
    pub(super) is_serial: bool,
}

/// The groups of a caller's calls in the order of their starts.
pub(super) fn groups(calls: &[Call]) -> Vec<Group> {
    let total: u64 = calls
        .iter()
        .fold(0, |sum, call| call.nano().saturating_add(sum));
    let pause = total / calls.len().max(1) as u64 / 100 * PAUSE;
    let mut groups: Vec<Group> = Vec::new();
    let mut over = i64::MIN;
    for (at, call) in calls.iter().enumerate() {
        let near = call.start <= over.saturating_add_unsigned(pause);
        match groups.last_mut() {
            Some(group) if near => {
                group.end = at + 1;
                group.is_serial &= call.start >= over.saturating_sub(OVERLAP_NANO);
            }
            _ => groups.push(Group {
                first: at,
                end: at + 1,
                is_serial: true,
            }),
        }
        over = over.max(call.end);
    }
    groups
}

/// True where a group would save its caller enough if it were made at once:
/// all but the longest.
pub(super) fn is_worth(calls: &[Call], options: &ShapeProblems, caller_nano: u64) -> bool {
    let share = if calls.len() > 2 {
        OF_CALLER
    } else {
        OF_CALLER_BY_TWO
    };
    let (total, longest) = total_and_longest(calls);
    calls.len() > 1 && total - longest >= options.saved_nano.max(caller_nano / 100 * share)
}

/// False where no group of these calls is worth it.
pub(super) fn may_be_worth(calls: &[Call], options: &ShapeProblems, caller_nano: u64) -> bool {
    let (total, longest) = total_and_longest(calls);
    let most = options.saved_nano.max(caller_nano / 100 * OF_CALLER);
    total == u64::MAX || total - longest >= most
}

fn total_and_longest(calls: &[Call]) -> (u64, u64) {
    let lengths = calls.iter().map(Call::nano);
    lengths.fold((0, 0), |(total, longest), nano| {
        (nano.saturating_add(total), nano.max(longest))
    })
}

/// The labels of a group in the order of their texts, and what spans say for and
/// against that its calls need each other. `None` where there are too few or too
/// many labels.
pub(super) fn signs(calls: &[Call], labels: &Labels<'_>) -> Option<(Vec<u32>, Signs)> {
    let mut seen: Vec<u32> = Vec::new();
    for call in calls {
        if !seen.contains(&call.called.label) {
            seen.push(call.called.label);
        }
        if seen.len() > MOST_LABELS {
            return None;
        }
    }
    let mark = Some(order(&seen, labels));
    let texts =
        |label: Label| [label.peer, label.template, label.operation].map(|name| labels.text(name));
    seen.sort_by_key(|&label| texts(labels.get(label)));
    let mut peers: Vec<_> = seen.iter().map(|&label| labels.get(label).peer).collect();
    peers.sort_unstable();
    peers.dedup();
    let fails = |pair: &[Call]| pair[0].errs && pair[0].called.label != pair[1].called.label;
    let writes = |&label: &u32| is_write(labels.text(labels.get(label).template));
    let signs = Signs {
        mark,
        apart: peers.len() == seen.len(),
        goes_on: calls.windows(2).any(fails),
        writes: seen.iter().any(writes),
        ..Signs::default()
    };
    (seen.len() > 1).then_some((seen, signs))
}

fn order(seen: &[u32], labels: &Labels<'_>) -> u64 {
    let mut bytes = Vec::new();
    for &label in seen {
        let label = labels.get(label);
        for name in [label.operation, label.peer, label.template] {
            bytes.extend_from_slice(labels.text(name).as_bytes());
            bytes.push(0);
        }
    }
    hash_words(&bytes) as u64
}

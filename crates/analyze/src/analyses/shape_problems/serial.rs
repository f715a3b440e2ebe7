//! Calls one after the other that could be made at once.

use super::finder::Call;
use super::labels::{Label, Labels};
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
    let total: u64 = calls
        .iter()
        .fold(0, |sum, call| call.nano().saturating_add(sum));
    let longest = calls.iter().map(Call::nano).max().unwrap_or(0);
    let share = if calls.len() > 2 {
        OF_CALLER
    } else {
        OF_CALLER_BY_TWO
    };
    calls.len() > 1 && total - longest >= options.serial_nano.max(caller_nano / 100 * share)
}

/// What spans say for and against that the calls of a group need each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Signs {
    /// The labels in the order of their texts.
    pub(super) labels: Vec<u32>,
    /// A number for their order in time.
    pub(super) order: u64,
    /// All labels have callees of their own.
    pub(super) apart: bool,
    /// One failed, and others were made all the same.
    pub(super) goes_on: bool,
}

impl Signs {
    /// `None` where there are too few or too many labels.
    pub(super) fn of(calls: &[Call], labels: &Labels<'_>) -> Option<Self> {
        let mut seen: Vec<u32> = Vec::new();
        for call in calls {
            if !seen.contains(&call.called.label) {
                seen.push(call.called.label);
            }
            if seen.len() > MOST_LABELS {
                return None;
            }
        }
        let order = order(&seen, labels);
        let texts = |label: Label| [label.peer, label.template].map(|name| labels.text(name));
        seen.sort_by_key(|&label| texts(labels.get(label)));
        let mut peers: Vec<_> = seen.iter().map(|&label| labels.get(label).peer).collect();
        peers.sort_unstable();
        peers.dedup();
        let fails = |pair: &[Call]| pair[0].errs && pair[0].called.label != pair[1].called.label;
        (seen.len() > 1).then(|| Self {
            order,
            apart: peers.len() == seen.len(),
            goes_on: calls.windows(2).any(fails),
            labels: seen,
        })
    }
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

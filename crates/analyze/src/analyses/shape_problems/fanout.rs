//! Calls at once of which one lasts far longer than the others.

use super::finder::Call;
use super::labels::Labels;
use super::repeated::Repeated;
use super::ShapeProblems;
use crate::facts::replay::Cap;
use spanwise_model::id::hash_words;
use spanwise_model::Span;

/// The share of calls that may begin when those before are over, in percent.
const SEQUENTIAL: u64 = 30;

/// True where most calls, in the order of their starts, begin while others run.
pub(super) fn is_at_once(known: &Repeated) -> bool {
    known.sequential * 100 <= (known.calls - 1) * SEQUENTIAL
}

/// The calls that last far longer than half of the others, capped to what those
/// last. None where the longest is not that much longer.
pub(super) fn stragglers(calls: &[Call], options: &ShapeProblems) -> Vec<Cap> {
    let mut lengths: Vec<u64> = calls.iter().map(Call::nano).collect();
    let middle = (lengths.len() - 1) / 2;
    let (_, &mut median, _) = lengths.select_nth_unstable(middle);
    let tail = median.saturating_mul(options.tail_ratio.into());
    let longest = calls.iter().map(Call::nano).max().unwrap_or(0);
    if longest < tail || longest - median < options.saved_nano.max(1) {
        return Vec::new();
    }
    let late = calls.iter().filter(|call| call.nano() >= tail);
    late.map(|call| (call.row, median)).collect()
}

/// A number for whom the longest of the calls asked, where others asked others:
/// the instance that answered, else the callee.
pub(super) fn slowest(calls: &[Call], labels: &Labels<'_>) -> Option<u64> {
    let asked = |call: &Call| {
        let far = labels.far_side(call.row);
        let instance = far.and_then(Span::instance).unwrap_or_default();
        let peer = labels.text(labels.get(call.called.label).peer);
        hash_words(format!("{peer}\n{instance}").as_bytes()) as u64
    };
    let longest = calls.iter().rev().max_by_key(|call| call.nano())?;
    let slowest = asked(longest);
    let others = calls.iter().any(|call| asked(call) != slowest);
    others.then_some(slowest)
}

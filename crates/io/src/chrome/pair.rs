//! Beginnings and their ends, on one track.

use super::event::{Event, Phase, Slice};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::Symbol;

/// An end that is not that of the innermost span of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    /// Where it stands.
    pub(super) at: usize,
    /// True where it closes a span of another name.
    pub(super) closes: bool,
}

/// Makes slices of a track's events, which are in the order of time, in the
/// order in which they begin; answers the ends that are odd.
pub(super) fn pair(events: &[Event], slices: &mut Vec<Slice>) -> Vec<Odd> {
    let mut open: Vec<usize> = Vec::new();
    let mut named: KeyedMap<Symbol, Vec<usize>> = KeyedMap::default();
    let mut unmatched = Vec::new();
    for event in events {
        match event.phase {
            Phase::Begin => {
                open.push(slices.len());
                named.entry(event.name).or_default().push(slices.len());
                slices.push(slice(event));
            }
            Phase::Complete => {
                let end = event.duration;
                slices.push(Slice {
                    end: end.map(|duration| event.time.saturating_add(duration)),
                    ..slice(event)
                });
            }
            Phase::End => {
                let candidates = match event.name {
                    Symbol::EMPTY => Some(&mut open),
                    name => named.get_mut(&name),
                };
                match candidates.and_then(|open| pop_open(open, slices)) {
                    Some(found) => close(&mut slices[found], event),
                    None => unmatched.push(event),
                }
            }
            _ => {}
        }
    }
    open.retain(|&slice| slices[slice].end_at.is_none());
    close_oddly(&open, &unmatched, slices)
}

fn slice(event: &Event) -> Slice {
    Slice {
        track: event.track,
        name: event.name,
        start: event.time,
        end: None,
        at: event.at,
        end_at: None,
        parent: None,
        root: 0,
    }
}

fn close(slice: &mut Slice, end: &Event) {
    slice.end = Some(end.time);
    slice.end_at = Some(end.at);
}

/// The last of these that has not been closed under another list.
fn pop_open(open: &mut Vec<usize>, slices: &[Slice]) -> Option<usize> {
    loop {
        let last = open.pop()?;
        if slices[last].end_at.is_none() {
            return Some(last);
        }
    }
}

/// Closes spans that have no end by ends of other names.
fn close_oddly(open: &[usize], ends: &[&Event], slices: &mut [Slice]) -> Vec<Odd> {
    let (mut begun, mut stack) = (open.iter().peekable(), Vec::new());
    let mut close_one = |end: &&Event| {
        while let Some(&slice) = begun.next_if(|&&slice| slices[slice].start <= end.time) {
            stack.push(slice);
        }
        let closed = stack.pop();
        if let Some(closed) = closed {
            close(&mut slices[closed], end);
        }
        Odd {
            at: end.at,
            closes: closed.is_some(),
        }
    };
    ends.iter().map(&mut close_one).collect()
}

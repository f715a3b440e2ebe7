//! Failed children that a retry made good.
//!
//! A child is healed when a sibling with the same operation and peer starts
//! later, does not overlap it and does not err. Of the siblings that do not
//! err, the one that starts last heals whatever any of them heals, so a group
//! needs one number and no pairs.

use super::columns::fact_flags;
use super::origin::Errors;
use spanwise_model::id::hash_words;
use spanwise_model::{OperationId, Span};

/// Scratch, kept from one parent to the next.
#[derive(Debug, Default)]
pub(super) struct Healing {
    siblings: Vec<(OperationId, u32)>,
    peers: Vec<(u128, u32)>,
}

impl Healing {
    /// Sets [`fact_flags::HEALED`] at the children of `parent` that are.
    pub(super) fn children_of(&mut self, errors: &Errors<'_>, parent: u32, facts: &mut [u8]) {
        let Self { siblings, peers } = self;
        let children = Span::new(errors.table(), parent).children();
        siblings.clear();
        siblings.extend(children.map(|child| (child.operation_id(), child.row())));
        siblings.sort_unstable();
        for same in siblings.chunk_by(|a, b| a.0 == b.0) {
            let erring = same.iter().filter(|(_, row)| errs(errors, facts, *row));
            let erring = erring.count();
            if erring == 0 || erring == same.len() {
                continue;
            }
            peers.clear();
            peers.extend(same.iter().map(|&(_, row)| (peer(errors, row), row)));
            peers.sort_unstable();
            for group in peers.chunk_by(|a, b| a.0 == b.0) {
                heal(errors, group, facts);
            }
        }
    }
}

/// Marks what is healed among calls of one operation to one peer.
fn heal(errors: &Errors<'_>, group: &[(u128, u32)], facts: &mut [u8]) {
    let timeline = errors.timeline;
    let good = group.iter().filter(|(_, row)| !errs(errors, facts, *row));
    let Some(last) = good
        .map(|(_, row)| timeline.own[timeline.at(*row)].start)
        .max()
    else {
        return;
    };
    for at in group.iter().map(|(_, row)| timeline.at(*row)) {
        let failed = timeline.own[at];
        let apart = last.saturating_add_unsigned(errors.tolerance_nano) >= failed.end;
        if facts[at] & fact_flags::ERRS != 0 && apart && last > failed.start {
            facts[at] |= fact_flags::HEALED;
        }
    }
}

/// A number for the peer of a call; all calls without one share theirs.
fn peer(errors: &Errors<'_>, row: u32) -> u128 {
    let peer = errors.canonical.peer(Span::new(errors.table(), row));
    peer.map_or(0, |peer| hash_words(peer.as_bytes()))
}

fn errs(errors: &Errors<'_>, facts: &[u8], row: u32) -> bool {
    facts[errors.timeline.at(row)] & fact_flags::ERRS != 0
}

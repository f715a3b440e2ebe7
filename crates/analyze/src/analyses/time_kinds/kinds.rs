//! Pieces summed by their kind alone.
//!
//! Where nothing else is told apart, nearly every piece adds to what the one before
//! it added to, so what is written for each is as small as can be.

use crate::facts::time_kind::TimeKind;

/// How many kinds of time there are.
pub(super) const KINDS: usize = TimeKind::ALL.len();

/// What pieces of one kind add.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) pieces: u64,
    pub(super) nano: u64,
    /// Shorter pieces are no examples.
    pub(super) least: u64,
}

/// What requests add that no cell has yet.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// The time of all of them, so that no sum is larger.
    length: u64,
    requests: u64,
    sums: [Sum; KINDS],
}

impl Kinds {
    /// Goes on with a request that lasted so long; false where the sums must be
    /// [taken](Kinds::take) before.
    #[inline]
    pub(super) fn goes_on(&mut self, length: u64) -> bool {
        let both = self.length.checked_add(length);
        self.length = both.unwrap_or(length);
        self.requests += 1;
        both.is_some()
    }

    /// Takes how many requests there were, and the sums.
    pub(super) fn take(&mut self) -> (u64, [Sum; KINDS]) {
        (
            std::mem::take(&mut self.requests),
            std::mem::take(&mut self.sums),
        )
    }

    /// Adds a piece; false where it may be an example.
    #[inline]
    pub(super) fn add(&mut self, kind: TimeKind, nano: u64) -> bool {
        let sum = &mut self.sums[kind as usize];
        sum.pieces += 1;
        sum.nano += nano;
        nano < sum.least
    }

    /// Says how long examples of a kind are at least.
    pub(super) fn set_least(&mut self, kind: TimeKind, nano: u64) {
        self.sums[kind as usize].least = nano;
    }
}

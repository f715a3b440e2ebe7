//! What a request would have been shorter by, had some spans lasted less.

use crate::facts::replay::{Change, Replay};
use crate::facts::FactColumns;
use spanwise_model::Span;

/// A span and the most that it lasts.
pub(super) type Cap = (u32, u64);

/// Replays of one request after the other.
#[derive(Default)]
pub(super) struct Savings {
    replay: Replay,
    /// The first row of the request.
    first: u32,
    /// By row: the most that a span lasts.
    most: Vec<u64>,
}

impl Savings {
    pub(super) fn prepare(&mut self, root: Span<'_>, facts: &FactColumns) {
        self.replay.prepare(root, facts);
        self.first = root.row();
        self.most.clear();
        self.most.resize(root.subtree().len(), u64::MAX);
    }

    /// What the request would have been shorter by under these caps.
    pub(super) fn of<'c>(&mut self, caps: impl Iterator<Item = &'c Cap> + Clone) -> u64 {
        for &(row, most) in caps.clone() {
            let held = &mut self.most[(row - self.first) as usize];
            *held = most.min(*held);
        }
        let capped = Capped {
            first: self.first,
            most: &self.most,
        };
        let after = self.replay.run(&capped);
        for &(row, _) in caps {
            self.most[(row - self.first) as usize] = u64::MAX;
        }
        self.replay.length().saturating_sub(after)
    }
}

struct Capped<'a> {
    first: u32,
    most: &'a [u64],
}

impl Change for Capped<'_> {
    fn own_time(&self, _row: u32, nano: u64) -> u64 {
        nano
    }

    fn length(&self, row: u32, nano: u64) -> u64 {
        nano.min(self.most[(row - self.first) as usize])
    }
}

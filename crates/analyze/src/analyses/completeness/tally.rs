//! What is known of sampling, summed.

use super::state;
use crate::partial::{add_to, Partial, Row};
use crate::sampling::ONE;

/// Sums over the spans of a row of the result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    spans: i128,
    weight: i128,
    unweighted: i128,
    biased: i128,
    mixed: i128,
}

/// What is known of how spans were sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knowledge {
    Known,
    Unknown,
    Mixed,
    Biased,
}

impl Knowledge {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Mixed => "mixed",
            Self::Biased => "biased",
        }
    }
}

impl Tally {
    /// Adds the spans of a row of a partial.
    pub(super) fn add(&mut self, partial: &Partial, row: Row) {
        let number = |column| partial.number(row, column);
        add_to(&mut self.spans, number(state::SPANS));
        add_to(&mut self.weight, number(state::WEIGHT));
        add_to(&mut self.unweighted, number(state::UNWEIGHTED));
        add_to(&mut self.biased, number(state::BIASED));
        add_to(&mut self.biased, number(state::INCONSISTENT));
        add_to(&mut self.mixed, number(state::MIXED));
    }

    pub(super) fn knowledge(&self) -> Knowledge {
        if self.biased > 0 {
            Knowledge::Biased
        } else if self.unweighted == self.spans {
            Knowledge::Unknown
        } else if self.unweighted > 0 || self.mixed > 0 {
            Knowledge::Mixed
        } else {
            Knowledge::Known
        }
    }

    /// How many spans these stand for; `None` where one of them does not say.
    pub(super) fn estimate(&self) -> Option<f64> {
        let known = self.unweighted == 0 && self.biased == 0 && self.spans > 0;
        known.then(|| self.weight as f64 / ONE as f64)
    }
}

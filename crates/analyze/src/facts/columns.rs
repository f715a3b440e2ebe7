//! The derived columns.

use super::Outcome;
use spanwise_model::Issues;

/// Bits of [`FactColumns::flags`].
pub mod fact_flags {
    /// The span's outcome is an error for its kind.
    pub const ERRS: u8 = 1;
    /// An error began here.
    pub const ORIGIN: u8 = 1 << 1;
    /// The span errs, and so does a child of it.
    pub const PROPAGATED: u8 = 1 << 2;
    /// The span does not err, but a child of it does.
    pub const ABSORBED: u8 = 1 << 3;
    /// The span blocks its parent (top spans: set).
    pub const BLOCKING: u8 = 1 << 4;
    /// The span is on the critical path of its component, if only with a tile
    /// of zero length.
    pub const ON_PATH: u8 = 1 << 5;
    /// An erring span that a later sibling of the same operation and peer made good.
    pub const HEALED: u8 = 1 << 6;
}

/// Facts, one entry a row of the span table.
#[derive(Clone, Debug, Default)]
pub struct FactColumns {
    /// Effective duration minus the union of the blocking children's
    /// effective intervals, in nanoseconds.
    pub self_nano: Vec<u64>,
    /// The span's share of its component's critical path, in nanoseconds.
    pub critical_nano: Vec<u64>,
    /// Outcomes.
    pub outcome: Vec<Outcome>,
    /// See [`fact_flags`].
    pub flags: Vec<u8>,
    /// What the policy cut, dropped or found outside.
    pub issues: Issues,
}

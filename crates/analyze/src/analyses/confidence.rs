//! How sure an interval is.

/// How many standard deviations to either side hold 95 of 100 cases of a normal
/// distribution.
pub(super) const DEVIATIONS: f64 = 1.96;

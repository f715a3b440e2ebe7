//! The axis of time: what part of the trace is drawn, and where its ticks are.

use spanwise_model::{Span, Trace};

/// A shown interval of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Where an interval lies on an axis of so many units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    After,
    At(u32, u32),
}

/// A trace is drawn whole unless its primary component would then be less
/// than one part in this many.
const SMALLEST_PART: u64 = 20;

impl Axis {
    pub(super) fn of(trace: Trace<'_>) -> Self {
        let (from, to) = trace.extent_unix_nano();
        let primary = trace.primary();
        let rows = primary.subtree();
        let spans = || rows.clone().map(|row| Span::new(trace.table(), row));
        let end = spans().map(Span::end_unix_nano).max();
        let (low, high) = (primary.start_unix_nano(), end.unwrap_or(to));
        let part = high.abs_diff(low);
        if part > 0 && part < to.abs_diff(from) / SMALLEST_PART {
            return Self {
                from: low,
                to: high,
            };
        }
        Self { from, to }
    }

    pub(super) fn length(self) -> u64 {
        self.to.abs_diff(self.from)
    }

    /// The place of a time, in units from the beginning, rounded down.
    fn offset(self, time: i64, units: u32, up: bool) -> u32 {
        let length = u128::from(self.length().max(1));
        let at = u128::from(time.clamp(self.from, self.to).abs_diff(self.from));
        let scaled = at * u128::from(units);
        (if up {
            scaled.div_ceil(length)
        } else {
            scaled / length
        }) as u32
    }

    /// The units that an interval touches: at least one, unless it lies outside.
    pub(super) fn place(self, from: i64, to: i64, units: u32) -> Place {
        if to < self.from {
            return Place::Before;
        }
        if from > self.to {
            return Place::After;
        }
        let start = self.offset(from, units, false).min(units.saturating_sub(1));
        let end = self.offset(to, units, true).clamp(start + 1, units.max(1));
        Place::At(start, end)
    }

    /// Offsets of ticks from the beginning, at round numbers, at most six.
    pub(super) fn ticks(self) -> Vec<u64> {
        let length = self.length();
        let mut step = 1u64;
        while length / step > 5 {
            step = next_round(step);
        }
        (0..=length / step).map(|n| n * step).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50, …
fn next_round(step: u64) -> u64 {
    let leading = step / 10u64.pow(step.ilog10());
    if leading == 2 {
        step / 2 * 5
    } else {
        step * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let axis = |length| Axis {
            from: 0,
            to: length,
        };
        assert_eq!(axis(0).ticks(), [0]);
        assert_eq!(axis(100).ticks(), [0, 20, 40, 60, 80, 100]);
        assert_eq!(axis(237).ticks(), [0, 50, 100, 150, 200]);
        let ends = Axis {
            from: i64::MIN,
            to: i64::MAX,
        };
        assert!(ends.ticks().len() <= 6);
    }

    #[test]
    fn every_interval_inside_is_seen() {
        let axis = Axis { from: 0, to: 1_000 };
        assert_eq!(axis.place(0, 1_000, 10), Place::At(0, 10));
        assert_eq!(axis.place(1_000, 1_000, 10), Place::At(9, 10));
        assert_eq!(axis.place(150, 151, 10), Place::At(1, 2));
        assert_eq!(axis.place(-5, -1, 10), Place::Before);
        assert_eq!(axis.place(1_001, 1_002, 10), Place::After);
        let point = Axis { from: 7, to: 7 };
        assert_eq!(point.place(7, 7, 10), Place::At(0, 1));
    }
}

//! Time in slices: what is counted over time is kept by slices of one width, so
//! that it merges, and shown in buckets of so many of them.

/// How wide a slice is.
pub(super) const SLICE_NANO: u64 = 100_000_000;

/// A second.
pub(super) const SECOND_NANO: u64 = 1_000_000_000;

/// The slice that a time lies in.
pub(super) fn slice_of(unix_nano: i64) -> i64 {
    unix_nano.div_euclid(SLICE_NANO as i64)
}

/// How long after a time in it a slice is over.
pub(super) fn rest_of_slice(slice: i64, unix_nano: i64) -> u64 {
    let end = slice.wrapping_add(1).wrapping_mul(SLICE_NANO as i64);
    end.wrapping_sub(unix_nano) as u64
}

/// When a slice begins, as near as 64 bits hold it.
pub(super) fn slice_start(slice: i64) -> i64 {
    slice.saturating_mul(SLICE_NANO as i64)
}

/// No slice stands before the one of this number, turned round.
const SLICES: i64 = 1 << 38;

/// A slice as a number without a sign of less than 40 bits, in the order of time.
pub(super) fn ordinal(slice: i64) -> u64 {
    (slice + SLICES) as u64
}

/// The slice that has this number.
pub(super) fn slice_at(ordinal: u64) -> i64 {
    ordinal as i64 - SLICES
}

/// Buckets of so many slices each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Buckets {
    slices: i64,
}

impl Buckets {
    /// Buckets at least so wide.
    pub(super) fn of_width(nano: u64) -> Self {
        let slices = nano.div_ceil(SLICE_NANO).max(1);
        Self {
            slices: slices as i64,
        }
    }

    /// The first slice of the bucket of a slice.
    pub(super) fn first(self, slice: i64) -> i64 {
        self.first_of(self.number(slice))
    }

    /// The number of the bucket of a slice.
    pub(super) fn number(self, slice: i64) -> i64 {
        slice.div_euclid(self.slices)
    }

    /// The first slice of the bucket of this number.
    pub(super) fn first_of(self, number: i64) -> i64 {
        number.saturating_mul(self.slices)
    }

    /// How many slices a bucket has.
    pub(super) fn slices(self) -> i64 {
        self.slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_lies_in_its_slice() {
        for nano in [-1, 0, 1, 99_999_999, 100_000_000, i64::MIN, i64::MAX] {
            let slice = slice_of(nano);
            let rest = rest_of_slice(slice, nano);
            assert!((1..=SLICE_NANO).contains(&rest));
            let end = (i128::from(slice) + 1) * i128::from(SLICE_NANO);
            assert_eq!(i128::from(nano) + i128::from(rest), end, "{nano}");
            assert!(ordinal(slice) < 1 << 40);
            assert_eq!(slice_at(ordinal(slice)), slice);
        }
    }

    #[test]
    fn buckets_are_whole_slices() {
        let half = Buckets::of_width(450_000_000);
        assert_eq!(half.slices(), 5);
        assert_eq!(
            [-6, -1, 0, 4, 5].map(|slice| half.first(slice)),
            [-10, -5, 0, 0, 5]
        );
        assert_eq!(Buckets::of_width(0).slices(), 1);
        let _ = Buckets::of_width(u64::MAX).first(i64::MIN);
    }
}

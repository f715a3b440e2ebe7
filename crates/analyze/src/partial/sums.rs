//! Sums of what partials hold. A partial that was made up may hold any numbers, so
//! that their sums saturate, as merging does.

/// The sum of some numbers, or the nearest that 128 bits hold.
pub(crate) fn total(numbers: impl IntoIterator<Item = i128>) -> i128 {
    numbers.into_iter().fold(0, i128::saturating_add)
}

/// Adds a number to a sum.
#[inline]
pub(crate) fn add_to(sum: &mut i128, number: i128) {
    *sum = sum.saturating_add(number);
}

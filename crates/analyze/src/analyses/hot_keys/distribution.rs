//! How unevenly something is spread.

use crate::analyses::columns::ratio;
use crate::partial::total;

/// The Gini coefficient of numbers that stand in ascending order; none where they
/// are all nothing. By their ranks `i` from 1: `sum((2i - n - 1) x) / (n sum(x))`,
/// which is the mean difference of all pairs over twice their mean.
pub(super) fn gini(ascending: &[i128]) -> Option<f64> {
    let count = ascending.len() as i128;
    let weighted = (1..).zip(ascending).map(|(rank, &number)| {
        let weight = 2 * rank - count - 1;
        number.saturating_mul(weight)
    });
    let whole = total(ascending.iter().copied());
    ratio(total(weighted), whole.saturating_mul(count))
}

/// The median of numbers that stand in ascending order, of two the lower.
pub(super) fn median(ascending: &[i128]) -> i128 {
    let rank = ascending.len().div_ceil(2);
    let at = rank.checked_sub(1);
    at.map_or(0, |at| ascending[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: Option<f64>, other: f64) {
        assert!(
            (one.expect("a number") - other).abs() < 1e-12,
            "{one:?} {other}"
        );
    }

    /// The definition: half the mean difference of two, over their mean.
    fn by_pairs(numbers: &[i128]) -> f64 {
        let pairs = numbers
            .iter()
            .flat_map(|a| numbers.iter().map(move |b| (a - b).abs()));
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<i128>() as f64 / count;
        pairs.sum::<i128>() as f64 / (2.0 * count * count * mean)
    }

    #[test]
    fn all_alike_is_nothing_and_all_in_one_is_nearly_one() {
        close(gini(&[7; 5]), 0.0);
        close(gini(&[0, 0, 0, 9]), 0.75);
        assert_eq!(gini(&[0, 0]), None);
        assert_eq!(gini(&[]), None);
    }

    #[test]
    fn ranks_say_what_pairs_say() {
        let mut state = 1_u64;
        for count in 1..60 {
            let numbers = (0..count).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
                i128::from(state >> 50)
            });
            let mut numbers: Vec<i128> = numbers.collect();
            numbers.push(1);
            numbers.sort_unstable();
            close(gini(&numbers), by_pairs(&numbers));
        }
    }

    #[test]
    fn the_median_is_the_nearest_rank() {
        assert_eq!([median(&[]), median(&[3]), median(&[3, 9])], [0, 3, 3]);
        assert_eq!(median(&[1, 2, 8]), 2);
    }
}

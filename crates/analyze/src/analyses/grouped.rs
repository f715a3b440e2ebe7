//! Numbers in groups of which there are few, each group sorted.
//!
//! Where nearly every number has a key of its own, sorting finds equal ones with
//! far fewer accesses to memory than a map, and in the order in which partials
//! have their rows in the end.

/// Numbers by that of their group.
pub(super) struct Grouped(Vec<Vec<u64>>);

impl Grouped {
    /// No numbers yet.
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a number to a group.
    #[inline]
    pub(super) fn add(&mut self, group: u32, number: u64) {
        match self.0.get_mut(group as usize) {
            Some(numbers) => numbers.push(number),
            None => self.begin(group, number),
        }
    }

    /// Adds the first number of a group, and empty groups before it.
    #[cold]
    fn begin(&mut self, group: u32, number: u64) {
        self.0.resize_with(group as usize + 1, Vec::new);
        self.0[group as usize].push(number);
    }

    /// Sorts every group.
    pub(super) fn sort(&mut self) {
        let mut spare = Vec::new();
        for numbers in &mut self.0 {
            sort(numbers, &mut spare);
        }
    }

    /// The numbers of a group.
    pub(super) fn of(&self, group: u32) -> &[u64] {
        self.0.get(group as usize).map_or(&[], Vec::as_slice)
    }

    /// How many runs of equal numbers there are, as `key` sees them.
    pub(super) fn runs<K: PartialEq>(&self, key: impl Fn(u64) -> K) -> usize {
        let runs = self.0.iter().map(|numbers| {
            let changes = numbers
                .windows(2)
                .filter(|pair| key(pair[0]) != key(pair[1]));
            changes.count() + usize::from(!numbers.is_empty())
        });
        runs.sum()
    }
}

/// Bits of a digit.
const DIGIT: u32 = 10;

/// So many numbers are worth as many as so many digits.
const FEWEST: usize = 1 << DIGIT;
const MOST_DIGITS: u32 = 4;

/// Sorts numbers: by their digits, the last first, where there are many that lie
/// close together.
fn sort(numbers: &mut Vec<u64>, spare: &mut Vec<u64>) {
    let ends = numbers.iter().fold((u64::MAX, 0), |(least, most), &n| {
        (n.min(least), n.max(most))
    });
    let bits = u64::BITS - ends.1.saturating_sub(ends.0).leading_zeros();
    let digits = bits.div_ceil(DIGIT);
    if numbers.len() < FEWEST || digits > MOST_DIGITS {
        return numbers.sort_unstable();
    }
    spare.resize(numbers.len(), 0);
    for digit in 0..digits {
        let digit = |n: u64| ((n - ends.0) >> (digit * DIGIT)) as usize & (FEWEST - 1);
        scatter(numbers, spare, digit);
        std::mem::swap(numbers, spare);
    }
}

/// Puts numbers in the order of a digit, those with equal ones as they stand.
fn scatter(numbers: &[u64], into: &mut [u64], digit: impl Fn(u64) -> usize) {
    let mut places = [0_u32; FEWEST];
    numbers.iter().for_each(|&n| places[digit(n)] += 1);
    let mut next = 0;
    for place in &mut places {
        next += std::mem::replace(place, next);
    }
    for &n in numbers {
        let place = &mut places[digit(n)];
        into[*place as usize] = n;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_sorted_and_whole() {
        let mut grouped = Grouped::new();
        for (group, value) in [(2, 7_u64), (0, 3), (2, 1), (3, 9), (2, 7)] {
            grouped.add(group, value);
        }
        grouped.sort();
        let groups: Vec<&[u64]> = (0..5).map(|group| grouped.of(group)).collect();
        assert_eq!(groups, [&[3][..], &[], &[1, 7, 7], &[9], &[]]);
        assert_eq!((grouped.runs(|n| n), grouped.runs(|n| n / 4)), (4, 4));
        assert_eq!(grouped.runs(|_| ()), 3);
    }

    #[test]
    fn any_digits_sort() {
        let mut state = 1_u64;
        let most = MOST_DIGITS * DIGIT;
        for bits in [0, 1, DIGIT, DIGIT + 1, 2 * DIGIT + 1, most, most + 1, 64] {
            for count in [0, 1, FEWEST - 1, FEWEST, 3 * FEWEST] {
                let mut grouped = Grouped::new();
                let mut expected = Vec::new();
                for _ in 0..count {
                    state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
                    let number = u64::MAX - state.checked_shr(64 - bits).unwrap_or(0);
                    grouped.add(0, number);
                    expected.push(number);
                }
                expected.sort_unstable();
                grouped.sort();
                assert_eq!(grouped.of(0), expected, "{bits} bits");
            }
        }
    }
}

//! Numbers in groups of which there are few, each counted.
//!
//! Where numbers lie close together, there is a count for each that may be. Where
//! nearly every one is another, sorting finds equal ones with far fewer accesses
//! to memory than a map. Both give them in the order in which partials have their
//! rows in the end.

/// Numbers by that of their group.
pub(super) struct Grouped {
    groups: Vec<Vec<u64>>,
    spare: Vec<u64>,
    counts: Vec<u32>,
}

/// There may be so many counts for each number, and some besides.
const COUNTS_A_NUMBER: u64 = 2;
const FREE_COUNTS: u64 = 1 << 8;

impl Grouped {
    /// No numbers yet.
    pub(super) fn new() -> Self {
        Self {
            groups: Vec::new(),
            spare: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Adds a number to a group.
    #[inline]
    pub(super) fn add(&mut self, group: u32, number: u64) {
        match self.groups.get_mut(group as usize) {
            Some(numbers) => numbers.push(number),
            None => self.begin(group, number),
        }
    }

    /// Adds the first number of a group, and empty groups before it.
    #[cold]
    fn begin(&mut self, group: u32, number: u64) {
        self.groups.resize_with(group as usize + 1, Vec::new);
        self.groups[group as usize].push(number);
    }

    /// True where a group has no number.
    pub(super) fn is_empty(&self, group: u32) -> bool {
        self.groups.get(group as usize).is_none_or(Vec::is_empty)
    }

    /// Takes the numbers of a group out, and hands out each once with how often it
    /// was there, ascending.
    pub(super) fn take(&mut self, group: u32, mut give: impl FnMut(u64, u32)) {
        let Some(group) = self.groups.get_mut(group as usize) else {
            return;
        };
        let mut numbers = std::mem::take(group);
        let (least, most) = ends_of(&numbers);
        let counts = COUNTS_A_NUMBER * numbers.len() as u64 + FREE_COUNTS;
        if most.saturating_sub(least) < counts {
            return self.give_counts(&numbers, (least, most), give);
        }
        sort(&mut numbers, &mut self.spare);
        let runs = numbers.chunk_by(|a, b| a == b);
        runs.for_each(|run| give(run[0], run.len() as u32));
    }

    /// Hands out numbers, of which none lies outside of these.
    fn give_counts(&mut self, numbers: &[u64], ends: (u64, u64), mut give: impl FnMut(u64, u32)) {
        let (least, most) = ends;
        let counts = &mut self.counts;
        counts.clear();
        counts.resize((most.saturating_sub(least) + 1) as usize, 0);
        for number in numbers {
            counts[(number - least) as usize] += 1;
        }
        for (at, &count) in counts.iter().enumerate().filter(|(_, &count)| count > 0) {
            give(least + at as u64, count);
        }
    }
}

/// The least and the most of numbers; where there is none, the other way round.
fn ends_of(numbers: &[u64]) -> (u64, u64) {
    numbers.iter().fold((u64::MAX, 0), |(least, most), &n| {
        (n.min(least), n.max(most))
    })
}

/// Bits of a digit.
const DIGIT: u32 = 10;

/// So many numbers are worth as many as so many digits.
const FEWEST: usize = 1 << DIGIT;
const MOST_DIGITS: u32 = 4;

/// Sorts numbers: by their digits, the last first, where there are many that lie
/// close together.
fn sort(numbers: &mut Vec<u64>, spare: &mut Vec<u64>) {
    let ends = ends_of(numbers);
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

    fn taken(grouped: &mut Grouped, group: u32) -> Vec<(u64, u32)> {
        let mut all = Vec::new();
        grouped.take(group, |number, count| all.push((number, count)));
        all
    }

    #[test]
    fn groups_are_counted_and_whole() {
        let mut grouped = Grouped::new();
        for (group, value) in [(2, 7_u64), (0, 3), (2, 1), (3, u64::MAX), (2, 7), (3, 0)] {
            grouped.add(group, value);
        }
        assert_eq!(
            [0, 1, 2, 9].map(|group| grouped.is_empty(group)),
            [false, true, false, true]
        );
        assert_eq!(taken(&mut grouped, 0), [(3, 1)]);
        assert_eq!(taken(&mut grouped, 2), [(1, 1), (7, 2)]);
        assert_eq!(taken(&mut grouped, 3), [(0, 1), (u64::MAX, 1)]);
        for group in [1, 2, 9] {
            assert_eq!(taken(&mut grouped, group), [], "none is left");
        }
    }

    /// Numbers that lie close together, far apart, and between.
    #[test]
    fn any_numbers_are_counted() {
        let mut state = 1_u64;
        let most = MOST_DIGITS * DIGIT;
        for bits in [0, 1, DIGIT, DIGIT + 1, 2 * DIGIT + 1, most, most + 1, 64] {
            for count in [0, 1, FEWEST - 1, FEWEST, 3 * FEWEST] {
                let mut grouped = Grouped::new();
                let mut expected = std::collections::BTreeMap::new();
                for _ in 0..count {
                    state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
                    let number = u64::MAX - state.checked_shr(64 - bits).unwrap_or(0);
                    grouped.add(0, number);
                    *expected.entry(number).or_insert(0) += 1;
                }
                let expected: Vec<(u64, u32)> = expected.into_iter().collect();
                assert_eq!(taken(&mut grouped, 0), expected, "{bits} bits");
            }
        }
    }
}

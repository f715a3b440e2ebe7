//! Numbers in groups of which there are few, each counted.
//!
//! Where numbers lie close together, there is a count for each that may be. Where
//! nearly every one is another, sorting finds equal ones with far fewer accesses
//! to memory than a map. Both give them in the order in which partials have their
//! rows in the end.

/// Numbers by that of their group.
pub(super) struct Grouped {
    /// What near numbers are told from: half of them are before the first number.
    base: u64,
    groups: Vec<Group>,
    spare: Vec<u32>,
    counts: Vec<u32>,
}

/// The numbers of a group.
#[derive(Default)]
struct Group {
    /// How far they are behind the base.
    near: Vec<u32>,
    /// Those that are further, or before it.
    far: Vec<u64>,
}

/// There may be so many counts for each number, and some besides.
const COUNTS_A_NUMBER: u64 = 2;
const FREE_COUNTS: u64 = 1 << 8;

impl Grouped {
    /// No numbers yet.
    pub(super) fn new() -> Self {
        Self {
            base: 0,
            groups: Vec::new(),
            spare: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Adds a number to a group.
    #[inline]
    pub(super) fn add(&mut self, group: u32, number: u64) {
        let near = number.checked_sub(self.base).map(u32::try_from);
        match (self.groups.get_mut(group as usize), near) {
            (Some(numbers), Some(Ok(near))) => numbers.near.push(near),
            _ => self.add_first(group, number),
        }
    }

    /// Adds the first number of a group, and empty groups before it; or one that is
    /// far.
    #[cold]
    fn add_first(&mut self, group: u32, number: u64) {
        if self.groups.is_empty() {
            self.base = number.saturating_sub(1 << 31);
        }
        let count = self.groups.len().max(group as usize + 1);
        self.groups.resize_with(count, Group::default);
        let numbers = &mut self.groups[group as usize];
        match number.checked_sub(self.base).map(u32::try_from) {
            Some(Ok(near)) => numbers.near.push(near),
            _ => numbers.far.push(number),
        }
    }

    /// True where a group has no number.
    pub(super) fn is_empty(&self, group: u32) -> bool {
        let is_empty = |group: &Group| group.near.is_empty() && group.far.is_empty();
        self.groups.get(group as usize).is_none_or(is_empty)
    }

    /// Takes the numbers of a group out, and hands out each once with how often it
    /// was there, ascending.
    pub(super) fn take(&mut self, group: u32, mut give: impl FnMut(u64, u32)) {
        let Some(group) = self.groups.get_mut(group as usize) else {
            return;
        };
        let (base, counts) = (self.base, &mut self.counts);
        let Group { near, mut far } = std::mem::take(group);
        if far.is_empty() {
            let give = |number: u32, count| give(base + u64::from(number), count);
            return give_all(near, (&mut self.spare, counts), give);
        }
        far.extend(near.into_iter().map(|number| base + u64::from(number)));
        give_all(far, (&mut Vec::new(), counts), give);
    }
}

/// A number of whatever size.
trait Number: Copy + Ord + Default {
    /// How far it is behind one that is no larger.
    fn behind(self, least: Self) -> u64;

    /// The number so far behind.
    fn plus(self, behind: usize) -> Self;
}

impl Number for u32 {
    #[inline]
    fn behind(self, least: Self) -> u64 {
        (self - least).into()
    }

    #[inline]
    fn plus(self, behind: usize) -> Self {
        self + behind as Self
    }
}

impl Number for u64 {
    #[inline]
    fn behind(self, least: Self) -> u64 {
        self - least
    }

    #[inline]
    fn plus(self, behind: usize) -> Self {
        self + behind as Self
    }
}

/// Hands out each number once with how often it is there, ascending.
fn give_all<T: Number>(
    mut numbers: Vec<T>,
    (spare, counts): (&mut Vec<T>, &mut Vec<u32>),
    mut give: impl FnMut(T, u32),
) {
    let ends = numbers.iter().min().zip(numbers.iter().max());
    let Some((&least, &most)) = ends else {
        return;
    };
    let room = COUNTS_A_NUMBER * numbers.len() as u64 + FREE_COUNTS;
    if most.behind(least) >= room {
        sort(&mut numbers, spare, (least, most));
        let runs = numbers.chunk_by(|a, b| a == b);
        return runs.for_each(|run| give(run[0], run.len() as u32));
    }
    counts.clear();
    counts.resize(most.behind(least) as usize + 1, 0);
    for number in &numbers {
        counts[number.behind(least) as usize] += 1;
    }
    for (at, &count) in counts.iter().enumerate().filter(|(_, &count)| count > 0) {
        give(least.plus(at), count);
    }
}

/// Bits of a digit.
const DIGIT: u32 = 10;

/// So many numbers are worth as many as so many digits.
const FEWEST: usize = 1 << DIGIT;
const MOST_DIGITS: u32 = 4;

/// Sorts numbers, of which these are the least and the most: by their digits, the
/// last first, where there are many that lie close together.
fn sort<T: Number>(numbers: &mut Vec<T>, spare: &mut Vec<T>, (least, most): (T, T)) {
    let bits = u64::BITS - most.behind(least).leading_zeros();
    let digits = bits.div_ceil(DIGIT);
    if numbers.len() < FEWEST || digits > MOST_DIGITS {
        return numbers.sort_unstable();
    }
    spare.resize(numbers.len(), T::default());
    for digit in 0..digits {
        let digit = |n: T| (n.behind(least) >> (digit * DIGIT)) as usize & (FEWEST - 1);
        scatter(numbers, spare, digit);
        std::mem::swap(numbers, spare);
    }
}

/// Puts numbers in the order of a digit, those with equal ones as they stand.
fn scatter<T: Number>(numbers: &[T], into: &mut [T], digit: impl Fn(T) -> usize) {
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
        for bits in [
            0,
            1,
            DIGIT,
            DIGIT + 1,
            2 * DIGIT + 1,
            31,
            32,
            most,
            most + 1,
            64,
        ] {
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

//! Values in groups of which there are few, each group sorted.
//!
//! Where nearly every value has a key of its own, sorting finds equal ones with
//! far fewer accesses to memory than a map, and in the order in which partials
//! have their rows in the end.

/// Values by the number of their group.
pub(super) struct Grouped<T>(Vec<Vec<T>>);

impl<T: Copy + Ord> Grouped<T> {
    /// No values yet.
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a value to a group.
    #[inline]
    pub(super) fn add(&mut self, group: u32, value: T) {
        let group = group as usize;
        if self.0.len() <= group {
            self.0.resize_with(group + 1, Vec::new);
        }
        self.0[group].push(value);
    }

    /// Sorts every group.
    pub(super) fn sort(&mut self) {
        self.0.iter_mut().for_each(|values| values.sort_unstable());
    }

    /// The values of a group.
    pub(super) fn of(&self, group: u32) -> &[T] {
        self.0.get(group as usize).map_or(&[], Vec::as_slice)
    }

    /// How many runs of equal values there are, as `key` sees them.
    pub(super) fn runs<K: PartialEq>(&self, key: impl Fn(T) -> K) -> usize {
        let runs = self.0.iter().map(|values| {
            let changes = values
                .windows(2)
                .filter(|pair| key(pair[0]) != key(pair[1]));
            changes.count() + usize::from(!values.is_empty())
        });
        runs.sum()
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
}

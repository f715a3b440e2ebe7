//! The K smallest hashes of a set, which merge exactly.

/// The smallest hashes, ascending.
///
/// ```
/// use spanwise_analyze::partial::Smallest;
/// let mut two = Smallest::new(2);
/// [30, 10, 20, 10].into_iter().for_each(|hash| two.insert(hash));
/// assert_eq!(two.hashes(), [10, 20]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smallest {
    limit: usize,
    hashes: Vec<u64>,
}

impl Smallest {
    /// An empty set that keeps `limit` hashes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            hashes: Vec::new(),
        }
    }

    /// The smallest of these hashes.
    pub(crate) fn of(limit: usize, hashes: impl Iterator<Item = u64>) -> Self {
        let (mut smallest, mut others) = (Self::new(limit), Vec::new());
        for hash in hashes {
            if smallest.admits(hash) {
                others.push(hash);
            }
            if others.len() > limit {
                smallest.take(&others);
                others.clear();
            }
        }
        smallest.take(&others);
        smallest
    }

    /// True where the hash may be one of the smallest.
    #[inline]
    fn admits(&self, hash: u64) -> bool {
        self.hashes.len() < self.limit || self.hashes.last().is_some_and(|&last| last > hash)
    }

    /// Adds all of these hashes.
    fn take(&mut self, hashes: &[u64]) {
        self.hashes.extend_from_slice(hashes);
        self.hashes.sort_unstable();
        self.hashes.dedup();
        self.hashes.truncate(self.limit);
    }

    /// Adds a hash.
    #[inline]
    pub fn insert(&mut self, hash: u64) {
        if !self.admits(hash) {
            return;
        }
        if let Err(at) = self.hashes.binary_search(&hash) {
            self.hashes.insert(at, hash);
            self.hashes.truncate(self.limit);
        }
    }

    /// Adds all hashes of `other`.
    pub fn merge(&mut self, other: &Self) {
        if self.hashes.is_empty() {
            self.hashes.clone_from(&other.hashes);
            return;
        }
        self.take(&other.hashes);
    }

    /// The hashes, ascending.
    #[must_use]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// A hash that both hold.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Option<u64> {
        let held = |hash: &&u64| other.hashes.binary_search(hash).is_ok();
        self.hashes.iter().find(held).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_as_one_after_the_other() {
        let hashes = || (0..97u64).map(|n| n * 37 % 53);
        for limit in [0, 1, 7, 53, 60] {
            let mut expected = Smallest::new(limit);
            hashes().for_each(|hash| expected.insert(hash));
            assert_eq!(Smallest::of(limit, hashes()), expected);
            assert_eq!(expected.hashes().len(), limit.min(53));
        }
    }
}

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

    /// Adds a hash.
    #[inline]
    pub fn insert(&mut self, hash: u64) {
        let full = self.hashes.len() >= self.limit;
        if full && self.hashes.last().is_none_or(|&last| last <= hash) {
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
        self.hashes.extend_from_slice(&other.hashes);
        self.hashes.sort_unstable();
        self.hashes.dedup();
        self.hashes.truncate(self.limit);
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

//! Things that are found by key and summed by number.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Values by key, in the order in which their keys came.
#[derive(Debug)]
pub(super) struct Numbered<K, V = ()> {
    rows: Vec<(K, V)>,
    index: FxHashMap<K, u32>,
}

impl<K, V> Default for Numbered<K, V> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            index: FxHashMap::default(),
        }
    }
}

impl<K: Copy + Eq + Hash, V: Default> Numbered<K, V> {
    /// The number of a key, which is the next one where the key is new.
    #[inline]
    pub(super) fn number(&mut self, key: K) -> u32 {
        let rows = &mut self.rows;
        *self.index.entry(key).or_insert_with(|| {
            rows.push((key, V::default()));
            rows.len() as u32 - 1
        })
    }

    /// The value of a key, the default one where it is new.
    #[inline]
    pub(super) fn get(&mut self, key: K) -> &mut V {
        let number = self.number(key);
        &mut self.rows[number as usize].1
    }

    /// The value of a number.
    #[inline]
    pub(super) fn value(&mut self, number: u32) -> &mut V {
        &mut self.rows[number as usize].1
    }

    /// The key of a number.
    pub(super) fn key(&self, number: u32) -> K {
        self.rows[number as usize].0
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.rows.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_numbers_and_their_order() {
        let mut sums: Numbered<&str, u32> = Numbered::default();
        for (key, value) in [("b", 1), ("a", 2), ("b", 4)] {
            *sums.get(key) += value;
        }
        assert_eq!(sums.iter().collect::<Vec<_>>(), [&("b", 5), &("a", 2)]);
        assert_eq!((sums.number("a"), sums.number("c"), sums.len()), (1, 2, 3));
        assert_eq!(sums.key(2), "c");
    }
}

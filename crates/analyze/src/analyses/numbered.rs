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

/// Values by group and node. A node finds its value by the group that it was last
/// in, so that groups that follow each other are not looked for.
#[derive(Debug)]
pub(super) struct ByNode<V> {
    values: Numbered<(u32, u32), V>,
    /// By node: the group, and the number of the value of both.
    last: Vec<(u32, u32)>,
}

impl<V> Default for ByNode<V> {
    fn default() -> Self {
        Self {
            values: Numbered::default(),
            last: Vec::new(),
        }
    }
}

impl<V: Default> ByNode<V> {
    /// The value of a node in a group, the default one where both are new.
    #[inline]
    pub(super) fn get(&mut self, group: u32, node: u32) -> &mut V {
        let number = match self.last.get(node as usize) {
            Some(&(last, number)) if last == group => number,
            _ => self.find(group, node),
        };
        &mut self.values.rows[number as usize].1
    }

    #[cold]
    fn find(&mut self, group: u32, node: u32) -> u32 {
        if self.last.len() <= node as usize {
            self.last.resize(node as usize + 1, (u32::MAX, 0));
        }
        let number = self.values.number((group, node));
        self.last[node as usize] = (group, number);
        number
    }

    /// All of them, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u32, u32, &mut V)> {
        let values = self.values.rows.iter_mut();
        values.map(|&mut ((group, node), ref mut value)| (group, node, value))
    }

    /// All of them: group, node and value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32, &V)> {
        let values = self.values.iter();
        values.map(|&((group, node), ref value)| (group, node, value))
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

    #[test]
    fn nodes_are_found_in_every_group() {
        let mut sums: ByNode<u32> = ByNode::default();
        for (group, node, value) in [(0, 2, 1), (1, 2, 2), (0, 2, 4), (0, 0, 8)] {
            *sums.get(group, node) += value;
        }
        let all: Vec<_> = sums.iter().map(|(a, b, &sum)| (a, b, sum)).collect();
        assert_eq!(all, [(0, 2, 5), (1, 2, 2), (0, 0, 8)]);
    }
}

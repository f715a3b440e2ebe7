//! Values in blocks, so that none is copied as they become many.

/// How many values a block has.
const BLOCK: usize = 1 << 10;

/// Values in the order in which they came.
#[derive(Debug)]
pub(super) struct Blocks<T>(Vec<Vec<T>>);

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Blocks<T> {
    /// Appends a value.
    #[inline]
    pub(super) fn push(&mut self, value: T) {
        match self.0.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(value),
            _ => self.begin(value),
        }
    }

    /// Begins a block; only the first one grows.
    fn begin(&mut self, value: T) {
        let room = if self.0.is_empty() { 1 } else { BLOCK };
        let mut block = Vec::with_capacity(room);
        block.push(value);
        self.0.push(block);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * BLOCK + last
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let mut blocks = Blocks::default();
            (0..count).for_each(|value| blocks.push(value));
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().copied().eq(0..count));
        }
    }
}

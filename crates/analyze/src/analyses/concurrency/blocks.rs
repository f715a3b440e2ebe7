//! Values in blocks, so that none is copied as they become many.

/// How many values a block has.
const BLOCK: usize = 1 << 10;

/// Values in the order in which they came.
#[derive(Debug)]
pub(super) struct Blocks<T> {
    full: Vec<Vec<T>>,
    /// The last block.
    open: Vec<T>,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            open: Vec::new(),
        }
    }
}

impl<T> Blocks<T> {
    /// Appends a value.
    #[inline]
    pub(super) fn push(&mut self, value: T) {
        if self.open.len() == BLOCK {
            self.begin();
        }
        self.open.push(value);
    }

    /// Begins a block; only the first one grows.
    #[cold]
    fn begin(&mut self) {
        let full = std::mem::replace(&mut self.open, Vec::with_capacity(BLOCK));
        self.full.push(full);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.full.len() * BLOCK + self.open.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.open)
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

//! Values in blocks, so that none is copied as they become many.

/// How many values the first block has, and how many a block has at most.
const FIRST: usize = 1 << 1;
const MOST: usize = 1 << 10;

/// Values in the order in which they came.
#[derive(Debug)]
pub(super) struct Blocks<T> {
    full: Vec<Vec<T>>,
    /// The last block, whose first so many are values.
    open: Vec<T>,
    count: usize,
}

impl<T: Copy + Default> Default for Blocks<T> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            open: vec![T::default(); FIRST],
            count: 0,
        }
    }
}

impl<T: Copy + Default> Blocks<T> {
    /// Appends a value if it is one. It is written either way, so that nothing
    /// hangs on guessing which it is.
    #[inline]
    pub(super) fn push_if(&mut self, is_one: bool, value: T) {
        match self.open.get_mut(self.count) {
            Some(place) => {
                *place = value;
                self.count += usize::from(is_one);
            }
            None => self.begin(is_one, value),
        }
    }

    /// Begins a block with a value if it is one.
    #[cold]
    fn begin(&mut self, is_one: bool, value: T) {
        let next = vec![T::default(); (2 * self.open.len()).min(MOST)];
        self.full.push(std::mem::replace(&mut self.open, next));
        self.open[0] = value;
        self.count = usize::from(is_one);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.open[..self.count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order() {
        for count in [0, 1, FIRST - 1, FIRST, FIRST + 1, MOST, 5 * MOST] {
            let mut blocks = Blocks::default();
            for value in 0..count {
                blocks.push_if(false, usize::MAX);
                blocks.push_if(true, value);
            }
            blocks.push_if(false, usize::MAX);
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().copied().eq(0..count));
        }
    }
}

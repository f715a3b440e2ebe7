//! What a reader learns from the records of a batch, for those to come.
//!
//! Files are read in pieces, and what a reader knows of a batch's symbols and
//! evidence holds as long as it reads into the same batch.

use super::SpanBatch;
use std::any::Any;
use std::fmt;

/// Something that a reader left; a copy of a batch has nothing of it.
#[derive(Default)]
pub(super) struct Learnt(Option<Left>);

struct Left {
    what: Box<dyn Any + Send + Sync>,
    /// The longest text and the deepest value that were allowed while it was learnt.
    allowed: (usize, usize),
}

impl Clone for Learnt {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Learnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Learnt").finish_non_exhaustive()
    }
}

impl SpanBatch {
    /// What a reader left in this batch ([`SpanBatch::leave_learnt`]), to go on
    /// with; nothing where it left none, or where the guard allows other values now.
    #[must_use]
    pub fn take_learnt<T: Any>(&mut self) -> Option<T> {
        let left = self.learnt.0.take()?;
        let is_valid = left.allowed == self.allowed();
        let what = left.what.downcast().ok().filter(|_| is_valid)?;
        Some(*what)
    }

    /// Leaves what a reader learnt from records of this batch for whoever reads on
    /// into it.
    pub fn leave_learnt<T: Any + Send + Sync>(&mut self, what: T) {
        self.learnt = Learnt(Some(Left {
            what: Box::new(what),
            allowed: self.allowed(),
        }));
    }

    fn allowed(&self) -> (usize, usize) {
        (self.guard.text_bytes, self.guard.depth)
    }

    /// Frees what readers left, because no more is read into this batch or its
    /// numbers change.
    pub fn forget_learnt(&mut self) {
        self.learnt = Learnt::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_found_once() {
        let mut batch = SpanBatch::default();
        assert_eq!(batch.take_learnt::<u32>(), None);
        batch.leave_learnt(7_u32);
        assert_eq!(batch.clone().take_learnt::<u32>(), None, "a copy has none");
        assert_eq!(batch.take_learnt(), Some(7_u32));
        assert_eq!(batch.take_learnt::<u32>(), None);
        batch.leave_learnt(7_u32);
        assert_eq!(batch.take_learnt::<u64>(), None, "another reader's");
    }

    #[test]
    fn what_was_left_is_forgotten_under_another_limit() {
        let mut batch = SpanBatch::default();
        batch.leave_learnt(7_u32);
        batch.guard.text_bytes = 9;
        assert_eq!(batch.take_learnt::<u32>(), None);
        batch.leave_learnt(7_u32);
        batch.guard.depth = 2;
        assert_eq!(batch.take_learnt::<u32>(), None);
        batch.leave_learnt(7_u32);
        batch.forget_learnt();
        assert_eq!(batch.take_learnt::<u32>(), None);
    }
}

//! One column of a row group, value by value.
//!
//! Values are borrowed from the file as they stand there, and of texts that
//! repeat comes the place in their dictionary, so that what is known of a text
//! need not be found out again.

use super::held::Held;
use super::pages::Pages;
use super::physical::Physical;
use super::ready::Ready;

/// A value, and its place in a dictionary where it has one, else
/// [`super::ready::NOWHERE`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<V> {
    pub(super) value: V,
    pub(super) place: u32,
}

/// A column whose values are read one by one.
pub(super) struct Leaf<'f, P: Physical> {
    held: Held<'f, P>,
    ready: Ready,
}

impl<'f, P: Physical> Leaf<'f, P> {
    pub(super) fn new(pages: Pages<'f>) -> Self {
        Self {
            held: Held::new(pages),
            ready: Ready::default(),
        }
    }

    /// The next value that is present; `None` where there is none, or it cannot
    /// be read.
    #[inline(always)]
    pub(super) fn value(&mut self) -> Option<Cell<P::Value<'f>>> {
        if self.ready.is_empty() {
            self.held.make_ready(&mut self.ready)?;
        }
        let place = self.ready.take();
        let value = *self.held.values(self.ready.among).get(place as usize)?;
        let place = self.ready.name(place);
        Some(Cell { value, place })
    }

    /// How often the last value comes again at once, as far as that is known.
    #[inline]
    pub(super) fn again(&self) -> usize {
        self.ready.again()
    }

    /// Passes over the last value, which comes again so often.
    pub(super) fn pass_again(&mut self, times: usize) {
        self.ready.pass_again(times);
    }

    /// The next value of a row, or of an element of a list; `Some(None)` for one
    /// that is absent.
    #[inline]
    pub(super) fn entry(&mut self) -> Option<Option<Cell<P::Value<'f>>>> {
        match self.held.is_present()? {
            true => self.value().map(Some),
            false => Some(None),
        }
    }
}

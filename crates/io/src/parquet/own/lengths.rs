//! The lengths of lists.

use super::hybrid::Hybrid;
use super::pages::Pages;
use crate::parquet::page::Kind;

/// How many elements the lists of rows have, read from any column inside.
pub(super) struct Lengths<'f> {
    pages: Pages<'f>,
    /// How many elements there are in all lists that are left.
    left: usize,
    entries: usize,
    repetitions: Hybrid<'f>,
    definitions: Hybrid<'f>,
    /// How many of the next lists are known to be empty.
    empty: usize,
    /// The levels of the next entry behind those.
    next: Option<(u32, u32)>,
}

impl<'f> Lengths<'f> {
    /// Of lists that have so many elements.
    pub(super) fn new(pages: Pages<'f>, elements: usize) -> Self {
        let mut lengths = Self {
            pages,
            left: elements,
            entries: 0,
            repetitions: Hybrid::default(),
            definitions: Hybrid::default(),
            empty: 0,
            next: None,
        };
        lengths.advance();
        lengths
    }

    /// Goes on to the next entry, if there is one.
    fn advance(&mut self) {
        self.next = self.levels();
    }

    fn levels(&mut self) -> Option<(u32, u32)> {
        while self.entries == 0 {
            let page = self.pages.next()?;
            if page.header.kind == Kind::Data {
                self.entries = page.entries;
                (self.repetitions, self.definitions) = (page.repetitions, page.definitions);
            }
        }
        self.entries -= 1;
        Some((self.repetitions.next()?, self.definitions.next()?))
    }

    /// How many elements the list of the next row has.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<usize> {
        if self.empty > 0 {
            self.empty -= 1;
            return Some(0);
        }
        self.look()
    }

    #[inline(never)]
    fn look(&mut self) -> Option<usize> {
        let (_, definition) = self.next?;
        if definition == 0 {
            self.pass_empty()?;
            self.advance();
            return Some(0);
        }
        self.advance();
        let mut length = 1;
        while let Some((1.., _)) = self.next {
            length += 1;
            self.advance();
            if length > self.left {
                return None;
            }
        }
        self.left = self.left.checked_sub(length)?;
        Some(length)
    }

    /// Passes over the entries of empty lists that follow at once.
    fn pass_empty(&mut self) -> Option<()> {
        self.empty = self.definitions.pass_zeros(self.entries);
        self.entries -= self.empty;
        self.repetitions.pass(self.empty)
    }

    /// True where all lists that are left are empty.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }
}

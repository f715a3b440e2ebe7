//! What is known of texts that repeat, by their places in a dictionary.

use super::leaf::{Cell, Leaf};
use super::physical::Text;
use super::ready::NOWHERE;
use crate::json::Open;
use rustc_hash::FxHashMap;
use spanwise_model::{Result, Symbol};
use std::hash::Hash;

/// What was found out about texts of a dictionary.
#[derive(Clone, Debug)]
pub(super) struct Memo<T>(Vec<Option<T>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Memo<T> {
    /// What is known of the text at a place.
    #[inline]
    pub(super) fn get(&self, place: u32) -> Option<T> {
        *self.0.get(place as usize)?
    }

    /// Notes what is known of the text at a place.
    pub(super) fn put(&mut self, place: u32, known: T) {
        if place == NOWHERE {
            return;
        }
        let place = place as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        self.0[place] = Some(known);
    }
}

/// What was found out about several texts together.
#[derive(Clone, Debug)]
pub(super) struct Together<const TEXTS: usize, T> {
    last: Option<([u32; TEXTS], T)>,
    all: FxHashMap<[u32; TEXTS], T>,
}

impl<const TEXTS: usize, T> Default for Together<TEXTS, T> {
    fn default() -> Self {
        Self {
            last: None,
            all: FxHashMap::default(),
        }
    }
}

impl<const TEXTS: usize, T: Copy> Together<TEXTS, T>
where
    [u32; TEXTS]: Hash + Eq,
{
    /// What is known of the texts at these places.
    #[inline]
    pub(super) fn get(&mut self, places: [u32; TEXTS]) -> Option<T> {
        match self.last {
            Some((last, known)) if last == places => Some(known),
            _ => {
                let known = *self.all.get(&places)?;
                self.last = Some((places, known));
                Some(known)
            }
        }
    }

    /// Notes what is known of the texts at these places.
    pub(super) fn put(&mut self, places: [u32; TEXTS], known: T) {
        if !places.contains(&NOWHERE) {
            self.all.insert(places, known);
        }
    }
}

/// A column of texts of which there are few distinct ones.
pub(super) struct Names<'f> {
    texts: Leaf<'f, Text>,
    symbols: Memo<Symbol>,
}

impl<'f> Names<'f> {
    pub(super) fn new(texts: Leaf<'f, Text>) -> Self {
        Self {
            texts,
            symbols: Memo::default(),
        }
    }

    /// The next text; `None` where there is none.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Cell<&'f [u8]>> {
        self.texts.value()
    }

    /// How often the last text comes again at once, as far as that is known.
    #[inline]
    pub(super) fn again(&self) -> usize {
        self.texts.again()
    }

    /// Passes over the last text, which comes again so often.
    pub(super) fn pass_again(&mut self, times: usize) {
        self.texts.pass_again(times);
    }

    /// The symbol of a text that came from here.
    #[inline]
    pub(super) fn symbol(&mut self, cell: Cell<&[u8]>, open: &mut Open<'_>) -> Result<Symbol> {
        if let Some(symbol) = self.symbols.get(cell.place) {
            return Ok(symbol);
        }
        let symbol = open.intern_bytes(cell.value)?;
        self.symbols.put(cell.place, symbol);
        Ok(symbol)
    }
}

//! One column of a row group, value by value.
//!
//! Values are borrowed from the file as they stand there, and of texts that
//! repeat comes the place in their dictionary, so that what is known of a text
//! need not be found out again.

use super::hybrid::{Hybrid, Run};
use super::pages::{is_dictionary, Pages, PLAIN};
use super::physical::Physical;
use crate::parquet::page::Kind;

/// How many values are made ready at once.
const AHEAD: usize = 64;

/// The place of a value that stands in no dictionary.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A value, and its place in a dictionary where it has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<V> {
    pub(super) value: V,
    pub(super) place: u32,
}

impl<V> Cell<V> {
    fn nowhere(value: V) -> Self {
        let place = NOWHERE;
        Self { value, place }
    }
}

/// A column whose values are read one by one.
pub(super) struct Leaf<'f, P: Physical> {
    pages: Pages<'f>,
    /// How many values the page still has, absent ones among them.
    entries: usize,
    definitions: Hybrid<'f>,
    /// How many values that are present it still has, but for those ready.
    present: usize,
    source: Source<'f>,
    dictionary: Vec<P::Value<'f>>,
    /// Values that are ready, or one that comes again and again.
    ready: Vec<Cell<P::Value<'f>>>,
    /// The place of the next one among them.
    next: usize,
    /// How far it is from one to the next: 0 where it is one.
    step: usize,
    /// How many are left.
    left: usize,
}

/// Where the values of a page come from.
enum Source<'f> {
    Plain(&'f [u8]),
    Bits(Hybrid<'f>),
    Places(Hybrid<'f>),
}

impl<'f, P: Physical> Leaf<'f, P> {
    pub(super) fn new(pages: Pages<'f>) -> Self {
        Self {
            pages,
            entries: 0,
            definitions: Hybrid::default(),
            present: 0,
            source: Source::Plain(&[]),
            dictionary: Vec::new(),
            ready: Vec::new(),
            next: 0,
            step: 0,
            left: 0,
        }
    }

    /// The next value that is present; `None` where there is none, or it cannot
    /// be read.
    #[inline(always)]
    pub(super) fn value(&mut self) -> Option<Cell<P::Value<'f>>> {
        if self.left == 0 {
            self.make_ready()?;
        }
        let cell = self.ready.get(self.next).copied();
        (self.next, self.left) = (self.next + self.step, self.left - 1);
        cell
    }

    /// How often the last value comes again at once, as far as that is known.
    #[inline]
    pub(super) fn again(&self) -> usize {
        match self.step {
            0 => self.left,
            _ => 0,
        }
    }

    /// Passes over the last value, which comes again so often.
    pub(super) fn pass_again(&mut self, times: usize) {
        self.left = self.left.saturating_sub(times);
    }

    /// The next value of a row, or of an element of a list; `Some(None)` for one
    /// that is absent.
    #[inline]
    pub(super) fn entry(&mut self) -> Option<Option<Cell<P::Value<'f>>>> {
        let most = self.pages.levels;
        loop {
            while self.entries == 0 {
                self.turn()?;
            }
            self.entries -= 1;
            let level = self.definitions.next()?;
            if level == u32::from(most.definition) {
                return self.value().map(Some);
            }
            // A list without elements has an entry of its own.
            if level >= u32::from(most.repetition) {
                return Some(None);
            }
        }
    }

    /// True where no value that is present is left.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0 && self.present == 0 && self.pages.present() == 0
    }

    /// The value that was taken last.
    pub(super) fn last(&self) -> Option<P::Value<'f>> {
        let cell = self.ready.get(self.next.checked_sub(self.step)?)?;
        Some(cell.value)
    }

    /// Makes the next values ready, all of one page; `None` where there are
    /// none.
    #[inline(never)]
    fn make_ready(&mut self) -> Option<()> {
        (self.next, self.step) = (0, 1);
        self.ready.clear();
        while self.present == 0 {
            self.turn()?;
        }
        let count = self.present.min(AHEAD);
        match &mut self.source {
            Source::Plain(bytes) => {
                let values = (0..count).map_while(|_| P::take(bytes));
                self.ready.extend(values.map(Cell::nowhere));
            }
            Source::Bits(bits) => {
                let values = (0..count).map_while(|_| P::of_bit(bits.next()? == 1));
                self.ready.extend(values.map(Cell::nowhere));
            }
            Source::Places(places) => match places.run(self.present)? {
                Run::Of(place, times) => {
                    let value = *self.dictionary.get(place as usize)?;
                    self.ready.push(Cell { value, place });
                    (self.step, self.left) = (0, times);
                    self.present -= times;
                    return Some(());
                }
                Run::Packed => {
                    let mut next = [0; AHEAD];
                    let next = places.fill(&mut next[..count]);
                    look_up(&self.dictionary, next, &mut self.ready)?;
                }
            },
        }
        self.left = self.ready.len();
        self.present -= self.left;
        (self.left > 0).then_some(())
    }

    /// Goes on to the next page.
    fn turn(&mut self) -> Option<()> {
        let page = self.pages.next()?;
        if page.header.kind == Kind::Dictionary {
            return self.learn(page.values);
        }
        (self.entries, self.definitions) = (page.entries, page.definitions);
        self.present = page.present(self.pages.levels)?;
        self.source = match page.header.encoding {
            PLAIN if P::IS_BIT => Source::Bits(Hybrid::bits(page.values)),
            PLAIN => Source::Plain(page.values),
            encoding if is_dictionary(encoding) => {
                let (&width, places) = page.values.split_first()?;
                Source::Places(Hybrid::new(places, width)?)
            }
            _ => return None,
        };
        Some(())
    }

    /// Takes up the values of a dictionary.
    fn learn(&mut self, mut values: &'f [u8]) -> Option<()> {
        self.dictionary.clear();
        while !values.is_empty() {
            self.dictionary.push(P::take(&mut values)?);
        }
        Some(())
    }
}

/// Looks up values by their places; `None` where one has none.
fn look_up<V: Copy>(dictionary: &[V], places: &[u32], cells: &mut Vec<Cell<V>>) -> Option<()> {
    let has = |&place: &u32| (place as usize) < dictionary.len();
    if !places.iter().all(has) {
        return None;
    }
    let cell = |&place: &u32| Cell {
        value: dictionary[place as usize],
        place,
    };
    cells.extend(places.iter().map(cell));
    Some(())
}

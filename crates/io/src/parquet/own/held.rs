//! The values of a column as far as they have been read: those of its
//! dictionary, and a window of those that stand in none.

use super::hybrid::{Hybrid, Run};
use super::pages::{is_dictionary, Pages, PLAIN};
use super::physical::Physical;
use super::ready::{Among, Ready, AHEAD};
use crate::parquet::page::Kind;

/// A column that is read page by page.
pub(super) struct Held<'f, P: Physical> {
    pages: Pages<'f>,
    /// How many values the page still has, absent ones among them.
    entries: usize,
    definitions: Hybrid<'f>,
    /// How many values that are present it still has, but for those ready.
    present: usize,
    source: Source<'f>,
    dictionary: Vec<P::Value<'f>>,
    window: Vec<P::Value<'f>>,
    /// How many dictionaries there were.
    learned: usize,
}

/// Where the values of a page come from.
enum Source<'f> {
    Plain(&'f [u8]),
    Bits(Hybrid<'f>),
    Places(Hybrid<'f>),
}

impl<'f, P: Physical> Held<'f, P> {
    pub(super) fn new(pages: Pages<'f>) -> Self {
        Self {
            pages,
            entries: 0,
            definitions: Hybrid::default(),
            present: 0,
            source: Source::Plain(&[]),
            dictionary: Vec::new(),
            window: Vec::new(),
            learned: 0,
        }
    }

    /// The values that are held.
    #[inline(always)]
    pub(super) fn values(&self, among: Among) -> &[P::Value<'f>] {
        match among {
            Among::Dictionary => &self.dictionary,
            Among::Window => &self.window,
        }
    }

    /// How many dictionaries there were.
    pub(super) fn learned(&self) -> usize {
        self.learned
    }

    /// True where the value of the next row, or of the next element of a list,
    /// is present; `None` where there is none, or it cannot be read.
    #[inline]
    pub(super) fn is_present(&mut self) -> Option<bool> {
        let most = self.pages.levels;
        loop {
            while self.entries == 0 {
                self.turn()?;
            }
            self.entries -= 1;
            let level = self.definitions.next()?;
            if level == u32::from(most.definition) {
                return Some(true);
            }
            // A list without elements has an entry of its own.
            if level >= u32::from(most.repetition) {
                return Some(false);
            }
        }
    }

    /// True where no value that is present is left, but for those ready.
    pub(super) fn is_over(&self) -> bool {
        self.present == 0 && self.pages.present() == 0
    }

    /// Makes the next values ready, all of one page; `None` where there are
    /// none.
    #[inline(never)]
    pub(super) fn make_ready(&mut self, ready: &mut Ready) -> Option<()> {
        while self.present == 0 {
            self.turn()?;
        }
        let count = self.present.min(AHEAD);
        let made = match &mut self.source {
            Source::Plain(bytes) => {
                self.window.clear();
                P::take_all(bytes, count, &mut self.window);
                let count = self.window.len();
                ready.count(count);
                count
            }
            Source::Bits(bits) => {
                self.window.clear();
                let values = (0..count).map_while(|_| P::of_bit(bits.next()? == 1));
                self.window.extend(values);
                ready.count(self.window.len());
                self.window.len()
            }
            Source::Places(places) => match places.run(self.present)? {
                Run::Of(place, times) => {
                    let value = *self.dictionary.get(place as usize)?;
                    self.pages.spend(P::length(value), times)?;
                    ready.repeat(place, Among::Dictionary, times);
                    times
                }
                Run::Packed => {
                    let next = ready.fill(|room| places.fill(&mut room[..count]).len());
                    let values = next
                        .iter()
                        .map(|&place| self.dictionary.get(place as usize));
                    let bytes = values.map(|value| Some(P::length(*value?)));
                    self.pages.spend(bytes.sum::<Option<usize>>()?, 1)?;
                    next.len()
                }
            },
        };
        self.present -= made;
        (made > 0).then_some(())
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
        self.learned += 1;
        while !values.is_empty() {
            self.dictionary.push(P::take(&mut values)?);
        }
        Some(())
    }
}

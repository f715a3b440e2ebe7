//! The pages of a column.

use super::hybrid::Hybrid;
use crate::parquet::page::{Kind, Page};
use crate::parquet::thrift::Thrift;
use std::cell::Cell;

/// The encodings of values that are written, as Parquet numbers them.
pub(super) const PLAIN: i64 = 0;
const DICTIONARIES: [i64; 2] = [2, 8];

/// True for places in a dictionary.
pub(super) fn is_dictionary(encoding: i64) -> bool {
    DICTIONARIES.contains(&encoding)
}

/// How deep values lie: the levels of one that is present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) definition: u8,
    pub(super) repetition: u8,
}

/// The pages of a column, none of which has been read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages<'f> {
    pub(super) bytes: &'f [u8],
    pub(super) levels: Levels,
    /// How many bytes the texts of all columns may still have that dictionaries
    /// repeat.
    pub(super) budget: &'f Cell<u64>,
}

/// A page of data, or a dictionary, which has no levels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened<'f> {
    pub(super) header: Page,
    /// How many values it has, absent ones among them.
    pub(super) entries: usize,
    pub(super) repetitions: Hybrid<'f>,
    pub(super) definitions: Hybrid<'f>,
    pub(super) values: &'f [u8],
}

impl<'f> Pages<'f> {
    /// The next page; `None` at the end, and where it cannot be read.
    pub(super) fn next(&mut self) -> Option<Opened<'f>> {
        let mut thrift = Thrift::new(self.bytes);
        let header = Page::read(&mut thrift)?;
        let rest = self.bytes.get(thrift.position()..)?;
        let length = usize::try_from(header.compressed).ok()?;
        let (mut body, rest) = rest.split_at_checked(length)?;
        self.bytes = rest;
        let levels = match header.kind {
            Kind::Data => self.levels,
            Kind::Dictionary => Levels::default(),
            Kind::Other => return None,
        };
        Some(Opened {
            header,
            entries: usize::try_from(header.values).ok()?,
            repetitions: part(&mut body, levels.repetition)?,
            definitions: part(&mut body, levels.definition)?,
            values: body,
        })
    }

    /// Takes what values take that are repeated so often; `None` where it is more
    /// than there may be.
    pub(super) fn spend(&self, bytes: usize, times: usize) -> Option<()> {
        let bytes = (bytes as u64).checked_mul(times as u64)?;
        self.budget.set(self.budget.get().checked_sub(bytes)?);
        Some(())
    }

    /// How many values are present.
    pub(super) fn present(mut self) -> usize {
        let (mut present, levels) = (0usize, self.levels);
        while let Some(page) = self.next() {
            let is_data = page.header.kind == Kind::Data;
            let more = page.present(levels).filter(|_| is_data);
            present = present.saturating_add(more.unwrap_or(0));
        }
        present
    }

    /// True where a column has one value, which is zero, and every row has it.
    pub(super) fn is_all_zero(mut self) -> bool {
        let mut has_zero = false;
        while let Some(page) = self.next() {
            match page.header.kind {
                Kind::Dictionary => has_zero = page.values == [0; 4],
                _ if is_dictionary(page.header.encoding) => {}
                _ => return false,
            }
        }
        has_zero && self.bytes.is_empty()
    }
}

impl Opened<'_> {
    pub(super) fn present(&self, levels: Levels) -> Option<usize> {
        match levels.definition {
            0 => Some(self.entries),
            most => self.definitions.count(self.entries, u32::from(most)),
        }
    }
}

/// The levels that a page begins with, behind their length; none where they are
/// all zero.
fn part<'f>(body: &mut &'f [u8], most: u8) -> Option<Hybrid<'f>> {
    if most == 0 {
        return Some(Hybrid::default());
    }
    let (length, rest) = body.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (levels, rest) = rest.split_at_checked(length)?;
    *body = rest;
    Hybrid::new(levels, bits(most))
}

/// How many bits a level of no more than `most` has.
fn bits(most: u8) -> u8 {
    (u8::BITS - most.leading_zeros()) as u8
}

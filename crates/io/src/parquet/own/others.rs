//! Attributes that have no column.

use super::columns::next_text;
use super::leaf::Leaf;
use super::leaves::{Leaves, OPTIONAL, PART};
use super::lengths::Lengths;
use super::memo::Names;
use super::physical::Text;
use super::{value, Short};
use crate::flaws::Flaw;
use crate::json::Open;
use crate::parquet::file::Stop;

/// A map in each row; nothing inside where no row has any.
pub(super) struct Others<'f>(Option<Parts<'f>>);

struct Parts<'f> {
    lengths: Lengths<'f>,
    keys: Names<'f>,
    values: Leaf<'f, Text>,
    types: Option<Leaf<'f, Text>>,
    /// The types of the row's attributes that are left.
    letters: &'f [u8],
    /// How many are left.
    left: usize,
    /// Room for values that are bytes.
    room: Vec<u8>,
}

impl<'f> Others<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        let keys = leaves.pages::<Text>(PART)?;
        let lengths = leaves.lengths(keys)?;
        let parts = Parts {
            keys: Names::new(Leaf::new(keys)),
            values: leaves.leaf(PART)?,
            types: leaves.seldom(OPTIONAL)?,
            letters: &[],
            left: 0,
            room: Vec::new(),
            lengths,
        };
        Some(Self((!parts.lengths.is_over()).then_some(parts)))
    }

    /// Begins the next row.
    #[inline]
    pub(super) fn begin(&mut self) -> Result<(), Short> {
        let Some(parts) = &mut self.0 else {
            return Ok(());
        };
        parts.left = parts.lengths.next().ok_or(Short)?;
        parts.letters = next_text(&mut parts.types)?.unwrap_or_default();
        Ok(())
    }

    /// Adds the next attribute of the row to the open record.
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let parts = self.0.as_mut().ok_or(Short)?;
        parts.left = parts.left.checked_sub(1).ok_or(Short)?;
        parts.next(open)
    }

    /// Makes sure that the row has no more.
    #[inline]
    pub(super) fn end(&self) -> Result<(), Stop> {
        match &self.0 {
            Some(Parts { left: 1.., .. }) => Err(disagree()),
            _ => Ok(()),
        }
    }
}

/// What is said of attributes that are not those of their order.
pub(super) fn disagree() -> Stop {
    Stop::broken("attributes and their order disagree")
}

impl Parts<'_> {
    fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let key = self.keys.next().ok_or(Short)?;
        let key = self.keys.symbol(key, open)?;
        let text = self.values.value().ok_or(Short)?.value;
        let letter = match self.letters.split_first() {
            Some((&letter, rest)) => {
                self.letters = rest;
                letter
            }
            None => value::TEXT,
        };
        let text = open.text(text);
        match value::decode(letter, &text, &mut self.room) {
            Some(value) => open.batch.attribute_of(key, value),
            None => open.flaw(Flaw::Malformed),
        }
        Ok(())
    }
}

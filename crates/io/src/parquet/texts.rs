//! What texts become that a column says once and means often.

use parquet::errors::{ParquetError, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// How many rows are read at once, at most.
const ROWS: u64 = 1 << 12;

/// The texts of the columns of a row group may have so many bytes in any case, of
/// as many rows as are read at once.
const FREE_BYTES: u64 = 256 << 20;

/// The texts of one column, as far as its pages are known.
#[derive(Debug)]
pub(super) struct Texts {
    /// False for columns of other values.
    are_texts: bool,
    /// The longest of the dictionary.
    longest: u64,
    /// How many values come from it.
    values: u64,
    /// How many bytes those have that begin as the one before them.
    begun: u64,
    /// What the column has taken of what all columns have.
    taken: u64,
    room: Room,
}

/// How many bytes the texts of all columns of a row group may have.
pub(super) type Room = Arc<AtomicU64>;

/// The room of a file of which so many bytes may become of what it repeats.
pub(super) fn room(most: u64) -> Room {
    Arc::new(AtomicU64::new(most.max(FREE_BYTES)))
}

impl Texts {
    pub(super) fn new(are_texts: bool, room: &Room) -> Self {
        Self {
            are_texts,
            longest: 0,
            values: 0,
            begun: 0,
            taken: 0,
            room: Arc::clone(room),
        }
    }

    /// A dictionary of so many texts, each behind its length.
    pub(super) fn dictionary(&mut self, mut bytes: &[u8], count: u32) {
        self.longest = 0;
        for _ in 0..count {
            let Some((length, behind)) = bytes.split_first_chunk::<4>() else {
                return;
            };
            let length = u32::from_le_bytes(*length);
            self.longest = self.longest.max(length.into());
            bytes = behind.get(length as usize..).unwrap_or_default();
        }
    }

    /// So many values of the dictionary.
    ///
    /// # Errors
    ///
    /// Where they may be too long.
    pub(super) fn repeat(&mut self, values: u32) -> Result<()> {
        self.values = self.values.saturating_add(values.into());
        self.settle()
    }

    /// Texts of so many bytes that begin as the one before them.
    ///
    /// # Errors
    ///
    /// Where they are too long.
    pub(super) fn begin(&mut self, bytes: u64) -> Result<()> {
        self.begun = self.begun.saturating_add(bytes);
        self.settle()
    }

    /// Takes what the column needs by now.
    fn settle(&mut self) -> Result<()> {
        if !self.are_texts {
            return Ok(());
        }
        let repeated = self.values.min(ROWS).saturating_mul(self.longest);
        let needed = repeated.saturating_add(self.begun).max(self.taken);
        let more = needed - std::mem::replace(&mut self.taken, needed);
        let take = |room: u64| room.checked_sub(more);
        let taken = (self.room).fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        let long = |_| ParquetError::General("texts that are repeated are too long".to_owned());
        taken.map(|_| ()).map_err(long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary of texts of these lengths.
    fn dictionary(lengths: &[u32]) -> Vec<u8> {
        let texts = lengths.iter().map(|&length| {
            let text = vec![b'a'; length as usize];
            [&length.to_le_bytes()[..], &text].concat()
        });
        texts.collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_long_text_is_not_repeated_too_often() {
        let (short, long) = (dictionary(&[3, 70, 5]), dictionary(&[1, 1 << 20]));
        let room = room(0);
        let mut texts = Texts::new(true, &room);
        texts.dictionary(&short, 3);
        assert!(texts.repeat(u32::MAX).is_ok(), "not all at once");
        let mut texts = Texts::new(true, &room);
        texts.dictionary(&long, 2);
        assert!(texts.repeat(200).is_ok() && texts.repeat(55).is_ok());
        assert!(texts.repeat(1).is_err(), "with what the first has taken");
        let mut numbers = Texts::new(false, &room);
        numbers.dictionary(&long, 2);
        assert!(numbers.repeat(u32::MAX).is_ok());
    }

    #[test]
    fn what_is_begun_alike_is_summed() {
        let room = room(0);
        let mut texts = Texts::new(true, &room);
        assert!(texts.begin(FREE_BYTES - 1).is_ok() && texts.begin(1).is_ok());
        assert!(texts.begin(1).is_err());
        assert!(Texts::new(true, &room).begin(u64::MAX).is_err());
    }

    #[test]
    fn a_dictionary_that_is_cut_off_has_the_texts_before() {
        let room = room(0);
        let mut texts = Texts::new(true, &room);
        texts.dictionary(&dictionary(&[7, 9])[..12], 2);
        assert_eq!(texts.longest, 7);
        texts.dictionary(&[], u32::MAX);
        assert_eq!(texts.longest, 0);
    }
}

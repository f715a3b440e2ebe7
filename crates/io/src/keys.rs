//! The symbols of recent keys.

use crate::flaws::{Flaw, Flaws};
use spanwise_model::{Result, SpanBatch, Symbol};

/// The slots of recent keys: a power of two.
const SLOTS: usize = 512;

/// The longest key that a slot holds, in bytes.
const LONGEST: usize = 32;

/// The bytes of a short key as four words. Together with the length they tell
/// keys apart: no byte of a key is in none of them.
type Words = [u64; LONGEST / 8];

/// A key that was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    words: Words,
    /// One more than the key's length; zero where the slot is empty.
    length: usize,
    symbol: Symbol,
}

/// The symbols of recent keys, so that a known key is compared and not hashed.
#[derive(Debug)]
pub(crate) struct Keys {
    recent: Box<[Slot]>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            recent: vec![Slot::default(); SLOTS].into(),
        }
    }
}

impl Keys {
    /// The symbol of a short text that repeats.
    #[inline(always)]
    pub(crate) fn symbol(
        &mut self,
        key: &[u8],
        batch: &mut SpanBatch,
        flaws: &mut Flaws,
    ) -> Result<Symbol> {
        let words = words(key);
        let slot = &self.recent[place(&words, key.len())];
        if slot.words == words && slot.length == key.len() + 1 {
            return Ok(slot.symbol);
        }
        self.look_up(key, batch, flaws)
    }

    /// The symbol of a key that is in no slot.
    #[cold]
    fn look_up(&mut self, key: &[u8], batch: &mut SpanBatch, flaws: &mut Flaws) -> Result<Symbol> {
        batch.guard.check_text(key.len())?;
        let Ok(text) = std::str::from_utf8(key) else {
            flaws.add(Flaw::InvalidUtf8);
            return Ok(batch.strings.intern(&String::from_utf8_lossy(key)));
        };
        let symbol = batch.strings.intern(text);
        if key.len() <= LONGEST {
            let words = words(key);
            self.recent[place(&words, key.len())] = Slot {
                words,
                length: key.len() + 1,
                symbol,
            };
        }
        Ok(symbol)
    }
}

/// The words of a key: its beginning and its end, which overlap unless the key
/// has just their length. Those of a key that is too long are the same as some
/// shorter one's, and the length tells them apart.
#[inline(always)]
fn words(key: &[u8]) -> Words {
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) else {
        return [short_word(key), 0, 0, 0];
    };
    let (rest, begun) = (&key[8..], &key[..key.len() - 8]);
    match (rest.first_chunk(), begun.last_chunk()) {
        (Some(second), Some(third)) => [word(first), word(last), word(second), word(third)],
        _ => [word(first), word(last), 0, 0],
    }
}

/// Less than eight bytes as a word.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    let byte = |word, &byte: &u8| word << 8 | u64::from(byte);
    bytes.iter().fold(0, byte)
}

/// The slot of a key.
#[inline]
fn place(words: &Words, length: usize) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (words[0] ^ words[1].rotate_left(29) ^ words[2].rotate_left(47) ^ length as u64)
        .wrapping_mul(SPREAD);
    (mixed >> (64 - SLOTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_key_counts() {
        let (mut keys, mut batch) = (Keys::default(), SpanBatch::default());
        let mut symbol = |key: &[u8]| {
            let symbol = keys.symbol(key, &mut batch, &mut Flaws::default());
            symbol.expect("short")
        };
        for length in 0..=LONGEST + 2 {
            let key = vec![b'a'; length];
            let own = symbol(&key);
            for at in 0..length {
                let mut other = key.clone();
                other[at] = b'b';
                assert_ne!(symbol(&other), own, "byte {at} of {length}");
            }
            assert_ne!(symbol(&vec![b'a'; length + 1]), own);
            assert_eq!(symbol(&key), own);
        }
    }

    #[test]
    fn what_is_no_text_is_told_each_time_it_is_looked_up() {
        let (mut keys, mut batch) = (Keys::default(), SpanBatch::default());
        for _ in 0..2 {
            let mut flaws = Flaws::default();
            let symbol = keys.symbol(b"a\xff", &mut batch, &mut flaws);
            assert_eq!(batch.strings.get(symbol.expect("short")), "a\u{fffd}");
            assert!(!flaws.is_empty());
        }
    }
}

//! The first bytes of an attribute, which tell it from others.

use super::Attribute;

/// The bytes of a word.
pub(super) const WORD: usize = 8;

/// How many bytes behind a pattern are compared at once.
pub(super) const TAIL: usize = 2 * WORD;

/// The first bytes of an attribute as words, which are compared at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern<const WORDS: usize> {
    words: [u64; WORDS],
    mask: [u64; WORDS],
}

impl<const WORDS: usize> Pattern<WORDS> {
    pub(super) fn of<T>(attribute: &Attribute<'_, T>) -> Self {
        let (mut chunk, mut mask) = ([[0; WORD]; WORDS], [[0; WORD]; WORDS]);
        let length = attribute.bytes.len().min(WORDS * WORD);
        chunk.as_flattened_mut()[..length].copy_from_slice(&attribute.bytes[..length]);
        mask.as_flattened_mut()[..length].fill(0xff);
        if let Some(any) = attribute.any {
            chunk.as_flattened_mut()[any] = 0;
            mask.as_flattened_mut()[any] = 0;
        }
        Self {
            words: chunk.map(u64::from_le_bytes),
            mask: mask.map(u64::from_le_bytes),
        }
    }

    #[inline(always)]
    pub(super) fn matches(&self, bytes: &[u8]) -> bool {
        let (words, _) = bytes.as_chunks::<WORD>();
        match words.first_chunk() {
            Some(words) => self.matches_words(words),
            None => self.matches_end(bytes),
        }
    }

    #[inline(always)]
    fn matches_words(&self, words: &[[u8; WORD]; WORDS]) -> bool {
        let differ = |at: usize| (u64::from_le_bytes(words[at]) ^ self.words[at]) & self.mask[at];
        (0..WORDS).fold(0, |all, at| all | differ(at)) == 0
    }

    /// The same where fewer bytes are left. A zero behind the end is no byte of
    /// an attribute that is compared.
    fn matches_end(&self, bytes: &[u8]) -> bool {
        let (mut words, mut behind) = ([[0; WORD]; WORDS], [[0xff; WORD]; WORDS]);
        words.as_flattened_mut()[..bytes.len()].copy_from_slice(bytes);
        behind.as_flattened_mut()[..bytes.len()].fill(0);
        let behind = behind.map(u64::from_le_bytes);
        let is_within = (0..WORDS).all(|at| behind[at] & self.mask[at] == 0);
        is_within && self.matches_words(&words)
    }
}

//! The symbols of recent keys.

use crate::flaws::{Flaw, Flaws};
use spanwise_model::{Result, SpanBatch, Symbol};

/// The slots of recent keys.
const SLOTS: usize = 256;

/// The symbols of recent keys, so that a known key is compared and not hashed.
#[derive(Debug)]
pub(crate) struct Keys {
    recent: [Symbol; SLOTS],
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            recent: [Symbol::EMPTY; SLOTS],
        }
    }
}

impl Keys {
    /// The symbol of a short text that repeats.
    #[inline]
    pub(crate) fn symbol(
        &mut self,
        key: &[u8],
        batch: &mut SpanBatch,
        flaws: &mut Flaws,
    ) -> Result<Symbol> {
        let slot = &mut self.recent[slot(key)];
        if batch.strings.get(*slot).as_bytes() != key {
            batch.guard.check_text(key.len())?;
            *slot = match std::str::from_utf8(key) {
                Ok(key) => batch.strings.intern(key),
                Err(_) => {
                    flaws.add(Flaw::InvalidUtf8);
                    return Ok(batch.strings.intern(&String::from_utf8_lossy(key)));
                }
            };
        }
        Ok(*slot)
    }
}

#[inline]
fn slot(key: &[u8]) -> usize {
    let at = |index: usize| key.get(index).map_or(0, |&byte| usize::from(byte));
    let last = key.len().wrapping_sub(1);
    (at(last) ^ at(key.len() / 2) << 3 ^ key.len() << 2 ^ at(last.wrapping_sub(3)) << 1) % SLOTS
}

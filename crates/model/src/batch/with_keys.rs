//! Which records have one of some attributes, found by the few sequences of keys
//! that there are.

use super::SpanBatch;
use crate::evidence::EvidenceId;
use crate::strings::Symbol;

/// The records that have one of some attributes themselves, a bit each.
#[derive(Clone, Debug)]
pub struct RecordsWith {
    bits: Vec<u64>,
    /// True where bits are of records, false where they are of their evidence.
    of_records: bool,
}

impl SpanBatch {
    /// The records that have one of these attributes themselves. One pass over all
    /// records, whose keys are not looked at one by one.
    #[must_use]
    pub fn records_with(&self, keys: &[Symbol]) -> RecordsWith {
        let mut bits = Bits::default();
        let is_key = |key: Symbol| keys.contains(&key);
        let of_records = self.keep.has_rows();
        match of_records {
            true => self.attributes.each_with(is_key, |has| bits.push(has)),
            false => {
                let rows = self.evidence.attributes();
                rows.each_with(is_key, |has| bits.push(has));
            }
        }
        RecordsWith {
            bits: bits.words,
            of_records,
        }
    }
}

impl RecordsWith {
    /// True where a record with this evidence has one of the attributes.
    #[inline]
    #[must_use]
    pub fn holds(&self, record: u32, evidence: EvidenceId) -> bool {
        let at = if self.of_records { record } else { evidence.0 };
        let word = self.bits.get(at as usize / 64).copied().unwrap_or(0);
        word >> (at % 64) & 1 == 1
    }
}

/// Bits, one behind the other.
#[derive(Default)]
struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    #[inline]
    fn push(&mut self, bit: bool) {
        let at = self.len % 64;
        if at == 0 {
            self.words.push(0);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= u64::from(bit) << at;
        }
        self.len += 1;
    }
}

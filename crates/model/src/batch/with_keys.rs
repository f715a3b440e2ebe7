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
        let of_records = self.keep.has_rows();
        let mut bits = Bits::default();
        if !keys.is_empty() {
            let is_key = |key: Symbol| keys.contains(&key);
            match of_records {
                true => self.attributes.each_with(is_key, |has| bits.push(has)),
                false => {
                    let said = self.evidence.attributes();
                    said.each_with(is_key, |has| bits.push(has));
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::{AttributeKeep, Value};
    use crate::head::SpanHead;

    /// Records in several segments, of which each third has a key; some of what
    /// analyses read is kept where no attributes are.
    fn batch(keep: AttributeKeep) -> SpanBatch {
        let mut batch = SpanBatch::new(keep);
        for record in 0..500 {
            batch.attribute("note", Value::Str("so long that segments fill up"));
            if record % 3 == 0 {
                batch.attribute("db.system", Value::Str("redis"));
            }
            if record % 5 == 0 {
                batch.attribute("tenant", Value::Int(record));
            }
            batch.close(SpanHead::default()).expect("room");
        }
        batch
    }

    #[test]
    fn the_records_are_those_that_have_a_value() {
        for keep in [AttributeKeep::All, AttributeKeep::None] {
            let batch = batch(keep);
            let keys = ["db.system", "tenant"].map(|key| batch.strings.find(key));
            let keys: Vec<Symbol> = keys.into_iter().flatten().collect();
            for asked in [&keys[..], &keys[..1], &[]] {
                let found = batch.records_with(asked);
                for (record, head) in (0..).zip(&batch.heads) {
                    let mut values = asked.iter().map(|&key| batch.attribute_value(record, key));
                    let has_one = values.any(|value| value.is_some());
                    assert_eq!(found.holds(record, head.evidence), has_one, "{record}");
                }
            }
            assert!(batch.may_have(keys[0]));
        }
    }
}

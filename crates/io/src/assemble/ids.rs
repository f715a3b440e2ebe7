//! The span ids of a trace, as long as each is that of one record.

use spanwise_model::keyed::HashState;
use spanwise_model::SpanId;
use std::hash::BuildHasher;

/// Finds records by their ids, in room that is kept from one trace to the next.
#[derive(Default)]
pub(super) struct Ids {
    /// One more than the place of a record, or zero; twice as many as there are
    /// records or more, a power of two.
    slots: Vec<u32>,
    hashing: HashState,
}

impl Ids {
    /// Enters the ids of all records; false where two of them are equal.
    pub(super) fn fill(&mut self, records: &[(SpanId, u32)]) -> bool {
        let slots = (records.len() * 2).next_power_of_two();
        self.slots.clear();
        self.slots.resize(slots, 0);
        let mut places = (1..).zip(records);
        places.all(|(place, record)| match self.look_up(records, record.0) {
            Err(slot) => {
                self.slots[slot] = place;
                true
            }
            Ok(_) => false,
        })
    }

    /// The place of the record with this id.
    #[inline]
    pub(super) fn find(&self, records: &[(SpanId, u32)], id: SpanId) -> Option<u32> {
        self.look_up(records, id).ok()
    }

    /// The place of the record with this id, or else the slot that it would have.
    #[inline]
    fn look_up(&self, records: &[(SpanId, u32)], id: SpanId) -> Result<u32, usize> {
        let last = self.slots.len() - 1;
        let mut slot = self.hashing.hash_one(id.0) as usize & last;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                place if records[place as usize - 1].0 == id => return Ok(place - 1),
                _ => slot = (slot + 1) & last,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_until_two_are_equal() {
        let mut ids = Ids::default();
        for count in [0, 1, 2, 100] {
            let mut records: Vec<(SpanId, u32)> = (0..count).map(|n| (SpanId(n * 7), 9)).collect();
            assert!(ids.fill(&records), "{count} ids");
            for (place, record) in (0..).zip(&records) {
                assert_eq!(ids.find(&records, record.0), Some(place));
            }
            assert_eq!(ids.find(&records, SpanId(1)), None);
            records.push((SpanId(0), 9));
            assert_eq!(ids.fill(&records), count == 0, "zero is an id too");
        }
    }
}

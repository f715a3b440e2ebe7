//! Which records have one of some attributes, found by the few sequences of keys
//! that there are, and what those attributes say.

use super::SpanBatch;
use crate::attributes::Value;
use crate::bits::{Bits, NumberedBits};
use crate::strings::Symbol;
use crate::trace_table::Columns;
use std::ops::Range;

/// Records that have one of some attributes themselves.
#[derive(Clone, Debug)]
pub struct RecordsWith {
    /// A bit for each owner of attributes.
    bits: Bits,
    owners: Owners,
}

/// Some of them, numbered. Those that share what they say, where attributes are
/// not kept by record, share a number.
#[derive(Clone, Debug)]
pub struct NumberedRecords {
    bits: NumberedBits,
    owners: Owners,
}

/// Whose attributes are held.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Owners {
    Records,
    Evidence,
}

impl Owners {
    /// Whose attributes the span at a row has.
    #[inline]
    fn of(self, columns: &Columns, row: u32) -> u32 {
        match self {
            Self::Records => columns.record[row as usize],
            Self::Evidence => columns.evidence[row as usize].0,
        }
    }
}

impl SpanBatch {
    /// The records that have one of these attributes themselves. One pass over all
    /// records, whose keys are not looked at one by one.
    #[must_use]
    pub fn records_with(&self, keys: &[Symbol]) -> RecordsWith {
        let is_key = |key: Symbol| keys.contains(&key);
        let (owners, mut bits) = (self.owners(), Bits::default());
        match owners {
            _ if keys.is_empty() => {}
            Owners::Records => self.attributes.mark_with(is_key, &mut bits),
            Owners::Evidence => self.evidence.attributes().mark_with(is_key, &mut bits),
        }
        RecordsWith { bits, owners }
    }

    /// Tells in the order of their numbers what the first of some attributes says
    /// of each of these records that says anything. Values are read as they stand
    /// in memory, which is much faster than in another order.
    pub fn each_first_of<'a>(
        &'a self,
        records: &NumberedRecords,
        keys: &[Symbol],
        mut tell: impl FnMut(Option<Value<'a>>),
    ) {
        let asked = records.bits.bits().iter();
        match records.owners {
            Owners::Records => self
                .attributes
                .each_of(asked, |rows, owner| tell(rows.first_of(owner, keys))),
            Owners::Evidence => {
                let said = self.evidence.attributes();
                asked.for_each(|set| tell(said.first_of(set, keys)));
            }
        }
    }

    fn owners(&self) -> Owners {
        match self.keep.has_rows() {
            true => Owners::Records,
            false => Owners::Evidence,
        }
    }
}

impl RecordsWith {
    /// True where the record of the span at a row is one of them.
    #[inline]
    #[must_use]
    pub fn holds(&self, columns: &Columns, row: u32) -> bool {
        self.bits.get(self.owners.of(columns, row))
    }

    /// Appends those of some rows whose records are among them.
    pub fn find(&self, columns: &Columns, rows: Range<u32>, found: &mut Vec<u32>) {
        let at = rows.start as usize..rows.end as usize;
        match self.owners {
            Owners::Records => self.append(rows, &columns.record[at], found),
            Owners::Evidence => {
                let sets = columns.evidence[at].iter().map(|set| set.0);
                self.append(rows, &sets.collect::<Vec<u32>>(), found);
            }
        }
    }

    /// Each row is written, and the next one over it where it is none of them: which
    /// ones are nobody can guess.
    fn append(&self, rows: Range<u32>, owners: &[u32], found: &mut Vec<u32>) {
        let mut end = found.len();
        found.resize(end + rows.len(), 0);
        for (row, &owner) in rows.zip(owners) {
            found[end] = row;
            end += usize::from(self.bits.get(owner));
        }
        found.truncate(end);
    }

    /// None of them.
    #[must_use]
    pub fn none(&self) -> Self {
        Self {
            bits: self.bits.unset_like(),
            owners: self.owners,
        }
    }

    /// Adds the record of a row to [`RecordsWith::none`] of those that it is among.
    #[inline]
    pub fn add(&mut self, columns: &Columns, row: u32) {
        self.bits.set(self.owners.of(columns, row));
    }

    /// The same, numbered from 0.
    #[must_use]
    pub fn numbered(self) -> NumberedRecords {
        NumberedRecords {
            bits: self.bits.numbered(),
            owners: self.owners,
        }
    }
}

impl NumberedRecords {
    /// The number of the record of a row, which is one of them.
    #[inline]
    #[must_use]
    pub fn number(&self, columns: &Columns, row: u32) -> u32 {
        self.bits.number(self.owners.of(columns, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::AttributeKeep;
    use crate::head::SpanHead;

    /// Records in several segments, of which each third has a key; some of what
    /// analyses read is kept where no attributes are.
    fn batch(keep: AttributeKeep) -> SpanBatch {
        let mut batch = SpanBatch::new(keep);
        for record in 0..500 {
            batch.attribute("note", Value::Str("so long that segments fill up"));
            if record % 3 == 0 {
                let system = ["", "redis"][record as usize % 2];
                batch.attribute("db.system", Value::Str(system));
            }
            if record % 5 == 0 {
                batch.attribute("tenant", Value::Int(record));
            }
            batch.close(SpanHead::default()).expect("room");
        }
        batch
    }

    /// The rows of a table in the order of records, which is all that they have.
    fn columns(batch: &SpanBatch) -> Columns {
        Columns {
            record: (0..batch.len() as u32).collect(),
            evidence: batch.heads.iter().map(|head| head.evidence).collect(),
            ..Columns::default()
        }
    }

    /// What a record says, by itself, and whether it has a value.
    fn said(batch: &SpanBatch, record: u32, keys: &[Symbol]) -> (bool, Option<String>) {
        let values = || keys.iter().map(|&key| batch.attribute_value(record, key));
        let first = values().flatten().find(|value| !value.is_blank());
        let text = first.map(|value| value.to_text().into_owned());
        (values().any(|value| value.is_some()), text)
    }

    #[test]
    fn the_records_are_those_that_have_a_value() {
        for keep in [AttributeKeep::All, AttributeKeep::None] {
            let batch = batch(keep);
            let keys = ["db.system", "tenant"].map(|key| batch.strings.find(key));
            let keys: Vec<Symbol> = keys.into_iter().flatten().collect();
            for asked in [&keys[..], &keys[..1], &[]] {
                check(&batch, asked);
            }
            assert!(batch.may_have(keys[0]));
        }
    }

    /// Finds the rows that have a key, and the values of each other one of them.
    fn check(batch: &SpanBatch, keys: &[Symbol]) {
        let (columns, all) = (columns(batch), 0..batch.len() as u32);
        let (records, mut rows) = (batch.records_with(keys), Vec::new());
        records.find(&columns, 0..100, &mut rows);
        records.find(&columns, 100..all.end, &mut rows);
        let have: Vec<u32> = all.filter(|&row| said(batch, row, keys).0).collect();
        assert_eq!(rows, have);
        let mut some = records.none();
        have.iter()
            .step_by(2)
            .for_each(|&row| some.add(&columns, row));
        let (numbered, mut values) = (some.clone().numbered(), Vec::new());
        batch.each_first_of(&numbered, keys, |value| {
            values.push(value.map(|value| value.to_text().into_owned()));
        });
        for &row in have.iter().filter(|&&row| some.holds(&columns, row)) {
            let number = numbered.number(&columns, row);
            assert_eq!(values[number as usize], said(batch, row, keys).1);
        }
    }
}

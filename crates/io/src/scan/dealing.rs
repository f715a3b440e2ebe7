//! Reading, and dealing what was read to partitions.

use super::journal::{Before, Entry, Journal, OfTable};
use super::options::Assembly;
use super::partition::Partitions;
use super::Scan;
use crate::read::{changed, portions, Course, Mark, Reader};
use crate::source::{Expansion, Item};
use spanwise_model::{Result, SpanBatch};

/// Where records go, and what tells of it.
type Out<'o> = (&'o mut Option<Partitions>, &'o mut Option<Journal>);

impl Scan<'_> {
    /// Reads all that earlier runs did not.
    pub(super) fn read_all(
        &mut self,
        expansion: &Expansion,
        before: &Before,
        (partitions, journal): Out<'_>,
    ) -> Result<()> {
        let reader = Reader::new(expansion, self.read)?;
        if journal.is_some() {
            self.read_marked(&reader, expansion, before, (partitions, journal))?;
        } else {
            self.read_portions(&reader, expansion, partitions)?;
        }
        self.reading.ended = true;
        if let Some(partitions) = partitions {
            self.deal(partitions)?;
        }
        let is_dealt = partitions.is_some() || self.options.assembly == Assembly::Complete;
        match is_dealt {
            true => self.note((partitions, journal), OfTable::default()),
            false => Ok(()),
        }
    }

    /// Reads small files together, and larger ones piece by piece.
    fn read_portions(
        &mut self,
        reader: &Reader<'_>,
        expansion: &Expansion,
        partitions: &mut Option<Partitions>,
    ) -> Result<()> {
        for items in portions(&expansion.items) {
            if let [item] = items {
                let mut give =
                    |batch, goes_on, _| self.take(batch, goes_on, (partitions, &mut None));
                let read = reader.stream(item, Course::new(&mut give));
                read.map_err(|error| error.in_file(item.name.clone()))?;
            } else {
                for batch in reader.portion(items)? {
                    self.take(batch, false, (partitions, &mut None))?;
                }
            }
        }
        Ok(())
    }

    /// Reads all files piece by piece, behind what earlier runs read.
    fn read_marked(
        &mut self,
        reader: &Reader<'_>,
        expansion: &Expansion,
        before: &Before,
        (partitions, journal): Out<'_>,
    ) -> Result<()> {
        for (number, item) in expansion.items.iter().enumerate() {
            let place = |error: spanwise_model::Error| error.in_file(item.name.clone());
            if let Some(&mark) = before.finished.get(number) {
                let same = before.same.get(number).copied().unwrap_or(false);
                check_unchanged(reader, item, mark, same).map_err(place)?;
                continue;
            }
            let is_open = number == before.finished.len();
            let already = if is_open {
                before.open
            } else {
                Mark::default()
            };
            self.reading.open = already;
            let mut give = |batch, goes_on, mark| {
                self.reading.open = mark;
                self.take(batch, goes_on, (partitions, journal))
            };
            let mark = reader.stream(item, Course::behind(already, &mut give));
            let mark = mark.map_err(place)?;
            self.reading.finished.push(mark);
            self.reading.open = Mark::default();
        }
        Ok(())
    }

    /// Takes what was read.
    fn take(&mut self, batch: SpanBatch, goes_on: bool, out: Out<'_>) -> Result<()> {
        let (partitions, journal) = out;
        let part = self.sources.part(batch, goes_on);
        self.held_bytes += part.batch.heap_bytes();
        self.held.push(part);
        if self.options.assembly == Assembly::Complete {
            let made = self.table_of_held()?;
            return self.note((partitions, journal), made);
        }
        if self.held_bytes > self.budget.held_bytes {
            if partitions.is_none() {
                *partitions = Some(self.partitions(Vec::new(), journal.as_ref())?);
            }
            if let Some(partitions) = partitions {
                self.deal(partitions)?;
            }
            return self.note((partitions, journal), OfTable::default());
        }
        Ok(())
    }

    /// Deals what is held to partitions, and these to disk.
    fn deal(&mut self, partitions: &mut Partitions) -> Result<()> {
        for part in std::mem::take(&mut self.held) {
            self.stop_where_cancelled()?;
            partitions.deal(&part)?;
        }
        self.held_bytes = 0;
        partitions.flush()
    }

    /// Notes in the journal how far it is.
    fn note(&mut self, (partitions, journal): Out<'_>, table: OfTable) -> Result<()> {
        let Some(journal) = journal else {
            return Ok(());
        };
        let mut reading = std::mem::take(&mut self.reading);
        self.reading.open = reading.open;
        reading.sources = self.sources.changes();
        reading.spills = partitions.as_ref().map_or_else(Vec::new, Partitions::bytes);
        reading.table = table;
        journal.push(&Entry::Read(reading))
    }
}

/// Makes sure that a file that was dealt is what it was.
fn check_unchanged(reader: &Reader<'_>, item: &Item, mark: Mark, same: bool) -> Result<()> {
    if same {
        return reader.skip(item);
    }
    let mut give = |_, _, _| Err(changed());
    let now = reader.stream(item, Course::behind(mark, &mut give))?;
    match now == mark {
        true => Ok(()),
        false => Err(changed()),
    }
}

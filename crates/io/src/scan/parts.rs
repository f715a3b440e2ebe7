//! Tables of what was read, and of partitions.

use super::journal::{Before, Entry, Journal, OfTable, PartitionId};
use super::partition::{self, Partitions};
use super::{stop_where_cancelled, Scan};
use crate::assemble::assemble;
use crate::progress::Phase;
use crate::read::check_issues;
use crate::spill::{Part, Parts, Run, Spill};
use spanwise_model::{Guard, Result, SpanBatch};

/// What became of a partition.
enum Outcome {
    Analysed(OfTable),
    Divided(Box<Partitions>),
}

impl Scan<'_> {
    /// Partitions below one, in the folder of the scan where it has one.
    pub(super) fn partitions(
        &self,
        of: PartitionId,
        journal: Option<&Journal>,
    ) -> Result<Partitions> {
        let folder = self.options.spill_folder.as_deref();
        let named = journal.map(Journal::folder);
        Partitions::new((of, self.budget.partitions), (folder, named), self.read)
    }

    /// Gives a table of each partition that earlier runs did not analyse.
    pub(super) fn tables(
        &mut self,
        partitions: Partitions,
        before: &Before,
        journal: &mut Option<Journal>,
    ) -> Result<()> {
        let mut open = match before.is_read {
            true => partition::left(before, journal.as_ref().map(Journal::folder))?,
            false => partitions.into_spills(),
        };
        let mut total: u64 = open.iter().map(|(_, spill)| spill.bytes()).sum();
        let mut done = 0;
        while let Some((id, spill)) = open.pop() {
            self.tell(done, total);
            self.spilled += spill.bytes();
            done += spill.bytes();
            let outcome = self.partition(&id, &spill, journal.as_ref())?;
            let (entry, smaller) = match outcome {
                Outcome::Analysed(made) => (Entry::Analysed(id, made), Vec::new()),
                Outcome::Divided(smaller) => {
                    (Entry::Divided(id, smaller.bytes()), smaller.into_spills())
                }
            };
            if let Some(journal) = journal {
                journal.push(&entry)?;
            }
            spill.remove()?;
            total += smaller.iter().map(|(_, spill)| spill.bytes()).sum::<u64>();
            open.extend(smaller);
        }
        self.tell(done, total);
        Ok(())
    }

    fn tell(&self, done: u64, total: u64) {
        if let Some(progress) = &self.read.progress {
            progress.phase(Phase::Analysing, done, Some(total));
        }
    }

    /// Gives a table of a partition, or deals it where it is too large.
    fn partition(
        &mut self,
        id: &[u32],
        spill: &Spill,
        journal: Option<&Journal>,
    ) -> Result<Outcome> {
        let mut parts = spill.parts();
        let (mut held, mut bytes) = (Vec::new(), 0);
        for part in parts.by_ref() {
            self.stop_where_cancelled()?;
            let part = part?;
            bytes += part.batch.heap_bytes();
            held.push(part);
            if bytes > self.budget.partition_bytes && id.len() <= partition::LEVELS {
                let smaller = self.partitions(id.to_vec(), journal)?;
                let smaller = self.divide(smaller, held, parts)?;
                return Ok(Outcome::Divided(Box::new(smaller)));
            }
        }
        self.table(held).map(Outcome::Analysed)
    }

    fn divide(&self, mut smaller: Partitions, held: Vec<Part>, rest: Parts) -> Result<Partitions> {
        let mut bytes = 0;
        for part in held.into_iter().map(Ok).chain(rest) {
            self.stop_where_cancelled()?;
            let part = part?;
            bytes += part.batch.heap_bytes();
            smaller.deal(&part)?;
            drop(part);
            if bytes > self.budget.held_bytes {
                smaller.flush()?;
                bytes = 0;
            }
        }
        smaller.flush()?;
        Ok(smaller)
    }

    /// Gives a table of what is held.
    pub(super) fn table_of_held(&mut self) -> Result<OfTable> {
        self.held_bytes = 0;
        let held = std::mem::take(&mut self.held);
        self.table(held)
    }

    /// Gives a table of parts.
    fn table(&mut self, parts: Vec<Part>) -> Result<OfTable> {
        let mut batch = SpanBatch::new(self.read.attributes.clone());
        let mut runs: Vec<Run> = Vec::new();
        for part in parts {
            batch.absorb(part.batch)?;
            runs.extend(part.runs);
        }
        if batch.is_empty() {
            return Ok(OfTable::default());
        }
        stop_where_cancelled(self.read.progress.as_ref())?;
        batch.sources = self.sources.of_runs(&runs);
        batch.guard = Guard::default();
        let mut table = assemble(batch)?;
        stop_where_cancelled(self.read.progress.as_ref())?;
        let orphans = orphans(&runs, &mut table);
        self.sources.add_orphans(&orphans);
        if self.read.strict {
            check_issues(&table.issues)?;
        }
        let keep = self.options.resume.is_some();
        let kept = self.each.table(table, keep)?;
        Ok(OfTable { orphans, kept })
    }
}

/// The orphans of a table made of these runs, by their sources, which the
/// table then tells no more.
fn orphans(runs: &[Run], table: &mut spanwise_model::SpanTable) -> Vec<(u32, u64)> {
    let sources = std::mem::take(&mut table.sources);
    let pairs = runs.iter().zip(sources);
    let counts = pairs.map(|(run, source)| (run.source, source.orphans));
    counts.filter(|&(_, orphans)| orphans > 0).collect()
}

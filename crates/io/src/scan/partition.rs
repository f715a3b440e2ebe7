//! Dealing records to partitions by their traces.

use super::folder::spill_path;
use super::journal::{below, Before, PartitionId};
use crate::frames::Encoder;
use crate::read::ReadOptions;
use crate::spill::{Part, Spill};
use spanwise_model::id::avalanche;
use spanwise_model::{Copier, Result, SpanBatch, TraceId};
use std::path::Path;

/// How often a partition is dealt again at most. Traces that no hash tells
/// apart by then are one trace.
pub(super) const LEVELS: usize = 4;

/// Partitions of one level; no trace is in two of them.
pub(super) struct Partitions {
    /// The partition that they are dealt from; nothing where it is the input.
    of: PartitionId,
    open: Vec<Part>,
    spills: Vec<Spill>,
    encoder: Encoder,
    read: ReadOptions,
}

impl Partitions {
    /// So many empty partitions: with names in the second folder, or else
    /// without in the first.
    pub(super) fn new(
        (of, count): (PartitionId, usize),
        (folder, named): (Option<&Path>, Option<&Path>),
        read: &ReadOptions,
    ) -> Result<Self> {
        let spill = |(id, _): (PartitionId, u64)| match named {
            Some(named) => Spill::named(spill_path(named, &id), 0),
            None => Ok(Spill::new(folder)),
        };
        let spills = below(&of, &vec![0; count]).into_iter().map(spill);
        let spills = spills.collect::<Result<_>>()?;
        Self::of(of, spills, read)
    }

    /// The partitions of the input to which earlier runs dealt.
    pub(super) fn again(before: &Before, folder: &Path, read: &ReadOptions) -> Result<Self> {
        let open = |(id, bytes): (PartitionId, u64)| match before.is_read {
            true => Spill::named(spill_path(folder, &id), 0),
            false => Spill::named(spill_path(folder, &id), bytes),
        };
        let spills = below(&[], &before.spills).into_iter().map(open);
        Self::of(Vec::new(), spills.collect::<Result<_>>()?, read)
    }

    fn of(of: PartitionId, spills: Vec<Spill>, read: &ReadOptions) -> Result<Self> {
        let mut partitions = Self {
            of,
            open: Vec::new(),
            spills,
            encoder: Encoder::new()?,
            read: read.clone(),
        };
        partitions.reopen();
        Ok(partitions)
    }

    fn reopen(&mut self) {
        let part = || Part {
            batch: SpanBatch::new(self.read.attributes.clone()),
            runs: Vec::new(),
        };
        self.open = self.spills.iter().map(|_| part()).collect();
    }

    /// Deals the records of a part.
    pub(super) fn deal(&mut self, part: &Part) -> Result<()> {
        let mut copiers: Vec<Option<Copier<'_>>> = self.open.iter().map(|_| None).collect();
        let mut record = 0;
        for run in &part.runs {
            for _ in 0..run.records {
                let at = self.partition_of(part.batch.trace_ids[record as usize]);
                let copier = copiers[at].get_or_insert_with(|| Copier::new(&part.batch));
                copier.copy(record, &mut self.open[at].batch)?;
                self.open[at].note(run.source);
                record += 1;
            }
        }
        Ok(())
    }

    fn partition_of(&self, trace: TraceId) -> usize {
        let halves = trace.0 as u64 ^ ((trace.0 >> 64) as u64).rotate_left(32);
        let hash = avalanche(halves ^ (self.of.len() as u64) << 59);
        (hash % self.spills.len() as u64) as usize
    }

    /// Writes down what was dealt.
    pub(super) fn flush(&mut self) -> Result<()> {
        for (part, spill) in self.open.iter().zip(&mut self.spills) {
            if !part.batch.is_empty() {
                super::stop_where_cancelled(self.read.progress.as_ref())?;
                spill.push(part, &mut self.encoder)?;
            }
        }
        self.reopen();
        Ok(())
    }

    /// The bytes of each partition.
    pub(super) fn bytes(&self) -> Vec<u64> {
        self.spills.iter().map(Spill::bytes).collect()
    }

    /// The files of the partitions that have records.
    pub(super) fn into_spills(self) -> Vec<(PartitionId, Spill)> {
        let numbered = (0..).zip(self.spills);
        let named = numbered.map(|(number, spill)| ([&self.of[..], &[number]].concat(), spill));
        named.filter(|(_, spill)| spill.bytes() > 0).collect()
    }
}

/// The partitions that earlier runs dealt to and did not analyse.
pub(super) fn left(before: &Before, folder: Option<&Path>) -> Result<Vec<(PartitionId, Spill)>> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let open = |(id, bytes): (PartitionId, u64)| {
        Ok((id.clone(), Spill::named(spill_path(folder, &id), bytes)?))
    };
    before.left().into_iter().map(open).collect()
}

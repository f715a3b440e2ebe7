//! Dealing records to partitions by their traces.

use crate::read::ReadOptions;
use crate::spill::{Encoder, Part, Spill};
use spanwise_model::id::avalanche;
use spanwise_model::{Copier, Result, SpanBatch, TraceId};
use std::path::Path;

/// How often a partition is dealt again at most. Traces that no hash tells
/// apart by then are one trace.
pub(super) const LEVELS: u32 = 4;

/// Partitions of one level; no trace is in two of them.
pub(super) struct Partitions {
    level: u32,
    open: Vec<Part>,
    spills: Vec<Spill>,
    encoder: Encoder,
    read: ReadOptions,
}

impl Partitions {
    pub(super) fn new(
        count: usize,
        level: u32,
        folder: Option<&Path>,
        read: &ReadOptions,
    ) -> Result<Self> {
        let mut partitions = Self {
            level,
            open: Vec::new(),
            spills: (0..count).map(|_| Spill::new(folder)).collect(),
            encoder: Encoder::new()?,
            read: read.clone(),
        };
        partitions.reopen();
        Ok(partitions)
    }

    pub(super) fn level(&self) -> u32 {
        self.level
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
        let hash = avalanche(halves ^ u64::from(self.level) << 59);
        (hash % self.spills.len() as u64) as usize
    }

    /// Writes down what was dealt.
    pub(super) fn flush(&mut self) -> Result<()> {
        for (part, spill) in self.open.iter().zip(&mut self.spills) {
            if !part.batch.is_empty() {
                spill.push(part, &mut self.encoder)?;
            }
        }
        self.reopen();
        Ok(())
    }

    /// The files of the partitions that have records.
    pub(super) fn into_spills(self) -> Vec<Spill> {
        let mut spills = self.spills;
        spills.retain(|spill| spill.bytes() > 0);
        spills
    }
}

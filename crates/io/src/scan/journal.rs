//! The journal of a scan: what was done, so that it need not be done again.
//!
//! An entry is written when all that it tells of is on disk. What follows the
//! last whole entry was not done, wherever the process ended.

use super::each::Kept;
use super::folder::open_journal;
use super::plan::Plan;
use super::sources::SourcesChange;
use crate::frames::{Encoder, Frames};
use crate::read::Mark;
use serde::{Deserialize, Serialize};
use spanwise_model::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A partition: its number, and below it those of the partitions that it was
/// dealt to.
pub(super) type PartitionId = Vec<u32>;

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Entry {
    /// The scan was begun.
    Begun(Plan),
    /// Input was read, and dealt or analysed.
    Read(Reading),
    /// A partition was dealt to smaller ones, of so many bytes.
    Divided(PartitionId, Vec<u64>),
    /// A partition was analysed.
    Analysed(PartitionId, OfTable),
}

/// How far the input was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Reading {
    /// Items that were finished since the last entry.
    pub(super) finished: Vec<Mark>,
    /// How far the item was read that follows them.
    pub(super) open: Mark,
    pub(super) sources: SourcesChange,
    /// The bytes of each partition.
    pub(super) spills: Vec<u64>,
    /// What was made of the table of what was read, where it was not dealt.
    pub(super) table: OfTable,
    /// True where nothing is left to be read.
    pub(super) ended: bool,
}

/// What was made of a table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct OfTable {
    /// Orphans by the number of their source.
    pub(super) orphans: Vec<(u32, u64)>,
    /// What takes the tables kept of it.
    pub(super) kept: Kept,
}

/// What earlier runs of a scan did.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Whether each input looks as it did.
    pub(super) same: Vec<bool>,
    pub(super) finished: Vec<Mark>,
    pub(super) open: Mark,
    pub(super) spills: Vec<u64>,
    pub(super) is_read: bool,
    divided: BTreeMap<PartitionId, Vec<u64>>,
    analysed: BTreeSet<PartitionId>,
}

impl Before {
    /// Notes what an entry tells of partitions and inputs.
    pub(super) fn note(&mut self, entry: &Entry) {
        match entry {
            Entry::Begun(_) => {}
            Entry::Read(reading) => {
                self.finished.extend(&reading.finished);
                self.open = reading.open;
                self.spills.clone_from(&reading.spills);
                self.is_read = reading.ended;
            }
            Entry::Divided(id, spills) => {
                self.divided.insert(id.clone(), spills.clone());
            }
            Entry::Analysed(id, _) => {
                self.analysed.insert(id.clone());
            }
        }
    }

    /// The partitions that are to be analysed, with their bytes.
    pub(super) fn left(&self) -> Vec<(PartitionId, u64)> {
        let mut left = Vec::new();
        let mut seen = below(&[], &self.spills);
        while let Some((id, bytes)) = seen.pop() {
            match self.divided.get(&id) {
                _ if bytes == 0 || self.analysed.contains(&id) => {}
                Some(spills) => seen.extend(below(&id, spills)),
                None => left.push((id, bytes)),
            }
        }
        left
    }
}

/// Partitions of these bytes below another one.
pub(super) fn below(id: &[u32], spills: &[u64]) -> Vec<(PartitionId, u64)> {
    let numbered = (0..).zip(spills);
    let below = |(number, &bytes)| ([id, &[number]].concat(), bytes);
    numbered.map(below).collect()
}

/// The journal in the folder of a scan.
pub(super) struct Journal {
    folder: PathBuf,
    frames: Frames,
    encoder: Encoder,
}

impl Journal {
    /// Opens the journal in a folder and gives its entries to `each`, the plan
    /// excepted; what earlier runs of this scan did.
    pub(super) fn open(
        folder: &Path,
        plan: &Plan,
        each: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<(Self, Before)> {
        let (file, path) = open_journal(folder)?;
        let mut journal = Self {
            folder: folder.to_owned(),
            frames: Frames::over(file, path)?,
            encoder: Encoder::new()?,
        };
        let mut before = Before::default();
        let mut entries = journal.frames.values(0..journal.frames.bytes());
        let mut begun = false;
        while let Some(entry) = entries.next_whole()? {
            before.note(&entry);
            match entry {
                Entry::Begun(then) => before.same = plan.resumes(&then, folder)?,
                entry => each(entry)?,
            }
            begun = true;
        }
        let whole = entries.offset();
        journal.frames.cut(whole)?;
        if !begun {
            journal.push(&Entry::Begun(plan.clone()))?;
        }
        Ok((journal, before))
    }

    /// Writes an entry.
    pub(super) fn push(&mut self, entry: &Entry) -> Result<()> {
        self.frames.push(entry, &mut self.encoder)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

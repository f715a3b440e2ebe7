//! What a scan knows of the files that it has read.

use crate::spill::{Part, Run};
use serde::{Deserialize, Serialize};
use spanwise_model::batch::{Head, Source};
use spanwise_model::{flags, Issues, SourceSummary, SpanBatch};
use std::collections::BTreeMap;

/// What a scan tells besides its tables.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Scanned {
    /// Files in the order in which they were read.
    pub sources: Vec<SourceSummary>,
    /// What was wrong with files; what was wrong with traces is told by the
    /// tables.
    pub issues: Issues,
    /// Bytes of temporary files; zero where everything had room in memory.
    pub spilled_bytes: u64,
    /// Spans of traces that the filter does not name.
    pub passed_over: u64,
}

impl Scanned {
    /// How many records each file gave.
    pub(super) fn found(&self) -> BTreeMap<&str, u64> {
        let mut found = BTreeMap::new();
        for source in &self.sources {
            *found.entry(source.path.as_str()).or_default() += source.spans;
        }
        found
    }
}

/// The files that have been read so far, by number.
#[derive(Debug, Default)]
pub(super) struct Sources {
    files: Vec<SourceSummary>,
    issues: Issues,
    /// Issues that no change tells of as yet.
    fresh: Issues,
    /// How many files changes tell of, the last of which may go on.
    told: usize,
    /// Spans that were read and dropped.
    passed_over: u64,
}

/// What has changed of the files that were read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct SourcesChange {
    /// The number of the first of the files.
    first: u32,
    files: Vec<SourceSummary>,
    issues: Issues,
    /// How many spans had been dropped by then.
    passed_over: u64,
}

impl Sources {
    /// Makes a part of a batch that was read; `goes_on` where its first source
    /// is the last one of the batch before.
    pub(super) fn part(&mut self, mut batch: SpanBatch, goes_on: bool) -> Part {
        self.fresh.absorb(std::mem::take(&mut batch.issues));
        let mut runs = Vec::new();
        for (at, source) in std::mem::take(&mut batch.sources).into_iter().enumerate() {
            let records = source.records.len() as u32;
            let heads = &batch.heads[source.records.start as usize..source.records.end as usize];
            let is_half = |head: &&Head| head.flags & flags::HALF != 0;
            let spans = (heads.len() - heads.iter().filter(is_half).count()) as u64;
            let spans = spans + source.passed_over;
            self.passed_over += source.passed_over;
            self.add(source, spans, goes_on && at == 0);
            runs.push(Run {
                source: self.files.len() as u32 - 1,
                records,
            });
        }
        Part { batch, runs }
    }

    fn add(&mut self, source: Source, spans: u64, goes_on: bool) {
        match self.files.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.spans += spans;
                last.truncated |= source.truncated;
            }
            None => self.files.push(SourceSummary {
                path: source.path,
                format: source.format,
                spans,
                orphans: 0,
                chosen_orphans: 0,
                truncated: source.truncated,
            }),
        }
    }

    /// The sources of a batch that these runs make up.
    pub(super) fn of_runs(&self, runs: &[Run]) -> Vec<Source> {
        let mut first = 0;
        let source = |run: &Run| {
            let file = &self.files[run.source as usize];
            let records = first..first + run.records;
            first = records.end;
            Source {
                path: file.path.clone(),
                format: file.format.clone(),
                records,
                passed_over: 0,
                number: run.source,
                truncated: file.truncated,
            }
        };
        runs.iter().map(source).collect()
    }

    /// Adds orphans by the numbers of their sources.
    pub(super) fn add_orphans(&mut self, orphans: &[(u32, u64)]) {
        for &(source, orphans) in orphans {
            if let Some(file) = self.files.get_mut(source as usize) {
                file.orphans += orphans;
            }
        }
    }

    /// What has changed since this was last asked; orphans are told by tables.
    pub(super) fn changes(&mut self) -> SourcesChange {
        let first = self.told.saturating_sub(1);
        self.told = self.files.len();
        let issues = std::mem::take(&mut self.fresh);
        self.issues.absorb(issues.clone());
        SourcesChange {
            first: first as u32,
            files: self.files[first..].to_vec(),
            issues,
            passed_over: self.passed_over,
        }
    }

    /// Takes up a change that an earlier run told of.
    pub(super) fn change(&mut self, change: SourcesChange) {
        self.issues.absorb(change.issues);
        self.passed_over = change.passed_over;
        let first = (change.first as usize).min(self.files.len());
        let before = self.files.split_off(first);
        let orphans = before.iter().map(|file| file.orphans);
        let orphans = orphans.chain(std::iter::repeat(0));
        let changed = change.files.into_iter().zip(orphans);
        self.files
            .extend(changed.map(|(file, orphans)| SourceSummary { orphans, ..file }));
        self.told = self.files.len();
    }

    pub(super) fn finish(mut self, spilled_bytes: u64) -> Scanned {
        self.issues.absorb(std::mem::take(&mut self.fresh));
        Scanned {
            sources: self.files,
            issues: self.issues,
            spilled_bytes,
            passed_over: self.passed_over,
        }
    }
}

//! Lists traces table by table.

use super::merge::Merge;
use super::run::{Chunk, Runs};
use super::settling::Settling;
use super::{Listed, RowOptions};
use crate::Partials;
use spanwise_analyze::{FactColumns, Listing, Rows};
use spanwise_model::table::SortKey;
use spanwise_model::{Result, SpanTable, TraceId};
use std::ops::Range;
use std::path::Path;

/// How many runs are merged at once.
const RUNS: usize = 128;

/// About how many bytes a row takes.
const ROW_BYTES: u64 = 400;

/// The most rows of a run that are read at once.
const CHUNK_ROWS: u64 = 4_096;

/// Takes tables of whole traces, and lists them.
pub(crate) struct Lister<'l> {
    settling: Settling<'l>,
    options: RowOptions,
    runs: Runs,
}

impl<'l> Lister<'l> {
    /// A lister within this much memory, with temporary files in this folder.
    pub(crate) fn new(
        listing: &'l dyn Listing,
        options: &RowOptions,
        memory_bytes: Option<u64>,
        folder: Option<&Path>,
    ) -> Result<Self> {
        let room = memory_bytes.map(|bytes| bytes / 4 / (RUNS as u64 * ROW_BYTES));
        let chunk_rows = room.unwrap_or(CHUNK_ROWS).clamp(16, CHUNK_ROWS);
        Ok(Self {
            settling: Settling::new(listing),
            options: options.clone(),
            runs: Runs::new(folder, chunk_rows as usize)?,
        })
    }

    /// Lists the traces of a table with these numbers; the ids of all its
    /// traces besides, where rows ask for them.
    pub(crate) fn list(
        &self,
        table: &SpanTable,
        chosen: &[u32],
        facts: &FactColumns,
    ) -> (Rows, Vec<TraceId>) {
        let listing = self.settling.listing();
        let trace_ids = match listing.asks_of_other_traces() {
            true => table.trace_ids.clone(),
            false => Vec::new(),
        };
        (listing.rows(table, chosen, facts), trace_ids)
    }

    /// Takes what was listed of a table.
    pub(crate) fn take(&mut self, (rows, trace_ids): (Rows, Vec<TraceId>)) -> Result<()> {
        self.settling.learn(&rows, &trace_ids);
        let mut rows = (rows.table, rows.order);
        if !self.sorts_late() {
            rows = self.wanted(rows)?;
        }
        match rows.1.is_empty() {
            true => Ok(()),
            false => self.runs.push(rows),
        }
    }

    fn sorts_late(&self) -> bool {
        let key = self.options.sort.as_deref().map(SortKey::parse);
        key.is_some_and(|key| self.settling.is_late(key))
    }

    /// Those of these rows that may be wanted, in the order that is wanted.
    fn wanted(&self, (table, order): Chunk) -> Result<Chunk> {
        let mut rows: Vec<usize> = match &self.options.sort {
            Some(key) => table.order_by(key)?,
            None => (0..order.len()).collect(),
        };
        rows.truncate(self.options.limit.unwrap_or(usize::MAX));
        Ok((
            table.take(&rows),
            rows.iter().map(|&row| order[row]).collect(),
        ))
    }

    /// What was listed, of an input in which this was found.
    pub(crate) fn finish(mut self, found: Partials) -> Result<Listed<'l>> {
        self.settling.finish();
        if self.sorts_late() {
            self.sort_runs()?;
        }
        while self.runs.len() > RUNS {
            self.merge_runs()?;
        }
        Ok(Listed {
            runs: self.runs,
            settling: self.settling,
            options: self.options,
            found,
        })
    }

    /// Sorts each run by itself.
    fn sort_runs(&mut self) -> Result<()> {
        let mut runs = self.runs.like()?;
        for run in 0..self.runs.len() {
            let mut rows = (self.settling.columns().clone(), Vec::new());
            for chunk in self.merged(run..run + 1)? {
                let (table, order) = chunk?;
                (0..order.len()).for_each(|row| rows.0.push_row(&table, row));
                rows.1.extend(order);
            }
            runs.push(self.wanted(rows)?)?;
        }
        self.runs = runs;
        Ok(())
    }

    /// Makes fewer runs of many.
    fn merge_runs(&mut self) -> Result<()> {
        let mut runs = self.runs.like()?;
        for first in (0..self.runs.len()).step_by(RUNS) {
            let some = first..self.runs.len().min(first + RUNS);
            runs.keep(self.merged(some)?)?;
        }
        self.runs = runs;
        Ok(())
    }

    fn merged(&self, runs: Range<usize>) -> Result<Merge<'_>> {
        let chunks = runs.map(|run| self.runs.chunks(run));
        let rows = self.runs.chunk_rows();
        Merge::of(chunks, &self.settling, &self.options, rows)
    }
}

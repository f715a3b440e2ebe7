//! Scanning: tables of whole traces, one after the other, of input that may be
//! larger than memory.
//!
//! Input is read piece by piece. What was read is held until it takes its part
//! of the memory; if that is never so, there is one table, and nothing was
//! written anywhere. Else records are dealt by a hash of their trace ids to
//! partitions on disk, so that each trace is whole in one of
//! them, and the partitions are assembled one after the other. A partition that
//! is still too large is dealt again by other bits of the hash.
//!
//! Partials of the tables merge to what one table of all input would give,
//! because a partial may only be taken of whole traces, and of these any split
//! is as good as another.

mod options;
mod partition;
mod sources;

pub use options::{Assembly, ScanOptions};
pub use sources::Scanned;

use crate::assemble::assemble;
use crate::read::{check_found, check_issues, pool, portions, ReadOptions, Reader};
use crate::source::{expand, Expansion, Input};
use crate::spill::{Part, Parts, Run, Spill};
use options::Budget;
use partition::Partitions;
use sources::Sources;
use spanwise_model::{Error, ErrorKind, Result, SpanBatch, SpanTable};

/// Takes a table of whole traces.
pub type Each<'e> = dyn FnMut(SpanTable) -> Result<()> + Send + 'e;

/// Reads inputs and gives all their traces to `each`, in one table or several
/// that have no trace in common.
///
/// ```
/// use spanwise_io::scan::{scan_tables, ScanOptions};
/// use spanwise_io::{Input, ReadOptions};
///
/// let input = [Input::bytes("trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40")];
/// let (mut traces, scan) = (0, ScanOptions::default().memory_bytes(512 << 20));
/// let scanned = scan_tables(&input, &ReadOptions::default(), &scan, &mut |table| {
///     traces += table.trace_count();
///     Ok(())
/// })?;
/// assert_eq!((traces, scanned.sources[0].spans), (2, 2));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// As [`crate::read_table`], what `each` answers, and [`ErrorKind::Io`] where
/// temporary files cannot be written.
pub fn scan_tables(
    inputs: &[Input],
    read: &ReadOptions,
    options: &ScanOptions,
    each: &mut Each<'_>,
) -> Result<Scanned> {
    let expansion = expand(inputs)?;
    let budget = options.budget(&expansion);
    let read = read
        .clone()
        .piece_bytes(budget.piece_bytes.min(read.piece_bytes));
    let mut scan = Scan {
        read: &read,
        options,
        budget,
        each,
        sources: Sources::default(),
        held: Vec::new(),
        held_bytes: 0,
        partitions: None,
        spilled: 0,
    };
    pool(read.threads)?.install(|| scan.run(&expansion))?;
    let mut scanned = scan.sources.finish(scan.spilled);
    check_found(inputs, &expansion, &scanned.found(), &scanned.issues)?;
    scanned.issues.absorb(expansion.issues);
    if read.strict {
        check_issues(&scanned.issues)?;
    }
    Ok(scanned)
}

/// A scan that is going on.
struct Scan<'s, 'e> {
    read: &'s ReadOptions,
    options: &'s ScanOptions,
    budget: Budget,
    each: &'s mut Each<'e>,
    sources: Sources,
    /// What was read and has not been dealt.
    held: Vec<Part>,
    held_bytes: usize,
    partitions: Option<Partitions>,
    spilled: u64,
}

impl Scan<'_, '_> {
    fn run(&mut self, expansion: &Expansion) -> Result<()> {
        let reader = Reader::new(expansion, self.read)?;
        for items in portions(&expansion.items) {
            match items {
                [item] => reader
                    .stream(item, &mut |batch, goes_on| self.take(batch, goes_on))
                    .map_err(|error| error.in_file(item.name.clone()))?,
                items => {
                    for batch in reader.portion(items)? {
                        self.take(batch, false)?;
                    }
                }
            }
        }
        match self.partitions.take() {
            None => {
                let held = std::mem::take(&mut self.held);
                self.table(held)
            }
            Some(mut partitions) => {
                self.deal(&mut partitions)?;
                self.tables(partitions)
            }
        }
    }

    /// Takes what was read.
    fn take(&mut self, batch: SpanBatch, goes_on: bool) -> Result<()> {
        let part = self.sources.part(batch, goes_on);
        self.held_bytes += part.batch.heap_bytes();
        self.held.push(part);
        if self.options.assembly == Assembly::Complete {
            let held = std::mem::take(&mut self.held);
            return self.table(held);
        }
        if self.held_bytes > self.budget.held_bytes {
            let mut partitions = match self.partitions.take() {
                Some(partitions) => partitions,
                None => self.partitions(0)?,
            };
            self.deal(&mut partitions)?;
            self.partitions = Some(partitions);
        }
        Ok(())
    }

    fn partitions(&self, level: u32) -> Result<Partitions> {
        let folder = self.options.spill_folder.as_deref();
        Partitions::new(self.budget.partitions, level, folder, self.read)
    }

    /// Deals what is held to partitions, and these to disk.
    fn deal(&mut self, partitions: &mut Partitions) -> Result<()> {
        for part in self.held.drain(..) {
            partitions.deal(&part)?;
        }
        self.held_bytes = 0;
        partitions.flush()
    }

    /// Gives a table of each partition.
    fn tables(&mut self, partitions: Partitions) -> Result<()> {
        let mut open = vec![(partitions.level(), partitions.into_spills())];
        while let Some((level, spills)) = open.last_mut() {
            let level = *level;
            let Some(spill) = spills.pop() else {
                open.pop();
                continue;
            };
            self.stop_where_cancelled()?;
            self.spilled += spill.bytes();
            if let Some(smaller) = self.partition(spill, level)? {
                open.push((smaller.level(), smaller.into_spills()));
            }
        }
        Ok(())
    }

    /// Gives a table of a partition; smaller partitions where it is too large.
    fn partition(&mut self, spill: Spill, level: u32) -> Result<Option<Partitions>> {
        let mut parts = spill.into_parts()?;
        let (mut held, mut bytes) = (Vec::new(), 0);
        for part in parts.by_ref() {
            let part = part?;
            bytes += part.batch.heap_bytes();
            held.push(part);
            if bytes > self.budget.partition_bytes && level < partition::LEVELS {
                return self.deal_again(held, parts, level + 1).map(Some);
            }
        }
        self.table(held)?;
        Ok(None)
    }

    fn deal_again(&mut self, held: Vec<Part>, rest: Parts, level: u32) -> Result<Partitions> {
        let mut partitions = self.partitions(level)?;
        let (mut held, mut bytes) = (held, 0);
        for part in held.drain(..) {
            partitions.deal(&part)?;
        }
        partitions.flush()?;
        for part in rest {
            let part = part?;
            bytes += part.batch.heap_bytes();
            partitions.deal(&part)?;
            if bytes > self.budget.held_bytes {
                partitions.flush()?;
                bytes = 0;
            }
        }
        partitions.flush()?;
        Ok(partitions)
    }

    /// Gives a table of parts.
    fn table(&mut self, parts: Vec<Part>) -> Result<()> {
        let mut batch = SpanBatch::new(self.read.attributes.clone());
        let mut runs: Vec<Run> = Vec::new();
        for part in parts {
            batch.absorb(part.batch)?;
            runs.extend(part.runs);
        }
        if batch.is_empty() {
            return Ok(());
        }
        batch.sources = self.sources.of_runs(&runs);
        batch.guard = spanwise_model::Guard::default();
        let mut table = assemble(batch)?;
        self.sources.add_orphans(&runs, &mut table);
        if self.read.strict {
            check_issues(&table.issues)?;
        }
        (self.each)(table)
    }

    fn stop_where_cancelled(&self) -> Result<()> {
        match &self.read.progress {
            Some(progress) if progress.cancelled() => {
                Err(Error::new(ErrorKind::Cancelled, "stopped"))
            }
            _ => Ok(()),
        }
    }
}

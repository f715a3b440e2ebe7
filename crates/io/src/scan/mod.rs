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
//!
//! A scan that is to be resumed has a folder. There its partitions have names,
//! and a journal tells what was done: how far each input was read and dealt,
//! and which partitions were analysed, with what was kept of them. A later run
//! does the rest.

mod dealing;
mod each;
mod folder;
mod journal;
mod options;
mod partition;
mod parts;
mod plan;
mod sources;

pub use each::{Each, Kept};
pub use folder::remove_scan;
pub use options::{Assembly, Resume, ScanOptions};
pub use sources::Scanned;

use crate::progress::Progress;
use crate::read::{check_found, check_issues, pool, ReadOptions};
use crate::source::{expand, give_back, Expansion, Input};
use crate::spill::Part;
use journal::{Before, Entry, Journal, OfTable, Reading};
use options::Budget;
use partition::Partitions;
use plan::Plan;
use sources::Sources;
use spanwise_model::{Error, ErrorKind, Filter, Result};
use std::sync::Arc;

/// Reads inputs and gives all their traces to `each`, in one table or several
/// that have no trace in common; where the filter of `read` names traces, those
/// alone. Its other conditions are for `each` to apply.
///
/// ```
/// use spanwise_io::scan::{scan_tables, ScanOptions};
/// use spanwise_io::{Input, ReadOptions};
/// use spanwise_model::SpanTable;
///
/// let input = [Input::bytes("trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40")];
/// let (mut traces, scan) = (0, ScanOptions::default().memory_bytes(512 << 20));
/// let scanned = scan_tables(&input, &ReadOptions::default(), &scan, &mut |table: SpanTable| {
///     traces += table.trace_count();
///     Ok(())
/// })?;
/// assert_eq!((traces, scanned.sources[0].spans), (2, 2));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// As [`crate::read_table`], what `each` answers, [`ErrorKind::Io`] where
/// temporary files cannot be written or are damaged, and [`ErrorKind::Usage`]
/// where a scan is to be resumed that is another one.
pub fn scan_tables(
    inputs: &[Input],
    read: &ReadOptions,
    options: &ScanOptions,
    each: &mut dyn Each,
) -> Result<Scanned> {
    let expansion = expand(inputs)?;
    let budget = options.budget(&expansion);
    let read = read
        .clone()
        .piece_bytes(budget.piece_bytes.min(read.piece_bytes))
        .filter(named_alone(read.filter.as_ref()));
    let mut scan = Scan::new(&read, options, budget, each);
    let journal = match &options.resume {
        Some(resume) => Some(scan.resume(resume, &expansion)?),
        None => None,
    };
    pool(read.threads)?.install(|| scan.run(&expansion, journal))?;
    let mut scanned = scan.sources.finish(scan.spilled);
    check_found(inputs, &expansion, &scanned.found(), &scanned.issues)?;
    scanned.issues.absorb(expansion.issues);
    if read.strict {
        check_issues(&scanned.issues)?;
    }
    match &options.resume {
        Some(resume) if !resume.keep => remove_scan(&resume.folder)?,
        _ => {}
    }
    Ok(scanned)
}

/// Of a filter, the traces that it names: what pieces can tell by themselves.
fn named_alone(filter: Option<&Filter>) -> Filter {
    let names = filter.iter().flat_map(|filter| &filter.trace_ids);
    names.fold(Filter::default(), Filter::trace_id)
}

/// A scan that is going on.
struct Scan<'s> {
    read: &'s ReadOptions,
    options: &'s ScanOptions,
    budget: Budget,
    each: &'s mut dyn Each,
    sources: Sources,
    /// What was read and has not been dealt.
    held: Vec<Part>,
    held_bytes: usize,
    /// What was read since the journal was written.
    reading: Reading,
    spilled: u64,
}

impl<'s> Scan<'s> {
    fn new(
        read: &'s ReadOptions,
        options: &'s ScanOptions,
        budget: Budget,
        each: &'s mut dyn Each,
    ) -> Self {
        Self {
            read,
            options,
            budget,
            each,
            sources: Sources::default(),
            held: Vec::new(),
            held_bytes: 0,
            reading: Reading::default(),
            spilled: 0,
        }
    }

    /// Opens the journal of a scan, and takes what earlier runs did.
    fn resume(&mut self, resume: &Resume, expansion: &Expansion) -> Result<(Journal, Before)> {
        if self.options.memory_bytes.is_none() {
            let message =
                "a scan is resumed from what had no room: say how much memory it may take";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let plan = Plan::new(&expansion.items, self.read, self.options);
        Journal::open(&resume.folder, &plan, &mut |entry| match entry {
            Entry::Begun(_) | Entry::Divided(..) => Ok(()),
            Entry::Read(reading) => {
                self.sources.change(reading.sources);
                self.again(reading.table)
            }
            Entry::Analysed(_, of_table) => self.again(of_table),
        })
    }

    fn again(&mut self, OfTable { orphans, kept }: OfTable) -> Result<()> {
        self.sources.add_orphans(&orphans);
        match kept.is_empty() {
            true => Ok(()),
            false => self.each.again(kept),
        }
    }

    fn run(&mut self, expansion: &Expansion, resumed: Option<(Journal, Before)>) -> Result<()> {
        let (mut journal, before) = match resumed {
            Some((journal, before)) => (Some(journal), before),
            None => (None, Before::default()),
        };
        let mut partitions = match &journal {
            Some(journal) if !before.spills.is_empty() => {
                let folder = journal.folder();
                Some(Partitions::again(&before, folder, self.read)?)
            }
            _ => None,
        };
        if !before.is_read {
            self.read_all(expansion, &before, (&mut partitions, &mut journal))?;
        }
        // No more is read: that room would stand beside what is assembled.
        rayon::broadcast(|_| give_back());
        match partitions {
            None => self.table_of_held().map(|_| ()),
            Some(partitions) => self.tables(partitions, &before, &mut journal),
        }
    }

    fn stop_where_cancelled(&self) -> Result<()> {
        stop_where_cancelled(self.read.progress.as_ref())
    }
}

fn stop_where_cancelled(progress: Option<&Arc<dyn Progress>>) -> Result<()> {
    match progress {
        Some(progress) if progress.cancelled() => Err(Error::new(ErrorKind::Cancelled, "stopped")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_model::SpanTable;

    #[test]
    fn what_was_read_leaves_no_room_beside_tables() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("spans.txt");
        std::fs::write(&path, "shop GET 0..100").expect("a disk with room");
        let read = ReadOptions::default().threads(2);
        let mut rooms = Vec::new();
        let mut each = |table: SpanTable| {
            rooms.push((table.len(), rayon::broadcast(|_| give_back())));
            Ok(())
        };
        scan_tables(
            &[Input::from(path)],
            &read,
            &ScanOptions::default(),
            &mut each,
        )
        .expect("spans");
        assert_eq!(rooms, [(1, vec![0, 0])]);
    }
}

//! One pass of a scan over its input.

use crate::listed::Lister;
use crate::{Partials, Scan};
use spanwise_analyze::analyses::{Presence, SummarySum};
use spanwise_analyze::{facts, filter, runner, Analysis, ClockModel, Partial, Taken};
use spanwise_io::frames::{pack, unpack};
use spanwise_io::scan::{Each, Kept, Scanned};
use spanwise_model::{Error, ErrorKind, Result, SpanTable};

/// What a pass has found so far.
pub(crate) struct Pass<'p, 'l> {
    scan: &'p Scan,
    /// What is known of clocks, where they are corrected.
    clocks: Option<ClockModel>,
    analyses: &'p [&'p dyn Analysis],
    /// Lists the chosen traces besides.
    lister: Option<&'p mut Lister<'l>>,
    found: Partials,
    /// Which traces were there, of which none may come twice.
    presence: Partial,
}

impl<'p, 'l> Pass<'p, 'l> {
    pub(crate) fn new(
        (scan, clocks): (&'p Scan, Option<ClockModel>),
        analyses: &'p [&'p dyn Analysis],
        lister: Option<&'p mut Lister<'l>>,
    ) -> Self {
        Self {
            scan,
            clocks,
            analyses,
            lister,
            found: Partials {
                taken: Taken::new(scan.policy, scan.filter.clone()),
                partials: analyses.iter().map(|one| one.empty()).collect(),
                spilled_bytes: 0,
            },
            presence: Presence.empty(),
        }
    }

    /// What was found in all tables.
    pub(crate) fn finish(self, scanned: Scanned) -> Partials {
        let mut found = self.found;
        found.taken.sum.add_issues(scanned.issues);
        if scanned.passed_over > 0 {
            found.taken.sum.leave_out();
        }
        found.taken.sources = scanned.sources;
        for (number, orphans) in found.taken.sum.take_orphans() {
            found.taken.sources[number as usize].chosen_orphans = orphans;
        }
        found.taken.sources.sort();
        found.spilled_bytes = scanned.spilled_bytes;
        found
    }

    /// Adds what was found in a table.
    fn add(&mut self, sum: SummarySum, presence: &Partial, partials: &[Partial]) -> Result<()> {
        self.presence.merge(presence)?;
        self.found.taken.sum.merge(sum);
        let mut pairs = self.found.partials.iter_mut().zip(partials);
        pairs.try_for_each(|(ours, theirs)| ours.merge(theirs))
    }

    fn stop_where_cancelled(&self) -> Result<()> {
        match &self.scan.read.progress {
            Some(progress) if progress.cancelled() => {
                Err(Error::new(ErrorKind::Cancelled, "stopped"))
            }
            _ => Ok(()),
        }
    }
}

impl Each for Pass<'_, '_> {
    fn table(&mut self, table: SpanTable, keep: bool) -> Result<Kept> {
        let (policy, needs) = (&self.scan.policy, runner::needs(self.analyses));
        let facts = match &self.clocks {
            Some(clocks) => facts::compute_with_clocks(&table, policy, clocks, needs),
            None => facts::compute_parallel(&table, policy, needs),
        };
        self.stop_where_cancelled()?;
        let all: Vec<u32> = (0..table.trace_count() as u32).collect();
        let presence = runner::run(&table, &all, &facts, &[&Presence]).swap_remove(0);
        let chosen = match &self.scan.filter {
            Some(conditions) => filter::matching(&table, &facts, conditions),
            None => all,
        };
        let mut sum = SummarySum::new(self.scan.filter.is_some());
        sum.add(&table, &chosen, &facts);
        self.stop_where_cancelled()?;
        let partials = runner::run(&table, &chosen, &facts, self.analyses);
        self.stop_where_cancelled()?;
        let mut kept = Kept::new();
        if keep {
            kept.extend([pack(&sum)?, pack(&presence.marks())?]);
        }
        if let Some(lister) = &mut self.lister {
            let rows = lister.list(&table, &chosen, &facts);
            if keep {
                kept.push(pack(&rows)?);
            }
            lister.take(rows)?;
        }
        if keep {
            kept.extend(at_rest(&partials, &self.found.taken)?);
        }
        self.add(sum, &presence, &partials)?;
        Ok(kept)
    }

    fn again(&mut self, kept: Kept) -> Result<()> {
        let mut kept = kept.into_iter();
        let mut next = || kept.next().ok_or_else(cut);
        let sum: SummarySum = unpack(&next()?)?;
        let marks: Vec<u64> = unpack(&next()?)?;
        if let Some(lister) = &mut self.lister {
            lister.take(unpack(&next()?)?)?;
        }
        let mut presence = Presence.empty();
        marks.into_iter().for_each(|mark| presence.mark(mark));
        let partials = from_rest(kept.collect(), self.analyses)?;
        self.add(sum, &presence, &partials)
    }
}

fn cut() -> Error {
    Error::new(
        ErrorKind::Io,
        "what a scan kept of a partition is not whole",
    )
}

/// Partials at rest.
#[cfg(feature = "parquet")]
fn at_rest(partials: &[Partial], taken: &Taken) -> Result<Kept> {
    let file = |partial: &Partial| {
        let mut file = Vec::new();
        spanwise_partials::write(partial, taken, &mut file)?;
        Ok(file)
    };
    partials.iter().map(file).collect()
}

/// The partials that were at rest, one for each analysis.
#[cfg(feature = "parquet")]
fn from_rest(files: Kept, analyses: &[&dyn Analysis]) -> Result<Vec<Partial>> {
    if files.len() != analyses.len() {
        return Err(cut());
    }
    let pairs = files.into_iter().zip(analyses);
    let partial = |(file, analysis): (Vec<u8>, &&dyn Analysis)| {
        Ok(spanwise_partials::read(file.into(), &[*analysis])?.0)
    };
    pairs.map(partial).collect()
}

#[cfg(not(feature = "parquet"))]
fn at_rest(_: &[Partial], _: &Taken) -> Result<Kept> {
    Err(Error::new(ErrorKind::Usage, WITHOUT_PARQUET))
}

#[cfg(not(feature = "parquet"))]
fn from_rest(_: Kept, _: &[&dyn Analysis]) -> Result<Vec<Partial>> {
    Err(Error::new(ErrorKind::Usage, WITHOUT_PARQUET))
}

#[cfg(not(feature = "parquet"))]
const WITHOUT_PARQUET: &str = "to resume a scan takes the feature parquet";

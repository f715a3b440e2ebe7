//! Analysing input that is larger than memory.

use crate::Partials;
use spanwise_analyze::analyses::{Clocks, Summary};
use spanwise_analyze::filter::{self, Filter};
use spanwise_analyze::{facts, runner, Analysis, Clock, ClockModel, Policy, Taken};
use spanwise_io::scan::{scan_tables, Assembly, ScanOptions};
use spanwise_io::{Input, ReadOptions};
use spanwise_model::{Error, ErrorKind, Result, SpanTable, Table};
use std::path::PathBuf;

/// Inputs that are analysed without holding all their spans: read piece by
/// piece, made whole by trace on disk where memory does not suffice, and
/// analysed part by part. The answers are those of [`crate::read`]; but of a
/// large document that is broken somewhere, more may be read, because its
/// elements are read apart.
///
/// Attributes that no analysis reads and no filter asks for need not be kept
/// ([`AttributeKeep::None`]): that takes a third of the room. Then records that
/// differ in such attributes alone count as duplicates.
///
/// [`AttributeKeep::None`]: crate::AttributeKeep::None
///
/// ```
/// use spanwise::analyses::Hotspots;
///
/// let spans = "trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40";
/// let scan = spanwise::scan([spanwise::Input::bytes(spans)]).memory_bytes(512 << 20);
/// let hotspots = Hotspots::default();
/// let tables = scan.run(&[&hotspots])?;
/// assert_eq!(tables[0], spanwise::notation(spans)?.hotspots(&hotspots));
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scan {
    inputs: Vec<Input>,
    read: ReadOptions,
    options: ScanOptions,
    policy: Policy,
    filter: Option<Filter>,
}

/// A scan of files, folders, globs, `-` for standard input, or bytes. Nothing
/// is read before an answer is asked for, and for each answer all is read.
///
/// ```
/// let scan = spanwise::scan([spanwise::Input::bytes("shop GET 0..100")]);
/// assert_eq!(scan.summary()?.spans, 1);
/// # Ok::<(), spanwise::Error>(())
/// ```
pub fn scan<I>(inputs: I) -> Scan
where
    I: IntoIterator,
    I::Item: Into<Input>,
{
    Scan {
        inputs: inputs.into_iter().map(Into::into).collect(),
        read: ReadOptions::default(),
        options: ScanOptions::default(),
        policy: Policy::default(),
        filter: None,
    }
}

impl Scan {
    /// The same scan within this much memory. Without it, everything is held.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.options = self.options.memory_bytes(bytes);
        self
    }

    /// The same scan with its temporary files in this folder. They have no
    /// names, and are gone when the process is.
    #[must_use]
    pub fn spill_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options = self.options.spill_folder(folder);
        self
    }

    /// The same scan of traces that are made whole in this way.
    ///
    /// ```
    /// use spanwise::{analyses::Hotspots, Assembly, Input};
    ///
    /// let halves = ["trace 1\nshop GET 0..100", "trace 1\ncart Get 0..9 id=2 parent=1"];
    /// let input = |at: usize| Input::Bytes { name: at.to_string(), bytes: halves[at].as_bytes().into() };
    /// let scan = spanwise::scan([input(0), input(1)]);
    /// assert_eq!(scan.summary()?.traces, 1, "halves of one trace meet");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn assembly(mut self, assembly: Assembly) -> Self {
        self.options = self.options.assembly(assembly);
        self
    }

    /// The same scan under another policy. Correcting clocks
    /// ([`Clock::Corrected`]) reads the input twice, for what all of it says
    /// about clocks comes first.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The same scan read with other options.
    #[must_use]
    pub fn read_options(mut self, options: ReadOptions) -> Self {
        self.read = options;
        self
    }

    /// The same scan of the traces in which one span meets all conditions.
    ///
    /// ```
    /// use spanwise::{Filter, Input};
    /// let spans = "trace 1\nshop GET 0..100 error\ntrace 2\nshop GET 0..40";
    /// let scan = spanwise::scan([Input::bytes(spans)]).filter(Filter::default().error(true));
    /// assert_eq!(scan.summary()?.traces, 1);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = (filter != Filter::default()).then_some(filter);
        self
    }

    /// Runs analyses in one pass; a table each, in their order.
    ///
    /// # Errors
    ///
    /// As [`crate::read`]; [`crate::ErrorKind::Io`] where temporary files
    /// cannot be written, and [`crate::ErrorKind::Merge`] where traces are cut
    /// that were said to be complete.
    pub fn run(&self, analyses: &[&dyn Analysis]) -> Result<Vec<Table>> {
        let found = self.partials(analyses)?;
        let pairs = analyses.iter().zip(found.as_slice());
        Ok(pairs.map(|(one, partial)| one.finish(partial)).collect())
    }

    /// What the input holds, in counts.
    ///
    /// # Errors
    ///
    /// As [`Scan::run`].
    pub fn summary(&self) -> Result<Summary> {
        Ok(self.partials(&[])?.summary())
    }

    /// Runs analyses in one pass up to what can be merged.
    ///
    /// # Errors
    ///
    /// As [`Scan::run`].
    pub fn partials(&self, analyses: &[&dyn Analysis]) -> Result<Partials> {
        let clocks = self.clocks()?;
        let mut found = Partials {
            taken: Taken::new(self.policy, self.filter.clone()),
            partials: analyses.iter().map(|one| one.empty()).collect(),
            spilled_bytes: 0,
        };
        let mut each = |table: SpanTable| self.add(&table, clocks.as_ref(), analyses, &mut found);
        let scanned = scan_tables(&self.inputs, &self.read, &self.options, &mut each)?;
        found.taken.sum.add_issues(scanned.issues);
        found.taken.sources = scanned.sources;
        found.taken.sources.sort();
        found.spilled_bytes = scanned.spilled_bytes;
        Ok(found)
    }

    /// What the input says about clocks, where they are to be corrected: all of
    /// it is read once more for that.
    fn clocks(&self) -> Result<Option<ClockModel>> {
        if self.policy.clock == Clock::Recorded {
            return Ok(None);
        }
        if self
            .inputs
            .iter()
            .any(|input| matches!(input, Input::Stdin))
        {
            let message = "correcting clocks reads the input twice, and standard input is gone";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let all = Self {
            policy: self.policy.clock(Clock::Recorded),
            filter: None,
            ..self.clone()
        };
        let clocks = Clocks::default();
        let found = all.partials(&[&clocks])?;
        Ok(Some(ClockModel::read(found.of(&clocks)?)))
    }

    /// Adds a table of whole traces.
    fn add(
        &self,
        table: &SpanTable,
        clocks: Option<&ClockModel>,
        analyses: &[&dyn Analysis],
        found: &mut Partials,
    ) -> Result<()> {
        let facts = match clocks {
            Some(clocks) => facts::compute_with_clocks(table, &self.policy, clocks),
            None => facts::compute_parallel(table, &self.policy),
        };
        let chosen: Vec<u32> = match &self.filter {
            Some(filter) => filter::matching(table, &facts, filter),
            None => (0..table.trace_count() as u32).collect(),
        };
        found.taken.sum.add(table, &chosen, &facts);
        let of_table = runner::run(table, &chosen, &facts, analyses);
        let mut pairs = found.partials.iter_mut().zip(&of_table);
        pairs.try_for_each(|(ours, theirs)| ours.merge(theirs))
    }
}

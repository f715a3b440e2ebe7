//! Analysing input that is larger than memory.

mod before;

use crate::listed::{Listed, Lister, RowOptions};
use crate::pass::Pass;
use crate::Partials;
use spanwise_analyze::analyses::{Edges, EventList, LinkList, SpanList, Summary, TraceList};
use spanwise_analyze::filter::Filter;
use spanwise_analyze::{Analysis, Listing, Policy, Query};
#[cfg(feature = "parquet")]
use spanwise_io::scan::Resume;
use spanwise_io::scan::{scan_tables, Assembly, ScanOptions};
use spanwise_io::{Input, ReadOptions};
use spanwise_model::{Result, Table};
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
    pub(crate) read: ReadOptions,
    options: ScanOptions,
    pub(crate) policy: Policy,
    pub(crate) filter: Option<Filter>,
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

    /// The same scan, which keeps what it has done in this folder, so that
    /// running it again after it was interrupted, however that was, does the
    /// rest. The folder must be its own; it is made where it does not exist, and
    /// removed when the scan has ended. The scan must have a limit of memory,
    /// and be the same: other inputs and options are refused.
    ///
    /// ```
    /// use spanwise::Input;
    ///
    /// let folder = tempfile::tempdir()?.path().join("half");
    /// let scan = || spanwise::scan([Input::bytes("shop GET 0..100")]).memory_bytes(1 << 20);
    /// assert_eq!(scan().resume(&folder).summary()?, scan().summary()?);
    /// assert!(!folder.exists());
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[cfg(feature = "parquet")]
    #[must_use]
    pub fn resume(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options = self.options.resume(Resume::new(folder));
        self
    }

    /// The same scan done with these options.
    #[must_use]
    pub fn scan_options(mut self, options: ScanOptions) -> Self {
        self.options = options;
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
    /// ([`crate::Clock::Corrected`]) reads the input twice, for what all of it
    /// says about clocks comes first.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The same scan read with other options; with their filter, if they have
    /// one.
    #[must_use]
    pub fn read_options(mut self, options: ReadOptions) -> Self {
        self.filter = options.filter.clone().or(self.filter);
        self.read = options;
        self
    }

    /// The same scan of the traces in which one span meets all conditions. Records
    /// of traces that the filter does not name are dropped where they are read.
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
        self.pass(analyses, (None, String::new()))
    }

    /// Lists traces in one pass, in the order of a listing of all or as the
    /// options say. The rows, of which there may be as many as spans, are kept
    /// in temporary files where they have no room. A listing of links keeps the
    /// ids of all traces besides, sixteen bytes each.
    ///
    /// ```
    /// use spanwise::{analyses::SpanList, Input, RowOptions};
    ///
    /// let scan = spanwise::scan([Input::bytes("shop GET 0..9\n  cart Get 2..7")]);
    /// let list = SpanList::default();
    /// let listed = scan.list(&list, &RowOptions::default().sort("-self_time"))?;
    /// assert_eq!(listed.table()?.cell(0, "service"), spanwise::model::table::Cell::Text("cart"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::run`]; [`crate::ErrorKind::Usage`] where there is no column
    /// to sort by.
    pub fn list<'l>(&self, listing: &'l dyn Listing, options: &RowOptions) -> Result<Listed<'l>> {
        let (memory, folder) = (self.options.memory_bytes, &self.options.spill_folder);
        let mut lister = Lister::new(listing, options, memory, folder.as_deref())?;
        let asked = format!("{} {options:?}", listing.asked());
        let found = self.pass(&[], (Some(&mut lister), asked))?;
        lister.finish(found)
    }

    fn table(&self, listing: &dyn Listing) -> Result<Table> {
        self.list(listing, &RowOptions::default())?.table()
    }

    /// One row a trace; see [`TraceList`] for the columns.
    ///
    /// # Errors
    ///
    /// As [`Scan::list`].
    pub fn traces(&self, options: &TraceList) -> Result<Table> {
        self.table(options)
    }

    /// One row a span; see [`SpanList`] for the columns.
    ///
    /// # Errors
    ///
    /// As [`Scan::list`].
    pub fn spans(&self, options: &SpanList) -> Result<Table> {
        self.table(options)
    }

    /// One row an event; see [`EventList`] for the columns.
    ///
    /// # Errors
    ///
    /// As [`Scan::list`].
    pub fn events(&self, options: &EventList) -> Result<Table> {
        self.table(options)
    }

    /// One row a link; see [`LinkList`] for the columns.
    ///
    /// # Errors
    ///
    /// As [`Scan::list`].
    pub fn links(&self, options: &LinkList) -> Result<Table> {
        self.table(options)
    }

    /// One row an edge between two spans; see [`Edges`] for the columns, and
    /// [`Scan::edge_list`].
    ///
    /// ```
    /// use spanwise::{analyses::Edges, Input};
    ///
    /// let scan = spanwise::scan([Input::bytes("shop GET 0..9\n  cart Get 2..7")]);
    /// assert_eq!(scan.edges(&Edges::default())?.rows(), 1);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::list`].
    pub fn edges(&self, options: &Edges) -> Result<Table> {
        self.table(&self.edge_list(options)?)
    }

    /// Spans by what they are and how they stand to each other, one row a
    /// match; see [`crate::query`] for the language.
    ///
    /// ```
    /// let scan = spanwise::scan([spanwise::Input::bytes("shop GET 0..9\n  cart Get 2..7")]);
    /// assert_eq!(scan.query("{ root } > { duration > 1ms }")?.rows(), 1);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::list`]; [`crate::ErrorKind::Usage`] where it is no expression.
    pub fn query(&self, expression: &str) -> Result<Table> {
        self.table(&Query::parse(expression)?)
    }

    /// Reads everything once, and lists the chosen traces besides.
    fn pass(
        &self,
        analyses: &[&dyn Analysis],
        (lister, asked): (Option<&mut Lister<'_>>, String),
    ) -> Result<Partials> {
        let clocks = self.clocks()?;
        let mut options = self.options.clone();
        if let Some(resume) = &mut options.resume {
            resume.told.extend(self.told(analyses, asked));
        }
        let filter = self.filter.clone().unwrap_or_default();
        let read = self.read.clone().filter(filter);
        let mut pass = Pass::new((self, clocks), analyses, lister);
        let scanned = scan_tables(&self.inputs, &read, &options, &mut pass)?;
        self.forget_what_was_before()?;
        Ok(pass.finish(scanned))
    }

    /// What the answer depends on besides the input and how it is read.
    fn told(&self, analyses: &[&dyn Analysis], asked: String) -> [(String, String); 3] {
        let mut asked = vec![asked];
        asked.extend(analyses.iter().map(|one| {
            let told = [one.name(), one.grouping(), &one.observes()].join(" ");
            told.trim().to_owned()
        }));
        asked.retain(|one| !one.is_empty());
        [
            ("policy".to_owned(), format!("{:?}", self.policy)),
            ("filter".to_owned(), format!("{:?}", self.filter)),
            ("analyses".to_owned(), asked.join(", ")),
        ]
    }
}

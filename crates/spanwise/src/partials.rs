//! What analyses know of traces that need not be held any more.

use spanwise_analyze::analyses::{Compare, IssueList, Summary};
use spanwise_analyze::{Analysis, Partial, Taken};
use spanwise_model::{Error, ErrorKind, Issues, Result, Table};

/// Partials of several analyses of the same traces, with of what and how they
/// were taken. They merge with those of other traces, and can be kept in files
/// (the feature `parquet`).
///
/// A partial may only be taken of whole traces, and of each once. Merging
/// refuses what it finds cut or counted twice; it finds systematic cuts and the
/// same hour merged twice, though not a single cut trace.
///
/// ```
/// use spanwise::analyses::Hotspots;
/// use spanwise::Input;
///
/// let hotspots = Hotspots::default();
/// let of = |spans: &str| spanwise::scan([Input::bytes(spans)]).partials(&[&hotspots]);
/// let mut day = of("trace 1\nshop GET 0..100")?;
/// day.merge(of("trace 2\nshop GET 0..40")?)?;
/// assert_eq!(day.summary().traces, 2);
/// let both = spanwise::notation("trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40")?;
/// assert_eq!(day.table(&hotspots)?, both.hotspots(&hotspots));
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Partials {
    pub(crate) taken: Taken,
    pub(crate) partials: Vec<Partial>,
    pub(crate) spilled_bytes: u64,
}

impl Partials {
    /// What the input held.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.taken.summary()
    }

    /// All issues of the input.
    #[must_use]
    pub fn issues(&self) -> &Issues {
        self.taken.sum.issues()
    }

    /// The issues as a table; see [`IssueList`].
    ///
    /// ```
    /// let scan = spanwise::scan([spanwise::Input::bytes("shop GET 0..9 parent=7")]);
    /// assert_eq!(scan.partials(&[])?.issue_list(&Default::default()).rows(), 2);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn issue_list(&self, options: &IssueList) -> Table {
        options.list(self.issues())
    }

    /// Refuses input with issues of whatever kind, those that facts reveal
    /// among them.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Strict`] where there is an issue.
    pub fn check_issues(&self) -> Result<()> {
        let error = |told| Err(Error::new(ErrorKind::Strict, told));
        self.issues().told().map_or(Ok(()), error)
    }

    /// Bytes of the temporary files of the scan that took them; zero where
    /// everything had room in memory.
    #[must_use]
    pub fn spilled_bytes(&self) -> u64 {
        self.spilled_bytes
    }

    /// The partials, one for each analysis that was asked for, in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[Partial] {
        &self.partials
    }

    /// The partial of an analysis, the first where it was taken twice; options
    /// that matter when finishing alone, such as a percentile, may differ from
    /// those that it was taken with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is none.
    pub fn of(&self, analysis: &dyn Analysis) -> Result<&Partial> {
        let wanted = analysis.empty();
        let found = self.partials.iter().find(|held| held.is_like(&wanted));
        found.ok_or_else(|| {
            let held: Vec<String> = self.partials.iter().map(told).collect();
            let message = format!(
                "no partial of {}; there are: {}",
                told(&wanted),
                held.join(", ")
            );
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// The table of an analysis.
    ///
    /// # Errors
    ///
    /// As [`Partials::of`].
    pub fn table(&self, analysis: &dyn Analysis) -> Result<Table> {
        Ok(analysis.finish(self.of(analysis)?))
    }

    /// Compares these traces as a baseline with those of an incident; both must
    /// have partials of [`Compare`].
    ///
    /// ```
    /// use spanwise::analyses::Compare;
    /// use spanwise::{model::table::Cell, Input};
    ///
    /// let compare = Compare::default();
    /// let of = |spans: &str| spanwise::scan([Input::bytes(spans)]).partials(&[&compare]);
    /// let table = of("shop GET 0..100")?.compare(&of("shop GET 0..150")?)?;
    /// assert_eq!(table.cell(0, "change_critical_time"), Cell::Duration(50_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Partials::of`]; [`ErrorKind::Merge`] where the two were taken under
    /// different policies or by different versions.
    pub fn compare(&self, incident: &Partials) -> Result<Table> {
        self.taken.check_rules(&incident.taken)?;
        let compare = Compare::default();
        Compare::between(self.of(&compare)?, incident.of(&compare)?)
    }

    /// Merges partials of other traces into these.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Merge`] where the two are not of the same analyses, of
    /// traces chosen in different ways, taken under different policies or by
    /// different versions; and where both hold one trace.
    pub fn merge(&mut self, other: Partials) -> Result<()> {
        let like = |(ours, theirs): (&Partial, &Partial)| ours.is_like(theirs);
        let same = self.partials.len() == other.partials.len();
        if !same || !self.partials.iter().zip(&other.partials).all(like) {
            return Err(Error::new(
                ErrorKind::Merge,
                "partials of different analyses",
            ));
        }
        let mut pairs = self.partials.iter_mut().zip(&other.partials);
        pairs.try_for_each(|(ours, theirs)| ours.merge(theirs))?;
        self.spilled_bytes += other.spilled_bytes;
        self.taken.merge(other.taken)
    }
}

/// Which analysis a partial is of, such as `hotspots by service`.
pub(crate) fn told(partial: &Partial) -> String {
    match partial.grouping() {
        "" => partial.analysis().to_owned(),
        grouping => format!("{} by {grouping}", partial.analysis()),
    }
}

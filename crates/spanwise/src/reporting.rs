//! Reports: one set of analyses, whether spans are in memory, are read part by
//! part, or are gone.

use crate::{Partials, Scan, Traces};
use spanwise_analyze::analyses::{
    Bottlenecks, Compare, CriticalPath, Dependencies, Errors, IssueList, ShapeProblems, Summary,
    WhatIf,
};
use spanwise_analyze::Analysis;
use spanwise_model::{ErrorKind, Result, Table};
use spanwise_report::report::{Material, Report};
use spanwise_report::summary::sentences;

/// How many of the analyses a report cannot do without, the first ones.
const NEEDED: usize = 3;

/// How a report is made.
///
/// ```
/// use spanwise::ReportOptions;
/// assert_eq!(ReportOptions::default().title("Slow carts").rows(5).rows, Some(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportOptions {
    /// The title.
    pub title: String,
    /// The most rows of one table; 10 unless said.
    pub rows: Option<usize>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            title: "Trace report".to_owned(),
            rows: None,
        }
    }
}

impl ReportOptions {
    /// The same options under another title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same options with so many rows of one table at most.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The analyses whose partials a report is made of.
    ///
    /// ```
    /// use spanwise::ReportOptions;
    /// let names = |with_baseline| {
    ///     let asked = ReportOptions::analyses(with_baseline);
    ///     asked.iter().map(|one| one.name()).collect::<Vec<_>>()
    /// };
    /// assert_eq!(names(true), [&names(false)[..], &["compare"]].concat());
    /// ```
    #[must_use]
    pub fn analyses(with_baseline: bool) -> Vec<Box<dyn Analysis>> {
        let mut asked: Vec<Box<dyn Analysis>> = vec![
            Box::new(CriticalPath::default()),
            Box::new(Errors::default()),
            Box::new(Dependencies::default()),
            Box::new(Bottlenecks::default()),
            Box::new(WhatIf::default()),
            Box::new(ShapeProblems::default()),
        ];
        if with_baseline {
            asked.push(Box::new(Compare::default()));
        }
        asked
    }

    /// The report of these answers: the tables of [`ReportOptions::analyses`] in
    /// their order, of which the last three may not be there, and those of all
    /// issues and of a comparison.
    fn report(
        &self,
        read: &Summary,
        tables: Vec<Option<Table>>,
        rest: (Table, Option<Table>),
    ) -> Report {
        let mut tables = tables.into_iter();
        let mut next = || tables.next().flatten();
        let mut material = Material::new(&self.title);
        material.read = sentences(read);
        material.critical_path = next().unwrap_or_default();
        material.errors = next().unwrap_or_default();
        material.dependencies = next().unwrap_or_default();
        material.bottlenecks = next();
        (material.what_if, material.shape_problems) = (next(), next());
        (material.issues, material.compare) = rest;
        material.rows = self.rows;
        Report::new(&material)
    }
}

impl Traces {
    /// Why a system is slow and failing, and what changed since a baseline.
    ///
    /// ```
    /// use spanwise::report::report::SectionKind;
    /// let traces = spanwise::notation("shop GET 0..100 error")?;
    /// let report = traces.report(None, &Default::default())?;
    /// assert_eq!(report.sections[0].kind, SectionKind::Read);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`crate::compare`].
    pub fn report(&self, baseline: Option<&Traces>, options: &ReportOptions) -> Result<Report> {
        let asked = ReportOptions::analyses(false);
        let asked: Vec<&dyn Analysis> = asked.iter().map(AsRef::as_ref).collect();
        let tables = self.run(&asked).into_iter().map(Some).collect();
        let issues = self.issues(&IssueList::default());
        let compare = baseline.map(|baseline| crate::compare(baseline, self));
        Ok(options.report(&self.summary(), tables, (issues, compare.transpose()?)))
    }
}

impl Scan {
    /// As [`Traces::report`], in one pass over the input and one over the
    /// baseline.
    ///
    /// ```
    /// let input = spanwise::Input::bytes("shop GET 0..100 error");
    /// let scan = spanwise::scan([input.clone()]).memory_bytes(512 << 20);
    /// let report = scan.report(None, &Default::default())?;
    /// assert_eq!(report, spanwise::read(input)?.report(None, &Default::default())?);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::run`].
    pub fn report(&self, baseline: Option<&Scan>, options: &ReportOptions) -> Result<Report> {
        let asked = ReportOptions::analyses(baseline.is_some());
        let asked: Vec<&dyn Analysis> = asked.iter().map(AsRef::as_ref).collect();
        let found = self.partials(&asked)?;
        let baseline = baseline.map(|baseline| baseline.partials(&[&Compare::default()]));
        found.report(baseline.transpose()?.as_ref(), options)
    }
}

impl Partials {
    /// As [`Traces::report`], of traces that need not be held any more; without
    /// what slow requests wait for, what to fix first and the shape of calls where
    /// their partials are missing.
    ///
    /// # Errors
    ///
    /// As [`Partials::of`] and [`Partials::compare`].
    pub fn report(&self, baseline: Option<&Partials>, options: &ReportOptions) -> Result<Report> {
        let tables = ReportOptions::analyses(false).into_iter().enumerate();
        let tables = tables.map(|(at, asked)| match self.table(asked.as_ref()) {
            Err(error) if at >= NEEDED && error.kind() == ErrorKind::NotFound => Ok(None),
            table => table.map(Some),
        });
        let tables = tables.collect::<Result<Vec<_>>>()?;
        let issues = self.issue_list(&IssueList::default());
        let compare = baseline.map(|baseline| baseline.compare(self));
        Ok(options.report(&self.summary(), tables, (issues, compare.transpose()?)))
    }
}

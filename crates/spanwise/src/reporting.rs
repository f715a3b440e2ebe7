//! Reports: one set of analyses, whether spans are in memory, are read part by
//! part, or are gone.

use crate::{Partials, Scan, Traces};
use spanwise_analyze::analyses::{Compare, CriticalPath, Dependencies, Errors, IssueList, Summary};
use spanwise_analyze::Analysis;
use spanwise_model::{Result, Table};
use spanwise_report::report::{Material, Report};
use spanwise_report::summary::sentences;

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

    /// The report of these answers: the tables of [`Asked`] in their order, and
    /// those of all issues and of a comparison.
    fn report(&self, read: &Summary, tables: [Table; 3], rest: (Table, Option<Table>)) -> Report {
        let mut material = Material::new(&self.title);
        material.read = sentences(read);
        [
            material.critical_path,
            material.errors,
            material.dependencies,
        ] = tables;
        (material.issues, material.compare) = rest;
        material.rows = self.rows;
        Report::new(&material)
    }
}

/// The analyses that a report is made of.
#[derive(Default)]
struct Asked {
    critical_path: CriticalPath,
    errors: Errors,
    dependencies: Dependencies,
}

impl Asked {
    fn analyses(&self) -> [&dyn Analysis; 3] {
        [&self.critical_path, &self.errors, &self.dependencies]
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
        let asked = Asked::default();
        let mut tables = self.run(&asked.analyses()).into_iter();
        let tables = [(); 3].map(|()| tables.next().unwrap_or_default());
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
        let (asked, compare) = (Asked::default(), Compare::default());
        let mut analyses = asked.analyses().to_vec();
        analyses.extend(baseline.map(|_| &compare as &dyn Analysis));
        let found = self.partials(&analyses)?;
        let baseline = baseline.map(|baseline| baseline.partials(&[&compare]));
        found.report(baseline.transpose()?.as_ref(), options)
    }
}

impl Partials {
    /// As [`Traces::report`], of traces that need not be held any more.
    ///
    /// # Errors
    ///
    /// As [`Partials::of`] and [`Partials::compare`].
    pub fn report(&self, baseline: Option<&Partials>, options: &ReportOptions) -> Result<Report> {
        let asked = Asked::default();
        let tables = [
            self.table(&asked.critical_path)?,
            self.table(&asked.errors)?,
            self.table(&asked.dependencies)?,
        ];
        let issues = self.issue_list(&IssueList::default());
        let compare = baseline.map(|baseline| baseline.compare(self));
        Ok(options.report(&self.summary(), tables, (issues, compare.transpose()?)))
    }
}

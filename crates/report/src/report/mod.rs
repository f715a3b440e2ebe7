//! A report: what was read, what changed, why it is slow, what to fix first, why
//! it fails, who calls whom and what the data cannot say.
//!
//! It is built from result tables alone, so that it says nothing that the
//! analyses do not; Markdown and JSON are two writings of the same sections.

mod findings;
mod fixes;
mod json;
mod markdown;
mod row;

use serde::Serialize;
use spanwise_model::Table;

pub use json::write_json;
pub use markdown::write_markdown;

/// How many rows a table of a report has, unless said.
const ROWS: usize = 10;

/// What a report is made of.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Material {
    /// The title.
    pub title: String,
    /// What was read, a line each.
    pub read: Vec<String>,
    /// The critical path by operation.
    pub critical_path: Table,
    /// What slow requests wait for and fast ones do not; `None` where nobody
    /// asked.
    pub bottlenecks: Option<Table>,
    /// What requests would gain, were operations faster; `None` where nobody
    /// asked.
    pub what_if: Option<Table>,
    /// Calls that need not be made; `None` where nobody asked.
    pub shape_problems: Option<Table>,
    /// Errors by operation.
    pub errors: Table,
    /// Dependencies.
    pub dependencies: Table,
    /// Issues of the input.
    pub issues: Table,
    /// The comparison with a baseline, where there is one.
    pub compare: Option<Table>,
    /// The most rows of one table; 10 unless said.
    pub rows: Option<usize>,
}

impl Material {
    /// Material under a title.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }
}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The title.
    pub title: String,
    /// The sections in order.
    pub sections: Vec<Section>,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Names the section for programs.
    pub kind: SectionKind,
    /// The heading.
    pub title: &'static str,
    /// Sentences.
    pub findings: Vec<String>,
    /// The rows that the sentences come from.
    pub table: Option<Table>,
    /// Rows of the analysis that the table leaves out.
    pub more_rows: usize,
}

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SectionKind {
    /// What was read.
    Read,
    /// What changed since the baseline.
    Changed,
    /// Where the time goes.
    Slow,
    /// What slow requests wait for.
    Tail,
    /// What to fix first.
    Fixes,
    /// Which calls need not be made.
    Shapes,
    /// Where errors begin.
    Failing,
    /// Who calls whom.
    Dependencies,
    /// What is wrong with the data.
    Issues,
}

impl Report {
    /// Builds the sections from the material.
    #[must_use]
    pub fn new(material: &Material) -> Self {
        let rows = material.rows.unwrap_or(ROWS);
        let changed = material
            .compare
            .as_ref()
            .map(|table| Section::changed(table, rows));
        let mut sections = vec![Section::read(&material.read)];
        sections.extend(changed);
        sections.push(Section::slow(&material.critical_path, rows));
        let tail = material.bottlenecks.as_ref();
        sections.extend(tail.map(|table| Section::tail(table, rows)));
        let fixes = material.what_if.as_ref();
        sections.extend(fixes.map(|table| Section::fixes(table, rows)));
        let shapes = material.shape_problems.as_ref();
        sections.extend(shapes.map(|table| Section::shapes(table, rows)));
        sections.push(Section::failing(&material.errors, rows));
        sections.push(Section::dependencies(&material.dependencies, rows));
        sections.push(Section::issues(&material.issues, rows));
        Self {
            title: material.title.clone(),
            sections,
        }
    }
}

impl Section {
    fn of(kind: SectionKind, title: &'static str, findings: Vec<String>) -> Self {
        Self {
            kind,
            title,
            findings,
            table: None,
            more_rows: 0,
        }
    }

    /// The same section over the first rows of a table, these columns of it.
    fn over(mut self, table: &Table, columns: &[&str], rows: usize) -> Self {
        let shown = table.head(rows).select(columns);
        if table.rows() > 0 {
            self.more_rows = table.rows() - shown.rows();
            self.table = Some(shown);
        }
        self
    }

    fn read(lines: &[String]) -> Self {
        Self::of(SectionKind::Read, "What was read", lines.to_vec())
    }

    fn slow(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "service",
            "operation",
            "kind",
            "share",
            "critical_time",
            "mean_time",
            "traces",
            "errors",
        ];
        Self::of(
            SectionKind::Slow,
            "Where the time goes",
            findings::slow(table),
        )
        .over(table, COLUMNS, rows)
    }

    fn tail(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "root_operation",
            "service",
            "operation",
            "mean_excess",
            "slow_mean",
            "fast_mean",
            "times",
            "slow_share",
            "slow_calls",
            "fast_calls",
            "slow_requests",
        ];
        Self::of(
            SectionKind::Tail,
            "What slow requests wait for",
            findings::tail(table),
        )
        .over(table, COLUMNS, rows)
    }

    fn fixes(ranking: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "service",
            "operation",
            "kind",
            "requests",
            "mean_saved",
            "p50_before",
            "p50",
            "p95_before",
            "p95",
            "p99_before",
            "p99",
        ];
        let halved = fixes::halved(ranking);
        Self::of(
            SectionKind::Fixes,
            "What to fix first",
            fixes::first(&halved),
        )
        .over(&halved, COLUMNS, rows)
    }

    fn shapes(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "problem",
            "grade",
            "saved_time",
            "mean_saved",
            "traces",
            "mean_calls",
            "parent_service",
            "parent_operation",
            "operation",
            "peer",
            "template",
            "evidence",
            "examples",
        ];
        Self::of(
            SectionKind::Shapes,
            "Which calls need not be made so",
            fixes::shapes(table),
        )
        .over(table, COLUMNS, rows)
    }

    fn failing(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "service",
            "operation",
            "outcome",
            "error_type",
            "origins",
            "failed_requests",
            "errors",
            "examples",
        ];
        Self::of(
            SectionKind::Failing,
            "Where errors begin",
            findings::failing(table),
        )
        .over(&findings::with_origins(table), COLUMNS, rows)
    }

    fn dependencies(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "caller",
            "callee",
            "callee_kind",
            "connection",
            "calls",
            "errors",
            "error_share",
            "p50",
            "p99",
            "network_p50",
        ];
        Self::of(
            SectionKind::Dependencies,
            "Who calls whom",
            findings::dependencies(table),
        )
        .over(table, COLUMNS, rows)
    }

    fn issues(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &["issue", "service", "count", "meaning", "examples"];
        Self::of(
            SectionKind::Issues,
            "What is wrong with the data",
            findings::issues(table),
        )
        .over(table, COLUMNS, rows)
    }

    fn changed(table: &Table, rows: usize) -> Self {
        const COLUMNS: &[&str] = &[
            "service",
            "operation",
            "kind",
            "change",
            "baseline_critical_time",
            "incident_critical_time",
            "change_critical_time",
            "baseline_p95",
            "incident_p95",
            "baseline_error_share",
            "incident_error_share",
        ];
        Self::of(
            SectionKind::Changed,
            "What changed since the baseline",
            findings::changed(table),
        )
        .over(table, COLUMNS, rows)
    }
}

#[cfg(test)]
mod tests;

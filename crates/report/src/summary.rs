//! The summary of an input: an object for programs, lines for people.

use crate::json::write_object;
use crate::text::{self, TextOptions};
use crate::units;
use serde::Serialize;
use spanwise_analyze::analyses::{FileSummary, IssueSummary, Summary};
use spanwise_model::{ColumnData, Table};
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    files: Vec<File<'a>>,
    traces: u64,
    spans: u64,
    services: u64,
    operations: u64,
    roots: u64,
    orphans: u64,
    errors: u64,
    links: u64,
    events: u64,
    start_unix_nano: Option<i64>,
    end_unix_nano: Option<i64>,
    issues: Vec<Issue<'a>>,
    rows: u64,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    format: &'a str,
    spans: u64,
    orphans: u64,
    truncated: bool,
}

#[derive(Serialize)]
struct Issue<'a> {
    issue: &'static str,
    service: &'a str,
    count: u64,
    total_time_ns: Option<u128>,
    max_time_ns: Option<u64>,
    examples: &'a [String],
}

impl<'a> From<&'a FileSummary> for File<'a> {
    fn from(file: &'a FileSummary) -> Self {
        Self {
            path: &file.path,
            format: &file.format,
            spans: file.spans,
            orphans: file.orphans,
            truncated: file.truncated,
        }
    }
}

impl<'a> From<&'a IssueSummary> for Issue<'a> {
    fn from(issue: &'a IssueSummary) -> Self {
        Self {
            issue: issue.issue.name(),
            service: &issue.service,
            count: issue.count,
            total_time_ns: issue.size.map(|size| size.total_nano),
            max_time_ns: issue.size.map(|size| size.max_nano),
            examples: &issue.examples,
        }
    }
}

/// Writes the summary as one object, as the contract has it.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_json(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        files: summary.files.iter().map(File::from).collect(),
        traces: summary.traces,
        spans: summary.spans,
        services: summary.services,
        operations: summary.operations,
        roots: summary.roots,
        orphans: summary.orphans,
        errors: summary.errors,
        links: summary.links,
        events: summary.events,
        start_unix_nano: summary.start_unix_nano,
        end_unix_nano: summary.end_unix_nano,
        issues: summary.issues.iter().map(Issue::from).collect(),
        rows: summary.rows,
    };
    write_object(&document, out)
}

/// Writes the summary for people: the counts, the files, the issues.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_text(summary: &Summary, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    for (name, value) in counts(summary) {
        writeln!(out, "{name:<12}{}", units::count(value))?;
    }
    for (name, time) in [
        ("start", summary.start_unix_nano),
        ("end", summary.end_unix_nano),
    ] {
        if let Some(time) = time {
            writeln!(
                out,
                "{name:<12}{}",
                units::time(time, units::time_digits(time))
            )?;
        }
    }
    writeln!(
        out,
        "\nfiles ({})",
        units::count(summary.files.len() as u64)
    )?;
    text::write(&files(summary), options, out)?;
    if !summary.issues.is_empty() {
        writeln!(out, "\nissues")?;
        text::write(&issues(summary), options, out)?;
    }
    Ok(())
}

/// The counts as a table of one row.
#[must_use]
pub fn table(summary: &Summary) -> Table {
    let time = |time: Option<i64>| ColumnData::Time([time].into_iter().collect());
    let files = [("files", summary.files.len() as u64)];
    let numbers = files.into_iter().chain(counts(summary));
    numbers
        .fold(Table::new(), |table, (name, value)| {
            table.with(name, ColumnData::U64([value].into_iter().collect()))
        })
        .with("start", time(summary.start_unix_nano))
        .with("end", time(summary.end_unix_nano))
}

/// What was read in sentences, for a report.
#[must_use]
pub fn sentences(summary: &Summary) -> Vec<String> {
    let count = units::count;
    let mut formats: Vec<&str> = summary.files.iter().map(|file| &*file.format).collect();
    formats.retain(|format| !format.is_empty());
    formats.sort_unstable();
    formats.dedup();
    let mut sentences = vec![
        format!(
            "Files: {} ({}).",
            count(summary.files.len() as u64),
            formats.join(", ")
        ),
        format!(
            "Traces: {}, of {} spans in {} services and {} operations.",
            count(summary.traces),
            count(summary.rows),
            count(summary.services),
            count(summary.operations),
        ),
    ];
    if let (Some(start), Some(end)) = (summary.start_unix_nano, summary.end_unix_nano) {
        let length = units::unsigned_duration(end.abs_diff(start));
        sentences.push(format!(
            "Time: {} to {}, {length}.",
            units::time(start, 3),
            units::time(end, 3)
        ));
    }
    sentences
}

fn counts(summary: &Summary) -> [(&'static str, u64); 10] {
    [
        ("traces", summary.traces),
        ("spans", summary.spans),
        ("rows", summary.rows),
        ("services", summary.services),
        ("operations", summary.operations),
        ("roots", summary.roots),
        ("orphans", summary.orphans),
        ("errors", summary.errors),
        ("links", summary.links),
        ("events", summary.events),
    ]
}

/// The format of a file, where it was recognised.
fn format(file: &FileSummary) -> Option<&str> {
    Some(&*file.format).filter(|format| !format.is_empty())
}

fn files(summary: &Summary) -> Table {
    let files = || summary.files.iter();
    Table::new()
        .with(
            "path",
            ColumnData::Text(files().map(|f| Some(&f.path)).collect()),
        )
        .with("format", ColumnData::Name(files().map(format).collect()))
        .with("spans", ColumnData::U64(files().map(|f| f.spans).collect()))
        .with(
            "orphans",
            ColumnData::U64(files().map(|f| f.orphans).collect()),
        )
        .with(
            "truncated",
            ColumnData::Bool(files().map(|f| f.truncated).collect()),
        )
}

fn issues(summary: &Summary) -> Table {
    let issues = || summary.issues.iter();
    Table::new()
        .with(
            "issue",
            ColumnData::Name(issues().map(|i| i.issue.name()).collect()),
        )
        .with(
            "service",
            ColumnData::Name(issues().map(|i| i.service.as_str()).collect()),
        )
        .with(
            "count",
            ColumnData::U64(issues().map(|i| i.count).collect()),
        )
        .with(
            "examples",
            ColumnData::TextList(issues().map(|i| i.examples.clone()).collect()),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        let notation = "a GET / 0..10 error\n  b SELECT 2..4\nlate job 5..6 parent=99";
        let table = spanwise_io::assemble::assemble(spanwise_io::notation::parse(notation));
        let table = table.expect("a small table");
        let facts = spanwise_analyze::facts::compute(&table, &spanwise_analyze::Policy::default());
        Summary::of(&table, &[0], &facts)
    }

    #[test]
    fn the_object_is_the_contract() {
        let mut out = Vec::new();
        write_json(&summary(), &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r#"{"version":1,"files":[],"traces":1,"spans":3,"services":3,"operations":3,"roots":1,"orphans":1,"errors":1,"links":0,"events":0,"start_unix_nano":0,"end_unix_nano":10000000,"issues":[{"issue":"orphan","service":"late","count":1,"total_time_ns":null,"max_time_ns":null,"examples":["00000000000000000000000000000001/0000000000000003"]}],"rows":3}"#);
    }

    #[test]
    fn people_get_lines() {
        let mut out = Vec::new();
        write_text(&summary(), &TextOptions::default(), &mut out).expect("a vector takes all");
        insta::assert_snapshot!(String::from_utf8_lossy(&out), @r"
        traces      1
        spans       3
        rows        3
        services    3
        operations  3
        roots       1
        orphans     1
        errors      1
        links       0
        events      0
        start       1970-01-01T00:00:00Z
        end         1970-01-01T00:00:00.010Z

        files (0)
        path  format  spans  orphans  truncated
        (no rows)

        issues
        issue   service  count  examples
        orphan  late         1  00000000000000000000000000000001/0000000000000003
        ");
        assert_eq!(table(&summary()).rows(), 1);
    }
}

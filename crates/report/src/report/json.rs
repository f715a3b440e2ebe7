//! A report as one JSON document: the findings as text and the tables they
//! come from as in [`crate::json`].

use super::{Report, Section, SectionKind};
use crate::json::{write_object, Body};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    sections: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    kind: SectionKind,
    title: &'a str,
    findings: &'a [String],
    table: Option<Body<'a>>,
    more_rows: usize,
}

impl<'a> Part<'a> {
    fn of(section: &'a Section) -> Self {
        Self {
            kind: section.kind,
            title: section.title,
            findings: &section.findings,
            table: section.table.as_ref().map(Body::of),
            more_rows: section.more_rows,
        }
    }
}

/// Writes the report as one document.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        title: &report.title,
        sections: report.sections.iter().map(Part::of).collect(),
    };
    write_object(&document, out)
}

//! Where an answer goes, and in what form.

use crate::args::{Format, OutputArgs};
use crate::session::{Session, STANDARD_OUTPUT};
use spanwise::report::{csv, json, ndjson, text, Parts};
use spanwise::{Error, ErrorKind, Result, Table};
use std::io::{self, Write};
use std::path::Path;

/// Writes to a file where one is named, compressed as its name ends, otherwise
/// to standard output.
pub(crate) fn to<F>(path: Option<&Path>, session: &mut Session<'_>, write: F) -> Result<()>
where
    F: FnOnce(&mut dyn Write) -> Result<()>,
{
    let Some(path) = path else {
        let place = |error: Error| match error.kind() {
            ErrorKind::Io => error.in_file(STANDARD_OUTPUT),
            _ => error,
        };
        return write(&mut session.out).map_err(place);
    };
    spanwise::write_file(path, write)
}

/// Writes a table as the arguments say: sorted, cut and in their form.
pub(crate) fn table(table: &Table, args: &OutputArgs, session: &mut Session<'_>) -> Result<()> {
    let sorted = match &args.sort {
        Some(key) => Some(table.sorted_by(key)?),
        None => None,
    };
    let table = sorted.as_ref().unwrap_or(table);
    let rows = args.limit.unwrap_or(usize::MAX);
    let cut = (rows < table.rows()).then(|| table.head(rows));
    parts(cut.as_ref().unwrap_or(table), args, session)
}

/// Writes a table, which may come in parts, in the form that the arguments say.
pub(crate) fn parts(
    table: &impl Parts,
    args: &OutputArgs,
    session: &mut Session<'_>,
) -> Result<()> {
    let options = match args.output {
        Some(_) => text::TextOptions::default(),
        None => session.text_options(args.color),
    };
    to(args.output.as_deref(), session, |out| {
        Ok(written(table, args.format, &options, out)?)
    })
}

fn written(
    table: &impl Parts,
    format: Format,
    options: &text::TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Table => text::write(table, options, out),
        Format::Json => json::write(table, out),
        Format::Ndjson => ndjson::write(table, out),
        Format::Csv => csv::write(table, out),
    }
}

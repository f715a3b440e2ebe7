//! A report as Markdown, for a ticket or a postmortem.

use super::{Report, Section};
use crate::escape::for_markdown;
use crate::text::Texts;
use spanwise_model::{Column, Table};
use std::io::{self, Write};

/// Writes the report as GitHub's Markdown.
///
/// # Errors
///
/// Where `out` cannot be written.
pub fn write_markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}", for_markdown(&report.title))?;
    report
        .sections
        .iter()
        .try_for_each(|section| write_section(section, out))
}

fn write_section(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## {}\n", section.title)?;
    for finding in &section.findings {
        writeln!(out, "- {}", for_markdown(finding))?;
    }
    if let Some(table) = &section.table {
        writeln!(out)?;
        write_table(table, out)?;
    }
    if section.more_rows > 0 {
        let plural = if section.more_rows == 1 { "" } else { "s" };
        writeln!(out, "\n… {} more row{plural}.", section.more_rows)?;
    }
    Ok(())
}

fn write_table(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<Texts<'_>> = table.columns().iter().map(Texts::of).collect();
    let header = |column: &Column| for_markdown(&column.name.replace('_', " "));
    let rule = |column: &Texts<'_>| if column.is_number() { "---:" } else { "---" }.to_owned();
    write_row(table.columns().iter().map(header), out)?;
    write_row(columns.iter().map(rule), out)?;
    for row in 0..table.rows() {
        write_row(
            columns.iter().map(|column| for_markdown(&column.get(row))),
            out,
        )?;
    }
    Ok(())
}

fn write_row(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)
}

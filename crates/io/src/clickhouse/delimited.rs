//! Rows of CSV and TSV become records.

use super::dialect::{Dialect, RawRow};
use super::layout::{by_position, is_span_table, Column};
use super::literal;
use crate::format::{Cut, Cutting, Ended};
use crate::json::{Open, Rooms};
use crate::table::{Field, Row, TextCell};
use spanwise_model::{Example, IssueKind, Result, SpanBatch};
use std::borrow::Cow;

/// What names the first lines of a file.
struct Header {
    columns: Vec<Column>,
    /// How many lines it has; none where columns are known by their places.
    lines: usize,
    /// Where it ends.
    end: usize,
}

impl Header {
    /// The header of a text; `None` where it is no table of spans.
    fn of(text: &str, dialect: Dialect) -> Option<Self> {
        let mut rows = dialect.rows(text);
        let mut row = RawRow::default();
        if !rows.read(&mut row) {
            return None;
        }
        let cells: Vec<&str> = row.cells.iter().collect();
        if !is_span_table(&cells) {
            return Some(Self {
                columns: by_position(&cells)?,
                lines: 0,
                end: 0,
            });
        }
        let columns: Vec<Column> = row.cells.iter().map(Column::of).collect();
        let (mut lines, mut end) = (1, row.end);
        if rows.read(&mut row) && are_types(&row) {
            (lines, end) = (2, row.end);
        }
        Some(Self {
            columns,
            lines,
            end,
        })
    }
}

/// True for a line that names the types of the columns.
fn are_types(row: &RawRow) -> bool {
    row.cells.iter().any(|cell| cell == "String")
        && row.cells.iter().any(|cell| cell.starts_with("DateTime"))
}

/// True where a file begins as a table of spans.
pub(super) fn recognises(head: &[u8], dialect: Dialect) -> bool {
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    // A first row without a header may hold line breaks, a header none.
    let text = match line.len() < head.len() {
        true => head,
        false => line,
    };
    Header::of(&String::from_utf8_lossy(text), dialect).is_some()
}

/// The last place where a window can be cut: behind a row. The rest of a file
/// with a header needs it again, so that cutting is not cheap.
pub(super) fn cut(window: &[u8], cutting: Cutting, dialect: Dialect) -> Option<Cut> {
    let (end, lines) = dialect.lines(window)?;
    let text: Cow<'_, str> = String::from_utf8_lossy(&window[..end]);
    let header = Header::of(&text, dialect)?;
    // The offset is that of the bytes where all of the header is UTF-8.
    let opening = window.get(..header.end)?;
    std::str::from_utf8(opening).ok()?;
    let possible = header.lines == 0 || cutting == Cutting::Thorough;
    (possible && end > header.end).then(|| Cut {
        end,
        next: end,
        opening: opening.to_vec(),
        records: lines - header.lines as u64,
        ..Cut::default()
    })
}

/// Reads all rows of a text.
pub(super) fn read(text: &str, dialect: Dialect, batch: &mut SpanBatch) -> Result<Ended> {
    let Some(header) = Header::of(text, dialect) else {
        let example = example(1, 0, "no header, and not the collector's columns");
        batch.issues.add(IssueKind::MalformedRecord, "", example);
        return Ok(Ended::Whole);
    };
    let mut reader = Reader {
        columns: &header.columns,
        dialect,
        open: Open::new(batch),
        rooms: Rooms::default(),
        texts: vec![String::new(); header.columns.len()],
    };
    let (mut rows, mut row) = (dialect.rows(text), RawRow::default());
    let mut number = 0;
    while rows.read(&mut row) {
        number += 1;
        if number <= header.lines as u64 {
            continue;
        }
        let what = match row.cells.len() == header.columns.len() {
            true if reader.row(&row)? => None,
            true => Some("a row without ids"),
            false if row.end == text.len() && !text.ends_with('\n') && !reader.goes_on() => {
                return Ok(Ended::Truncated)
            }
            false => Some("a row with another number of columns"),
        };
        if let Some(what) = what {
            let example = example(number, row.start, what);
            let issues = &mut reader.open.batch.issues;
            issues.add(IssueKind::MalformedRecord, "", example);
        }
        reader.open.batch.make_room(row.end, text.len());
    }
    Ok(Ended::Whole)
}

fn example(record: u64, offset: usize, detail: &str) -> Example {
    Example::File {
        path: String::new(),
        record: Some(record),
        offset: Some(offset as u64),
        detail: detail.to_owned(),
    }
}

struct Reader<'c, 'b> {
    columns: &'c [Column],
    dialect: Dialect,
    open: Open<'b>,
    rooms: Rooms,
    /// What the cells of a row say without their escapes.
    texts: Vec<String>,
}

impl Reader<'_, '_> {
    fn goes_on(&self) -> bool {
        self.open.batch.goes_on
    }

    /// Reads a row; false where it is no span.
    fn row(&mut self, row: &RawRow) -> Result<bool> {
        let depth = self.open.batch.guard.depth;
        let mut texts = std::mem::take(&mut self.texts);
        let cells = row.cells.iter().zip(&mut texts).zip(self.columns);
        let cells: Vec<Option<TextCell<'_>>> = cells
            .map(|((raw, text), column)| cell(raw, text, column, (self.dialect, depth)))
            .collect();
        let read = self.cells(&cells);
        self.texts = texts;
        read
    }

    fn cells(&mut self, cells: &[Option<TextCell<'_>>]) -> Result<bool> {
        let mut span = Row::default();
        for (cell, column) in cells.iter().zip(self.columns) {
            match (*cell, column.field) {
                (None, _) => {}
                (Some(cell), Some(field)) => {
                    span.take(field, cell, &mut self.open, &mut self.rooms)?;
                }
                (Some(cell), None) => {
                    let key = self.open.intern(&column.name)?;
                    span.attribute(key, cell, &mut self.open, &mut self.rooms);
                }
            }
        }
        span.close(&mut self.open, &mut self.rooms)
    }
}

/// The cell that a raw text stands for; `None` for one that is null or, in a
/// column of its own, empty.
fn cell<'r>(
    raw: &'r str,
    text: &'r mut String,
    column: &Column,
    (dialect, depth): (Dialect, usize),
) -> Option<TextCell<'r>> {
    if raw == "\\N" || (raw.is_empty() && column.field.is_none()) {
        return None;
    }
    text.clear();
    if is_nested(column.field.map(|(field, _)| field)) && is_literal(raw) {
        return Some(match literal::to_json(raw, depth, text) {
            Some(()) => TextCell::Json(text),
            None => TextCell::Plain(raw),
        });
    }
    let plain = match dialect == Dialect::Tabs && raw.contains('\\') {
        false => raw,
        true => unescaped(raw, text),
    };
    Some(match is_nested(column.field.map(|(field, _)| field)) {
        true => TextCell::guess(plain, depth),
        false => TextCell::Plain(plain),
    })
}

/// True for columns of arrays, maps and JSON.
fn is_nested(field: Option<Field>) -> bool {
    matches!(
        field,
        Some(
            Field::Attributes(..)
                | Field::Events
                | Field::Links
                | Field::EventPart(_)
                | Field::LinkPart(_)
        )
    )
}

/// True for what is written as a literal, and not as JSON.
fn is_literal(raw: &str) -> bool {
    !raw.trim_ascii_start().starts_with("{\"")
}

/// A text of TSV without its escapes.
fn unescaped<'r>(raw: &'r str, room: &'r mut String) -> &'r str {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        room.push_str(&rest[..at]);
        match literal::unescape(&rest[at + 1..], room) {
            Some(behind) => rest = behind,
            None => {
                rest = &rest[at..];
                break;
            }
        }
    }
    room.push_str(rest);
    room
}

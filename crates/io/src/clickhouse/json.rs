//! Rows that are objects of JSON: a line each, or in the list of one document.

use super::layout::{is_span_table, Column};
use crate::format::Ended;
use crate::json::{self, objects, Broken, Cursor, Entered, Parts, Records, Walked, Walks};
use crate::table::{Row, TextCell};
use rustc_hash::FxHashMap;
use spanwise_model::{Result, SpanBatch};

/// Reads a file.
pub(super) fn read(bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
    json::read(bytes, batch, |text, batch| {
        let reader = Reader {
            records: Records::new(text, batch),
            columns: FxHashMap::default(),
            inside: false,
        };
        json::Reader::read_all(&mut { reader })
    })
}

struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    /// Columns by their names.
    columns: FxHashMap<&'a str, Column>,
    /// True in the list of a document.
    inside: bool,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.records.parts()
    }

    fn document(&mut self) -> Walked {
        self.inside = false;
        objects(self, Self::object)
    }

    fn broken(&mut self) {
        self.records.broken();
    }
}

impl<'a> Reader<'a, '_> {
    /// Reads a row, or the document that holds rows under `data`.
    fn object(&mut self) -> Walked {
        let start = self.records.cursor.at;
        let (mut row, mut first, mut envelope) = (Row::default(), true, false);
        self.records.enter_object()?;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            if !self.inside && key == "data" && self.records.cursor.peek() == b'[' {
                // What stands beside the rows (`meta`, `statistics`) is of no span.
                self.records.open.abandon();
                (self.inside, envelope) = (true, true);
                objects(self, Self::object)?;
                self.inside = false;
                continue;
            }
            self.member(key, &mut row)?;
        }
        if envelope {
            self.records.open.abandon();
            return Ok(());
        }
        if !self.close(row)? {
            self.records.issue(start, start, "a row without ids");
        }
        Ok(())
    }

    fn member(&mut self, key: &'a str, row: &mut Row<TextCell<'a>>) -> Walked {
        self.records.cursor.peek();
        let start = self.records.cursor.at;
        self.records.cursor.skip()?;
        let text = self.records.cursor.since(start);
        if text == "null" {
            return Ok(());
        }
        let cell = TextCell::Json(text);
        let column = self.columns.entry(key).or_insert_with(|| Column::of(key));
        let (open, rooms) = (&mut self.records.open, &mut self.records.rooms);
        match column.field {
            Some(field) => row.take(field, cell, open, rooms)?,
            None => {
                let key = open.intern(key)?;
                row.attribute(key, cell, open, rooms);
            }
        }
        Ok(())
    }

    fn close(&mut self, row: Row<TextCell<'a>>) -> Walked<bool> {
        let (open, rooms) = (&mut self.records.open, &mut self.records.rooms);
        let closed = row.close(open, rooms)?;
        if closed {
            self.records.kept();
        }
        Ok(closed)
    }
}

/// True where a text begins with a row of a table of spans.
pub(super) fn recognises(head: &[u8]) -> bool {
    json::head_text(head).is_some_and(|text| {
        let mut cursor = Cursor::new(&text, usize::MAX);
        first_row(&mut cursor).unwrap_or(false)
    })
}

/// Looks at the first row, which may lie in lists and in `data`.
fn first_row(cursor: &mut Cursor<'_>) -> std::result::Result<bool, Broken> {
    while cursor.peek() == b'[' {
        cursor.enter(b'[')?;
    }
    if cursor.enter(b'{')? != Entered::Inside {
        return Ok(false);
    }
    let (mut names, mut first) = (Vec::new(), true);
    while let Ok(Some(key)) = cursor.key(&mut first) {
        if key == "data" && names.iter().all(|name| *name == "meta") && cursor.peek() == b'[' {
            return first_row(cursor);
        }
        names.push(key);
        if cursor.skip().is_err() {
            break;
        }
    }
    Ok(is_span_table(&names))
}

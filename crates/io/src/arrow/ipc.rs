//! Arrow's own files and streams.
//!
//! A file is a stream between a magic word and a footer, and is read as that:
//! what stands in it is decoded as it comes, and no length is believed before
//! so many bytes are there.

use super::frame::Frame;
use crate::format::{Ended, Format};
use crate::json::{Open, Rooms};
use crate::table::Mapping;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, Schema};
use spanwise_model::{Error, ErrorKind, Example, IssueKind, Result, SpanBatch};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

/// What a file begins with, and what a stream does.
const FILE: &[u8] = b"ARROW1\0\0";
const STREAM: &[u8] = b"\xff\xff\xff\xff";

/// A table of spans in an Arrow file (Feather) or stream, a row a span. Columns
/// are found by their names.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableArrow;

/// A table of spans in an Arrow file or stream whose columns are found by a
/// mapping, else by their names.
#[derive(Clone, Debug, Default)]
pub struct MappedArrow(pub Mapping);

impl Format for TableArrow {
    fn name(&self) -> &'static str {
        "table-arrow"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let schema = schema(head);
        schema.is_some_and(|schema| Frame::of(&schema, &Mapping::default()).is_ok())
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, &Mapping::default(), batch)
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

impl Format for MappedArrow {
    fn name(&self) -> &'static str {
        TableArrow.name()
    }

    fn recognises(&self, head: &[u8]) -> bool {
        schema(head).is_some()
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        read(bytes, &self.0, batch)
    }

    fn is_one_document(&self) -> bool {
        true
    }
}

/// The stream in a file, or the file where it is one.
fn stream(bytes: &[u8]) -> Option<&[u8]> {
    let stream = match bytes.strip_prefix(FILE) {
        Some(rest) => without_padding(without_footer(rest).unwrap_or(rest)),
        None => bytes,
    };
    stream.starts_with(STREAM).then_some(stream)
}

/// What stands behind the zeros that some writers put before the stream.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    &bytes[zeros..]
}

/// What stands before the footer, its length and the magic word; `None` where
/// a file has lost them.
fn without_footer(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_suffix(&FILE[..6])?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let end = rest
        .len()
        .checked_sub(u32::from_le_bytes(*length) as usize)?;
    Some(&rest[..end])
}

/// The columns that the beginning of a stream names.
fn schema(head: &[u8]) -> Option<Arc<Schema>> {
    let mut buffer = Buffer::from(stream(head)?);
    let read = || {
        let mut decoder = StreamDecoder::new();
        // What is wrong behind the schema does not matter here.
        let _ = decoder.decode(&mut buffer);
        decoder.schema()
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// Reads all tables of a stream.
fn read(bytes: &[u8], mapping: &Mapping, batch: &mut SpanBatch) -> Result<Ended> {
    let none = || Error::new(ErrorKind::Format, "not a table of Arrow");
    let schema = schema(bytes).ok_or_else(none)?;
    let frame = Frame::of(&schema, mapping)?;
    let mut tables = Tables {
        buffer: Buffer::from(stream(bytes).unwrap_or_default()),
        decoder: StreamDecoder::new(),
        rows: 0,
        most: bytes.len() as u64,
    };
    let mut rooms = Rooms::default();
    loop {
        batch.guard.check_stop()?;
        let next = AssertUnwindSafe(|| tables.read(&frame, batch, &mut rooms));
        let what = match catch_unwind(next) {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => break,
            Ok(Err(Stop::Over(error))) => return Err(error),
            Ok(Err(Stop::Broken(what))) => what,
            Err(_) => "its structures contradict each other".to_owned(),
        };
        batch.abandon();
        batch.resources.close(spanwise_model::Symbol::EMPTY);
        let example = Example::File {
            path: String::new(),
            record: Some(tables.rows + 1),
            offset: None,
            detail: what,
        };
        batch.issues.add(IssueKind::MalformedRecord, "", example);
        return Ok(Ended::Whole);
    }
    match tables.decoder.finish() {
        Ok(()) => Ok(Ended::Whole),
        Err(_) => Ok(Ended::Truncated),
    }
}

/// Why a table cannot be read.
enum Stop {
    Broken(String),
    Over(Error),
}

impl From<ArrowError> for Stop {
    fn from(error: ArrowError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The tables of a stream, one after the other.
struct Tables {
    buffer: Buffer,
    decoder: StreamDecoder,
    rows: u64,
    /// Rows are never more than the stream has bytes.
    most: u64,
}

impl Tables {
    /// Reads the next table; false where there is none.
    fn read(
        &mut self,
        frame: &Frame,
        batch: &mut SpanBatch,
        rooms: &mut Rooms,
    ) -> std::result::Result<bool, Stop> {
        let Some(table) = self.decoder.decode(&mut self.buffer)? else {
            return Ok(false);
        };
        let first = self.rows;
        self.rows += table.num_rows() as u64;
        if self.rows > self.most {
            return Err(Stop::Broken("more rows than bytes".to_owned()));
        }
        let mut open = Open::new(batch);
        frame
            .read(&table, first, &mut open, rooms)
            .map_err(Stop::Over)?;
        Ok(true)
    }
}

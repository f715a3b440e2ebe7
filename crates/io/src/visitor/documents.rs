//! Documents one after another: one file, a line each, or simply in sequence.

use super::lines::{is_run_of_lines, lines, next_document};
use super::shape::{Seed, Shape};
use crate::format::Ended;
use memchr::{memchr_iter, memrchr};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use spanwise_model::{Example, Guard, IssueKind, Result};
use std::borrow::Cow;

/// The deepest nesting that is read; what is skipped may be deeper.
const DEPTH: usize = 128;

/// What takes the objects of documents.
pub(crate) trait Documents {
    /// Takes an object that is a document, or an element of one that is a list.
    fn object<'de, A: MapAccess<'de>>(&mut self, map: A) -> Result<(), A::Error>;

    /// Learns where the next document is.
    fn enter(&mut self, spot: Spot);

    /// Counts an issue.
    fn issue(&mut self, kind: IssueKind, example: Example);

    /// Drops what a document left open when it broke off. The error is the
    /// one that made the reader break it off itself.
    fn broken(&mut self) -> Result<()>;
}

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The line, from 1.
    pub(crate) line: u64,
    /// The byte, from 0.
    pub(crate) offset: usize,
}

impl Spot {
    /// The place as an example of an issue.
    pub(crate) fn example(self, detail: impl Into<String>) -> Example {
        Example::File {
            path: String::new(),
            record: Some(self.line),
            offset: Some(self.offset as u64),
            detail: detail.into(),
        }
    }

    /// Where an error lies in a text that begins here.
    fn of(self, error: &serde_json::Error, text: &str) -> Self {
        let lines = error.line().saturating_sub(1);
        let newline = match lines {
            0 => None,
            lines => memchr_iter(b'\n', text.as_bytes()).nth(lines - 1),
        };
        let line_start = newline.map_or(0, |newline| newline + 1);
        let within = line_start + error.column().saturating_sub(1);
        Self {
            line: self.line + lines as u64,
            offset: self.offset + within.min(text.len()),
        }
    }
}

/// Shows all documents of `bytes` to `sink`.
pub(crate) fn read<S: Documents>(bytes: &[u8], sink: &mut S) -> Result<Ended> {
    let (text, cut) = decode(bytes, sink);
    let ended = if is_run_of_lines(&text) {
        read_lines(&text, sink)?
    } else {
        read_sequence(&text, sink)?
    };
    Ok(if cut { Ended::Truncated } else { ended })
}

/// Shows the documents of the beginning of a file to `sink`, which does not
/// care how they end.
pub(crate) fn probe<S: Documents>(head: &[u8], sink: &mut S) {
    if head.trim_ascii_start().starts_with(b"{") || head.trim_ascii_start().starts_with(b"[") {
        // A probe that breaks off has seen enough.
        let _ = read(head, sink);
    }
}

/// The bytes as text, and whether they end within a character.
fn decode<'t, S: Documents>(bytes: &'t [u8], sink: &mut S) -> (Cow<'t, str>, bool) {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), false),
        Err(error) => error,
    };
    let valid = error.valid_up_to();
    if error.error_len().is_none() {
        return (String::from_utf8_lossy(&bytes[..valid]), true);
    }
    let spot = Spot {
        line: 1 + memchr_iter(b'\n', &bytes[..valid]).count() as u64,
        offset: valid,
    };
    sink.issue(IssueKind::InvalidUtf8, spot.example(""));
    (String::from_utf8_lossy(bytes), false)
}

/// Each line is a document; a bad one does not touch the others.
fn read_lines<S: Documents>(text: &str, sink: &mut S) -> Result<Ended> {
    for line in lines(text, 0, 1) {
        let start = Spot {
            line: line.number,
            offset: line.offset,
        };
        let Some(error) = run(line.text, start, sink) else {
            continue;
        };
        let unfinished = line.offset + line.text.len() == text.len();
        let spot = start.of(&error, line.text);
        if fail(&error, spot, sink)? && unfinished {
            return Ok(Ended::Truncated);
        }
        malformed(&error, spot, sink);
    }
    Ok(Ended::Whole)
}

/// Documents follow each other; behind a bad one the next line is sought at
/// which a document can begin.
fn read_sequence<S: Documents>(text: &str, sink: &mut S) -> Result<Ended> {
    let mut start = Spot { line: 1, offset: 0 };
    loop {
        let rest = &text[start.offset..];
        let Some(error) = run(rest, start, sink) else {
            return Ok(Ended::Whole);
        };
        let spot = start.of(&error, rest);
        if fail(&error, spot, sink)? {
            return Ok(Ended::Truncated);
        }
        malformed(&error, spot, sink);
        let before = &text.as_bytes()[..spot.offset];
        let line_start = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let Some(line) = next_document(text, line_start.max(start.offset), spot.line) else {
            return Ok(Ended::Whole);
        };
        start = Spot {
            line: line.number,
            offset: line.offset,
        };
    }
}

/// Drops what is open; true where the text simply ended.
fn fail<S: Documents>(error: &serde_json::Error, spot: Spot, sink: &mut S) -> Result<bool> {
    sink.broken()?;
    if error.is_syntax() && error.to_string().starts_with("recursion limit") {
        return Err(Guard::exceeded("depth", DEPTH).at_offset(spot.offset as u64));
    }
    Ok(error.is_eof())
}

fn malformed<S: Documents>(error: &serde_json::Error, spot: Spot, sink: &mut S) {
    let message = error.to_string();
    let detail = message.split(" at line ").next().unwrap_or_default();
    sink.issue(IssueKind::MalformedRecord, spot.example(detail));
}

/// Shows the documents of `text` to `sink` up to the first error.
fn run<S: Documents>(text: &str, start: Spot, sink: &mut S) -> Option<serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    sink.enter(start);
    loop {
        let mut begun = false;
        let document = Document::within(sink, &mut begun);
        match Seed(document).deserialize(&mut json) {
            Ok(()) => {}
            Err(error) if error.is_eof() && !begun => return None,
            Err(error) => return Some(error),
        }
    }
}

/// A document: an object, or a list of documents.
pub(crate) struct Document<'s, S> {
    sink: &'s mut S,
    begun: &'s mut bool,
}

impl<'s, S> Document<'s, S> {
    /// A document whose objects go to `sink`; `begun` becomes true with it.
    pub(crate) fn within(sink: &'s mut S, begun: &'s mut bool) -> Self {
        Self { sink, begun }
    }
}

impl<'de, S: Documents> Shape<'de> for Document<'_, S> {
    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        *self.begun = true;
        self.sink.object(map)
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        *self.begun = true;
        loop {
            let element = Document::within(&mut *self.sink, &mut *self.begun);
            if list.next_element_seed(Seed(element))?.is_none() {
                return Ok(());
            }
        }
    }
}

//! Documents one after another: a document a line, or simply in sequence, and
//! where reading goes on behind a broken one.
//!
//! In a file of lines a broken line must not touch the others, however much of
//! the next line it would take in; so the cursor sees one line at a time. Else
//! the next line that opens a document in its first column is tried, behind
//! what was already kept: exports are written without indentation or with it
//! throughout. How much text may be read again is bounded, so that hostile
//! input costs no more than a few readings.

use super::{Cursor, Fault};
use memchr::{memchr, memchr_iter};
use spanwise_model::Example;
use std::borrow::Cow;

/// How many lines decide whether a text is a run of lines.
const LINES: usize = 16;

/// How many bytes of them are looked at.
const HEAD_BYTES: usize = 1 << 20;

/// How many times the length of the text may be read again.
const READINGS: usize = 8;

/// The documents of a text.
#[derive(Debug)]
pub(crate) struct Documents<'a> {
    text: &'a str,
    by_line: bool,
    /// Where the document begins that is being read.
    pub(crate) start: usize,
    /// The offset behind the last record that was kept.
    pub(crate) committed: usize,
    /// How much was given up and read again.
    again: usize,
    lines: Lines,
    /// The line and the offset of a text that stands within another one.
    place: Option<(u64, usize)>,
}

impl<'a> Documents<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            by_line: is_run_of_lines(text.as_bytes()),
            start: 0,
            committed: 0,
            again: 0,
            lines: Lines::default(),
            place: None,
        }
    }

    /// The documents of a text that stands within another one, at this line and
    /// offset of it.
    pub(crate) fn within(text: &'a str, place: (u64, usize)) -> Self {
        Self {
            place: Some(place),
            ..Self::new(text)
        }
    }

    /// The length of the text in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// True where the text stands within another one.
    pub(crate) fn is_within(&self) -> bool {
        self.place.is_some()
    }

    /// A cursor before the first document.
    pub(crate) fn cursor(&self, depth_limit: usize) -> Cursor<'a> {
        let first = if self.by_line { "" } else { self.text };
        Cursor::new(first, depth_limit)
    }

    /// Goes to the next document; false where there is none.
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'a>) -> bool {
        while cursor.is_at_end() {
            if cursor.at == self.text.len() {
                return false;
            }
            let behind = &self.text.as_bytes()[cursor.at + 1..];
            let end = memchr(b'\n', behind).map_or(self.text.len(), |end| cursor.at + 1 + end);
            cursor.see(&self.text[..end]);
        }
        self.start = cursor.at;
        true
    }

    /// Goes behind a document that is broken where the cursor stands; false
    /// where no other can follow.
    pub(crate) fn resume(&mut self, cursor: &mut Cursor<'a>, broken: usize) -> bool {
        let bytes = self.text.as_bytes();
        if self.by_line {
            cursor.go_to_end();
            return !bytes[cursor.at..].trim_ascii_start().is_empty();
        }
        let mut next = next_opening(bytes, self.start.max(self.committed));
        self.again += broken.saturating_sub(next.unwrap_or(broken));
        if self.again > READINGS * bytes.len() {
            next = next_opening(bytes, broken.max(self.start));
        }
        cursor.at = next.unwrap_or(bytes.len());
        next.is_some()
    }

    /// An example of an issue at an offset of the record that begins at `start`.
    pub(crate) fn example(&mut self, start: usize, at: usize, detail: &str) -> Example {
        Example::File {
            path: String::new(),
            record: Some(self.line(start)),
            offset: Some(self.offset(at) as u64),
            detail: detail.to_owned(),
        }
    }

    /// The line of an offset in the file, from 1.
    pub(crate) fn line(&mut self, at: usize) -> u64 {
        match self.place {
            Some((line, _)) => line,
            None => self.lines.line(self.text.as_bytes(), at),
        }
    }

    /// An offset in the file.
    pub(crate) fn offset(&self, at: usize) -> usize {
        self.place.map_or(at, |(_, offset)| offset)
    }
}

/// Counts lines from one place to the next.
#[derive(Debug, Default)]
struct Lines {
    at: usize,
    before: u64,
}

impl Lines {
    fn line(&mut self, text: &[u8], at: usize) -> u64 {
        let count = |range| memchr_iter(b'\n', &text[range]).count() as u64;
        if at < self.at {
            self.before -= count(at..self.at);
        } else {
            self.before += count(self.at..at);
        }
        self.at = at;
        self.before + 1
    }
}

/// True where most of the first lines open and close a document.
pub(super) fn is_run_of_lines(text: &[u8]) -> bool {
    let head = &text[..text.len().min(HEAD_BYTES)];
    let (mut whole, mut others, mut start) = (0, 0, 0);
    // What the head cuts off says nothing.
    let last = (head.len() == text.len()).then_some(head.len());
    for end in memchr_iter(b'\n', head).chain(last).take(LINES) {
        match head[start..end].trim_ascii() {
            [] => {}
            [b'{' | b'[', .., b'}' | b']'] => whole += 1,
            _ => others += 1,
        }
        start = (end + 1).min(head.len());
    }
    whole > others && whole + others > 1
}

/// The offset of the next line, behind `from`, that opens a document.
fn next_opening(text: &[u8], from: usize) -> Option<usize> {
    let lines = memchr_iter(b'\n', &text[from..]);
    lines
        .map(|newline| from + newline + 1)
        .find(|&at| matches!(text.get(at), Some(b'{' | b'[')))
}

/// The text of a file.
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// True where the file ends within a character.
    pub(crate) cut: bool,
    /// Where the first bytes stood that are no UTF-8 and were replaced.
    pub(crate) replaced: Option<Example>,
}

/// Decodes a file, or a piece of one that `goes_on`.
pub(crate) fn decode(bytes: &[u8], goes_on: bool) -> Decoded<'_> {
    let whole = |text, replaced| Decoded {
        text,
        cut: false,
        replaced,
    };
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return whole(Cow::Borrowed(text), None),
        Err(error) => error,
    };
    let valid = error.valid_up_to();
    if error.error_len().is_none() && !goes_on {
        return Decoded {
            text: String::from_utf8_lossy(&bytes[..valid]),
            cut: true,
            replaced: None,
        };
    }
    let replaced = Example::File {
        path: String::new(),
        record: Some(Lines::default().line(bytes, valid)),
        offset: Some(valid as u64),
        detail: String::new(),
    };
    whole(String::from_utf8_lossy(bytes), Some(replaced))
}

impl Fault {
    /// What is wrong, for people.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Syntax => "not JSON",
            Self::End => "ends too early",
            Self::Deep => "nested too deep",
        }
    }
}

//! Where documents begin, known from the ends and beginnings of lines alone.
//!
//! Within a valid document no closing brace or bracket is followed by an
//! opening one, so a line that opens after a line that closed begins a new
//! document.

use memchr::memchr;

/// How many lines decide whether a text is a run of lines.
const LINES: usize = 16;

/// A line that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Where it begins.
    pub(super) offset: usize,
    /// The line without its end.
    pub(super) text: &'t str,
}

impl Line<'_> {
    fn opens(&self) -> bool {
        self.text.trim_ascii_start().starts_with(['{', '['])
    }

    fn closes(&self) -> bool {
        self.text.trim_ascii_end().ends_with(['}', ']'])
    }

    fn wraps(&self) -> bool {
        self.text.trim_ascii_end().ends_with([',', ':', '{', '['])
    }
}

/// The lines of `text` that are not blank, from `offset` on, where the line of
/// this number begins.
pub(super) fn lines(text: &str, offset: usize, number: u64) -> impl Iterator<Item = Line<'_>> {
    let (mut offset, mut number) = (offset, number);
    let next = move || {
        let rest = text.get(offset..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = Line {
            number,
            offset,
            text: &rest[..end],
        };
        offset += end + 1;
        number += 1;
        Some(line)
    };
    std::iter::from_fn(next).filter(|line| !line.text.trim_ascii().is_empty())
}

/// True where every line is a document of its own: all open, and more of them
/// close than break off where a document on several lines would be wrapped.
pub(super) fn is_run_of_lines(text: &str) -> bool {
    let (mut count, mut closed, mut wrapped) = (0, 0, 0);
    for line in lines(text, 0, 1).take(LINES) {
        if !line.opens() {
            return false;
        }
        count += 1;
        closed += usize::from(line.closes());
        wrapped += usize::from(line.wraps());
    }
    count > 1 && closed > wrapped
}

/// The first line behind `offset` at which a document begins.
pub(super) fn next_document(text: &str, offset: usize, number: u64) -> Option<Line<'_>> {
    let mut closed = false;
    for line in lines(text, offset, number) {
        if closed && line.opens() {
            return Some(line);
        }
        closed = line.closes();
    }
    None
}

//! The loop of every reader of JSON: document after document, and on behind
//! what is broken.

use super::documents::{decode, Documents};
use super::{Broken, Cursor, Fault};
use crate::format::Ended;
use spanwise_model::{Error, Guard, IssueKind, Result, SpanBatch};
use std::borrow::Cow;

/// Why a walk does not go on.
pub(crate) enum Stop {
    /// The document is broken; the next one may be whole.
    Broken(Broken),
    /// The read is over.
    Over(Box<Error>),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Over(Box::new(error))
    }
}

pub(crate) type Walked<T = ()> = std::result::Result<T, Stop>;

/// What walks a text with a cursor.
pub(crate) trait Walks<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a>;
}

/// What reads documents into a batch.
pub(crate) trait Reader<'a>: Walks<'a> {
    /// The parts that the loop needs.
    fn parts(&mut self) -> Parts<'_, 'a>;

    /// Reads the document that stands at the cursor.
    fn document(&mut self) -> Walked;

    /// Closes what a broken document left open; its open record is dropped
    /// already.
    fn broken(&mut self) {}

    /// Reads all documents.
    fn read_all(&mut self) -> Result<Ended> {
        while self.parts().next() {
            self.parts().batch.guard.check_stop()?;
            match self.document() {
                Ok(()) => {}
                Err(Stop::Over(error)) => return Err(self.parts().placed(*error)),
                Err(Stop::Broken(broken)) => {
                    self.parts().batch.abandon();
                    self.broken();
                    if let Some(ended) = self.parts().go_on(broken)? {
                        return Ok(ended);
                    }
                }
            }
        }
        Ok(Ended::Whole)
    }
}

/// Where a reader is, and what it writes to.
pub(crate) struct Parts<'r, 'a> {
    pub(crate) cursor: &'r mut Cursor<'a>,
    pub(crate) documents: &'r mut Documents<'a>,
    pub(crate) batch: &'r mut SpanBatch,
}

impl Parts<'_, '_> {
    pub(crate) fn next(&mut self) -> bool {
        self.documents.next(self.cursor)
    }

    fn placed(&mut self, error: Error) -> Error {
        let start = self.documents.start;
        let line = self.documents.line(start);
        let offset = self.documents.offset(start);
        error.at_record(line).at_offset(offset as u64)
    }

    /// Goes on behind a broken document; answers how the file ended where
    /// nothing follows.
    fn go_on(&mut self, Broken { fault, at }: Broken) -> Result<Option<Ended>> {
        if fault == Fault::Deep {
            let error = Guard::exceeded("depth", self.batch.guard.depth);
            let offset = self.documents.offset(at);
            return Err(self.placed(error).at_offset(offset as u64));
        }
        let start = self.documents.start;
        let goes_on = self.documents.resume(self.cursor, at);
        if !goes_on && fault == Fault::End && !self.batch.goes_on {
            return Ok(Some(Ended::Truncated));
        }
        let example = self.documents.example(start, at, fault.detail());
        let issues = &mut self.batch.issues;
        issues.add(IssueKind::MalformedRecord, "", example);
        Ok((!goes_on).then_some(Ended::Whole))
    }
}

/// Reads a file: `read` gets its text.
pub(crate) fn read(
    bytes: &[u8],
    batch: &mut SpanBatch,
    read: impl FnOnce(&str, &mut SpanBatch) -> Result<Ended>,
) -> Result<Ended> {
    let decoded = decode(bytes, batch.goes_on);
    if let Some(example) = decoded.replaced {
        batch.issues.add(IssueKind::InvalidUtf8, "", example);
    }
    let ended = read(&decoded.text, batch)?;
    Ok(if decoded.cut { Ended::Truncated } else { ended })
}

/// The beginning of a file as text, where it can be JSON.
pub(crate) fn head_text(head: &[u8]) -> Option<Cow<'_, str>> {
    let opens = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
    opens.then(|| decode(head, false).text)
}

/// Reads documents as long as there are any, broken ones too. For looking at a
/// file, not for reading it.
pub(crate) fn look<'a, W: Walks<'a>>(
    text: &'a str,
    make: impl FnOnce(Cursor<'a>) -> W,
    document: impl Fn(&mut W) -> Result<(), Broken>,
) -> W {
    let mut documents = Documents::new(text);
    let mut walk = make(documents.cursor(usize::MAX));
    while documents.next(walk.cursor()) {
        if let Err(broken) = document(&mut walk) {
            documents.resume(walk.cursor(), broken.at);
        }
    }
    walk
}

/// Calls `read` at each object that stands here: itself, or the elements of a
/// list, or of lists in lists. Other values are passed over.
#[inline]
pub(crate) fn objects<'a, W: Walks<'a>, E: From<Broken>>(
    walk: &mut W,
    read: impl FnMut(&mut W) -> Result<(), E>,
) -> Result<(), E> {
    objects_in_lists(walk, read, |_| {})
}

/// The same; `list` is called wherever a list begins or ends.
#[inline]
pub(crate) fn objects_in_lists<'a, W: Walks<'a>, E: From<Broken>>(
    walk: &mut W,
    mut read: impl FnMut(&mut W) -> Result<(), E>,
    mut list: impl FnMut(&mut W),
) -> Result<(), E> {
    let (mut open, mut first) = (0, true);
    loop {
        match walk.cursor().peek() {
            b'[' => {
                walk.cursor().open_nested(open)?;
                list(walk);
                open += 1;
                first = true;
            }
            b'{' => read(walk)?,
            _ => drop(walk.cursor().scalar()?),
        }
        loop {
            if open == 0 {
                return Ok(());
            }
            if walk.cursor().element(&mut first)? {
                break;
            }
            list(walk);
            open -= 1;
        }
    }
}

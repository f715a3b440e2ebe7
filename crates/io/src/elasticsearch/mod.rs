//! Documents of Elasticsearch and OpenSearch, as they are got out of there.
//!
//! A document stands by itself, behind a line that says what is done to it
//! (`{"index": {…}}`, as bulk requests have it), in the `_source` of a hit (a
//! line a hit, as dumps have it), or in the hits of an answer to one search or
//! several. What a document means is known to the formats; where documents
//! stand is the same for all of them.

mod answer;

use crate::json::{self, head_text, look, nested, objects, Broken, Cursor, Walked, Walks};
use answer::Answer;
use spanwise_model::IssueKind;
use std::borrow::Cow;

/// Documents lie in each other at most this deep.
const ENVELOPES: usize = 8;

/// How many characters of what a server says went wrong are told.
const TOLD: usize = 200;

/// A key with the dots for which `@` stands: a dot would make a field a part of
/// another one.
pub(crate) fn with_dots(key: &str) -> Cow<'_, str> {
    if key.contains('@') {
        return Cow::Owned(key.replace('@', "."));
    }
    Cow::Borrowed(key)
}

/// What a key says about the object that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Documents are in its value.
    Around,
    /// It says what is done to the next document.
    Action,
    /// It says what went wrong.
    Failure,
    /// It says how many documents were found, or that not all were looked at.
    Count,
    /// It belongs to a document.
    Inside,
}

impl Place {
    fn of(key: &str) -> Self {
        match key {
            "_source" | "hits" | "responses" | "docs" | "doc" | "ndjson" => Self::Around,
            "index" | "create" | "update" | "delete" => Self::Action,
            "error" => Self::Failure,
            "total" | "timed_out" | "_shards" => Self::Count,
            _ => Self::Inside,
        }
    }
}

/// What an object has shown itself to be; the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Envelope,
    Span,
}

/// What reads spans from documents.
pub(crate) trait Stored<'a>: json::Reader<'a> {
    /// A document begins.
    fn begin(&mut self);

    /// Reads the member of this key; answers whether it is one that spans have.
    fn member(&mut self, key: &'a str) -> Walked<bool>;

    /// The document that began at `start`, and has members of a span, ends.
    fn end(&mut self, start: usize) -> Walked;
}

/// Reads all documents in the value that stands here.
pub(crate) fn documents<'a, R: Stored<'a>>(reader: &mut R) -> Walked {
    objects(reader, |reader| object(reader, ENVELOPES))
}

fn object<'a, R: Stored<'a>>(reader: &mut R, envelopes: usize) -> Walked {
    let start = reader.cursor().at;
    reader.begin();
    reader.cursor().enter(b'{')?;
    let (mut object, mut first) = (Object::new(envelopes), true);
    while let Some(key) = reader.cursor().key(&mut first)? {
        let seen = member(reader, key, &mut object)?;
        object.seen = object.seen.max(seen);
    }
    match object.seen {
        Seen::Span => return reader.end(start),
        Seen::Envelope => {
            if let Some(lack) = object.answer.lack() {
                issue(reader, IssueKind::PartialAnswer, start, &lack);
            }
        }
        Seen::Nothing => {
            let what = "a document of another kind";
            issue(reader, IssueKind::SkippedSignal, start, what);
        }
    }
    Ok(())
}

/// An object that is being read.
struct Object {
    seen: Seen,
    answer: Answer,
    /// How many objects more may lie in each other.
    envelopes: usize,
}

impl Object {
    fn new(envelopes: usize) -> Self {
        Self {
            seen: Seen::Nothing,
            answer: Answer::default(),
            envelopes,
        }
    }
}

/// Reads a member of an object; answers what it shows the object to be.
fn member<'a, R: Stored<'a>>(reader: &mut R, key: &'a str, of: &mut Object) -> Walked<Seen> {
    match Place::of(key) {
        Place::Around if of.seen != Seen::Span && of.envelopes > 0 => {
            let mut held = 0;
            objects(reader, |reader| {
                held += 1;
                object(reader, of.envelopes - 1)
            })?;
            of.answer.hold(key, held);
            reader.begin();
        }
        Place::Action if of.seen == Seen::Nothing => reader.cursor().skip()?,
        Place::Failure if of.seen != Seen::Span => failure(reader)?,
        Place::Count if of.seen != Seen::Span => {
            of.answer.read(key, reader.cursor())?;
            return Ok(Seen::Nothing);
        }
        _ if reader.member(key)? => return Ok(Seen::Span),
        _ => return Ok(Seen::Nothing),
    }
    Ok(Seen::Envelope)
}

/// Tells what the server says went wrong.
fn failure<'a, R: Stored<'a>>(reader: &mut R) -> Walked {
    let start = reader.cursor().at;
    let mut text = String::new();
    nested::compact(reader.cursor(), &mut text)?;
    let told: String = text.chars().take(TOLD).collect();
    let detail = format!("the server answered {told}");
    issue(reader, IssueKind::MalformedRecord, start, &detail);
    Ok(())
}

fn issue<'a, R: Stored<'a>>(reader: &mut R, kind: IssueKind, at: usize, detail: &str) {
    let parts = reader.parts();
    let example = parts.documents.example(at, at, detail);
    parts.batch.issues.add(kind, "", example);
}

/// Lists of keys; a document has one of each.
pub(crate) type Signs = &'static [&'static [&'static str]];

/// True where the text that begins with `head` holds a document with one key
/// of each list.
pub(crate) fn recognises(head: &[u8], signs: Signs) -> bool {
    let Some(text) = head_text(head) else {
        return false;
    };
    let make = |cursor| Evidence {
        cursor,
        signs,
        found: false,
    };
    let document = |it: &mut Evidence<'_>| objects(it, |it| it.object(ENVELOPES));
    look(&text, make, document).found
}

struct Evidence<'a> {
    cursor: Cursor<'a>,
    signs: Signs,
    found: bool,
}

impl<'a> Walks<'a> for Evidence<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl Evidence<'_> {
    fn object(&mut self, envelopes: usize) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let mut missing = (1u32 << self.signs.len()) - 1;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            if let Some(sign) = self.signs.iter().position(|keys| keys.contains(&key)) {
                missing &= !(1 << sign);
                self.found |= missing == 0;
            }
            match Place::of(key) {
                Place::Around if envelopes > 0 => objects(self, |it| it.object(envelopes - 1))?,
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

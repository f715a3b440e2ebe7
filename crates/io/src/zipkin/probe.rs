//! Which version of Zipkin's JSON is it? Both have the same ids, but the first
//! describes spans by binary annotations, or by annotations that have endpoints.

use crate::json::{head_text, look, objects, Broken, Cursor, Walks};

/// A version of Zipkin's spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    First,
    Second,
}

/// The version of the spans in the text that begins with `head`: the first
/// where any span is of it.
pub(super) fn version(head: &[u8]) -> Option<Version> {
    let text = head_text(head)?;
    let make = |cursor| Evidence {
        cursor,
        first: false,
        second: false,
        endpoint: false,
    };
    let evidence = look(&text, make, |it| objects(it, Evidence::object));
    match (evidence.first, evidence.second) {
        (true, _) => Some(Version::First),
        (false, true) => Some(Version::Second),
        (false, false) => None,
    }
}

struct Evidence<'a> {
    cursor: Cursor<'a>,
    first: bool,
    second: bool,
    /// True where an annotation has an endpoint.
    endpoint: bool,
}

/// What a span has.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    trace: bool,
    id: bool,
    /// A member that spans of both versions have.
    span: bool,
    /// A member that only spans of version 2 have.
    second: bool,
    /// Binary annotations.
    binary: bool,
}

impl Seen {
    fn note(&mut self, key: &str) {
        match key {
            "traceId" | "trace_id" => self.trace = true,
            "id" => self.id = true,
            "name" | "parentId" | "kind" | "timestamp" | "duration" | "debug" | "annotations" => {
                self.span = true;
            }
            "localEndpoint" | "remoteEndpoint" | "tags" | "shared" => {
                (self.span, self.second) = (true, true);
            }
            "binaryAnnotations" | "binary_annotations" => self.binary = true,
            _ => {}
        }
    }
}

impl<'a> Walks<'a> for Evidence<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl Evidence<'_> {
    fn object(&mut self) -> Result<(), Broken> {
        let (mut seen, mut snake) = (Seen::default(), false);
        self.endpoint = false;
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            seen.note(key);
            snake |= key == "trace_id";
            let has_ids = seen.trace && seen.id;
            self.second |= has_ids && seen.span && !snake;
            self.first |= has_ids && seen.binary;
            match key {
                "annotations" if self.cursor.peek() == b'[' => objects(self, Self::annotation)?,
                _ => self.cursor.skip()?,
            }
        }
        self.first |= seen.trace && seen.id && self.endpoint && !seen.second;
        Ok(())
    }

    fn annotation(&mut self) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            self.endpoint |= matches!(key, "endpoint" | "host");
            self.cursor.skip()?;
        }
        Ok(())
    }
}

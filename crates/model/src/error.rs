//! Errors: what went wrong, and where a person can go to see it.
//!
//! Bad data is not an error but an issue ([`crate::Issues`]); errors are what
//! stops a run.

use std::fmt;

/// A result of this project.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A path does not exist, or a pattern matches nothing.
    NotFound,
    /// The system could not read or write.
    Io,
    /// The bytes are of no format that is known, or not what was promised.
    Format,
    /// A limit that guards against hostile input was reached.
    Limit,
    /// Everything was read, and there was no span in it.
    NoSpans,
    /// An option or argument makes no sense.
    Usage,
    /// The run was strict, and there were issues.
    Strict,
    /// The user stopped the run.
    Cancelled,
    /// Partials that must not be merged.
    Merge,
}

/// A place in the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: Option<String>,
    /// The record (line, message or document) in it, from 1.
    pub record: Option<u64>,
    /// The byte offset in it, from 0, after decompression.
    pub offset: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if let Some(file) = &self.file {
            write!(f, "{}", OneLine(file))?;
            comma = ", ";
        }
        if let Some(record) = self.record {
            write!(f, "{comma}record {record}")?;
            comma = ", ";
        }
        match self.offset {
            Some(offset) => write!(f, "{comma}offset {offset}"),
            None => Ok(()),
        }
    }
}

/// A text on one line: what would end it, or move the cursor of a terminal,
/// is written as an escape. Names of files may hold anything.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((at, control)) = rest.char_indices().find(|(_, c)| c.is_control()) {
            write!(f, "{}{}", &rest[..at], control.escape_default())?;
            rest = &rest[at + control.len_utf8()..];
        }
        f.write_str(rest)
    }
}

/// An error: a kind, a message of one line, and a place.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    limit: Option<&'static str>,
    message: String,
    place: Place,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind`; the message is one line in lower case.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            limit: None,
            message: message.into(),
            place: Place::default(),
            source: None,
        }
    }

    /// The same error in a file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.place.file.get_or_insert(file.into());
        self
    }

    /// The same error at a record.
    #[must_use]
    pub fn at_record(mut self, record: u64) -> Self {
        self.place.record = Some(record);
        self
    }

    /// The same error at a byte offset.
    #[must_use]
    pub fn at_offset(mut self, offset: u64) -> Self {
        self.place.offset = Some(offset);
        self
    }

    /// The same error moved by so many bytes and records, because what was
    /// read was a piece of a file.
    #[must_use]
    pub fn moved_in_file(mut self, bytes: i64, records: u64) -> Self {
        let place = &mut self.place;
        place.record = place.record.map(|record| record + records);
        place.offset = place
            .offset
            .map(|offset| offset.saturating_add_signed(bytes));
        self
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The same error because of the limit of this name.
    #[must_use]
    pub(crate) fn of_limit(mut self, name: &'static str) -> Self {
        self.limit = Some(name);
        self
    }

    /// The name of the limit that was exceeded, as the options of the read
    /// call it.
    #[must_use]
    pub fn limit(&self) -> Option<&'static str> {
        self.limit
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The place.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}", OneLine(&self.message))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            _ => ErrorKind::Io,
        };
        Self::new(kind, in_lower_case(error.to_string())).caused_by(error)
    }
}

/// What the system says, as the rest of a line that begins before.
fn in_lower_case(mut text: String) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    if second.is_some_and(char::is_lowercase) {
        if let Some(first) = first.filter(char::is_ascii_uppercase) {
            text.replace_range(..1, first.to_ascii_lowercase().encode_utf8(&mut [0; 4]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line() {
        let error = Error::new(ErrorKind::Format, "a\r\nb").in_file("\u{1b}[2Jü\n");
        assert_eq!(error.to_string(), "\\u{1b}[2Jü\\n: a\\r\\nb");
        let denied = std::io::Error::from_raw_os_error(13);
        let error = Error::from(denied).in_file("a");
        assert!(error.to_string().starts_with("a: permission"), "{error}");
    }

    #[test]
    fn an_error_names_its_place() {
        let error = Error::new(ErrorKind::Format, "not json")
            .in_file("a.json")
            .at_record(3)
            .at_offset(17);
        assert_eq!(error.to_string(), "a.json, record 3, offset 17: not json");
    }
}

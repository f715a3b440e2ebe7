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
            write!(f, "{file}")?;
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

/// An error: a kind, a message of one line, and a place.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Place,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind`; the message is one line in lower case.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
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

    /// The same error with what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
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
        f.write_str(&self.message)
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
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_place() {
        let error = Error::new(ErrorKind::Format, "not json")
            .in_file("a.json")
            .at_record(3)
            .at_offset(17);
        assert_eq!(error.to_string(), "a.json, record 3, offset 17: not json");
    }
}

//! What is wrong with an expression, and where in it.

use spanwise_model::{Error, ErrorKind};
use std::fmt;
use std::ops::Range;

/// What is wrong with an expression. Its text shows the line of the expression
/// and, under it, the place.
///
/// It is the source of the error that [`crate::Query::parse`] gives.
///
/// ```
/// use spanwise_analyze::{Mistake, Query};
/// use std::error::Error;
///
/// let error = Query::parse("{ service = 5 }").expect_err("services are texts");
/// let mistake = error.source().and_then(|source| source.downcast_ref::<Mistake>());
/// assert_eq!(mistake.map(ToString::to_string).as_deref(), Some("\
/// service is compared with a text
///   { service = 5 }
///               ^"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    message: String,
    /// The bytes of the expression that are wrong.
    at: Range<usize>,
    /// The line of the expression that has them, without controls.
    line: String,
    /// Where they begin and how many there are, in characters of that line.
    place: (usize, usize),
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>, at: Range<usize>, text: &str) -> Self {
        let first = text[..at.start].rfind('\n').map_or(0, |end| end + 1);
        let behind = text[first..].find('\n').map_or(text.len(), |n| first + n);
        let characters = |bytes: Range<usize>| text[bytes].chars().count();
        let place = (
            characters(first..at.start),
            characters(at.start..at.end.min(behind).max(at.start)),
        );
        let shown = |c: char| if c.is_control() { ' ' } else { c };
        Self {
            message: message.into(),
            line: text[first..behind].chars().map(shown).collect(),
            at,
            place,
        }
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line of the expression, and under it the place.
    #[must_use]
    pub fn shown(&self) -> String {
        let (before, marked) = self.place;
        let carets = "^".repeat(marked.max(1));
        format!("  {}\n  {:before$}{carets}", self.line, "")
    }

    /// The bytes of the expression that are wrong; none at its end.
    #[must_use]
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.message, self.shown())
    }
}

impl std::error::Error for Mistake {}

impl From<Mistake> for Error {
    fn from(mistake: Mistake) -> Self {
        let message = format!("{} in the query", mistake.message);
        Self::new(ErrorKind::Usage, message)
            .at_offset(mistake.at.start as u64)
            .caused_by(mistake)
    }
}

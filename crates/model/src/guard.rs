//! What guards the growth of a batch against hostile input and lets a user
//! stop a run.
//!
//! The guard travels with the batch, because the batch is the one thing that
//! every reader of every format writes to.

use crate::error::{Error, ErrorKind, Result};
use crate::id::TraceId;
use std::fmt;
use std::sync::Arc;

/// How many records pass between two looks at [`Guard::stop`].
const RECORDS_BETWEEN_LOOKS: u32 = 1 << 12;

/// Says of a trace id, and of its text where it was a word, whether records of
/// the trace are wanted.
pub type Wanted = Arc<dyn Fn(TraceId, Option<&str>) -> bool + Send + Sync>;

/// The limits of a record, a way to stop, and which records are wanted.
#[derive(Clone)]
pub struct Guard {
    /// The longest text or bytes in one field.
    pub text_bytes: usize,
    /// The most attributes of one span, event or link.
    pub attributes: usize,
    /// The deepest nesting of a document or value.
    pub depth: usize,
    /// Answers true once the run is to stop.
    pub stop: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    /// Which traces are wanted; all where it is not set.
    pub wanted: Option<Wanted>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            text_bytes: 64 << 20,
            attributes: 100_000,
            depth: 128,
            stop: None,
            wanted: None,
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("text_bytes", &self.text_bytes)
            .field("attributes", &self.attributes)
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

impl Guard {
    /// The error of a limit that was exceeded.
    #[must_use]
    pub fn exceeded(name: &'static str, limit: impl fmt::Display) -> Error {
        Error::new(
            ErrorKind::Limit,
            format!("limit {name} ({limit}) exceeded; raise `{name}` in the limits of the read"),
        )
        .of_limit(name)
    }

    /// # Errors
    ///
    /// [`ErrorKind::Limit`] where a text is longer than it may be.
    #[inline]
    pub fn check_text(&self, bytes: usize) -> Result<()> {
        if bytes > self.text_bytes {
            return Err(Self::exceeded("text_bytes", self.text_bytes));
        }
        Ok(())
    }

    /// # Errors
    ///
    /// [`ErrorKind::Limit`] where a value is nested deeper than it may be.
    #[inline]
    pub fn check_depth(&self, depth: usize) -> Result<()> {
        if depth > self.depth {
            return Err(Self::exceeded("depth", self.depth));
        }
        Ok(())
    }

    /// # Errors
    ///
    /// [`ErrorKind::Limit`] where a record has more attributes than it may
    /// have, [`ErrorKind::Cancelled`] where the run is to stop.
    #[inline]
    pub(crate) fn check_record(&self, record: u32, attributes: usize) -> Result<()> {
        if attributes > self.attributes {
            return Err(Self::exceeded("attributes", self.attributes));
        }
        if record.is_multiple_of(RECORDS_BETWEEN_LOOKS) {
            self.check_stop()?;
        }
        Ok(())
    }

    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`] where the run is to stop.
    pub fn check_stop(&self) -> Result<()> {
        match &self.stop {
            Some(stop) if stop() => Err(Error::new(ErrorKind::Cancelled, "stopped")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named() {
        let guard = Guard {
            depth: 2,
            ..Guard::default()
        };
        assert!(guard.check_depth(2).is_ok());
        let error = guard.check_depth(3).expect_err("too deep");
        assert_eq!(error.limit(), Some("depth"));
        assert_eq!(
            error.to_string(),
            "limit depth (2) exceeded; raise `depth` in the limits of the read"
        );
    }

    #[test]
    fn a_stop_is_seen() {
        let guard = Guard {
            stop: Some(Arc::new(|| true)),
            ..Guard::default()
        };
        let error = guard.check_record(0, 0).expect_err("stopped");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(guard.check_record(1, 0).is_ok());
    }
}

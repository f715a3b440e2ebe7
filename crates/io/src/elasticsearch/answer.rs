//! What an answer to a search says of itself: a page of hits, or what was found
//! until time ran out, is not all that there is.

use crate::json::{Broken, Cursor, Entered, Scalar};

/// What an answer has said of itself so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// How many documents were found.
    total: Option<u64>,
    /// How many of them it holds.
    held: Option<u64>,
    timed_out: bool,
}

impl Answer {
    /// Takes note of so many objects under a key.
    pub(super) fn hold(&mut self, key: &str, objects: u64) {
        if key == "hits" {
            self.held = Some(objects);
        }
    }

    /// Reads a count or a flag that stands here.
    pub(super) fn read(&mut self, key: &str, cursor: &mut Cursor<'_>) -> Result<(), Broken> {
        match key {
            "total" => self.total = total(cursor)?,
            _ => self.timed_out |= cursor.scalar()? == Scalar::Bool(true),
        }
        Ok(())
    }

    /// What it lacks, in words.
    pub(super) fn lack(self) -> Option<String> {
        match (self.total, self.held) {
            (Some(total), Some(held)) if held < total => {
                Some(format!("{held} of {total} hits of a search"))
            }
            _ if self.timed_out => Some("a search that ran out of time".to_owned()),
            _ => None,
        }
    }
}

/// A number, or since version 7 an object with it.
fn total(cursor: &mut Cursor<'_>) -> Result<Option<u64>, Broken> {
    if cursor.peek() != b'{' {
        return number(cursor);
    }
    let (mut total, mut first) = (None, true);
    if cursor.enter(b'{')? == Entered::Inside {
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "value" => total = number(cursor)?,
                _ => cursor.skip()?,
            }
        }
    }
    Ok(total)
}

fn number(cursor: &mut Cursor<'_>) -> Result<Option<u64>, Broken> {
    Ok(match cursor.scalar()? {
        Scalar::Number(text) => text.parse().ok(),
        _ => None,
    })
}

//! What an answer to a search says of itself: a page of hits, or what was found
//! until time ran out, is not all that there is.

use crate::json::{Broken, Cursor, Entered, Scalar};

/// How many documents were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Total {
    value: u64,
    /// True where they were counted up to this number alone.
    or_more: bool,
}

/// What an answer has said of itself so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    total: Option<Total>,
    /// How many of the documents it holds.
    held: Option<u64>,
    timed_out: bool,
    /// How many parts of the index did not answer.
    failed: u64,
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
            "_shards" => self.failed = member(cursor, "failed")?.unwrap_or(0),
            _ => self.timed_out |= cursor.scalar()? == Scalar::Bool(true),
        }
        Ok(())
    }

    /// What it lacks, in words.
    pub(super) fn lack(self) -> Option<String> {
        match (self.total, self.held) {
            (Some(total), Some(held)) if held < total.value => {
                Some(format!("{held} of {} hits of a search", total.value))
            }
            (
                Some(Total {
                    value,
                    or_more: true,
                }),
                Some(held),
            ) if held == value => Some(format!(
                "{held} hits of a search that found more, or as many"
            )),
            _ if self.timed_out => Some("a search that ran out of time".to_owned()),
            _ if self.failed > 0 => Some(format!("a search that {} shards failed", self.failed)),
            _ => None,
        }
    }
}

/// A number, or since version 7 an object with it.
fn total(cursor: &mut Cursor<'_>) -> Result<Option<Total>, Broken> {
    let exactly = |value| Total {
        value,
        or_more: false,
    };
    if cursor.peek() != b'{' {
        return Ok(number(cursor)?.map(exactly));
    }
    let (mut value, mut or_more, mut first) = (None, false, true);
    cursor.enter(b'{')?;
    while let Some(key) = cursor.key(&mut first)? {
        match key {
            "value" => value = number(cursor)?,
            "relation" => or_more = is_text(cursor, "gte")?,
            _ => cursor.skip()?,
        }
    }
    Ok(value.map(|value| Total { value, or_more }))
}

/// The number under a key of the object that stands here.
fn member(cursor: &mut Cursor<'_>, wanted: &str) -> Result<Option<u64>, Broken> {
    let (mut found, mut first) = (None, true);
    if cursor.enter(b'{')? == Entered::Inside {
        while let Some(key) = cursor.key(&mut first)? {
            if key == wanted {
                found = number(cursor)?;
            } else {
                cursor.skip()?;
            }
        }
    }
    Ok(found)
}

fn is_text(cursor: &mut Cursor<'_>, wanted: &str) -> Result<bool, Broken> {
    let Scalar::Str(text) = cursor.scalar()? else {
        return Ok(false);
    };
    Ok(text.decode(&mut String::new()).0 == wanted)
}

fn number(cursor: &mut Cursor<'_>) -> Result<Option<u64>, Broken> {
    Ok(match cursor.scalar()? {
        Scalar::Number(text) => text.parse().ok(),
        _ => None,
    })
}

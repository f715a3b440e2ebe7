//! Objects as pairs of a path and a value: how what is nested becomes
//! attributes, whose names are paths with dots.

use super::reader::Walked;
use super::{Open, Records};
use spanwise_model::Value;

/// An object that is entered.
struct Level {
    /// How long the path to it is.
    path: usize,
    first: bool,
}

impl Records<'_, '_> {
    /// Shows each value of the object that stands here under its path, which
    /// begins with `prefix`. What lies in more than `levels` objects, and what
    /// lies in arrays, is shown as one value of JSON. Other values than objects
    /// are passed over.
    pub(crate) fn flat(
        &mut self,
        prefix: &str,
        levels: usize,
        mut put: impl FnMut(&mut Open<'_>, &str, Value<'_>) -> Walked,
    ) -> Walked {
        if self.cursor.peek() != b'{' {
            return Ok(self.cursor.skip()?);
        }
        let (mut path, mut open) = (prefix.to_owned(), Vec::new());
        loop {
            if self.cursor.peek() == b'{' && open.len() < levels {
                self.cursor.open_nested(open.len())?;
                let path = path.len();
                open.push(Level { path, first: true });
            } else {
                let scalar = self.scalar()?;
                let (value, record) = self.value(scalar);
                put(record, &path, value)?;
            }
            if !self.go_to_next_path(&mut path, &mut open)? {
                return Ok(());
            }
        }
    }

    /// Goes to the next value, leaving objects that end; false where all did.
    fn go_to_next_path(&mut self, path: &mut String, open: &mut Vec<Level>) -> Walked<bool> {
        while let Some(top) = open.last_mut() {
            path.truncate(top.path);
            if let Some(key) = self.cursor.raw_key(&mut top.first)? {
                if !path.is_empty() && !path.ends_with('.') {
                    path.push('.');
                }
                let (key, _) = self.text(key);
                path.push_str(key);
                return Ok(true);
            }
            open.pop();
        }
        Ok(false)
    }
}

//! Cells that are texts: as they stand, or as JSON.

use super::cell::Cell;
use super::field::Unit;
use super::time;
use crate::decimal::Fit;
use crate::json::{nested, Cursor, Entered, Rooms};
use spanwise_model::Value;
use std::borrow::Cow;

/// A cell that is a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TextCell<'a> {
    /// A text as it stands.
    Plain(&'a str),
    /// A value of JSON, which has been looked at as a whole.
    Json(&'a str),
}

impl<'a> TextCell<'a> {
    /// A text that is JSON where it begins as an array or object does and is
    /// one as a whole, not deeper than may be.
    pub(crate) fn guess(text: &'a str, depth: usize) -> Self {
        let opens = matches!(text.trim_ascii_start().as_bytes(), [b'{' | b'[', ..]);
        let mut cursor = Cursor::new(text, depth);
        match opens && cursor.skip().is_ok() && cursor.is_at_end() {
            true => Self::Json(text),
            false => Self::Plain(text),
        }
    }

    /// The raw elements of an array; nothing behind what is broken.
    fn elements(self) -> Option<Vec<Self>> {
        let Self::Json(text) = self else { return None };
        let mut cursor = Cursor::new(text, usize::MAX);
        if cursor.peek() != b'[' || cursor.enter(b'[').ok()? != Entered::Inside {
            return None;
        }
        let (mut elements, mut first) = (Vec::new(), true);
        while let Ok(true) = cursor.element(&mut first) {
            match raw(&mut cursor) {
                Some(text) => elements.push(Self::Json(text)),
                None => break,
            }
        }
        Some(elements)
    }
}

/// The text of the value that stands at the cursor.
fn raw<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    cursor.peek();
    let start = cursor.at;
    cursor.skip().ok()?;
    Some(cursor.since(start))
}

impl<'a> Cell<'a> for TextCell<'a> {
    fn value<'r>(self, rooms: &'r mut Rooms) -> Value<'r>
    where
        'a: 'r,
    {
        let text = match self {
            Self::Plain(text) => return Value::Str(text),
            Self::Json(text) => text,
        };
        let mut cursor = Cursor::new(text, usize::MAX);
        if matches!(cursor.peek(), b'{' | b'[') {
            rooms.json.clear();
            return match nested::compact(&mut cursor, &mut rooms.json) {
                Ok(_) => Value::Json(&rooms.json),
                Err(_) => Value::Str(text),
            };
        }
        match cursor.scalar() {
            Ok(scalar) => rooms.value(scalar).0,
            Err(_) => Value::Str(text),
        }
    }

    fn nanos(self, unit: Option<Unit>, rooms: &mut Rooms) -> Option<(i64, Fit)> {
        match self {
            Self::Plain(text) => time::nanos(text, unit),
            // A number is read from its digits, never as a double.
            Self::Json(text) => time::nanos(text, unit).or_else(|| match self.value(rooms) {
                Value::Str(text) => time::nanos(text, unit),
                _ => None,
            }),
        }
    }

    fn items(self) -> Option<Vec<Self>> {
        self.elements()
    }

    fn members(self) -> Option<Vec<(Cow<'a, str>, Self)>> {
        let Self::Json(text) = self else { return None };
        let mut cursor = Cursor::new(text, usize::MAX);
        if cursor.peek() != b'{' || cursor.enter(b'{').ok()? != Entered::Inside {
            return None;
        }
        let (mut members, mut first) = (Vec::new(), true);
        while let Ok(Some(key)) = cursor.raw_key(&mut first) {
            let Some(value) = raw(&mut cursor) else { break };
            let key = match key.escaped {
                false => Cow::Borrowed(key.text),
                true => {
                    let mut room = String::new();
                    Cow::Owned(key.decode(&mut room).0.to_owned())
                }
            };
            members.push((key, Self::Json(value)));
        }
        Some(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_gives_its_parts() {
        let cell = TextCell::guess(r#" {"a\n":[1,"x"],"b":null}"#, 9);
        let members = cell.members().expect("an object");
        assert_eq!(members[0].0, "a\n");
        let items = members[0].1.items().expect("an array");
        let mut rooms = Rooms::default();
        assert_eq!(items[0].value(&mut rooms), Value::Int(1));
        assert_eq!(items[1].value(&mut rooms), Value::Str("x"));
        assert_eq!(members[0].1.value(&mut rooms), Value::Json(r#"[1,"x"]"#));
        assert_eq!(members[1].1.value(&mut rooms), Value::Empty);
        assert!(cell.items().is_none());
    }

    #[test]
    fn what_is_no_json_is_a_text() {
        for text in ["{'a':1}", "[1", "[1] [2]", "", "{}x"] {
            assert!(
                matches!(TextCell::guess(text, 9), TextCell::Plain(_)),
                "{text}"
            );
        }
        assert!(
            matches!(TextCell::guess("[[[]]]", 2), TextCell::Plain(_)),
            "deep"
        );
    }
}

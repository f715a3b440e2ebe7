//! Attributes of resources, events and links as an object of JSON, and back.
//!
//! There are few distinct ones, so that a column of texts holds each once. A
//! value that JSON has no word for is an object with one name that begins with
//! `$`.

use super::value;
use crate::json::write::{push, push_string};
use crate::json::{Cursor, Entered};
use spanwise_model::Value;

/// Appends attributes as an object.
pub(super) fn write<'v>(attributes: impl Iterator<Item = (&'v str, Value<'v>)>, out: &mut String) {
    let mut mark = '{';
    for (key, value) in attributes {
        out.push(mark);
        push_string(out, key);
        out.push(':');
        push_value(value, out);
        mark = ',';
    }
    if mark == '{' {
        out.push('{');
    }
    out.push('}');
}

/// Appends a value of an object.
pub(super) fn push_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Str(text) => push_string(out, text),
        Value::Int(_) | Value::Bool(_) => push(out, format_args!("{value}")),
        Value::Double(number) if number.is_finite() => push(out, format_args!("{number:?}")),
        Value::Json(json) if is_plain(json) => out.push_str(json),
        Value::Empty => out.push_str("null"),
        other => {
            let mut text = String::new();
            let letter = char::from(value::encode(other, &mut text));
            push(out, format_args!("{{\"${letter}\":"));
            push_string(out, &text);
            out.push('}');
        }
    }
}

/// True for JSON that comes back as it stands: a whole list or object, which
/// is not one of ours.
fn is_plain(json: &str) -> bool {
    let mut cursor = Cursor::new(json, usize::MAX);
    json.starts_with(['[', '{'])
        && !json.starts_with("{\"$")
        && cursor.skip().is_ok()
        && cursor.at == json.len()
}

/// Shows the attributes of an object to `take`; answers whether it was one as
/// a whole.
pub(super) fn read<E>(
    text: &str,
    mut take: impl FnMut(&str, Value<'_>) -> Result<(), E>,
) -> Result<bool, E> {
    let mut cursor = Cursor::new(text, usize::MAX);
    if !matches!(cursor.enter(b'{'), Ok(Entered::Inside)) {
        return Ok(false);
    }
    let (mut first, mut key, mut room) = (true, String::new(), Room::default());
    loop {
        match cursor.raw_key(&mut first) {
            Ok(Some(raw)) => {
                let mut scratch = String::new();
                key.clear();
                key.push_str(raw.decode(&mut scratch).0);
            }
            Ok(None) => return Ok(cursor.is_at_end()),
            Err(_) => return Ok(false),
        }
        match room.value(&mut cursor) {
            Some(value) => take(&key, value)?,
            None => return Ok(false),
        }
    }
}

/// Room for what does not stand in the text as it is.
#[derive(Default)]
struct Room {
    text: String,
    bytes: Vec<u8>,
}

impl Room {
    /// The value that stands at the cursor.
    fn value<'v, 'a: 'v>(&'v mut self, cursor: &mut Cursor<'a>) -> Option<Value<'v>> {
        cursor.peek();
        let start = cursor.at;
        if cursor.take("{\"$") {
            let letter = cursor.string_rest().ok()?.text;
            cursor.take(":").then_some(())?;
            let raw = cursor.string().ok()?;
            cursor.take("}").then_some(())?;
            let (text, _) = raw.decode(&mut self.text);
            let [letter] = letter.as_bytes() else {
                return None;
            };
            return value::decode(*letter, text, &mut self.bytes);
        }
        if cursor.peek() == b'"' {
            let raw = cursor.string().ok()?;
            return Some(Value::Str(raw.decode(&mut self.text).0));
        }
        cursor.skip().ok()?;
        let text = cursor.since(start);
        Some(match text {
            "null" => Value::Empty,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text if text.starts_with(['[', '{']) => Value::Json(text),
            text if text.contains(['.', 'e', 'E']) => Value::Double(text.parse().ok()?),
            text => Value::Int(text.parse().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn every_attribute_comes_back() {
        let all = [
            ("a\"", Value::Str("x\n")),
            ("i", Value::Int(-5)),
            ("d", Value::Double(5.0)),
            ("e", Value::Double(1e300)),
            ("f", Value::Double(f64::INFINITY)),
            ("b", Value::Bool(false)),
            ("y", Value::Bytes(&[1, 2])),
            ("j", Value::Json("{\"$k\":1}")),
            ("j", Value::Json("[1, 2.50]")),
            ("j", Value::Json("no json")),
            ("j", Value::Json("{} ")),
            ("n", Value::Empty),
        ];
        let mut text = String::new();
        write(all.into_iter(), &mut text);
        let mut nth = 0;
        let whole = read(&text, |key, value| {
            assert_eq!((key, value), all[nth], "{text}");
            nth += 1;
            Ok::<(), Infallible>(())
        });
        assert_eq!((whole, nth), (Ok(true), all.len()));
        assert!(
            serde_json::from_str::<serde_json::Value>(&text).is_ok(),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_object_is_told() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\":}",
            "{\"a\":x}",
            "{\"a\":{\"$i\":\"x\"}}",
            "{}x",
        ] {
            assert_eq!(
                read(text, |_, _| Ok::<(), Infallible>(())),
                Ok(false),
                "{text}"
            );
        }
        assert_eq!(read("{}", |_, _| Ok::<(), Infallible>(())), Ok(true));
    }
}

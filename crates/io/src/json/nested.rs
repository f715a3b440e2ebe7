//! Arrays and objects in order, without descending.

use super::scalar::number;
use super::write::{push, push_double, push_string};
use super::{Broken, Cursor, Scalar};
use spanwise_model::Value;

/// What takes the parts of a value in order.
pub(crate) trait Sink {
    /// An array or a map begins.
    fn open(&mut self, map: bool);
    /// An item begins, in a map under a key.
    fn item(&mut self, first: bool, key: Option<&str>);
    /// A value that holds no others.
    fn plain(&mut self, value: Value<'_>);
    /// The item ends.
    fn end_item(&mut self, map: bool);
    /// The array or map ends.
    fn close(&mut self, map: bool);
}

/// An array or map that is open.
struct Open {
    map: bool,
    first: bool,
}

/// Hands the value of the JSON `text` to `sink`.
pub(crate) fn walk(text: &str, sink: &mut impl Sink) -> Result<(), Broken> {
    walk_at(&mut Cursor::new(text, usize::MAX), sink).map(drop)
}

/// Appends the value that stands at the cursor as compact JSON, keys in the
/// order of the source; answers whether all texts could be told.
pub(crate) fn compact(cursor: &mut Cursor<'_>, out: &mut String) -> Result<bool, Broken> {
    walk_at(cursor, &mut Compact(out))
}

fn walk_at(cursor: &mut Cursor<'_>, sink: &mut impl Sink) -> Result<bool, Broken> {
    let mut open: Vec<Open> = Vec::new();
    let mut texts = Texts::default();
    loop {
        match cursor.peek() {
            byte @ (b'{' | b'[') => {
                cursor.open_nested(open.len())?;
                let map = byte == b'{';
                sink.open(map);
                open.push(Open { map, first: true });
            }
            _ => {
                let scalar = cursor.scalar()?;
                sink.plain(texts.value(scalar));
                if let Some(around) = open.last() {
                    sink.end_item(around.map);
                }
            }
        }
        if !to_next_item(cursor, &mut open, &mut texts, sink)? {
            return Ok(!texts.replaced);
        }
    }
}

/// Goes to the next item, closing what ends; answers whether there is one.
fn to_next_item(
    cursor: &mut Cursor<'_>,
    open: &mut Vec<Open>,
    texts: &mut Texts,
    sink: &mut impl Sink,
) -> Result<bool, Broken> {
    while let Some(top) = open.last_mut() {
        let first = top.first;
        if top.map {
            if let Some(key) = cursor.raw_key(&mut top.first)? {
                sink.item(first, Some(texts.decode(key)));
                return Ok(true);
            }
        } else if cursor.element(&mut top.first)? {
            sink.item(first, None);
            return Ok(true);
        }
        sink.close(top.map);
        open.pop();
        if let Some(around) = open.last() {
            sink.end_item(around.map);
        }
    }
    Ok(false)
}

/// Decodes texts, and notes whether one could not be told.
#[derive(Default)]
struct Texts {
    scratch: String,
    replaced: bool,
}

impl Texts {
    fn decode<'t>(&'t mut self, raw: super::Raw<'t>) -> &'t str {
        let (text, whole) = raw.decode(&mut self.scratch);
        self.replaced |= !whole;
        text
    }

    fn value<'t>(&'t mut self, scalar: Scalar<'t>) -> Value<'t> {
        match scalar {
            Scalar::Null | Scalar::Container => Value::Empty,
            Scalar::Bool(flag) => Value::Bool(flag),
            Scalar::Str(raw) => Value::Str(self.decode(raw)),
            Scalar::Number(text) => number(text),
        }
    }
}

/// Takes the parts of a value as compact JSON.
struct Compact<'t>(&'t mut String);

impl Sink for Compact<'_> {
    fn open(&mut self, map: bool) {
        self.0.push(if map { '{' } else { '[' });
    }

    fn item(&mut self, first: bool, key: Option<&str>) {
        if !first {
            self.0.push(',');
        }
        if let Some(key) = key {
            push_string(self.0, key);
            self.0.push(':');
        }
    }

    fn plain(&mut self, value: Value<'_>) {
        match value {
            Value::Empty => self.0.push_str("null"),
            Value::Str(text) => push_string(self.0, text),
            Value::Double(number) => push_double(self.0, number),
            other => push(self.0, format_args!("{other}")),
        }
    }

    fn end_item(&mut self, _map: bool) {}

    fn close(&mut self, map: bool) {
        self.0.push(if map { '}' } else { ']' });
    }
}

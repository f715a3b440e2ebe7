//! Arrays and maps, kept as JSON text, on their way back to OTLP's values.

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

/// Hands the JSON `text` to `sink`, without descending.
pub(crate) fn walk(text: &str, sink: &mut impl Sink) -> Result<(), Broken> {
    let mut cursor = Cursor::new(text, usize::MAX);
    let mut open: Vec<Open> = Vec::new();
    let mut scratch = String::new();
    loop {
        match cursor.peek() {
            byte @ (b'{' | b'[') => {
                cursor.enter(byte)?;
                let map = byte == b'{';
                sink.open(map);
                open.push(Open { map, first: true });
            }
            _ => {
                let scalar = cursor.scalar()?;
                sink.plain(value(scalar, &mut scratch));
                if let Some(around) = open.last() {
                    sink.end_item(around.map);
                }
            }
        }
        if !to_next_item(&mut cursor, &mut open, &mut scratch, sink)? {
            return Ok(());
        }
    }
}

/// Goes to the next item, closing what ends; answers whether there is one.
fn to_next_item(
    cursor: &mut Cursor<'_>,
    open: &mut Vec<Open>,
    scratch: &mut String,
    sink: &mut impl Sink,
) -> Result<bool, Broken> {
    while let Some(top) = open.last_mut() {
        let first = top.first;
        if top.map {
            if let Some(key) = cursor.raw_key(&mut top.first)? {
                sink.item(first, Some(key.decode(scratch).0));
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

fn value<'v>(scalar: Scalar<'v>, scratch: &'v mut String) -> Value<'v> {
    match scalar {
        Scalar::Null | Scalar::Container => Value::Empty,
        Scalar::Bool(flag) => Value::Bool(flag),
        Scalar::Str(raw) => Value::Str(raw.decode(scratch).0),
        Scalar::Number(text) => match text.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Double(text.parse().unwrap_or(f64::NAN)),
        },
    }
}

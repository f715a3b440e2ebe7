//! Values of attributes as text beside a letter for their type, and back.
//!
//! Any tool reads a map of texts; the letters, in a column of their own, make
//! it lose nothing.

use crate::json::write::push;
use base64::prelude::{Engine, BASE64_STANDARD};
use spanwise_model::Value;

/// The letter of texts, which most values are.
pub(super) const TEXT: u8 = b's';

/// Appends the text of a value; answers the letter of its type.
pub(super) fn encode(value: Value<'_>, out: &mut String) -> u8 {
    match value {
        Value::Str(text) => {
            out.push_str(text);
            TEXT
        }
        Value::Int(number) => {
            push(out, format_args!("{number}"));
            b'i'
        }
        Value::Double(number) if number.is_nan() => {
            push(out, format_args!("{:x}", number.to_bits()));
            b'n'
        }
        Value::Double(number) => {
            push(out, format_args!("{number:?}"));
            b'd'
        }
        Value::Bool(flag) => {
            push(out, format_args!("{flag}"));
            b'b'
        }
        Value::Bytes(bytes) => {
            BASE64_STANDARD.encode_string(bytes, out);
            b'y'
        }
        Value::Json(json) => {
            out.push_str(json);
            b'j'
        }
        Value::Empty => b'e',
    }
}

/// The value of a text whose type has this letter; `None` where it is none.
/// `room` is for bytes.
pub(super) fn decode<'v>(letter: u8, text: &'v str, room: &'v mut Vec<u8>) -> Option<Value<'v>> {
    Some(match letter {
        TEXT => Value::Str(text),
        b'i' => Value::Int(text.parse().ok()?),
        b'd' => Value::Double(text.parse().ok()?),
        b'n' => Value::Double(f64::from_bits(u64::from_str_radix(text, 16).ok()?)),
        b'b' => Value::Bool(text.parse().ok()?),
        b'j' => Value::Json(text),
        b'e' => Value::Empty,
        b'y' => {
            room.clear();
            BASE64_STANDARD.decode_vec(text, room).ok()?;
            Value::Bytes(room)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        let odd = f64::from_bits(0xfff8_0000_0000_0001);
        for value in [
            Value::Str("é\0"),
            Value::Int(i64::MIN),
            Value::Double(-0.0),
            Value::Double(f64::NEG_INFINITY),
            Value::Double(5e-324),
            Value::Double(0.1 + 0.2),
            Value::Double(odd),
            Value::Bool(true),
            Value::Bytes(&[0, 255]),
            Value::Json("{\"a\" : [ 1e5 ]}"),
            Value::Empty,
        ] {
            let (mut text, mut room) = (String::new(), Vec::new());
            let letter = encode(value, &mut text);
            let back = decode(letter, &text, &mut room).expect("a value");
            assert!(back.is_identical(value), "{value:?} became {back:?}");
        }
        assert!(decode(b'i', "x", &mut Vec::new()).is_none());
        assert!(decode(b'?', "x", &mut Vec::new()).is_none());
    }
}

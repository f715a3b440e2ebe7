//! Pieces of JSON, appended to a text.

use base64::prelude::{Engine, BASE64_STANDARD};
use std::fmt::Write;

/// Appends a text in quotes.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[clean..at]);
        clean = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => push(out, format_args!("\\u{byte:04x}")),
        }
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

/// Appends a number; those that JSON lacks become words in quotes.
pub(crate) fn push_double(out: &mut String, number: f64) {
    match number {
        n if n.is_nan() => out.push_str("\"NaN\""),
        f64::INFINITY => out.push_str("\"Infinity\""),
        f64::NEG_INFINITY => out.push_str("\"-Infinity\""),
        n => push(out, format_args!("{n:?}")),
    }
}

/// Appends bytes as base64 in quotes.
pub(crate) fn push_base64(out: &mut String, bytes: &[u8]) {
    out.push('"');
    BASE64_STANDARD.encode_string(bytes, out);
    out.push('"');
}

/// Appends nanoseconds as microseconds, with a fraction where they are not whole.
pub(crate) fn push_micros(out: &mut String, nanos: i128) {
    let sign = if nanos < 0 { "-" } else { "" };
    let magnitude = nanos.unsigned_abs();
    push(out, format_args!("{sign}{}", magnitude / 1_000));
    let rest = magnitude % 1_000;
    if rest != 0 {
        let digits = format!(".{rest:03}");
        out.push_str(digits.trim_end_matches('0'));
    }
}

/// Appends what is displayed.
pub(crate) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes every text");
}

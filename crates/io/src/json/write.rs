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
        push_escape(out, byte);
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

fn push_escape(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => push(out, format_args!("\\u{byte:04x}")),
    }
}

/// Appends a number; those that JSON lacks become words in quotes.
pub(crate) fn push_double(out: &mut String, number: f64) {
    match double_word(number) {
        Some(word) => push_string(out, word),
        None => push(out, format_args!("{number:?}")),
    }
}

/// The word for a number that JSON lacks.
pub(crate) fn double_word(number: f64) -> Option<&'static str> {
    match number {
        n if n.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// Appends bytes as base64 in quotes.
pub(crate) fn push_bytes(out: &mut String, bytes: &[u8]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_json_wants() {
        let text = "a\"b\\c\n\u{1}ü\t";
        let mut out = String::new();
        push_string(&mut out, text);
        assert_eq!(out, r#""a\"b\\c\n\u0001ü\t""#);
        assert_eq!(
            serde_json::from_str::<String>(&out).ok().as_deref(),
            Some(text)
        );
    }

    #[test]
    fn numbers_that_json_lacks_are_words() {
        let mut out = String::new();
        for number in [1.0, f64::NAN, f64::NEG_INFINITY, 1e300] {
            push_double(&mut out, number);
            out.push(' ');
        }
        assert_eq!(out, r#"1.0 "NaN" "-Infinity" 1e300 "#);
    }

    #[test]
    fn microseconds_are_written_to_the_nanosecond() {
        for (nanos, text) in [
            (0, "0"),
            (1_000, "1"),
            (1_500, "1.5"),
            (-1, "-0.001"),
            (i128::from(i64::MIN), "-9223372036854775.808"),
        ] {
            let mut out = String::new();
            push_micros(&mut out, nanos);
            assert_eq!(out, text);
            let (read, _) = crate::decimal::scaled(text, 3).expect("a number");
            assert_eq!(i128::from(read), nanos);
        }
    }
}

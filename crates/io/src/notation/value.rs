//! Values of attributes: `1`, `0.5`, `true`, `word`, `"two words"`,
//! `hex"00ff"`, `json"[1]"`, or nothing at all.

use super::lex;
use spanwise_model::Value;
use std::borrow::Cow;
use std::fmt::Write;

/// What ends a bare value within braces.
const STOPS: [char; 2] = [',', '}'];

/// A value that may own its text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal<'a> {
    Text(Cow<'a, str>),
    Json(Cow<'a, str>),
    Bytes(Vec<u8>),
    /// Anything that needs no text.
    Plain(Value<'static>),
}

impl Literal<'_> {
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Str(text),
            Self::Json(text) => Value::Json(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Plain(value) => *value,
        }
    }
}

/// A key and its value.
pub(super) type Pair<'a> = (Cow<'a, str>, Literal<'a>);

/// The value that a whole token's end is.
pub(super) fn literal(text: &str) -> Option<Literal<'_>> {
    let (literal, rest) = literal_until(text, &[])?;
    rest.is_empty().then_some(literal)
}

fn literal_until<'a>(text: &'a str, stops: &[char]) -> Option<(Literal<'a>, &'a str)> {
    for prefix in ["hex", "json"] {
        let Some(quoted) = text.strip_prefix(prefix).filter(|t| t.starts_with('"')) else {
            continue;
        };
        let (word, _, rest) = lex::word(quoted, stops)?;
        let literal = match prefix {
            "hex" => Literal::Bytes(bytes(&word)?),
            _ => Literal::Json(word),
        };
        return Some((literal, rest));
    }
    let (word, quoted, rest) = lex::word(text, stops)?;
    let plain = if quoted { None } else { plain(&word) };
    Some((plain.map_or(Literal::Text(word), Literal::Plain), rest))
}

/// The value of a bare word that is no text.
fn plain(word: &str) -> Option<Value<'static>> {
    match word {
        "" => return Some(Value::Empty),
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        "NaN" | "inf" | "-inf" => {}
        _ if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {}
        _ => return None,
    }
    let double = || word.parse().ok().map(Value::Double);
    word.parse().ok().map(Value::Int).or_else(double)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// The pairs of `{key=value,key=value}`; no text is no pair.
pub(super) fn braces(text: &str) -> Option<Vec<Pair<'_>>> {
    let mut pairs = Vec::new();
    if text.is_empty() {
        return Some(pairs);
    }
    let mut rest = text.strip_prefix('{')?;
    while rest != "}" {
        let (key, _, after) = lex::word(rest, &['='])?;
        let (value, after) = literal_until(after.strip_prefix('=')?, &STOPS)?;
        pairs.push((key, value));
        rest = match after.strip_prefix(',') {
            Some(next) => next,
            None if after == "}" => after,
            None => return None,
        };
    }
    Some(pairs)
}

/// Appends a value so that it is read back as the same value.
pub(super) fn push_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Str(text) if plain(text).is_some() => lex::quote(text, out),
        Value::Str(text) => lex::push_word(text, out),
        Value::Json(text) => {
            out.push_str("json");
            lex::quote(text, out);
        }
        Value::Bytes(_) => out.extend(["hex\"", &value.to_text(), "\""]),
        Value::Double(number) => {
            // Writing into a string cannot fail.
            let _ = write!(out, "{number:?}");
        }
        other => out.push_str(&other.to_text()),
    }
}

/// Appends pairs in braces; nothing where there are none.
pub(super) fn push_braces<'a>(pairs: impl Iterator<Item = (&'a str, Value<'a>)>, out: &mut String) {
    let mut open = '{';
    for (key, value) in pairs {
        out.push(std::mem::replace(&mut open, ','));
        lex::push_word(key, out);
        out.push('=');
        push_value(value, out);
    }
    if open == ',' {
        out.push('}');
    }
}

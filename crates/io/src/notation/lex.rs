//! Tokens: words between blanks, where quotes protect blanks.

use std::borrow::Cow;

/// The tokens of a line up to its comment. `None` where a quote stays open.
pub(super) fn tokens(line: &str) -> Option<Vec<&str>> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start_matches(is_blank);
    while !rest.is_empty() && !rest.starts_with('#') {
        let length = token_length(rest)?;
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start_matches(is_blank);
    }
    Some(tokens)
}

/// What separates tokens.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn token_length(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' | b'\t' if !quoted => return Some(at),
            _ => {}
        }
    }
    (!quoted).then_some(text.len())
}

/// Splits a word off the beginning of `text`: one in quotes, or what stands
/// before the first of `stops`. Answers the word, whether it was in quotes,
/// and the rest.
pub(super) fn word<'a>(text: &'a str, stops: &[char]) -> Option<(Cow<'a, str>, bool, &'a str)> {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find(stops).unwrap_or(text.len());
        return Some((Cow::Borrowed(&text[..end]), false, &text[end..]));
    };
    let end = inner.find(['"', '\\'])?;
    if inner[end..].starts_with('"') {
        return Some((Cow::Borrowed(&inner[..end]), true, &inner[end + 1..]));
    }
    let mut plain = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((Cow::Owned(plain), true, &inner[at + 1..])),
            '\\' => plain.push(unescape(chars.next()?.1)),
            c => plain.push(c),
        }
    }
    None
}

/// A token as a word: one that begins with a quote is wholly in quotes, any
/// other stands for itself.
pub(super) fn whole(token: &str) -> Option<Cow<'_, str>> {
    let (word, _, rest) = word(token, &[])?;
    rest.is_empty().then_some(word)
}

fn unescape(c: char) -> char {
    match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// Appends `text` in quotes.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends `text` as a word: in quotes only where it could be misread.
pub(super) fn push_word(text: &str, out: &mut String) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        quote(text, out);
    }
}

fn is_plain(text: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace() || "\"\\=@{},/".contains(c);
    let start = |c: char| matches!(c, '#' | '[');
    !text.is_empty() && !text.starts_with(start) && !text.contains(odd) && !text.contains("..")
}

/// True where `text` can stand as words of an operation without quotes.
pub(super) fn is_plain_phrase(text: &str) -> bool {
    let odd = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || c == '"';
    let word = |word: &str| !word.is_empty() && !word.starts_with('#');
    !text.contains(odd) && text.split(' ').all(word)
}

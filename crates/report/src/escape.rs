//! Texts made harmless for where they go.
//!
//! Names of spans come from whoever sent a request: an escape sequence in one
//! must not drive a terminal, and a tag in one must not run in a notebook.

use std::borrow::Cow;

/// True for characters that move a cursor, start an escape sequence or turn
/// the direction of what follows.
fn drives_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with such characters written as escapes (`\n`, `\u{1b}`).
pub(crate) fn for_terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(drives_terminal) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if drives_terminal(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// The text as content or quoted attribute of XML and HTML.
pub(crate) fn for_markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' => safe.push('\n'),
            c if drives_terminal(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                safe.push(char::REPLACEMENT_CHARACTER);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// The text as a part of a line or of a table's cell in Markdown. An
/// underscore inside a word means nothing there and stays as it is.
pub(crate) fn for_markdown(text: &str) -> String {
    let text = for_terminal(text);
    let mut safe = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let inside = word(before) && chars.peek().copied().is_some_and(word);
        if "|*`[]<>\\&~".contains(c) || (c == '_' && !inside) {
            safe.push('\\');
        }
        safe.push(c);
        before = c;
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_turned_text_are_spelled_out() {
        assert_eq!(for_terminal("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
        assert_eq!(for_terminal("a\u{202e}b"), "a\\u{202e}b");
        assert!(matches!(for_terminal("größe"), Cow::Borrowed(_)));
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            for_markup("<script a='1'>&\u{0}"),
            "&lt;script a=&#39;1&#39;&gt;&amp;\u{fffd}"
        );
    }

    #[test]
    fn markdown_is_text() {
        assert_eq!(for_markdown("_a_ /a|b_c"), "\\_a\\_ /a\\|b_c");
    }
}

//! Arrays, tuples and maps as ClickHouse writes them in text, as JSON.
//!
//! `{'k':'v'}` and `[('a',1)]` are turned into `{"k":"v"}` and `[["a",1]]`
//! once, so that all that follows knows JSON alone.

use crate::json::write::push_string;

/// Appends the literal `text` as JSON; `None`, with some of it appended, where
/// it is none or is nested deeper than may be.
pub(super) fn to_json(text: &str, depth: usize, out: &mut String) -> Option<()> {
    let mut walk = Walk {
        rest: text.trim(),
        out,
        room: String::new(),
        open: Vec::new(),
    };
    loop {
        walk.value(depth)?;
        if !walk.go_on()? {
            return walk.rest.is_empty().then_some(());
        }
    }
}

/// What is open.
#[derive(Clone, Copy)]
struct Open {
    close: char,
    /// True where a key of a map stands next.
    key: bool,
}

struct Walk<'a, 'o> {
    rest: &'a str,
    out: &'o mut String,
    room: String,
    open: Vec<Open>,
}

impl<'a> Walk<'a, '_> {
    /// Takes a scalar, or enters what holds others until one stands next.
    fn value(&mut self, depth: usize) -> Option<()> {
        loop {
            self.rest = self.rest.trim_ascii_start();
            let key = self.open.last().is_some_and(|open| open.key);
            let Some(close) = self.opening() else {
                return self.scalar(key);
            };
            if key || self.open.len() == depth {
                return None;
            }
            let key = close == '}';
            self.open.push(Open { close, key });
            if self.closes(close) {
                self.open.pop();
                return Some(());
            }
        }
    }

    /// Goes behind an opening bracket; answers what closes it.
    fn opening(&mut self) -> Option<char> {
        let (open, close) = match self.rest.as_bytes().first()? {
            b'[' => ('[', ']'),
            b'(' => ('[', ')'),
            b'{' => ('{', '}'),
            _ => return None,
        };
        self.rest = &self.rest[1..];
        self.out.push(open);
        Some(close)
    }

    /// Goes behind the closing bracket, if it stands here.
    fn closes(&mut self, close: char) -> bool {
        self.rest = self.rest.trim_ascii_start();
        let Some(rest) = self.rest.strip_prefix(close) else {
            return false;
        };
        self.rest = rest;
        self.out.push(if close == '}' { '}' } else { ']' });
        true
    }

    /// Goes on behind a value to the next one, closing what ends; false behind
    /// the last one.
    fn go_on(&mut self) -> Option<bool> {
        while let Some(&Open { close, key }) = self.open.last() {
            if !key && self.closes(close) {
                self.open.pop();
                continue;
            }
            let mark = if key { ':' } else { ',' };
            self.rest = self.rest.trim_ascii_start().strip_prefix(mark)?;
            self.out.push(mark);
            if let Some(open) = self.open.last_mut() {
                open.key = close == '}' && !key;
            }
            return Some(true);
        }
        Some(false)
    }

    fn scalar(&mut self, key: bool) -> Option<()> {
        if let Some(quoted) = self.rest.strip_prefix(['\'', '"']) {
            let quote = self.rest.chars().next()?;
            self.rest = quoted;
            self.string(quote)?;
            push_string(self.out, &self.room);
            return Some(());
        }
        let end = self.rest.find([',', ':', ']', ')', '}']);
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let word = word.trim_ascii_end();
        match word {
            "" => return None,
            "NULL" | "null" => self.out.push_str("null"),
            "true" | "false" if !key => self.out.push_str(word),
            _ if key || !is_number(word) => push_string(self.out, word),
            _ => self.out.push_str(word),
        }
        Some(())
    }

    /// Reads a string behind its opening quote into the room.
    fn string(&mut self, quote: char) -> Option<()> {
        self.room.clear();
        loop {
            let at = self.rest.find([quote, '\\'])?;
            self.room.push_str(&self.rest[..at]);
            self.rest = &self.rest[at..];
            if let Some(rest) = self.rest.strip_prefix('\\') {
                self.rest = unescape(rest, &mut self.room)?;
                continue;
            }
            self.rest = &self.rest[1..];
            match self.rest.strip_prefix(quote) {
                // A quote that is doubled is one of the text.
                Some(rest) => {
                    self.room.push(quote);
                    self.rest = rest;
                }
                None => return Some(()),
            }
        }
    }
}

/// True for what is a number in JSON too.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word).as_bytes();
    let begins = match digits {
        [b'0', next, ..] => !next.is_ascii_digit(),
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    begins && !word.ends_with('.') && word.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Appends what the escape says whose backslash stood before `text`; answers
/// what stands behind it.
pub(super) fn unescape<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let letter = text.chars().next()?;
    let rest = &text[letter.len_utf8()..];
    let plain = match letter {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'a' => '\u{7}',
        'v' => '\u{b}',
        'x' => {
            let (digits, rest) = rest.split_at_checked(2)?;
            out.push(char::from(u8::from_str_radix(digits, 16).ok()?));
            return Some(rest);
        }
        other => other,
    };
    out.push(plain);
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<String> {
        let mut out = String::new();
        to_json(text, 16, &mut out).map(|()| out)
    }

    #[test]
    fn literals_become_json() {
        for (text, expected) in [
            ("[]", "[]"),
            ("{}", "{}"),
            ("{'a':'b','c':'d'}", r#"{"a":"b","c":"d"}"#),
            ("[{'k':'v'},{}]", r#"[{"k":"v"},{}]"#),
            (
                r"['it\'s','a''b','\\','\n\t\x41']",
                r#"["it's","a'b","\\","\n\tA"]"#,
            ),
            ("[('a',1),('b',-2.5)]", r#"[["a",1],["b",-2.5]]"#),
            ("[NULL, true, nan, inf]", r#"[null,true,"nan","inf"]"#),
            ("{1:2}", r#"{"1":2}"#),
            (r#"{"a":{"b":[1]}}"#, r#"{"a":{"b":[1]}}"#),
            ("'é}'", "\"é}\""),
            ("['2024-10-30 12:24:00.5']", r#"["2024-10-30 12:24:00.5"]"#),
        ] {
            assert_eq!(json(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_broken_is_no_literal() {
        for text in [
            "", "[", "{'a'", "['a", "[1,]", "{'a':}", "[1] 2", "['\\", "[)",
        ] {
            assert_eq!(json(text), None, "{text}");
        }
        assert_eq!(json(&"[".repeat(100)), None);
        assert!(json(&format!("{}{}", "[".repeat(16), "]".repeat(16))).is_some());
    }

    #[test]
    fn whatever_is_answered_is_json() {
        for text in [
            "{'a':1,'b'}",
            "[1:2]",
            "{'a','b':1}",
            "{[1]:2}",
            "[1,'x':2]",
            "{'a':1:2}",
        ] {
            assert_eq!(json(text), None, "{text}");
        }
        for text in ["[1e5, 007, -0x1, 1.]", "[.5, +1, 1e999, -]"] {
            let json = json(text).expect("words");
            let read = serde_json::from_str::<Vec<serde_json::Value>>(&json);
            assert!(read.is_ok(), "{text}: {json}");
        }
    }
}

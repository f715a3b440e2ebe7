//! A string as it stands between its quotes.

/// The text between quotes, escapes and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    pub(crate) text: &'a str,
    pub(crate) escaped: bool,
}

impl<'a> Raw<'a> {
    /// The string itself, and whether all of it could be told: lone surrogates
    /// and unknown escapes become replacement characters.
    #[inline]
    pub(crate) fn decode<'s>(self, scratch: &'s mut String) -> (&'s str, bool)
    where
        'a: 's,
    {
        if !self.escaped {
            return (self.text, true);
        }
        scratch.clear();
        let whole = self.unescape(scratch);
        (scratch, whole)
    }

    #[cold]
    fn unescape(self, out: &mut String) -> bool {
        let mut rest = self.text;
        let mut whole = true;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            let (decoded, taken) = escape(&rest[at..]);
            whole &= decoded.is_some();
            out.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
            rest = &rest[at + taken..];
        }
        out.push_str(rest);
        whole
    }
}

/// The character of the escape that `text` begins with, and its length.
fn escape(text: &str) -> (Option<char>, usize) {
    let Some(letter) = text[1..].chars().next() else {
        return (None, 1);
    };
    let plain = match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(text),
        _ => return (None, 1 + letter.len_utf8()),
    };
    (Some(plain), 2)
}

fn unicode(text: &str) -> (Option<char>, usize) {
    let Some(high) = unit(text) else {
        return (None, 2);
    };
    if let Some(single) = char::from_u32(high) {
        return (Some(single), 6);
    }
    match unit(&text[6..]) {
        Some(low @ 0xdc00..=0xdfff) if high < 0xdc00 => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (char::from_u32(code), 12)
        }
        _ => (None, 6),
    }
}

/// The value of `\uXXXX`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)
}

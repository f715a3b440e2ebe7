//! Queries without their literals, token by token.

use super::Template;

/// Words before which a number may have a sign of its own.
const BEFORE_SIGN: [&str; 20] = [
    "select", "where", "and", "or", "not", "in", "between", "like", "limit", "offset", "then",
    "else", "when", "set", "by", "values", "return", "having", "on", "is",
];

/// What a query consists of.
enum Token<'a> {
    Blank,
    Literal,
    /// A place for a value.
    Place,
    Text(&'a str),
}

pub(super) fn template(text: &str) -> Template {
    let mut written = Written::default();
    let mut scanner = Scanner {
        text,
        at: 0,
        is_json: None,
        after_operand: false,
    };
    while let Some(token) = scanner.next() {
        written.push(&token);
    }
    written.finish()
}

/// The template as far as it is known.
#[derive(Default)]
struct Written {
    text: String,
    is_open: bool,
    /// A blank came, and is written before what needs it.
    blank: bool,
}

impl Written {
    fn push(&mut self, token: &Token<'_>) {
        match *token {
            Token::Blank => self.blank = true,
            Token::Text(text) => self.push_text(text),
            Token::Literal => self.push_value(),
            Token::Place => {
                self.is_open = true;
                self.push_value();
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        let tight = matches!(text, ")" | "," | ";") || self.text.ends_with('(');
        self.push_blank(tight);
        self.text.push_str(text);
        if text == ")" {
            self.fold_lists();
        }
    }

    fn push_blank(&mut self, tight: bool) {
        if std::mem::take(&mut self.blank) && !tight && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    /// A value; of a list of values the first is written.
    fn push_value(&mut self) {
        if let Some(list) = self.text.strip_suffix(',') {
            if list.ends_with("(?") {
                self.text.truncate(list.len());
                self.blank = false;
                return;
            }
        }
        self.push_blank(self.text.ends_with('('));
        self.text.push('?');
    }

    /// Of lists of values one behind the other the first is left.
    fn fold_lists(&mut self) {
        let before = self.text.strip_suffix("(?)").map(str::trim_end);
        let list = before.and_then(|before| before.strip_suffix(','));
        if let Some(list) = list.filter(|list| list.ends_with("(?)")) {
            self.text.truncate(list.len());
        }
    }

    fn finish(mut self) -> Template {
        let end = self.text.trim_end_matches([';', ' ']).len();
        self.text.truncate(end);
        Template {
            text: self.text,
            is_open: self.is_open,
        }
    }
}

/// Cuts a query into tokens, each character once.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// The first character says so, once it has come.
    is_json: Option<bool>,
    /// The last token is something that can be subtracted from.
    after_operand: bool,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        let (token, length) = self.token(rest, first);
        self.at += length;
        if self.is_json.is_none() && !matches!(token, Token::Blank) {
            self.is_json = Some(matches!(first, '{' | '['));
        }
        self.after_operand = match token {
            Token::Blank => self.after_operand,
            Token::Literal | Token::Place => true,
            Token::Text(text) => is_operand(text),
        };
        Some(token)
    }

    /// The token that `rest` begins with, and its length.
    fn token(&self, rest: &'a str, first: char) -> (Token<'a>, usize) {
        let text = |length: usize| (Token::Text(&rest[..length]), length);
        let is_json = self.is_json == Some(true);
        match first {
            _ if first.is_whitespace() => (Token::Blank, length_while(rest, char::is_whitespace)),
            '-' if rest.starts_with("--") => (Token::Blank, until(rest, 2, "\n")),
            '/' if rest.starts_with("/*") => (Token::Blank, until(rest, 2, "*/")),
            '\'' => (Token::Literal, quoted(rest, '\'')),
            '"' if is_json && !is_json_key(rest) => (Token::Literal, quoted(rest, '"')),
            '"' | '`' => text(quoted(rest, first)),
            '0'..='9' => (Token::Literal, number(rest)),
            '-' | '+' | '.' if !self.after_operand && starts_number(&rest[1..], first) => {
                (Token::Literal, 1 + number(&rest[1..]))
            }
            '?' => (Token::Place, 1),
            '$' | ':' | '@' | '%' if !is_json => match place(rest) {
                Some((token, length)) => (token, length),
                None if rest.starts_with("::") || rest.starts_with("@@") => text(2),
                None => text(1),
            },
            _ if is_word(first) => word(rest),
            _ => text(first.len_utf8()),
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// The length up to `end`, which counts, behind the first `from` bytes.
fn until(text: &str, from: usize, end: &str) -> usize {
    let found = text[from..].find(end);
    found.map_or(text.len(), |at| from + at + end.len())
}

/// The length of what stands in quotes: a doubled one and one behind a
/// backslash do not end it.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '`' {
            chars.next();
        } else if c == quote && chars.next_if(|next| next.1 == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// True where what stands in quotes has a colon behind it.
fn is_json_key(text: &str) -> bool {
    text[quoted(text, '"')..].trim_start().starts_with(':')
}

fn starts_number(text: &str, sign: char) -> bool {
    let digits = text.strip_prefix('.').filter(|_| sign != '.');
    let digits = digits.unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// The length of a number, whose exponent may have a sign.
fn number(text: &str) -> usize {
    let mut before = ' ';
    text.find(|c: char| {
        let signed = matches!(before, 'e' | 'E') && matches!(c, '+' | '-');
        let ends = !(is_word(c) || c == '.' || signed);
        before = c;
        ends
    })
    .unwrap_or(text.len())
}

/// A place for a value, or a literal between dollars.
fn place(text: &str) -> Option<(Token<'static>, usize)> {
    let (sign, rest) = (text.as_bytes()[0], &text[1..]);
    let named = length_while(rest, is_word);
    let starts_word = rest.starts_with(|c: char| is_word(c) && !c.is_ascii_digit());
    match sign {
        b'$' if rest[named..].starts_with('$') => {
            let tag = &text[..named + 2];
            Some((Token::Literal, until(text, tag.len(), tag)))
        }
        b'$' if named > 0 && !starts_word => Some((Token::Place, 1 + named)),
        b':' | b'@' if starts_word => Some((Token::Place, 1 + named)),
        b'%' if rest.starts_with('(') => {
            let end = 2 + length_while(&rest[1..], |c| is_word(c) || c == ' ');
            text[end..]
                .starts_with(")s")
                .then_some((Token::Place, end + 2))
        }
        b'%' if matches!(&rest[..named], "s" | "d") => Some((Token::Place, 1 + named)),
        _ => None,
    }
}

/// A word; one that says what kind of text follows is part of it.
fn word(text: &str) -> (Token<'_>, usize) {
    let length = length_while(text, |c| is_word(c) || c == '$');
    let is_prefix = matches!(
        &text[..length],
        "E" | "e" | "N" | "n" | "B" | "b" | "X" | "x"
    );
    if is_prefix && text[length..].starts_with('\'') {
        return (Token::Literal, length + quoted(&text[length..], '\''));
    }
    (Token::Text(&text[..length]), length)
}

fn is_operand(text: &str) -> bool {
    let ends = text.ends_with(|c: char| is_word(c) || matches!(c, ')' | ']' | '"' | '`' | '$'));
    ends && !BEFORE_SIGN
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

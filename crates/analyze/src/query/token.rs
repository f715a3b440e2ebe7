//! Words, texts, numbers and signs of an expression.

use super::mistake::Mistake;
use super::number::{number, Number};
use std::ops::Range;

/// The longest expression, in bytes.
const MOST_BYTES: usize = 1 << 16;

/// The signs, longer ones first.
const SIGNS: [&str; 20] = [
    "&&", "||", "!=", "!~", "=~", "<=", "<<", ">=", ">>", "{", "}", "(", ")", ":", "!", "=", "<",
    ">", "~", "-",
];

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word, cut at its first dot.
    Word(Word),
    /// A text in quotes.
    Text(String),
    Number(Number),
    /// Nanoseconds.
    Duration(u64),
    Sign(&'static str),
    /// Behind everything.
    End,
}

/// A word; with a dot in it, what stands before and behind the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) head: String,
    pub(super) key: Option<String>,
}

/// A token and its place in the text.
pub(super) type Placed = (Token, Range<usize>);

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Mistake> {
    if text.len() > MOST_BYTES {
        let message = format!("an expression has at most {MOST_BYTES} bytes");
        return Err(Mistake::new(message, 0..0, text));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let placed = lexer.next()?;
        let is_end = placed.0 == Token::End;
        tokens.push(placed);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn first(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fail<T>(&self, message: impl Into<String>, from: usize) -> Result<T, Mistake> {
        Err(Mistake::new(message, from..self.at, self.text))
    }

    /// Takes characters as long as they are such.
    fn take(&mut self, is_such: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !is_such(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn next(&mut self) -> Result<Placed, Mistake> {
        self.take(char::is_whitespace);
        let from = self.at;
        let token = match self.first() {
            None => Token::End,
            Some('"' | '\'') => Token::Text(self.quoted()?),
            Some(c) if c.is_ascii_digit() => self.number()?,
            Some(c) if is_of_word(c) && c != '-' => Token::Word(self.word()?),
            Some(_) => Token::Sign(self.sign()?),
        };
        Ok((token, from..self.at))
    }

    fn sign(&mut self) -> Result<&'static str, Mistake> {
        let from = self.at;
        let rest = self.rest();
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(sign);
        }
        let odd = rest.chars().next().unwrap_or_default();
        self.at += odd.len_utf8();
        self.fail(format!("no sign begins with {odd:?}"), from)
    }

    /// A word; behind a dot, a key may stand in quotes.
    fn word(&mut self) -> Result<Word, Mistake> {
        let text = self.take(is_of_word);
        let Some((head, key)) = text.split_once('.') else {
            return Ok(Word {
                head: text.to_owned(),
                key: None,
            });
        };
        let key = match (key, self.first()) {
            ("", Some('"' | '\'')) => self.quoted()?,
            ("", _) => return self.fail("behind a dot stands a key", self.at - text.len()),
            _ => key.to_owned(),
        };
        Ok(Word {
            head: head.to_owned(),
            key: Some(key),
        })
    }

    fn quoted(&mut self) -> Result<String, Mistake> {
        let from = self.at;
        let mut rest = self.rest().char_indices();
        let quote = rest.next().map(|(_, quote)| quote);
        let mut text = String::new();
        while let Some((at, c)) = rest.next() {
            match c {
                _ if Some(c) == quote => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => match rest.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, c @ ('\\' | '"' | '\''))) => text.push(c),
                    // Other escapes are those of regular expressions.
                    Some((_, c)) => text.extend(['\\', c]),
                    None => break,
                },
                _ => text.push(c),
            }
        }
        self.at = self.text.len();
        self.fail("the quote is not closed", from)
    }

    fn number(&mut self) -> Result<Token, Mistake> {
        let from = self.at;
        let digits = self.take(|c| c.is_ascii_digit() || c == '.');
        let unit = self.take(char::is_alphabetic);
        number(digits, unit).or_else(|message| self.fail(message, from))
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

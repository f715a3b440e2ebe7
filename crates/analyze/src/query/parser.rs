//! Going through the tokens of an expression.

use super::mistake::Mistake;
use super::token::{tokens, Placed, Token};
use std::ops::Range;

/// The deepest nesting of conditions.
const MOST_DEPTH: usize = 64;

/// The most sets of spans, so that a trace takes no more than so many times its
/// room.
const MOST_SETS: usize = 100;

/// What was read, or what is wrong.
pub(super) type Parsed<T> = Result<T, Mistake>;

/// A place among the tokens of a text.
pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
    sets: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Parsed<Self> {
        Ok(Self {
            text,
            tokens: tokens(text)?,
            at: 0,
            depth: 0,
            sets: 0,
        })
    }

    /// What the text says at a place.
    pub(super) fn text_at(&self, at: Range<usize>) -> &'t str {
        &self.text[at]
    }

    pub(super) fn is_end(&self) -> bool {
        *self.peek() == Token::End
    }

    /// True where this sign stands behind the next token.
    pub(super) fn is_behind(&self, sign: &'static str) -> bool {
        let behind = self.tokens.get(self.at + 1);
        behind.is_some_and(|placed| placed.0 == Token::Sign(sign))
    }

    /// Counts a set of spans.
    pub(super) fn count_set(&mut self) -> Parsed<()> {
        self.sets += 1;
        match self.sets > MOST_SETS {
            true => self.fail(format!(
                "an expression has at most {MOST_SETS} pairs of braces"
            )),
            false => Ok(()),
        }
    }

    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    /// Where the next token stands.
    pub(super) fn place(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    /// The next token, which is left behind but for the end.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.fail_at(message, self.place())
    }

    pub(super) fn fail_at<T>(&self, message: impl Into<String>, at: Range<usize>) -> Parsed<T> {
        Err(Mistake::new(message, at, self.text))
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        let found = match self.peek() {
            Token::Word(found) => found,
            _ => return false,
        };
        found.head == word && found.key.is_none()
    }

    /// Passes a sign or a word, if it is the next one.
    pub(super) fn accept(&mut self, what: &str) -> bool {
        let found = self.is_sign(what) || self.is_word(what);
        self.at += usize::from(found);
        found
    }

    /// Passes a sign, which must be there.
    pub(super) fn expect(&mut self, sign: &str) -> Parsed<()> {
        match self.accept(sign) {
            true => Ok(()),
            false => self.fail(format!("expected `{sign}`")),
        }
    }

    /// Reads what is nested.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MOST_DEPTH {
            return self.fail(format!("nested more than {MOST_DEPTH} deep"));
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }
}

//! The cursor: tokens, containers, and the skipping of values.

use super::Raw;
use memchr::memchr2;

/// A place in a JSON text.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    /// The offset of the next byte.
    pub(crate) at: usize,
    depth_limit: usize,
    /// The containers that a skip has entered.
    open: Vec<u8>,
}

/// Why a text does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What stands there is not JSON.
    Syntax,
    /// The text is over.
    End,
    /// Values are nested deeper than they may be.
    Deep,
}

/// A fault and its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) fault: Fault,
    pub(crate) at: usize,
}

pub(super) type Parsed<T> = Result<T, Broken>;

/// A value that is no container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    /// The text of a number, `NaN` and `Infinity` among them.
    Number(&'a str),
    Str(Raw<'a>),
    /// A container, which was skipped.
    Container,
}

/// What stood where a container was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// The container, which is now open.
    Inside,
    /// `null`.
    Null,
    /// Another value, which was skipped.
    Other,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, depth_limit: usize) -> Self {
        Self {
            text,
            at: 0,
            depth_limit,
            open: Vec::new(),
        }
    }

    /// Goes on in a longer text that begins with the one seen so far.
    pub(super) fn see(&mut self, text: &'a str) {
        self.text = text;
    }

    /// Goes behind all that is seen.
    pub(super) fn go_to_end(&mut self) {
        self.at = self.text.len();
    }

    /// Passes over all that is seen: what follows is not looked at.
    pub(crate) fn break_off<T>(&mut self) -> Parsed<T> {
        self.go_to_end();
        self.wrong()
    }

    fn fail<T>(&self, fault: Fault) -> Parsed<T> {
        Err(Broken { fault, at: self.at })
    }

    fn wrong<T>(&self) -> Parsed<T> {
        self.fail(if self.at < self.text.len() {
            Fault::Syntax
        } else {
            Fault::End
        })
    }

    /// The next byte behind white space; zero at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// All that stands behind the cursor.
    #[inline]
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The same as bytes.
    #[inline(always)]
    pub(crate) fn rest_bytes(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// All that is seen, before the cursor and behind it.
    #[inline(always)]
    pub(crate) fn seen(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// True where nothing but white space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.peek();
        self.at == self.text.len()
    }

    /// Goes behind `token` where just that stands here. The way to read what
    /// writers usually write without looking at every byte.
    #[inline]
    pub(crate) fn take(&mut self, token: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..);
        let takes = rest.is_some_and(|rest| rest.starts_with(token.as_bytes()));
        self.at += if takes { token.len() } else { 0 };
        takes
    }

    /// The next `N` bytes, which are characters of their own; goes behind them.
    #[inline(always)]
    pub(crate) fn take_chunk<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let chunk = self.rest_bytes().first_chunk::<N>()?;
        self.at += N;
        Some(chunk)
    }

    /// Enters the container that stands here within `open` others.
    #[inline]
    pub(crate) fn open_nested(&mut self, open: usize) -> Parsed<()> {
        if open >= self.depth_limit {
            return self.fail(Fault::Deep);
        }
        self.at += 1;
        Ok(())
    }

    /// Enters the container that `open` begins.
    #[inline]
    pub(crate) fn enter(&mut self, open: u8) -> Parsed<Entered> {
        if self.peek() == open {
            self.at += 1;
            return Ok(Entered::Inside);
        }
        Ok(match self.scalar()? {
            Scalar::Null => Entered::Null,
            _ => Entered::Other,
        })
    }

    /// The next key of the object that is open, or `None` behind its end.
    /// `first` is true until the first key was asked for.
    #[inline]
    pub(crate) fn key(&mut self, first: &mut bool) -> Parsed<Option<&'a str>> {
        Ok(self.raw_key(first)?.map(|raw| raw.text))
    }

    /// The same, for keys that may hold escapes.
    #[inline]
    pub(crate) fn raw_key(&mut self, first: &mut bool) -> Parsed<Option<Raw<'a>>> {
        let usual = if *first { "\"" } else { ",\"" };
        if self.take(usual) {
            *first = false;
            let key = self.string_rest()?;
            return self.colon().map(|()| Some(key));
        }
        if !self.next_of(b'}', first)? {
            return Ok(None);
        }
        self.name().map(Some)
    }

    /// True where the container that is open, and ends with `close`, has
    /// another element or member, to which the cursor goes.
    #[inline]
    pub(crate) fn next_of(&mut self, close: u8, first: &mut bool) -> Parsed<bool> {
        let next = self.peek();
        let is_first = std::mem::replace(first, false);
        if next == close {
            self.at += 1;
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if next != b',' {
            return self.wrong();
        }
        self.at += 1;
        self.peek();
        Ok(true)
    }

    #[inline]
    fn colon(&mut self) -> Parsed<()> {
        if self.peek() != b':' {
            return self.wrong();
        }
        self.at += 1;
        Ok(())
    }

    /// True where the array that is open has another element, to which the
    /// cursor goes.
    #[inline]
    pub(crate) fn element(&mut self, first: &mut bool) -> Parsed<bool> {
        self.next_of(b']', first)
    }

    /// The key that stands here, with its colon.
    #[inline]
    pub(crate) fn name(&mut self) -> Parsed<Raw<'a>> {
        let raw = self.string()?;
        self.colon().map(|()| raw)
    }

    /// The string that stands here.
    #[inline]
    pub(crate) fn string(&mut self) -> Parsed<Raw<'a>> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return self.wrong();
        }
        self.at += 1;
        self.string_rest()
    }

    /// The string whose opening quote stands before the cursor.
    #[inline(always)]
    pub(crate) fn string_rest(&mut self) -> Parsed<Raw<'a>> {
        let start = self.at;
        let (words, _) = self.text.as_bytes()[start..].as_chunks::<8>();
        for (nth, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let (quotes, escapes) = (marks(word, b'"'), marks(word, b'\\'));
            if quotes | escapes == 0 {
                continue;
            }
            if quotes.trailing_zeros() > escapes.trailing_zeros() {
                break;
            }
            let end = start + nth * 8 + (quotes.trailing_zeros() / 8) as usize;
            self.at = end + 1;
            return Ok(Raw {
                text: &self.text[start..end],
                escaped: false,
            });
        }
        self.unusual_string_rest()
    }

    /// The same for strings with escapes, and at the end of the text.
    #[inline(never)]
    fn unusual_string_rest(&mut self) -> Parsed<Raw<'a>> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let Some((end, escaped)) = string_end(bytes, start) else {
            self.at = bytes.len();
            return self.fail(Fault::End);
        };
        self.at = end + 1;
        Ok(Raw {
            text: &self.text[start..end],
            escaped,
        })
    }

    /// The text that was read since an offset.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The scalar that stands here, if it is one.
    #[inline(always)]
    pub(crate) fn usual_scalar(&mut self) -> Parsed<Option<Scalar<'a>>> {
        if self.take("\"") {
            return self.string_rest().map(|raw| Some(Scalar::Str(raw)));
        }
        match self.peek() {
            b'{' | b'[' => Ok(None),
            _ => self.scalar().map(Some),
        }
    }

    /// The value that stands here; containers are skipped.
    pub(crate) fn scalar(&mut self) -> Parsed<Scalar<'a>> {
        match self.peek() {
            b'"' => self.string().map(Scalar::Str),
            b'{' | b'[' => {
                self.skip()?;
                Ok(Scalar::Container)
            }
            b'0'..=b'9' => self.digits(),
            _ => self.literal(),
        }
    }

    /// A number, which usually is digits and nothing else.
    #[inline]
    fn digits(&mut self) -> Parsed<Scalar<'a>> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !matches!(rest.get(length), Some(b',' | b'}' | b']')) {
            return self.literal();
        }
        let start = self.at;
        self.at += length;
        Ok(Scalar::Number(&self.text[start..self.at]))
    }

    fn literal(&mut self) -> Parsed<Scalar<'a>> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let length = rest
            .iter()
            .position(|byte| !is_part(byte))
            .unwrap_or(rest.len());
        let token = &self.text[self.at..self.at + length];
        let scalar = match token {
            "null" => Scalar::Null,
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "NaN" | "Infinity" | "-Infinity" => Scalar::Number(token),
            _ if is_number(token) => Scalar::Number(token),
            _ if length == rest.len() => {
                self.at = self.text.len();
                return self.fail(Fault::End);
            }
            _ => return self.wrong(),
        };
        self.at += length;
        Ok(scalar)
    }

    /// Skips the value that stands here, be it nested deeper than may be read.
    pub(crate) fn skip_deep(&mut self) -> Parsed<()> {
        let limit = std::mem::replace(&mut self.depth_limit, usize::MAX);
        let skipped = self.skip();
        self.depth_limit = limit;
        skipped
    }

    /// Skips the value that stands here.
    pub(crate) fn skip(&mut self) -> Parsed<()> {
        self.open.clear();
        loop {
            match self.peek() {
                open @ (b'{' | b'[') => {
                    if self.skip_into(open)? {
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                _ => drop(self.literal()?),
            }
            if self.skip_behind()? {
                return Ok(());
            }
        }
    }

    /// Enters a container; answers whether it has something in it.
    fn skip_into(&mut self, open: u8) -> Parsed<bool> {
        if self.open.len() >= self.depth_limit {
            return self.fail(Fault::Deep);
        }
        self.at += 1;
        let next = self.peek();
        if next == open + 2 {
            self.at += 1;
            return Ok(false);
        }
        self.open.push(open);
        if open == b'{' {
            self.name()?;
        }
        Ok(true)
    }

    /// Goes on behind a value; answers whether the skip is done.
    fn skip_behind(&mut self) -> Parsed<bool> {
        while let Some(&open) = self.open.last() {
            match self.peek() {
                b',' => {
                    self.at += 1;
                    if open == b'{' {
                        self.peek();
                        self.name()?;
                    }
                    return Ok(false);
                }
                close if close == open + 2 => {
                    self.at += 1;
                    self.open.pop();
                }
                _ => return self.wrong(),
            }
        }
        Ok(true)
    }
}

fn is_number(token: &str) -> bool {
    let digits = token.strip_prefix('-').unwrap_or(token).as_bytes();
    digits.first().is_some_and(u8::is_ascii_digit)
        && (digits.iter().all(u8::is_ascii_digit) || token.parse::<f64>().is_ok())
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// Marks the bytes of `word` that are `byte`; the lowest mark is never wrong.
#[inline]
fn marks(word: u64, byte: u8) -> u64 {
    let zeroed = word ^ (ONES * u64::from(byte));
    zeroed.wrapping_sub(ONES) & !zeroed & (ONES << 7)
}

/// The offset of the quote that ends a string, and whether there are escapes.
fn string_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let mut escaped = false;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some((at, escaped));
        }
        escaped = true;
        at += 2;
    }
}

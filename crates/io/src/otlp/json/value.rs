//! Texts, numbers and attribute values.

use super::id::base64;
use super::reader::{Reader, Walked};
use crate::decimal::{scaled, Fit};
use crate::flaws::Flaw;
use crate::json::write::{push, push_bytes, push_double, push_string};
use crate::json::{Entered, Raw, Scalar};
use crate::otlp::draft::Draft;
use spanwise_model::{Symbol, Value};

/// Values lie in each other at most this deep, whatever the guard allows,
/// because reading them descends.
const NESTED: usize = 256;

/// The owner of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Span,
    Event,
    Link,
    Resource,
    Scope,
}

/// A value while its key is not known yet.
#[derive(Clone, Copy, Debug)]
enum Held<'a> {
    Empty,
    Str(Raw<'a>),
    Bytes(Raw<'a>),
    Int(i64),
    Double(f64),
    Bool(bool),
    /// The text stands in the room for nested values.
    Nested,
}

/// The types of values that hold no others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Plain {
    #[default]
    Str,
    Int,
    Bool,
    Double,
    Bytes,
}

impl Plain {
    #[inline]
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "stringValue" | "string_value" => Self::Str,
            "intValue" | "int_value" => Self::Int,
            "boolValue" | "bool_value" => Self::Bool,
            "doubleValue" | "double_value" => Self::Double,
            "bytesValue" | "bytes_value" => Self::Bytes,
            _ => return None,
        })
    }

    /// The value of this type that a text says; one that says none is malformed
    /// and stays a text.
    #[inline]
    fn read<'a>(self, raw: Raw<'a>, draft: &mut Draft) -> Held<'a> {
        let held = match (self, raw.text) {
            (Self::Str, _) => return Held::Str(raw),
            (Self::Bytes, _) => return Held::Bytes(raw),
            (Self::Int, text) => match whole(text) {
                Some((number, Fit::Exact)) => Some(Held::Int(number)),
                _ => None,
            },
            (Self::Bool, "true" | "True" | "TRUE") => Some(Held::Bool(true)),
            (Self::Bool, "false" | "False" | "FALSE") => Some(Held::Bool(false)),
            (Self::Bool, _) => None,
            (Self::Double, text) => text.parse().ok().map(Held::Double),
        };
        held.unwrap_or_else(|| {
            draft.flaw(Flaw::Malformed);
            Held::Str(raw)
        })
    }
}

impl<'a> Reader<'a, '_> {
    /// The text that stands here as a symbol; `null` is the empty one.
    pub(super) fn symbol(&mut self, draft: &mut Draft) -> Walked<Symbol> {
        let Some(raw) = self.word(draft)? else {
            return Ok(Symbol::EMPTY);
        };
        self.intern(raw, draft)
    }

    #[inline]
    fn intern(&mut self, raw: Raw<'_>, draft: &mut Draft) -> Walked<Symbol> {
        let (text, whole) = raw.decode(&mut self.scratch);
        if !whole {
            draft.flaw(Flaw::InvalidUtf8);
        }
        Ok(self
            .keys
            .symbol(text.as_bytes(), self.batch, &mut draft.flaws)?)
    }

    /// The text, number or flag that stands here, as text.
    #[inline]
    pub(super) fn word(&mut self, draft: &mut Draft) -> Walked<Option<Raw<'a>>> {
        let scalar = self.cursor.scalar()?;
        if scalar == Scalar::Container {
            draft.flaw(Flaw::Malformed);
        }
        Ok(scalar.word())
    }

    /// The whole number that stands here, as number or text.
    pub(super) fn whole_number(&mut self, draft: &mut Draft) -> Walked<Option<(i64, Fit)>> {
        let Some(raw) = self.word(draft)? else {
            return Ok(None);
        };
        let number = whole(raw.text);
        if number.is_none() && !raw.text.is_empty() {
            draft.flaw(Flaw::Malformed);
        }
        Ok(number)
    }

    /// The count that stands here.
    pub(super) fn count(&mut self, draft: &mut Draft) -> Walked<u64> {
        let number = self.whole_number(draft)?;
        Ok(number.map_or(0, |(number, _)| number.max(0) as u64))
    }

    /// Reads the list of attributes that stands here.
    pub(super) fn attributes(&mut self, owner: Owner, draft: &mut Draft) -> Walked {
        if self.cursor.enter(b'[')? != Entered::Inside {
            return Ok(());
        }
        self.guesses.begin();
        let mut first = true;
        while self.cursor.element(&mut first)? {
            let start = self.cursor.at;
            if !self.usual_attribute(owner, draft)? {
                self.cursor.at = start;
                self.attribute(owner, draft)?;
            }
        }
        Ok(())
    }

    /// Reads an attribute as most encoders write it; false where the cursor
    /// stands somewhere in another one.
    #[inline]
    fn usual_attribute(&mut self, owner: Owner, draft: &mut Draft) -> Walked<bool> {
        let head = match self.guesses.take(&mut self.cursor) {
            None => self.unguessed_head(draft)?,
            guessed => guessed,
        };
        let Some((key, kind)) = head else {
            return Ok(false);
        };
        let raw = self.cursor.usual_scalar()?.and_then(Scalar::word);
        let Some(raw) = raw.filter(|_| self.cursor.take("}}")) else {
            return Ok(false);
        };
        let held = kind.read(raw, draft);
        self.put(owner, key, held, draft)?;
        Ok(true)
    }

    fn unguessed_head(&mut self, draft: &mut Draft) -> Walked<Option<(Symbol, Plain)>> {
        let start = self.cursor.at;
        if !self.cursor.take("{\"key\":\"") {
            return Ok(None);
        }
        let key = self.cursor.string_rest()?;
        if key.escaped || !self.cursor.take(",\"value\":{\"") {
            return Ok(None);
        }
        let Some(kind) = Plain::of(self.cursor.string_rest()?.text) else {
            return Ok(None);
        };
        if !self.cursor.take(":") {
            return Ok(None);
        }
        let head = self.cursor.since(start);
        let key = self.intern(key, draft)?;
        self.guesses.learn(key, head, kind);
        Ok(Some((key, kind)))
    }

    fn attribute(&mut self, owner: Owner, draft: &mut Draft) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            draft.flaw(Flaw::Malformed);
            return Ok(());
        }
        let (mut key, mut held) = (None, Held::Empty);
        let mut first = true;
        while let Some(name) = self.cursor.key(&mut first)? {
            match name {
                "key" => key = self.word(draft)?,
                "value" => held = self.value(draft)?,
                _ => self.cursor.skip()?,
            }
        }
        match key {
            Some(key) => {
                let key = self.intern(key, draft)?;
                self.put(owner, key, held, draft)
            }
            None => {
                draft.flaw(Flaw::Malformed);
                Ok(())
            }
        }
    }

    #[inline]
    fn put(&mut self, owner: Owner, key: Symbol, held: Held<'_>, draft: &mut Draft) -> Walked {
        let wanted = match owner {
            Owner::Resource | Owner::Scope => true,
            Owner::Span => self.batch.note_key(key),
            Owner::Event | Owner::Link => self.batch.keeps(key),
        };
        if !wanted {
            return Ok(());
        }
        let bytes;
        let value = match held {
            Held::Empty => Value::Empty,
            Held::Int(number) => Value::Int(number),
            Held::Double(number) => Value::Double(number),
            Held::Bool(flag) => Value::Bool(flag),
            Held::Nested => Value::Json(&self.nested),
            Held::Str(raw) => Value::Str(decode(raw, &mut self.scratch, draft)),
            Held::Bytes(raw) => {
                let text = decode(raw, &mut self.scratch, draft);
                match base64(text) {
                    Some(decoded) => {
                        bytes = decoded;
                        Value::Bytes(&bytes)
                    }
                    None => {
                        draft.flaw(Flaw::Malformed);
                        Value::Str(text)
                    }
                }
            }
        };
        if let Value::Str(text) | Value::Json(text) = value {
            self.batch.guard.check_text(text.len())?;
        }
        let batch = &mut *self.batch;
        match owner {
            Owner::Span => batch.attribute_of(key, value),
            Owner::Event => batch.event_attribute_of(key, value),
            Owner::Link => batch.link_attribute_of(key, value),
            Owner::Scope => batch.scopes.push(key, value),
            Owner::Resource => {
                batch.resources.push(key, value);
                if batch.strings.get(key) == "service.name" {
                    self.around.service = batch.strings.intern(&value.to_text());
                }
            }
        }
        Ok(())
    }

    /// Reads the value that stands here: an object with one key that names its
    /// type, or (against the rules) a bare one.
    #[inline]
    fn value(&mut self, draft: &mut Draft) -> Walked<Held<'a>> {
        if self.cursor.peek() != b'{' {
            return self.bare_value(draft);
        }
        self.cursor.enter(b'{')?;
        let mut held = Held::Empty;
        let mut first = true;
        while let Some(name) = self.cursor.key(&mut first)? {
            match name {
                "arrayValue" | "array_value" => {
                    self.nested.clear();
                    if self.array(1, draft)? {
                        held = Held::Nested;
                    }
                }
                "kvlistValue" | "kvlist_value" => {
                    self.nested.clear();
                    if self.map(1, draft)? {
                        held = Held::Nested;
                    }
                }
                name => held = self.plain_value(name, draft)?.unwrap_or(held),
            }
        }
        Ok(held)
    }

    fn bare_value(&mut self, draft: &mut Draft) -> Walked<Held<'a>> {
        Ok(match self.cursor.scalar()? {
            Scalar::Null => Held::Empty,
            Scalar::Str(raw) => Held::Str(raw),
            Scalar::Bool(flag) => Held::Bool(flag),
            Scalar::Number(text) => match whole(text) {
                Some((number, Fit::Exact)) => Held::Int(number),
                _ => Held::Double(text.parse().unwrap_or(f64::NAN)),
            },
            Scalar::Container => {
                draft.flaw(Flaw::Malformed);
                Held::Empty
            }
        })
    }

    /// Reads a value that is no array or map; `None` for `null` and for types
    /// that are not known.
    #[inline]
    fn plain_value(&mut self, name: &str, draft: &mut Draft) -> Walked<Option<Held<'a>>> {
        let Some(kind) = Plain::of(name) else {
            self.cursor.skip()?;
            return Ok(None);
        };
        let raw = self.word(draft)?;
        Ok(raw.map(|raw| kind.read(raw, draft)))
    }

    /// Appends the array value that stands here to the room for nested ones;
    /// answers whether there is one.
    fn array(&mut self, depth: usize, draft: &mut Draft) -> Walked<bool> {
        self.list_of_values('[', depth, draft, |reader, depth, draft| {
            reader.item(depth, draft)
        })
    }

    fn map(&mut self, depth: usize, draft: &mut Draft) -> Walked<bool> {
        self.list_of_values('{', depth, draft, Self::entry)
    }

    fn list_of_values(
        &mut self,
        open: char,
        depth: usize,
        draft: &mut Draft,
        item: fn(&mut Self, usize, &mut Draft) -> Walked,
    ) -> Walked<bool> {
        self.check_depth(depth)?;
        match self.cursor.enter(b'{')? {
            Entered::Inside => {}
            Entered::Null => return Ok(false),
            Entered::Other => {
                draft.flaw(Flaw::Malformed);
                return Ok(false);
            }
        }
        self.nested.push(open);
        let mut first = true;
        while let Some(name) = self.cursor.key(&mut first)? {
            if name != "values" || self.cursor.peek() != b'[' {
                self.cursor.skip()?;
                continue;
            }
            self.cursor.enter(b'[')?;
            let mut head = true;
            while self.cursor.element(&mut head)? {
                if !self.nested.ends_with(['[', '{']) {
                    self.nested.push(',');
                }
                item(self, depth, draft)?;
                self.batch.guard.check_text(self.nested.len())?;
            }
        }
        self.nested.push(if open == '[' { ']' } else { '}' });
        Ok(true)
    }

    fn check_depth(&self, depth: usize) -> Walked {
        self.batch.guard.check_depth(depth)?;
        if depth > NESTED {
            return Err(spanwise_model::Guard::exceeded("depth", NESTED).into());
        }
        Ok(())
    }

    /// Appends an entry of a map, whose value may stand before its key.
    fn entry(&mut self, depth: usize, draft: &mut Draft) -> Walked {
        let (mut key, mut value) = (None, None);
        if self.cursor.enter(b'{')? == Entered::Inside {
            let mut first = true;
            while let Some(name) = self.cursor.key(&mut first)? {
                match name {
                    "key" => key = self.word(draft)?,
                    "value" => {
                        self.cursor.peek();
                        value = Some(self.cursor.at);
                        self.cursor.skip()?;
                    }
                    _ => self.cursor.skip()?,
                }
            }
        }
        let behind = self.cursor.at;
        match key {
            Some(key) => push_string(&mut self.nested, decode(key, &mut self.scratch, draft)),
            None => {
                draft.flaw(Flaw::Malformed);
                self.nested.push_str("\"\"");
            }
        }
        self.nested.push(':');
        match value {
            Some(at) => {
                self.cursor.at = at;
                self.item(depth, draft)?;
            }
            None => self.nested.push_str("null"),
        }
        self.cursor.at = behind;
        Ok(())
    }

    /// Appends a value in a value.
    pub(super) fn item(&mut self, depth: usize, draft: &mut Draft) -> Walked {
        let from = self.nested.len();
        if self.cursor.peek() != b'{' {
            let held = self.bare_value(draft)?;
            self.push(held, draft);
            return Ok(());
        }
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(name) = self.cursor.key(&mut first)? {
            let before = self.nested.len();
            let found = match name {
                "arrayValue" | "array_value" => self.array(depth + 1, draft)?,
                "kvlistValue" | "kvlist_value" => self.map(depth + 1, draft)?,
                name => match self.plain_value(name, draft)? {
                    Some(held) => {
                        self.push(held, draft);
                        true
                    }
                    None => false,
                },
            };
            if found {
                self.nested.drain(from..before);
            }
        }
        if self.nested.len() == from {
            self.nested.push_str("null");
        }
        Ok(())
    }

    fn push(&mut self, held: Held<'_>, draft: &mut Draft) {
        let out = &mut self.nested;
        match held {
            Held::Empty | Held::Nested => out.push_str("null"),
            Held::Int(number) => push(out, format_args!("{number}")),
            Held::Double(number) => push_double(out, number),
            Held::Bool(flag) => push(out, format_args!("{flag}")),
            Held::Str(raw) => push_string(out, decode(raw, &mut self.scratch, draft)),
            Held::Bytes(raw) => {
                let text = decode(raw, &mut self.scratch, draft);
                match base64(text) {
                    Some(bytes) => push_bytes(out, &bytes),
                    None => push_string(out, text),
                }
            }
        }
    }
}

/// The number in a text; digits alone are the usual case.
#[inline]
pub(super) fn whole(text: &str) -> Option<(i64, Fit)> {
    let digits = text.as_bytes();
    if !digits.is_empty() && digits.len() <= 18 + usize::from(digits[0] < b'9') {
        let fold = |number: i64, byte: &u8| {
            let digit = byte.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + i64::from(digit))
        };
        if let Some(number) = digits.iter().try_fold(0, fold) {
            return Some((number, Fit::Exact));
        }
    }
    scaled(text, 0)
}

fn decode<'s>(raw: Raw<'s>, scratch: &'s mut String, draft: &mut Draft) -> &'s str {
    let (text, whole) = raw.decode(scratch);
    if !whole {
        draft.flaw(Flaw::InvalidUtf8);
    }
    text
}

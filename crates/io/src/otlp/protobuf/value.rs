//! Keys and values of attributes.

use crate::flaws::Flaw;
use crate::json::write::{push, push_bytes, push_double, push_string};
use crate::otlp::draft::Draft;
use crate::wire::{Broken, Field, Wire};
use spanwise_model::{Guard, Result, Value};

/// A value as it stands on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) enum Any<'a> {
    Empty,
    Str(&'a [u8]),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(&'a [u8]),
    Nested(Shape, &'a [u8]),
}

/// The two shapes of values in values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Array,
    Map,
}

impl Shape {
    fn open(self) -> char {
        match self {
            Self::Array => '[',
            Self::Map => '{',
        }
    }

    fn close(self) -> char {
        match self {
            Self::Array => ']',
            Self::Map => '}',
        }
    }
}

impl<'a> Any<'a> {
    #[inline]
    fn read(bytes: &'a [u8]) -> Result<Self, Broken<'a>> {
        match bytes {
            [0x18, low @ 0..0x80] => Ok(Self::Int(i64::from(*low))),
            [0x18, low @ 0x80..=0xff, high @ 0..0x80] => {
                Ok(Self::Int(i64::from(*low & 0x7f) | i64::from(*high) << 7))
            }
            [0x10, flag @ 0..0x80] => Ok(Self::Bool(*flag != 0)),
            _ => Self::read_any(bytes),
        }
    }

    fn read_any(bytes: &'a [u8]) -> Result<Self, Broken<'a>> {
        let mut wire = Wire::new(bytes);
        let mut any = Self::Empty;
        while let Some(field) = wire.next()? {
            any = match field {
                (1, Field::Bytes(text)) => Self::Str(text),
                (2, Field::Varint(flag)) => Self::Bool(flag != 0),
                (3, Field::Varint(number)) => Self::Int(number as i64),
                (4, Field::Fixed64(bits)) => Self::Double(f64::from_bits(bits)),
                (5, Field::Bytes(list)) => Self::Nested(Shape::Array, list),
                (6, Field::Bytes(map)) => Self::Nested(Shape::Map, map),
                (7, Field::Bytes(bytes)) => Self::Bytes(bytes),
                _ => any,
            };
        }
        Ok(any)
    }
}

/// An attribute on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyValue<'a> {
    pub(super) key: &'a [u8],
    /// The message of the value, not looked into.
    pub(super) value: &'a [u8],
}

impl<'a> KeyValue<'a> {
    #[inline]
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Broken<'a>> {
        match Self::read_usual(bytes) {
            Some(pair) => Ok(pair),
            None => Self::read_any(bytes),
        }
    }

    /// The way that encoders write a pair: a short key, then the value.
    #[inline(always)]
    pub(super) fn read_usual(bytes: &'a [u8]) -> Option<Self> {
        let [0x0a, length @ 0..0x80, rest @ ..] = bytes else {
            return None;
        };
        let (key, rest) = rest.split_at_checked(usize::from(*length))?;
        match rest {
            [0x12, length @ 0..0x80, value @ ..] if value.len() == usize::from(*length) => {
                Some(Self { key, value })
            }
            _ => None,
        }
    }

    /// The value where it is a text of less than 128 bytes, as most are.
    #[inline]
    pub(super) fn short_text(&self) -> Option<&'a [u8]> {
        match self.value {
            [0x0a, length @ 0..0x80, text @ ..] if text.len() == usize::from(*length) => Some(text),
            _ => None,
        }
    }

    fn read_any(bytes: &'a [u8]) -> Result<Self, Broken<'a>> {
        let mut wire = Wire::new(bytes);
        let mut pair = Self {
            key: &[],
            value: &[],
        };
        while let Some(field) = wire.next()? {
            match field {
                (1, Field::Bytes(key)) => pair.key = key,
                (2, Field::Bytes(value)) => pair.value = value,
                _ => {}
            }
        }
        Ok(pair)
    }
}

/// Hands the value in the message `any` to `take`.
#[cfg(feature = "parquet")]
pub(crate) fn any_protobuf<R>(
    any: &[u8],
    guard: &Guard,
    take: impl FnOnce(Value<'_>) -> R,
) -> Result<R> {
    let (mut scratch, mut draft) = (Scratch::default(), Draft::default());
    Ok(take(scratch.value(any, guard, &mut draft)?))
}

/// Room for values that do not stand on the wire as they are wanted.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    text: String,
}

impl Scratch {
    /// A text; bad bytes are replaced.
    #[inline]
    pub(super) fn text<'v>(
        &'v mut self,
        bytes: &'v [u8],
        guard: &Guard,
        draft: &mut Draft,
    ) -> Result<&'v str> {
        guard.check_text(bytes.len())?;
        Ok(std::str::from_utf8(bytes).unwrap_or_else(|_| {
            draft.flaw(Flaw::InvalidUtf8);
            self.text = String::from_utf8_lossy(bytes).into_owned();
            &self.text
        }))
    }

    /// The value in the message `any`.
    #[inline]
    pub(super) fn value<'v>(
        &'v mut self,
        any: &'v [u8],
        guard: &Guard,
        draft: &mut Draft,
    ) -> Result<Value<'v>> {
        let Ok(any) = Any::read(any) else {
            draft.flaw(Flaw::Malformed);
            return Ok(Value::Empty);
        };
        Ok(match any {
            Any::Str(text) => Value::Str(self.text(text, guard, draft)?),
            Any::Int(number) => Value::Int(number),
            Any::Bool(flag) => Value::Bool(flag),
            Any::Double(number) => Value::Double(number),
            Any::Bytes(bytes) => {
                guard.check_text(bytes.len())?;
                Value::Bytes(bytes)
            }
            Any::Nested(shape, bytes) => {
                self.text.clear();
                match Nest::new(guard, draft).write(shape, bytes, &mut self.text)? {
                    Ok(()) => Value::Json(&self.text),
                    Err(_) => {
                        draft.flaw(Flaw::Malformed);
                        Value::Empty
                    }
                }
            }
            Any::Empty => Value::Empty,
        })
    }
}

/// Writes values in values as JSON, with a stack of its own.
struct Nest<'g, 'a> {
    guard: &'g Guard,
    draft: &'g mut Draft,
    open: Vec<(Shape, Wire<'a>)>,
}

impl<'g, 'a> Nest<'g, 'a> {
    fn new(guard: &'g Guard, draft: &'g mut Draft) -> Self {
        Self {
            guard,
            draft,
            open: Vec::new(),
        }
    }

    fn write(
        mut self,
        shape: Shape,
        bytes: &'a [u8],
        out: &mut String,
    ) -> Result<Result<(), Broken<'a>>> {
        self.enter(shape, bytes, out)?;
        while let Some((shape, wire)) = self.open.last_mut() {
            let shape = *shape;
            let item = match wire.next() {
                Ok(Some((1, Field::Bytes(item)))) => item,
                Ok(Some(_)) => continue,
                Ok(None) => {
                    out.push(shape.close());
                    self.open.pop();
                    continue;
                }
                Err(broken) => return Ok(Err(broken)),
            };
            if !out.ends_with(['[', '{']) {
                out.push(',');
            }
            if let Err(broken) = self.item(shape, item, out)? {
                return Ok(Err(broken));
            }
        }
        Ok(Ok(()))
    }

    fn enter(&mut self, shape: Shape, bytes: &'a [u8], out: &mut String) -> Result<()> {
        self.guard.check_depth(self.open.len() + 1)?;
        self.guard.check_text(out.len())?;
        out.push(shape.open());
        self.open.push((shape, Wire::new(bytes)));
        Ok(())
    }

    fn item(
        &mut self,
        shape: Shape,
        item: &'a [u8],
        out: &mut String,
    ) -> Result<Result<(), Broken<'a>>> {
        let mut value = item;
        if let Shape::Map = shape {
            match KeyValue::read(item) {
                Ok(pair) => {
                    self.string(pair.key, out);
                    out.push(':');
                    value = pair.value;
                }
                Err(broken) => return Ok(Err(broken)),
            }
        }
        match Any::read(value) {
            Ok(Any::Nested(shape, bytes)) => self.enter(shape, bytes, out)?,
            Ok(Any::Str(text)) => self.string(text, out),
            Ok(Any::Int(number)) => push(out, format_args!("{number}")),
            Ok(Any::Double(number)) => push_double(out, number),
            Ok(Any::Bool(flag)) => push(out, format_args!("{flag}")),
            Ok(Any::Bytes(bytes)) => push_bytes(out, bytes),
            Ok(Any::Empty) => out.push_str("null"),
            Err(broken) => return Ok(Err(broken)),
        }
        Ok(Ok(()))
    }

    fn string(&mut self, bytes: &[u8], out: &mut String) {
        let text = String::from_utf8_lossy(bytes);
        if let std::borrow::Cow::Owned(_) = text {
            self.draft.flaw(Flaw::InvalidUtf8);
        }
        push_string(out, &text);
    }
}

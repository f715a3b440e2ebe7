//! Tags: typed values, some of which are fixed fields in disguise.

use super::reader::Reader;
use super::span::Draft;
use crate::elasticsearch::with_dots;
use crate::flaws::Flaw;
use crate::json::{objects, Open, Raw, Rooms, Scalar, Walked};
use base64::prelude::{Engine, BASE64_STANDARD};
use spanwise_model::{flags, Result, SpanKind, StatusCode, Symbol, Value};

/// Whose tags they are.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    Span,
    Process,
    /// A log; the first text of a field `event` names the event.
    Log,
}

/// How tags write bytes: the query API otherwise than what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bytes {
    Base64,
    Hex,
}

/// What a key and a type say about a tag.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    pub(super) kind: Type,
    pub(super) field: Option<Field>,
}

/// A tag while it is read.
struct Tag<'a> {
    key: Option<Raw<'a>>,
    kind: Type,
    value: Scalar<'a>,
}

impl<'a> Reader<'a, '_> {
    /// Reads the tags that stand here.
    pub(super) fn tags(&mut self, owner: Owner) -> Walked {
        self.guesses.begin();
        objects(self, |reader| reader.tag(owner))
    }

    /// Reads the tags that stand here as the members of an object, in whose
    /// keys `@` stands for each dot.
    pub(super) fn tag_object(&mut self, owner: Owner) -> Walked {
        if !self.records.enter_object()? {
            return Ok(());
        }
        self.guesses.begin();
        let mut first = true;
        while self.records.cursor.next_of(b'}', &mut first)? {
            let (key, known) = match self.guesses.take(&mut self.records.cursor) {
                Some(guessed) => guessed,
                None => self.member_key()?,
            };
            let value = match self.records.cursor.usual_scalar()? {
                Some(value) => value,
                None => self.records.scalar()?,
            };
            self.put(owner, key, known, value)?;
        }
        Ok(())
    }

    fn member_key(&mut self) -> Walked<(Symbol, Known)> {
        let start = self.records.cursor.at;
        let raw = self.records.cursor.name()?;
        let head = self.records.cursor.since(start);
        let (text, open) = self.records.text(raw);
        let key = open.intern(&with_dots(text))?;
        let known = self.known(key, Type::Other);
        if !raw.escaped {
            self.guesses.learn(key, head, known);
        }
        Ok((key, known))
    }

    #[inline]
    fn tag(&mut self, owner: Owner) -> Walked {
        let start = self.records.cursor.at;
        if let Some((key, known)) = self.head()? {
            let cursor = &mut self.records.cursor;
            if let Some(value) = cursor.usual_scalar()? {
                if cursor.take("}") {
                    return self.put(owner, key, known, value);
                }
            }
        }
        self.records.cursor.at = start;
        let tag = self.any_tag()?;
        let Some(key) = tag.key.filter(|raw| !raw.text.is_empty()) else {
            return Ok(());
        };
        let key = self.records.intern(key)?;
        let known = self.known(key, tag.kind);
        self.put(owner, key, known, tag.value)
    }

    fn known(&self, key: Symbol, kind: Type) -> Known {
        let field = Field::of(self.records.open.batch.strings.get(key));
        Known { kind, field }
    }

    /// Goes to the value of a tag that is written as Jaeger's own server does.
    #[inline]
    pub(super) fn head(&mut self) -> Walked<Option<(Symbol, Known)>> {
        match self.guesses.take(&mut self.records.cursor) {
            None => self.unguessed_head(),
            guessed => Ok(guessed),
        }
    }

    pub(super) fn unguessed_head(&mut self) -> Walked<Option<(Symbol, Known)>> {
        let cursor = &mut self.records.cursor;
        let start = cursor.at;
        if !cursor.take("{\"key\":\"") {
            return Ok(None);
        }
        let key = cursor.string_rest()?;
        if key.text.is_empty() || key.escaped || !cursor.take(",\"type\":\"") {
            return Ok(None);
        }
        let kind = Type::of(cursor.string_rest()?.text, self.bytes);
        if !cursor.take(",\"value\":") {
            return Ok(None);
        }
        let head = cursor.since(start);
        let key = self.records.intern(key)?;
        let known = self.known(key, kind);
        self.guesses.learn(key, head, known);
        Ok(Some((key, known)))
    }

    /// Reads a tag whose keys stand in any order.
    fn any_tag(&mut self) -> Walked<Tag<'a>> {
        let mut tag = Tag {
            key: None,
            kind: Type::Other,
            value: Scalar::Null,
        };
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            match key {
                "key" => tag.key = self.records.word()?,
                "type" | "vType" => {
                    let name = self.records.word()?;
                    tag.kind = name.map_or(Type::Other, |raw| Type::of(raw.text, self.bytes));
                }
                "value" => tag.value = self.records.scalar()?,
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(tag)
    }

    /// Puts a tag where it belongs.
    #[inline]
    fn put(&mut self, owner: Owner, key: Symbol, known: Known, value: Scalar<'_>) -> Walked {
        let (rooms, open) = (&mut self.records.rooms, &mut self.records.open);
        let (value, whole) = known.kind.apply(value, rooms);
        if !whole {
            open.flaw(Flaw::InvalidUtf8);
        }
        match owner {
            Owner::Span => {
                let taken = match known.field {
                    Some(field) => field.take(value, &mut self.draft, open)?,
                    None => false,
                };
                if !taken {
                    open.batch.attribute_of(key, value);
                }
            }
            Owner::Process => open.batch.resources.push(key, value),
            Owner::Log => match value {
                Value::Str(text)
                    if self.draft.event.is_none() && open.batch.strings.get(key) == "event" =>
                {
                    self.draft.event = Some(open.intern(text)?);
                }
                value => open.batch.event_attribute_of(key, value),
            },
        }
        Ok(())
    }
}

/// The type that a tag says it has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Type {
    String,
    Bool,
    Int,
    Double,
    /// Bytes in base64.
    Binary,
    /// Bytes in hexadecimal digits.
    Hex,
    #[default]
    Other,
}

impl Type {
    #[inline]
    fn of(name: &str, bytes: Bytes) -> Self {
        let kind = match name {
            "string" => Self::String,
            "int64" => Self::Int,
            "bool" => Self::Bool,
            "float64" => Self::Double,
            "binary" => Self::Binary,
            _ => Self::other(name),
        };
        match (kind, bytes) {
            (Self::Binary, Bytes::Hex) => Self::Hex,
            _ => kind,
        }
    }

    #[cold]
    fn other(name: &str) -> Self {
        let names: [(&str, Self); 11] = [
            ("string", Self::String),
            ("int64", Self::Int),
            ("bool", Self::Bool),
            ("float64", Self::Double),
            ("binary", Self::Binary),
            ("boolean", Self::Bool),
            ("int", Self::Int),
            ("long", Self::Int),
            ("double", Self::Double),
            ("float", Self::Double),
            ("bytes", Self::Binary),
        ];
        let named = |entry: &&(&str, Self)| name.eq_ignore_ascii_case(entry.0);
        names
            .iter()
            .find(named)
            .map_or(Self::Other, |entry| entry.1)
    }

    /// The value of a scalar in this type where it can be, else in its own;
    /// and whether all of its text could be told.
    #[inline]
    pub(super) fn apply<'r>(self, scalar: Scalar<'r>, rooms: &'r mut Rooms) -> (Value<'r>, bool) {
        if let (Self::String, Scalar::Number(_) | Scalar::Bool(_)) = (self, scalar) {
            let text = scalar.word().map_or("", |raw| raw.text);
            return (Value::Str(text), true);
        }
        if let (Self::Binary | Self::Hex, Scalar::Str(raw)) = (self, scalar) {
            if self.decode(raw.text, &mut rooms.bytes) {
                return (Value::Bytes(&rooms.bytes), true);
            }
        }
        let (value, whole) = rooms.value(scalar);
        (self.convert(value), whole)
    }

    /// Decodes bytes; false where the text is not written so.
    fn decode(self, text: &str, bytes: &mut Vec<u8>) -> bool {
        bytes.clear();
        match self {
            Self::Hex => hex(text, bytes).is_some(),
            _ => BASE64_STANDARD.decode_vec(text, bytes).is_ok(),
        }
    }

    #[inline]
    fn convert(self, value: Value<'_>) -> Value<'_> {
        match (self, value) {
            (Self::Double, Value::Int(n)) => Value::Double(n as f64),
            (Self::Int, Value::Str(text)) => text.trim().parse().map_or(value, Value::Int),
            (Self::Double, Value::Str(text)) => text.trim().parse().map_or(value, Value::Double),
            (Self::Bool, Value::Str(_)) => value.as_bool().map_or(value, Value::Bool),
            _ => value,
        }
    }
}

/// Appends the bytes of hexadecimal digits.
fn hex(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    for pair in pairs {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let byte = digit(pair[0])? << 4 | digit(pair[1])?;
        bytes.push(byte as u8);
    }
    Some(())
}

/// A fixed field that a tag says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    Error,
    Kind,
    StatusCode,
    StatusDescription,
    ScopeName,
    ScopeVersion,
    TraceState,
}

impl Field {
    #[inline]
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "error" => Self::Error,
            "span.kind" => Self::Kind,
            "otel.status_code" => Self::StatusCode,
            "otel.status_description" => Self::StatusDescription,
            "otel.scope.name" | "otel.library.name" => Self::ScopeName,
            "otel.scope.version" | "otel.library.version" => Self::ScopeVersion,
            "w3c.tracestate" => Self::TraceState,
            _ => return None,
        })
    }

    /// True where a tag whose text the field takes is no attribute besides.
    pub(super) fn is_no_attribute(self) -> bool {
        !matches!(self, Self::Error | Self::StatusDescription)
    }

    /// Takes what the tag says. False where it also is, or only is, an
    /// attribute.
    pub(super) fn take(
        self,
        value: Value<'_>,
        draft: &mut Draft,
        open: &mut Open<'_>,
    ) -> Result<bool> {
        let text = match (self, value) {
            (Self::Error, flag) => {
                if flag.as_bool() == Some(true) {
                    draft.flags |= flags::FORMAT_ERROR;
                    draft.status = StatusCode::Error;
                }
                return Ok(false);
            }
            (_, Value::Str(text)) => text,
            _ => return Ok(false),
        };
        match self {
            Self::Kind => match SpanKind::from_name(text) {
                Some(kind) => draft.kind = kind,
                None => {
                    open.flaw(Flaw::UnknownEnum);
                    return Ok(false);
                }
            },
            Self::StatusCode => return Ok(status(text, draft, open)),
            Self::StatusDescription => {
                open.batch.status_message(text);
                return Ok(false);
            }
            Self::ScopeName => draft.scope.0 = open.intern(text)?,
            Self::ScopeVersion => draft.scope.1 = open.intern(text)?,
            Self::TraceState => open.batch.trace_state(text),
            Self::Error => {}
        }
        Ok(true)
    }
}

/// An `error` tag that says otherwise wins, wherever it stands.
fn status(text: &str, draft: &mut Draft, open: &mut Open<'_>) -> bool {
    match StatusCode::from_name(text) {
        Some(StatusCode::Error) => {
            draft.flags |= flags::FORMAT_ERROR;
            draft.status = StatusCode::Error;
        }
        Some(status) if draft.status != StatusCode::Error => draft.status = status,
        Some(_) => {}
        None => {
            open.flaw(Flaw::UnknownEnum);
            return false;
        }
    }
    true
}

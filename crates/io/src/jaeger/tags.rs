//! Tags: typed values, some of which are fixed fields in disguise.

use super::reader::Reader;
use super::span::Draft;
use crate::flaws::Flaw;
use crate::json::{Open, Raw, Rooms, Scalar, Walked};
use base64::prelude::{Engine, BASE64_STANDARD};
use spanwise_model::{flags, Result, SpanKind, StatusCode, Value};

/// Whose tags they are.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    Span,
    Process,
    /// A log; the first text of a field `event` names the event.
    Log,
}

/// A tag while it is read.
struct Tag<'a> {
    key: Option<Raw<'a>>,
    kind: Type,
    value: Scalar<'a>,
}

impl<'a> Reader<'a, '_> {
    /// Reads the tag that stands here.
    #[inline]
    pub(super) fn tag(&mut self, owner: Owner) -> Walked {
        let start = self.records.cursor.at;
        let tag = match self.usual_tag()? {
            Some(tag) => tag,
            None => {
                self.records.cursor.at = start;
                self.any_tag()?
            }
        };
        match tag.key {
            Some(key) if !key.text.is_empty() => self.put(owner, key, &tag),
            _ => Ok(()),
        }
    }

    /// Reads a tag as Jaeger's own server writes it.
    #[inline]
    fn usual_tag(&mut self) -> Walked<Option<Tag<'a>>> {
        let cursor = &mut self.records.cursor;
        if !cursor.take("{\"key\":\"") {
            return Ok(None);
        }
        let key = cursor.string_rest()?;
        if !cursor.take(",\"type\":\"") {
            return Ok(None);
        }
        let kind = Type::of(cursor.string_rest()?.text);
        if !cursor.take(",\"value\":") || matches!(cursor.peek(), b'{' | b'[') {
            return Ok(None);
        }
        let value = cursor.scalar()?;
        let key = Some(key);
        Ok(cursor.take("}").then_some(Tag { key, kind, value }))
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
                    tag.kind = name.map_or(Type::Other, |raw| Type::of(raw.text));
                }
                "value" => tag.value = self.records.scalar()?,
                _ => self.records.cursor.skip()?,
            }
        }
        Ok(tag)
    }

    /// Puts a tag where it belongs.
    #[inline]
    fn put(&mut self, owner: Owner, key: Raw<'_>, tag: &Tag<'_>) -> Walked {
        let key = self.records.intern(key)?;
        let (rooms, open) = (&mut self.records.rooms, &mut self.records.open);
        let (value, whole) = tag.kind.apply(tag.value, rooms);
        if !whole {
            open.flaw(Flaw::InvalidUtf8);
        }
        match owner {
            Owner::Span => {
                let field = Field::of(open.batch.strings.get(key));
                let taken = match field {
                    Some(field) => field.take(value, &mut self.draft, open)?,
                    None => false,
                };
                if !taken && open.batch.keeps(key) {
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
#[derive(Clone, Copy)]
enum Type {
    String,
    Bool,
    Int,
    Double,
    Binary,
    Other,
}

impl Type {
    #[inline]
    fn of(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "int64" => Self::Int,
            "bool" => Self::Bool,
            "float64" => Self::Double,
            "binary" => Self::Binary,
            _ => Self::other(name),
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
    fn apply<'r>(self, scalar: Scalar<'r>, rooms: &'r mut Rooms) -> (Value<'r>, bool) {
        if let (Self::String, Scalar::Number(_) | Scalar::Bool(_)) = (self, scalar) {
            let text = scalar.word().map_or("", |raw| raw.text);
            return (Value::Str(text), true);
        }
        if let (Self::Binary, Scalar::Str(raw)) = (self, scalar) {
            rooms.bytes.clear();
            let decoded = BASE64_STANDARD.decode_vec(raw.text, &mut rooms.bytes);
            if decoded.is_ok() {
                return (Value::Bytes(&rooms.bytes), true);
            }
        }
        let (value, whole) = rooms.value(scalar);
        (self.convert(value), whole)
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

/// A fixed field that a tag says.
#[derive(Clone, Copy)]
enum Field {
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

    /// Takes what the tag says. False where it also is, or only is, an
    /// attribute.
    fn take(self, value: Value<'_>, draft: &mut Draft, open: &mut Open<'_>) -> Result<bool> {
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

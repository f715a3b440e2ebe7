//! Tags: typed values, some of which are fixed fields in disguise.

use super::reader::Reader;
use crate::visitor::{Scalar, Seed, Shape, Text};
use base64::prelude::{Engine, BASE64_STANDARD};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::Deserialize;
use spanwise_model::{flags, IssueKind, SpanKind, StatusCode, Value};
use std::borrow::Cow;

/// Whose tags they are.
pub(super) enum Owner<'o, 'de> {
    Span,
    Process,
    /// A log; the first text of a field `event` names the event.
    Log(&'o mut Option<Cow<'de, str>>),
}

impl<'de> Owner<'_, 'de> {
    fn again(&mut self) -> Owner<'_, 'de> {
        match self {
            Self::Span => Owner::Span,
            Self::Process => Owner::Process,
            Self::Log(name) => Owner::Log(name),
        }
    }
}

/// A list of tags, or one of them. Plain objects of keys and values are taken
/// too.
pub(super) struct Tags<'r, 'b, 'o, 'de>(pub(super) &'r mut Reader<'b>, pub(super) Owner<'o, 'de>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum TagKey {
    Key,
    #[serde(alias = "vType")]
    Type,
    Value,
    #[serde(other)]
    Other,
}

impl<'de> Shape<'de> for Tags<'_, '_, '_, 'de> {
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self(reader, mut owner) = self;
        while list
            .next_element_seed(Seed(Tags(reader, owner.again())))?
            .is_some()
        {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut key, mut kind, mut value) = (Text::default(), Type::Other, None);
        while let Some(name) = map.next_key()? {
            match name {
                TagKey::Key => key = map.next_value()?,
                TagKey::Type => kind = Type::of(&map.next_value::<Text<'_>>()?.0),
                TagKey::Value => value = Some(map.next_value::<Scalar<'de>>()?),
                TagKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if !key.0.is_empty() {
            put(
                self.0,
                self.1,
                &key.0,
                kind.apply(value.unwrap_or(Scalar::Null)),
            );
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

/// A value of its type.
enum Typed<'de> {
    Scalar(Scalar<'de>),
    Bytes(Vec<u8>),
}

impl Typed<'_> {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Scalar(scalar) => scalar.value(),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl Type {
    fn of(name: &str) -> Self {
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

    /// Turns a value into this type where it can be; what cannot stays as it is.
    fn apply(self, scalar: Scalar<'_>) -> Typed<'_> {
        Typed::Scalar(match (self, scalar) {
            (Self::Int, Scalar::Text(text)) => {
                text.trim().parse().map_or(Scalar::Text(text), Scalar::Int)
            }
            (Self::Double, Scalar::Text(text)) => text
                .trim()
                .parse()
                .map_or(Scalar::Text(text), Scalar::Double),
            (Self::Double, Scalar::Int(n)) => Scalar::Double(n as f64),
            (Self::Bool, Scalar::Text(text)) => match Value::Str(&text).as_bool() {
                Some(flag) => Scalar::Bool(flag),
                None => Scalar::Text(text),
            },
            (Self::Binary, Scalar::Text(text)) => match BASE64_STANDARD.decode(text.as_ref()) {
                Ok(bytes) => return Typed::Bytes(bytes),
                Err(_) => Scalar::Text(text),
            },
            (Self::String, scalar @ (Scalar::Bool(_) | Scalar::Int(_) | Scalar::Double(_))) => {
                Scalar::Text(scalar.into_text())
            }
            (_, scalar) => scalar,
        })
    }
}

/// Puts a tag where it belongs.
fn put<'de>(reader: &mut Reader<'_>, owner: Owner<'_, 'de>, key: &str, value: Typed<'de>) {
    match owner {
        Owner::Span => {
            if !fixed_field(reader, key, &value) {
                reader.context.batch.attribute(key, value.value());
            }
        }
        Owner::Process => {
            let batch = &mut reader.context.batch;
            let key = batch.strings.intern(key);
            batch.resources.push(key, value.value());
        }
        Owner::Log(name) => match value {
            Typed::Scalar(Scalar::Text(text)) if key == "event" && name.is_none() => {
                *name = Some(text);
            }
            value => reader.context.batch.event_attribute(key, value.value()),
        },
    }
}

/// Takes a tag that says what a fixed field says. False where it also is, or
/// only is, an attribute.
fn fixed_field(reader: &mut Reader<'_>, key: &str, value: &Typed<'_>) -> bool {
    let Typed::Scalar(scalar) = value else {
        return false;
    };
    match (key, scalar) {
        ("error", flag) if flag.is_true() => {
            reader.draft.flags |= flags::FORMAT_ERROR;
            reader.draft.status = StatusCode::Error;
            false
        }
        (_, Scalar::Text(text)) => text_field(reader, key, text),
        _ => false,
    }
}

fn text_field(reader: &mut Reader<'_>, key: &str, text: &str) -> bool {
    let (context, draft) = (&mut reader.context, &mut reader.draft);
    match key {
        "span.kind" => match SpanKind::from_name(text) {
            Some(kind) => draft.kind = kind,
            None => {
                context.flaw(IssueKind::UnknownEnum);
                return false;
            }
        },
        "otel.status_code" => return status(reader, text),
        "otel.status_description" => {
            context.batch.status_message(text);
            return false;
        }
        "otel.scope.name" | "otel.library.name" => draft.scope.0 = context.intern(text),
        "otel.scope.version" | "otel.library.version" => draft.scope.1 = context.intern(text),
        "w3c.tracestate" => context.batch.trace_state(text),
        _ => return false,
    }
    true
}

/// An `error` tag that says otherwise wins, wherever it stands.
fn status(reader: &mut Reader<'_>, text: &str) -> bool {
    let draft = &mut reader.draft;
    match StatusCode::from_name(text) {
        Some(StatusCode::Error) => {
            draft.flags |= flags::FORMAT_ERROR;
            draft.status = StatusCode::Error;
        }
        Some(status) if draft.status != StatusCode::Error => draft.status = status,
        Some(_) => {}
        None => {
            reader.context.flaw(IssueKind::UnknownEnum);
            return false;
        }
    }
    true
}

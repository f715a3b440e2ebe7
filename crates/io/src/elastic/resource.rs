//! Metadata: the resource of all records up to the next metadata, but for what
//! a record says of its own service.

use super::names;
use crate::flaws::Flaw;
use crate::json::{Open, Records, Walked};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{ResourceId, Result, Symbol, Value};

/// The most attributes of a resource; records that override some of them must
/// not be dear.
const MOST: usize = 1_024;

/// What a resource is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Resource {
    service: Option<Box<str>>,
    attributes: Vec<(Box<str>, Held)>,
}

/// A value of its own.
#[derive(Clone, Debug)]
enum Held {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Box<str>),
    Json(Box<str>),
}

impl Held {
    fn of(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Bool(flag) => Self::Bool(flag),
            Value::Int(number) => Self::Int(number),
            Value::Double(number) => Self::Double(number),
            Value::Str(text) => Self::Text(text.into()),
            Value::Json(text) => Self::Json(text.into()),
            Value::Empty | Value::Bytes(_) => return None,
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(number) => Value::Int(*number),
            Self::Double(number) => Value::Double(*number),
            Self::Text(text) => Value::Str(text),
            Self::Json(text) => Value::Json(text),
        }
    }
}

impl Resource {
    /// Reads the object that stands here, whose paths begin with `prefix`.
    pub(super) fn read(records: &mut Records<'_, '_>, prefix: &str) -> Walked<Self> {
        let mut resource = Self::default();
        records.flat(prefix, 8, |open, path, value| {
            if let ("service.name", Value::Str(name)) = (path, value) {
                resource.service = Some(name.into());
            } else if resource.attributes.len() == MOST {
                open.flaw(Flaw::Malformed);
            } else if let Some(held) = Held::of(value) {
                let name = names::of_resource(path);
                resource.attributes.push((name.into(), held));
            }
            Ok(())
        })?;
        Ok(resource)
    }

    fn close(&self, over: Option<&Self>, open: &mut Open<'_>) -> Result<ResourceId> {
        let above = over.map_or(&[][..], |over| &over.attributes);
        let is_over = |name: &str| above.iter().any(|(above, _)| **above == *name);
        let below = self.attributes.iter().filter(|(name, _)| !is_over(name));
        for (name, held) in below.chain(above) {
            let key = open.intern(name)?;
            open.batch.resources.push(key, held.value());
        }
        let name = over.and_then(|over| over.service.as_deref());
        let service = match name.or(self.service.as_deref()) {
            Some(name) => open.intern(name)?,
            None => Symbol::EMPTY,
        };
        Ok(open.batch.resources.close(service))
    }
}

/// The resources of records behind a metadata.
#[derive(Debug, Default)]
pub(super) struct Resources<'a> {
    metadata: Resource,
    plain: Option<ResourceId>,
    /// By the text of what overrides it.
    overridden: KeyedMap<&'a str, ResourceId>,
}

impl<'a> Resources<'a> {
    /// Goes on behind this metadata.
    pub(super) fn begin(&mut self, metadata: Resource) {
        *self = Self {
            metadata,
            ..Self::default()
        };
    }

    /// The resource of records that override nothing.
    pub(super) fn plain(&mut self, open: &mut Open<'_>) -> Result<ResourceId> {
        if let Some(plain) = self.plain {
            return Ok(plain);
        }
        let plain = self.metadata.close(None, open)?;
        self.plain = Some(plain);
        Ok(plain)
    }

    /// The resource of a record whose `context.service` stands here.
    pub(super) fn overridden(&mut self, records: &mut Records<'a, '_>) -> Walked<ResourceId> {
        records.cursor.peek();
        let start = records.cursor.at;
        let over = Resource::read(records, "service")?;
        let text = records.cursor.since(start);
        if let Some(&known) = self.overridden.get(text) {
            return Ok(known);
        }
        let resource = self.metadata.close(Some(&over), &mut records.open)?;
        self.overridden.insert(text, resource);
        Ok(resource)
    }
}

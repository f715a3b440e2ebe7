//! Attributes in cells: maps, structures, lists of pairs, or JSON as text.

use super::cell::{word, Cell};
use super::field::{Owner, Typed};
use super::text::TextCell;
use crate::json::{Open, Rooms};
use crate::otlp::{any_json, base64};
use spanwise_model::{Result, Symbol, Value};
use std::borrow::Cow;

/// Where attributes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Of(Owner),
    Event,
    Link,
}

/// Puts attributes into the open record.
pub(super) struct Sink<'o, 'b> {
    pub(super) open: &'o mut Open<'b>,
    pub(super) target: Target,
    /// Their type, where the column is of one.
    pub(super) typed: Option<Typed>,
    /// The service that attributes of the resource name.
    pub(super) service: Option<Symbol>,
}

impl Sink<'_, '_> {
    /// Puts all attributes of a cell. Maps in maps are taken apart, their keys
    /// joined by dots; other values in values stay JSON.
    pub(super) fn whole<'a, C: Cell<'a>>(&mut self, cell: C, rooms: &mut Rooms) -> Result<()> {
        if self.target == Target::Of(Owner::Scope) {
            return Ok(());
        }
        if let Some(items) = cell.items() {
            return items
                .into_iter()
                .try_for_each(|item| self.pair(item, rooms));
        }
        if let Some(members) = cell.members() {
            return self.members(members, rooms);
        }
        let value = cell.value(rooms);
        if !matches!(value, Value::Str(_) | Value::Bytes(_)) {
            return Ok(());
        }
        let text = word(value).into_owned();
        match TextCell::guess(&text, self.open.batch.guard.depth) {
            TextCell::Plain("") => Ok(()),
            TextCell::Plain(_) => {
                self.open.flaw(crate::flaws::Flaw::Malformed);
                Ok(())
            }
            json @ TextCell::Json(_) => match json.items() {
                Some(items) => items
                    .into_iter()
                    .try_for_each(|item| self.pair(item, rooms)),
                None => self.members(json.members().unwrap_or_default(), rooms),
            },
        }
    }

    /// Puts members; those of members with a stack of its own.
    fn members<'a, C: Cell<'a>>(
        &mut self,
        members: Vec<(Cow<'a, str>, C)>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let mut open = vec![members.into_iter()];
        let mut path: Vec<usize> = Vec::new();
        let mut key = String::new();
        while let Some(top) = open.last_mut() {
            let Some((name, cell)) = top.next() else {
                open.pop();
                key.truncate(path.pop().unwrap_or(0));
                continue;
            };
            let length = key.len();
            key.push_str(&name);
            self.open.batch.guard.check_text(key.len())?;
            match cell.members().filter(|members| !members.is_empty()) {
                Some(members) => {
                    self.open.batch.guard.check_depth(open.len() + 1)?;
                    key.push('.');
                    path.push(length);
                    open.push(members.into_iter());
                }
                None => {
                    let value = cell.value(rooms);
                    self.put(&key, value)?;
                    key.truncate(length);
                }
            }
        }
        Ok(())
    }

    /// Puts a pair: a structure of `key` and `value`, or a list of two.
    fn pair<'a, C: Cell<'a>>(&mut self, cell: C, rooms: &mut Rooms) -> Result<()> {
        let (key, value) = match (cell.items(), cell.members()) {
            (Some(items), _) => match items[..] {
                [key, value] => (Some(key), Some(value)),
                _ => (None, None),
            },
            (None, Some(members)) => {
                let named = |wanted: &str| {
                    let mut all = members.iter();
                    let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
                    found.map(|(_, cell)| *cell)
                };
                (named("key"), named("value"))
            }
            (None, None) => (None, None),
        };
        match (key, value) {
            (Some(key), Some(value)) => self.typed(key, unwrapped(value), rooms),
            (Some(key), None) => {
                let key = word(key.value(rooms)).into_owned();
                self.put(&key, Value::Empty)
            }
            _ => {
                self.open.flaw(crate::flaws::Flaw::Malformed);
                Ok(())
            }
        }
    }

    /// Puts a value under a key; what a complex one is stands before its key.
    pub(super) fn typed<'a, C: Cell<'a>>(
        &mut self,
        key: C,
        value: C,
        rooms: &mut Rooms,
    ) -> Result<()> {
        let key = word(key.value(rooms)).into_owned();
        let value = value.value(rooms);
        match (self.typed, value) {
            (Some(Typed::Complex), Value::Str(text)) => self.complex(&key, text),
            (Some(Typed::Double), Value::Int(number)) => {
                self.put(&key, Value::Double(number as f64))
            }
            (Some(Typed::Bool), Value::Int(number)) => self.put(&key, Value::Bool(number != 0)),
            (Some(Typed::Double), Value::Str(text)) => {
                let number = text.parse().map_or(value, Value::Double);
                self.put(&key, number)
            }
            (Some(Typed::Int), Value::Str(text)) => {
                let number = text.parse().map_or(value, Value::Int);
                self.put(&key, number)
            }
            _ => self.put(&key, value),
        }
    }

    /// Puts what Jaeger calls a complex attribute: base64 of bytes, or of a
    /// list or map as OTLP JSON.
    fn complex(&mut self, key: &str, text: &str) -> Result<()> {
        let named = key.strip_prefix('@').and_then(|rest| rest.split_once('@'));
        let (Some((kind, name)), Some(bytes)) = (named, base64(text)) else {
            return self.put(key, Value::Str(text));
        };
        if kind == "bytes" {
            return self.put(name, Value::Bytes(&bytes));
        }
        match std::str::from_utf8(&bytes)
            .ok()
            .and_then(|any| any_json(any, &self.open.batch.guard))
        {
            Some(json) => self.put(name, Value::Json(&json)),
            None => self.put(key, Value::Str(text)),
        }
    }

    fn put(&mut self, key: &str, value: Value<'_>) -> Result<()> {
        let symbol = self.open.intern(key)?;
        let batch = &mut *self.open.batch;
        match self.target {
            Target::Of(Owner::Span) => batch.attribute_of(symbol, value),
            Target::Of(Owner::Scope) => {}
            Target::Event => batch.event_attribute_of(symbol, value),
            Target::Link => batch.link_attribute_of(symbol, value),
            Target::Of(Owner::Resource) => {
                if let Value::Str(text) | Value::Json(text) = value {
                    batch.guard.check_text(text.len())?;
                }
                batch.resources.push(symbol, value);
                if key == "service.name" {
                    self.service = Some(batch.strings.intern(&value.to_text()));
                }
            }
        }
        Ok(())
    }
}

/// The value in a structure that has a member for each type, as OTLP has.
fn unwrapped<'a, C: Cell<'a>>(cell: C) -> C {
    let Some(members) = cell.members() else {
        return cell;
    };
    let is_typed = |name: &str| {
        let name = name.replace('_', "").to_ascii_lowercase();
        matches!(
            name.as_str(),
            "stringvalue" | "intvalue" | "doublevalue" | "boolvalue" | "bytesvalue"
        )
    };
    match &members[..] {
        [(name, value)] if is_typed(name) => *value,
        _ => cell,
    }
}

//! Attributes: lists of keys, with values in columns by their type.

use super::dedicated::{Dedicated, Owner};
use crate::json::write::{push, push_double, push_string};
use crate::json::{Open, Rooms};
use crate::otlp::{any_json, any_protobuf};
use crate::parquet::columns::{child, Texts};
use crate::table::{Cell, TextCell};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, BinaryArray, BooleanArray, PrimitiveArray, StructArray};
use spanwise_model::{Result, Value};
use std::ops::Range;

/// Takes an attribute into the open record.
pub(super) type Put<'p> = dyn FnMut(&mut Open<'_>, &str, Value<'_>) -> Result<()> + 'p;

/// The attributes of all owners in a column of lists.
pub(super) struct Attributes<'t> {
    offsets: &'t [i32],
    keys: Texts<'t>,
    /// True where a value is a list, however many elements it has.
    is_array: Option<&'t BooleanArray>,
    /// The first generation of version 4 has the type instead.
    kind: Option<&'t PrimitiveArray<Int32Type>>,
    text: Option<Values<'t, Texts<'t>>>,
    int: Option<Values<'t, &'t PrimitiveArray<Int64Type>>>,
    double: Option<Values<'t, &'t PrimitiveArray<Float64Type>>>,
    flag: Option<Values<'t, &'t BooleanArray>>,
    /// Values of other types, as OTLP JSON.
    others: Vec<Texts<'t>>,
    /// Values as protobuf, which events of version 3 have.
    protobuf: Option<&'t BinaryArray>,
}

/// The first type that is a list, in the first generation of version 4.
const FIRST_LIST: i32 = 5;

/// Values by attribute: one or none each, or a list.
struct Values<'t, A> {
    offsets: Option<&'t [i32]>,
    nulls: &'t dyn Array,
    values: A,
}

impl<'t, A> Values<'t, A> {
    fn of(array: &'t dyn Array, values: impl Fn(&'t dyn Array) -> Option<A>) -> Option<Self> {
        if let Some(list) = array.as_list_opt::<i32>() {
            return Some(Self {
                offsets: Some(list.value_offsets()),
                nulls: array,
                values: values(list.values().as_ref())?,
            });
        }
        Some(Self {
            offsets: None,
            nulls: array,
            values: values(array)?,
        })
    }

    /// The rows of an attribute's values.
    fn rows(&self, at: usize) -> Range<usize> {
        match self.offsets {
            _ if self.nulls.is_null(at) => 0..0,
            Some(offsets) => offsets[at] as usize..offsets[at + 1] as usize,
            None => at..at + 1,
        }
    }
}

impl<'t> Attributes<'t> {
    /// The attributes in the column of this name.
    pub(super) fn of(owner: &'t StructArray) -> Option<Self> {
        let list = child(owner, "Attrs")?.as_list_opt::<i32>()?;
        let parts = list.values().as_struct_opt()?;
        let part = |name| child(parts, name);
        let other = |name| Texts::of(part(name)?);
        let others = [
            "ValueKVList",
            "ValueArray",
            "ValueUnsupported",
            "ValueDropped",
        ];
        Some(Self {
            offsets: list.value_offsets(),
            keys: Texts::of(part("Key")?)?,
            is_array: part("IsArray").and_then(|array| array.as_boolean_opt()),
            kind: part("ValueType").and_then(|array| array.as_primitive_opt()),
            text: part("Value").and_then(|array| Values::of(array, Texts::of)),
            int: part("ValueInt").and_then(|array| Values::of(array, |it| it.as_primitive_opt())),
            double: part("ValueDouble")
                .and_then(|array| Values::of(array, |it| it.as_primitive_opt())),
            flag: part("ValueBool").and_then(|array| Values::of(array, |it| it.as_boolean_opt())),
            others: others.into_iter().filter_map(other).collect(),
            protobuf: part("Value").and_then(|array| array.as_binary_opt::<i32>()),
        })
    }

    /// Puts all attributes of an owner.
    pub(super) fn put(
        &self,
        owner: usize,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
        put: &mut Put<'_>,
    ) -> Result<()> {
        for at in self.offsets[owner] as usize..self.offsets[owner + 1] as usize {
            let key = self.keys.get(at).unwrap_or_default();
            if let Some(bytes) = self.protobuf {
                let value = bytes.value(at);
                any_protobuf(value, &open.batch.guard.clone(), |value| {
                    put(open, key, value)
                })??;
                continue;
            }
            let value = match self.is_list(at) {
                true => self.list(at, rooms),
                false => self.plain(at).or_else(|| self.other(at, open, rooms)),
            };
            if let Some(value) = value {
                put(open, key, value)?;
            }
        }
        Ok(())
    }

    fn is_list(&self, at: usize) -> bool {
        self.is_array.is_some_and(|flags| flags.value(at))
            || self.kind.is_some_and(|kinds| kinds.value(at) >= FIRST_LIST)
    }

    /// The value where it is of a type with a column.
    fn plain(&self, at: usize) -> Option<Value<'t>> {
        if let Some((text, row)) = first(self.text.as_ref(), at) {
            return Some(Value::Str(text.values.get(row).unwrap_or_default()));
        }
        if let Some((int, row)) = first(self.int.as_ref(), at) {
            return Some(Value::Int(int.values.value(row)));
        }
        if let Some((double, row)) = first(self.double.as_ref(), at) {
            return Some(Value::Double(double.values.value(row)));
        }
        let (flag, row) = first(self.flag.as_ref(), at)?;
        Some(Value::Bool(flag.values.value(row)))
    }

    /// The list of values, all of one type.
    fn list<'r>(&self, at: usize, rooms: &'r mut Rooms) -> Option<Value<'r>> {
        let out = &mut rooms.json;
        out.clear();
        out.push('[');
        let item = |row: usize, start: usize, out: &mut String| {
            if row > start {
                out.push(',');
            }
        };
        if let Some((text, _)) = first(self.text.as_ref(), at) {
            let rows = text.rows(at);
            for row in rows.clone() {
                item(row, rows.start, out);
                push_string(out, text.values.get(row).unwrap_or_default());
            }
        } else if let Some((int, _)) = first(self.int.as_ref(), at) {
            let rows = int.rows(at);
            for row in rows.clone() {
                item(row, rows.start, out);
                push(out, format_args!("{}", int.values.value(row)));
            }
        } else if let Some((double, _)) = first(self.double.as_ref(), at) {
            let rows = double.rows(at);
            for row in rows.clone() {
                item(row, rows.start, out);
                push_double(out, double.values.value(row));
            }
        } else if let Some((flag, _)) = first(self.flag.as_ref(), at) {
            let rows = flag.rows(at);
            for row in rows.clone() {
                item(row, rows.start, out);
                push(out, format_args!("{}", flag.values.value(row)));
            }
        }
        out.push(']');
        Some(Value::Json(out))
    }

    /// The value of a type without a column.
    fn other<'r>(&self, at: usize, open: &Open<'_>, rooms: &'r mut Rooms) -> Option<Value<'r>> {
        let text = self.others.iter().find_map(|others| others.get(at))?;
        let json = any_json(text, &open.batch.guard)?;
        rooms.text = json;
        let Rooms { text, json, .. } = rooms;
        if text.starts_with(['[', '{']) {
            std::mem::swap(text, json);
            return Some(Value::Json(json));
        }
        let mut own = Rooms::default();
        let value = TextCell::Json(text).value(&mut own).to_text().into_owned();
        *json = value;
        Some(Value::Str(json))
    }
}

/// The column and the row of an attribute's first value in it.
fn first<'v, 't, A>(
    values: Option<&'v Values<'t, A>>,
    at: usize,
) -> Option<(&'v Values<'t, A>, usize)> {
    let values = values?;
    let rows = values.rows(at);
    (!rows.is_empty()).then_some((values, rows.start))
}

/// Columns that are an attribute by themselves.
pub(super) struct Own<'t> {
    columns: Vec<(String, &'t dyn Array)>,
}

impl<'t> Own<'t> {
    /// Those of an owner: the ones that Tempo always has, and the dedicated ones.
    pub(super) fn of(
        parts: &'t StructArray,
        known: &[(&str, &str)],
        (owner, dedicated): (Owner, &Dedicated),
    ) -> Self {
        let always = known
            .iter()
            .filter_map(|(column, key)| Some(((*key).to_owned(), child(parts, column)?)));
        let own = child(parts, "DedicatedAttributes").and_then(|array| array.as_struct_opt());
        let own = own.into_iter().flat_map(|own| {
            let names = own.fields().iter().map(|field| field.name());
            names.zip(own.columns()).map(|(name, array)| {
                let key = dedicated.name(owner, name);
                (key, array.as_ref())
            })
        });
        Self {
            columns: always.chain(own).collect(),
        }
    }

    pub(super) fn put(
        &self,
        owner: usize,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
        put: &mut Put<'_>,
    ) -> Result<()> {
        for (key, array) in &self.columns {
            let cell = crate::arrow::ArrowCell::new(*array, owner);
            // A dedicated column may be a list, which is mostly one value.
            let value = match cell.items().as_deref() {
                Some([]) => continue,
                Some([one]) => one.value(rooms),
                _ => cell.value(rooms),
            };
            if value != Value::Empty {
                put(open, key, value)?;
            }
        }
        Ok(())
    }
}

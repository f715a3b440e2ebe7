//! Cells of Arrow arrays, of every type in which a table may hold a value.

use crate::decimal::{scaled, Fit};
use crate::json::Rooms;
use crate::table::{compact, nanos_of_text, Cell, Unit};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type, Int16Type,
    Int32Type, Int64Type, Int8Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt16Type, UInt32Type, UInt64Type, UInt8Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};
use spanwise_model::Value;
use std::borrow::Cow;
use std::ops::Range;

/// A row of an array.
#[derive(Clone, Copy)]
pub(crate) struct ArrowCell<'a> {
    array: &'a dyn Array,
    row: usize,
    /// True where binary is text, as some writers of tables have it.
    text: bool,
}

/// A day in nanoseconds.
const DAY: i64 = 86_400_000_000_000;

impl<'a> ArrowCell<'a> {
    pub(crate) fn new(array: &'a dyn Array, row: usize) -> Self {
        Self {
            array,
            row,
            text: false,
        }
    }

    fn with(self, array: &'a dyn Array, row: usize) -> Self {
        Self { array, row, ..self }
    }

    /// The cell that a dictionary or a run stands for.
    fn resolved(mut self) -> Option<Self> {
        loop {
            if self.row >= self.array.len() || self.array.is_null(self.row) {
                return None;
            }
            if let Some(dictionary) = self.array.as_any_dictionary_opt() {
                let key = dictionary_key(dictionary.keys(), self.row)?;
                self = self.with(dictionary.values().as_ref(), key);
                continue;
            }
            match run_value(self.array, self.row) {
                Some((values, row)) => self = self.with(values, row),
                None => return Some(self),
            }
        }
    }

    /// The member at a place of a structure.
    pub(crate) fn child(self, at: usize) -> Option<Self> {
        let cell = self.resolved()?;
        let array = cell.array.as_struct_opt()?;
        Some(cell.with(array.columns().get(at)?.as_ref(), cell.row))
    }

    fn number<T: ArrowPrimitiveType>(self) -> T::Native {
        self.array.as_primitive::<T>().value(self.row)
    }

    fn bytes(self, bytes: &'a [u8]) -> Value<'a> {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.text => Value::Str(text),
            _ => Value::Bytes(bytes),
        }
    }

    /// The value where it is a text, bytes, number or flag.
    fn plain<'r>(self, rooms: &'r mut Rooms) -> Option<Value<'r>>
    where
        'a: 'r,
    {
        Some(match self.array.data_type() {
            DataType::Utf8 => Value::Str(self.array.as_string::<i32>().value(self.row)),
            DataType::LargeUtf8 => Value::Str(self.array.as_string::<i64>().value(self.row)),
            DataType::Utf8View => Value::Str(self.array.as_string_view().value(self.row)),
            DataType::Binary => self.bytes(self.array.as_binary::<i32>().value(self.row)),
            DataType::LargeBinary => self.bytes(self.array.as_binary::<i64>().value(self.row)),
            DataType::BinaryView => self.bytes(self.array.as_binary_view().value(self.row)),
            DataType::FixedSizeBinary(_) => {
                self.bytes(self.array.as_fixed_size_binary().value(self.row))
            }
            DataType::Boolean => Value::Bool(self.array.as_boolean().value(self.row)),
            DataType::Float16 => Value::Double(f64::from(self.number::<Float16Type>().to_f32())),
            DataType::Float32 => Value::Double(f64::from(self.number::<Float32Type>())),
            DataType::Float64 => Value::Double(self.number::<Float64Type>()),
            DataType::Decimal128(..) => {
                rooms.text = self
                    .array
                    .as_primitive::<Decimal128Type>()
                    .value_as_string(self.row);
                match rooms.text.parse() {
                    Ok(number) => Value::Int(number),
                    Err(_) => Value::Str(&rooms.text),
                }
            }
            _ => match i64::try_from(self.integer()?) {
                Ok(number) => Value::Int(number),
                Err(_) => {
                    rooms.text = self.integer()?.to_string();
                    Value::Str(&rooms.text)
                }
            },
        })
    }

    fn integer(self) -> Option<i128> {
        Some(match self.array.data_type() {
            DataType::Int8 => i128::from(self.number::<Int8Type>()),
            DataType::Int16 => i128::from(self.number::<Int16Type>()),
            DataType::Int32 => i128::from(self.number::<Int32Type>()),
            DataType::Int64 => i128::from(self.number::<Int64Type>()),
            DataType::UInt8 => i128::from(self.number::<UInt8Type>()),
            DataType::UInt16 => i128::from(self.number::<UInt16Type>()),
            DataType::UInt32 => i128::from(self.number::<UInt32Type>()),
            DataType::UInt64 => i128::from(self.number::<UInt64Type>()),
            _ => return None,
        })
    }

    /// A time or duration, and its unit in nanoseconds.
    fn time(self) -> Option<(i64, i64)> {
        let of = |unit: &TimeUnit| match unit {
            TimeUnit::Second => 1_000_000_000,
            TimeUnit::Millisecond => 1_000_000,
            TimeUnit::Microsecond => 1_000,
            TimeUnit::Nanosecond => 1,
        };
        let kind = self.array.data_type();
        let number = match kind {
            DataType::Timestamp(TimeUnit::Second, _) => self.number::<TimestampSecondType>(),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                self.number::<TimestampMillisecondType>()
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                self.number::<TimestampMicrosecondType>()
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                self.number::<TimestampNanosecondType>()
            }
            DataType::Duration(TimeUnit::Second) => self.number::<DurationSecondType>(),
            DataType::Duration(TimeUnit::Millisecond) => self.number::<DurationMillisecondType>(),
            DataType::Duration(TimeUnit::Microsecond) => self.number::<DurationMicrosecondType>(),
            DataType::Duration(TimeUnit::Nanosecond) => self.number::<DurationNanosecondType>(),
            DataType::Date32 => i64::from(self.number::<Date32Type>()),
            DataType::Date64 => self.number::<Date64Type>(),
            _ => return None,
        };
        let factor = match kind {
            DataType::Timestamp(unit, _) | DataType::Duration(unit) => of(unit),
            DataType::Date32 => DAY,
            _ => of(&TimeUnit::Millisecond),
        };
        Some((number, factor))
    }

    /// The elements of a list.
    fn elements(self) -> Option<(&'a dyn Array, Range<usize>)> {
        let (array, row) = (self.array, self.row);
        Some(match array.data_type() {
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let offsets = list.value_offsets();
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                (list.values().as_ref(), range)
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let offsets = list.value_offsets();
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                (list.values().as_ref(), range)
            }
            DataType::ListView(_) => {
                let list = array.as_list_view::<i32>();
                let start = list.value_offset(row) as usize;
                (
                    list.values().as_ref(),
                    start..start + list.value_size(row) as usize,
                )
            }
            DataType::LargeListView(_) => {
                let list = array.as_list_view::<i64>();
                let start = list.value_offset(row) as usize;
                (
                    list.values().as_ref(),
                    start..start + list.value_size(row) as usize,
                )
            }
            DataType::FixedSizeList(_, size) => {
                let start = row * *size as usize;
                let list = array.as_fixed_size_list();
                (list.values().as_ref(), start..start + *size as usize)
            }
            _ => return None,
        })
    }

    /// The members of a map.
    fn entries(self) -> Option<Vec<(Cow<'a, str>, Self)>> {
        let map = self.array.as_map_opt()?;
        let offsets = map.value_offsets();
        let rows = offsets[self.row] as usize..offsets[self.row + 1] as usize;
        let (keys, values) = (map.keys().as_ref(), map.values().as_ref());
        let text = is_binary(keys.data_type());
        let cell = Self { text, ..self };
        let entry = |row| (key_text(cell.with(keys, row)), cell.with(values, row));
        Some(rows.map(entry).collect())
    }
}

/// The text of a key.
fn key_text(cell: ArrowCell<'_>) -> Cow<'_, str> {
    let mut rooms = Rooms::default();
    let text = match cell.resolved() {
        Some(cell) => cell.value(&mut rooms).to_text().into_owned(),
        None => String::new(),
    };
    Cow::Owned(text)
}

fn is_binary(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => is_binary(value),
        kind => matches!(
            kind,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView
        ),
    }
}

fn dictionary_key(keys: &dyn Array, row: usize) -> Option<usize> {
    usize::try_from(ArrowCell::new(keys, row).integer()?).ok()
}

/// The values of a run-end encoded array, and the row of them that a row is.
fn run_value(array: &dyn Array, row: usize) -> Option<(&dyn Array, usize)> {
    let DataType::RunEndEncoded(ends, _) = array.data_type() else {
        return None;
    };
    Some(match ends.data_type() {
        DataType::Int16 => {
            let runs = array.as_run_opt::<Int16Type>()?;
            (runs.values().as_ref(), runs.get_physical_index(row))
        }
        DataType::Int32 => {
            let runs = array.as_run_opt::<Int32Type>()?;
            (runs.values().as_ref(), runs.get_physical_index(row))
        }
        _ => {
            let runs = array.as_run_opt::<Int64Type>()?;
            (runs.values().as_ref(), runs.get_physical_index(row))
        }
    })
}

impl<'a> Cell<'a> for ArrowCell<'a> {
    fn value<'r>(self, rooms: &'r mut Rooms) -> Value<'r>
    where
        'a: 'r,
    {
        let Some(cell) = self.resolved() else {
            return Value::Empty;
        };
        if let Some((number, factor)) = cell.time() {
            let nanos = i128::from(number) * i128::from(factor);
            if matches!(cell.array.data_type(), DataType::Duration(_)) {
                return i64::try_from(nanos).map_or(Value::Empty, Value::Int);
            }
            let Ok(time) = jiff::Timestamp::from_nanosecond(nanos) else {
                return Value::Int(number);
            };
            rooms.text = time.to_string();
            return Value::Str(&rooms.text);
        }
        if cell.elements().is_none() && cell.members().is_none() {
            return cell.plain(rooms).unwrap_or(Value::Empty);
        }
        rooms.json.clear();
        compact(cell, &mut rooms.json);
        Value::Json(&rooms.json)
    }

    fn nanos(self, unit: Option<Unit>, rooms: &mut Rooms) -> Option<(i64, Fit)> {
        let cell = self.resolved()?;
        let exact = |nanos: i128| match i64::try_from(nanos) {
            Ok(nanos) => (nanos, Fit::Exact),
            Err(_) if nanos < 0 => (i64::MIN, Fit::Clipped),
            Err(_) => (i64::MAX, Fit::Clipped),
        };
        if let Some((number, factor)) = cell.time() {
            return Some(exact(i128::from(number) * i128::from(factor)));
        }
        if let Some(number) = cell.integer() {
            let factor = 10i128.pow(unit.unwrap_or_default().power());
            return Some(exact(number.saturating_mul(factor)));
        }
        match cell.plain(rooms)? {
            Value::Str(text) => nanos_of_text(text, unit),
            Value::Bytes(bytes) => nanos_of_text(std::str::from_utf8(bytes).ok()?, unit),
            // The digits that tell the number from all others are what was meant.
            Value::Double(number) => scaled(&number.to_string(), unit?.power()),
            _ => None,
        }
    }

    fn items(self) -> Option<Vec<Self>> {
        let cell = self.resolved()?;
        let (values, rows) = cell.elements()?;
        Some(rows.map(|row| cell.with(values, row)).collect())
    }

    fn members(self) -> Option<Vec<(Cow<'a, str>, Self)>> {
        let cell = self.resolved()?;
        if let Some(entries) = cell.entries() {
            return Some(entries);
        }
        let array = cell.array.as_struct_opt()?;
        let names = array.fields().iter().map(|field| field.name().as_str());
        let members = names.zip(array.columns()).map(|(name, column)| {
            let member = cell.with(column.as_ref(), cell.row);
            (Cow::Borrowed(name), member)
        });
        Some(
            members
                .filter(|(_, cell)| cell.resolved().is_some())
                .collect(),
        )
    }
}

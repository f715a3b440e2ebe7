//! Attributes of records as columns: one for each frequent key, and a map for
//! the others.

use super::keys::{Key, Keys, Kind};
use super::order;
use super::schema::{attribute_fields, entries, entry_fields};
use super::value;
use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, MapArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::ArrowError;
use spanwise_model::{SpanBatch, Symbol, Value};
use std::ops::Range;
use std::sync::Arc;

type Names = StringDictionaryBuilder<Int32Type>;

/// Columns of attributes that are filled record by record.
pub(super) struct Wide<'k> {
    keys: &'k Keys,
    columns: Vec<Column>,
    /// How many records there are.
    rows: usize,
    orders: Names,
    order: String,
    others: Others,
}

impl<'k> Wide<'k> {
    pub(super) fn new(keys: &'k Keys) -> Self {
        Self {
            keys,
            columns: keys.all.iter().map(Column::new).collect(),
            rows: 0,
            orders: Names::new(),
            order: String::new(),
            others: Others::default(),
        }
    }

    /// Adds records.
    pub(super) fn fill(
        &mut self,
        batch: &SpanBatch,
        records: Range<u32>,
    ) -> Result<(), ArrowError> {
        for record in records {
            self.order.clear();
            for (key, value) in batch.attributes(record) {
                let column = self.put(batch, key, value)?;
                let is_given = |&number: &u16| self.keys.all[usize::from(number)].is_given;
                let given = column.filter(is_given).map(|_| value);
                order::write(column, given, &mut self.order);
            }
            order::end(&mut self.order);
            self.orders.append(&self.order)?;
            self.others.close()?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Adds an attribute to the record that is open; answers the number of its
    /// column, if it has one.
    fn put(
        &mut self,
        batch: &SpanBatch,
        key: Symbol,
        value: Value<'_>,
    ) -> Result<Option<u16>, ArrowError> {
        if let Some(number) = self.keys.column(key, value) {
            let column = &mut self.columns[usize::from(number)];
            if column.put(self.rows, value) {
                return Ok(Some(number));
            }
        }
        self.others.put(batch.strings.get(key), value)?;
        Ok(None)
    }

    /// The columns, in the order of the schema.
    pub(super) fn arrays(self, batch: &SpanBatch) -> Result<Vec<ArrayRef>, ArrowError> {
        let Self {
            rows,
            mut orders,
            others,
            ..
        } = self;
        let (map, types) = others.arrays()?;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(orders.finish()), map, types];
        let columns = self.columns.into_iter();
        let columns: Vec<_> = columns.map(|column| column.array(rows)).collect();
        if !columns.is_empty() {
            let fields = attribute_fields(batch, self.keys);
            arrays.push(Arc::new(StructArray::try_new(fields, columns, None)?));
        }
        Ok(arrays)
    }
}

/// The values of one key.
struct Column {
    /// How many rows stand there, with and without a value.
    rows: usize,
    values: Values,
}

enum Values {
    Texts(StringBuilder),
    Ints(Int64Builder),
    Doubles(Float64Builder),
    Flags(BooleanBuilder),
}

impl Column {
    fn new(key: &Key) -> Self {
        let values = match key.kind {
            Kind::Text => Values::Texts(StringBuilder::new()),
            Kind::Int => Values::Ints(Int64Builder::new()),
            Kind::Double => Values::Doubles(Float64Builder::new()),
            Kind::Flag => Values::Flags(BooleanBuilder::new()),
        };
        Self { rows: 0, values }
    }

    /// Adds the value of a row; false where the row has one already.
    fn put(&mut self, row: usize, value: Value<'_>) -> bool {
        if self.rows > row {
            return false;
        }
        self.pad(row);
        self.rows += 1;
        match (&mut self.values, value) {
            (Values::Texts(texts), Value::Str(text)) => texts.append_value(text),
            (Values::Ints(ints), Value::Int(number)) => ints.append_value(number),
            (Values::Doubles(doubles), Value::Double(number)) => doubles.append_value(number),
            (Values::Flags(flags), Value::Bool(flag)) => flags.append_value(flag),
            _ => return false,
        }
        true
    }

    /// Adds rows without a value.
    fn pad(&mut self, rows: usize) {
        let absent = rows - self.rows;
        match &mut self.values {
            Values::Texts(texts) => texts.append_nulls(absent),
            Values::Ints(ints) => ints.append_nulls(absent),
            Values::Doubles(doubles) => doubles.append_nulls(absent),
            Values::Flags(flags) => flags.append_nulls(absent),
        }
        self.rows = rows;
    }

    fn array(mut self, rows: usize) -> ArrayRef {
        self.pad(rows);
        match self.values {
            Values::Texts(mut texts) => Arc::new(texts.finish()),
            Values::Ints(mut ints) => Arc::new(ints.finish()),
            Values::Doubles(mut doubles) => Arc::new(doubles.finish()),
            Values::Flags(mut flags) => Arc::new(flags.finish()),
        }
    }
}

/// Attributes that have no column: keys and texts of values, and the letters of
/// their types.
struct Others {
    keys: Names,
    values: StringBuilder,
    types: Names,
    lengths: Vec<usize>,
    /// Those of the record that is open.
    letters: String,
    text: String,
}

impl Default for Others {
    fn default() -> Self {
        Self {
            keys: Names::new(),
            values: StringBuilder::new(),
            types: Names::new(),
            lengths: Vec::new(),
            letters: String::new(),
            text: String::new(),
        }
    }
}

impl Others {
    fn put(&mut self, key: &str, value: Value<'_>) -> Result<(), ArrowError> {
        self.text.clear();
        let letter = value::encode(value, &mut self.text);
        self.letters.push(char::from(letter));
        self.keys.append(key)?;
        self.values.append_value(&self.text);
        Ok(())
    }

    fn close(&mut self) -> Result<(), ArrowError> {
        self.lengths.push(self.letters.len());
        if self.letters.bytes().all(|letter| letter == value::TEXT) {
            self.types.append_null();
        } else {
            self.types.append(&self.letters)?;
        }
        self.letters.clear();
        Ok(())
    }

    fn arrays(mut self) -> Result<(ArrayRef, ArrayRef), ArrowError> {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(self.keys.finish()), Arc::new(self.values.finish())];
        let pairs = StructArray::try_new(entry_fields(), columns, None)?;
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        let map = MapArray::try_new(entries(), offsets, pairs, None, false)?;
        Ok((Arc::new(map), Arc::new(self.types.finish())))
    }
}

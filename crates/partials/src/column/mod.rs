//! The columns of a file: each type of key and of state has a file of its own,
//! which says how it lies in Arrow, both ways.

mod examples;
mod hashes;
mod histogram;
mod key;
mod list;
mod number;

use crate::odd;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, Field, Fields, Schema as ArrowSchema};
use examples::Examples;
use hashes::Hashes;
use histogram::Histograms;
use key::KeyColumn;
use number::Numbers;
use spanwise_analyze::partial::Row;
use spanwise_analyze::{Key, Merge, Partial, Schema};
use spanwise_model::Result;

/// The columns of a schema.
pub(crate) fn schema(schema: &Schema) -> ArrowSchema {
    let keys = schema.keys.iter();
    let keys = keys.map(|&(name, kind)| Field::new(name, key::data_type(kind), false));
    let states = schema.states.iter().map(|&(name, merge)| match merge {
        Merge::Sum | Merge::Min | Merge::Max => Field::new(name, number::data_type(), true),
        Merge::Histogram => Field::new(name, histogram::data_type(), true),
        Merge::Best(_) => Field::new(name, examples::data_type(), false),
        Merge::SmallestHashes(_) => Field::new(name, hashes::data_type(), false),
    });
    ArrowSchema::new(keys.chain(states).collect::<Vec<_>>())
}

/// The cells of some rows, column by column.
pub(crate) fn arrays(partial: &Partial, rows: &[Row]) -> Vec<ArrayRef> {
    let schema = partial.schema();
    let keys = (0..schema.keys.len()).map(|column| key::array(partial, rows, column));
    let states = schema.states.iter().enumerate();
    let states = states.map(|(column, &(_, merge))| match merge {
        Merge::Sum | Merge::Min | Merge::Max => number::array(partial, rows, column),
        Merge::Histogram => histogram::array(partial, rows, column),
        Merge::Best(_) => examples::array(partial, rows, column),
        Merge::SmallestHashes(_) => hashes::array(partial, rows, column),
    });
    keys.chain(states).collect()
}

/// The columns of a batch that was read.
pub(crate) struct Columns<'b> {
    keys: Vec<KeyColumn<'b>>,
    states: Vec<StateColumn<'b>>,
}

enum StateColumn<'b> {
    Numbers(Numbers<'b>),
    Histograms(Histograms<'b>),
    Examples(Examples<'b>),
    Hashes(Hashes<'b>),
}

impl<'b> Columns<'b> {
    pub(crate) fn of(batch: &'b RecordBatch, schema: &Schema) -> Result<Self> {
        let expected = schema.keys.len() + schema.states.len();
        if batch.num_columns() != expected {
            return Err(odd("its columns are others"));
        }
        let (keys, states) = batch.columns().split_at(schema.keys.len());
        let keys = keys.iter().zip(schema.keys);
        let states = states.iter().zip(schema.states);
        Ok(Self {
            keys: keys
                .map(|(array, &(_, kind))| KeyColumn::of(array, kind))
                .collect::<Result<_>>()?,
            states: states
                .map(|(array, &(_, merge))| StateColumn::of(array, merge))
                .collect::<Result<_>>()?,
        })
    }

    /// The key of a row.
    pub(crate) fn key(&self, at: usize) -> Result<Vec<Key<'b>>> {
        self.keys.iter().map(|column| column.get(at)).collect()
    }

    /// Puts the states of a row of the batch into a row of a partial.
    pub(crate) fn states(&self, at: usize, row: Row, partial: &mut Partial) -> Result<()> {
        for (column, states) in self.states.iter().enumerate() {
            match states {
                StateColumn::Numbers(cells) => cells.put(at, partial, row, column)?,
                StateColumn::Histograms(cells) => cells.put(at, partial, row, column)?,
                StateColumn::Examples(cells) => cells.put(at, partial, row, column)?,
                StateColumn::Hashes(cells) => cells.put(at, partial, row, column)?,
            }
        }
        Ok(())
    }
}

impl<'b> StateColumn<'b> {
    fn of(array: &'b ArrayRef, merge: Merge) -> Result<Self> {
        Ok(match merge {
            Merge::Sum | Merge::Min | Merge::Max => Self::Numbers(Numbers::of(array, merge)?),
            Merge::Histogram => Self::Histograms(Histograms::of(array)?),
            Merge::Best(limit) => Self::Examples(Examples::of(array, limit)?),
            Merge::SmallestHashes(limit) => Self::Hashes(Hashes::of(array, limit)?),
        })
    }
}

/// An array of the type that it is expected to have.
fn typed<T: Array + 'static>(array: &ArrayRef) -> Result<&T> {
    let typed = array.as_any().downcast_ref();
    typed.ok_or_else(|| odd("a column has another type"))
}

/// A field of a column of structs.
fn field<'b, T: Array + 'static>(array: &'b StructArray, name: &str) -> Result<&'b T> {
    let column = array.column_by_name(name);
    typed(column.ok_or_else(|| odd("a column lacks a field"))?)
}

/// A type of structs of fields that are never null.
fn structs<const N: usize>(fields: [(&str, DataType); N]) -> Fields {
    let field = |(name, kind)| Field::new(name, kind, false);
    fields.into_iter().map(field).collect()
}

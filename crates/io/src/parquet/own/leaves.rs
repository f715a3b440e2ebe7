//! The columns of a row group, taken in the order of the schema.

use super::leaf::Leaf;
use super::lengths::Lengths;
use super::memo::Names;
use super::pages::{Levels, Pages};
use super::physical::{Count, Physical, Text};
use crate::parquet::claims::most_values;
use crate::parquet::file::File;
use parquet::basic::{Compression, Type};
use parquet::file::metadata::ColumnChunkMetaData;
use std::cell::Cell;

/// A column that every row has a value of.
pub(super) const REQUIRED: Levels = Levels {
    definition: 0,
    repetition: 0,
};

/// A column that a row may have no value of.
pub(super) const OPTIONAL: Levels = Levels {
    definition: 1,
    repetition: 0,
};

/// A part of the elements of a list.
pub(super) const PART: Levels = Levels {
    definition: 1,
    repetition: 1,
};

/// A part that an element may have none of.
pub(super) const OPTIONAL_PART: Levels = Levels {
    definition: 2,
    repetition: 1,
};

/// The columns of a row group that have not been taken.
pub(super) struct Leaves<'f> {
    file: &'f [u8],
    columns: std::slice::Iter<'f, ColumnChunkMetaData>,
    /// How many bytes they may have.
    bytes: u64,
    /// How many values of lists and attributes they may have.
    values: u64,
    /// How many bytes texts may have that dictionaries repeat.
    budget: &'f Cell<u64>,
}

impl<'f> Leaves<'f> {
    pub(super) fn of(file: &'f File<'_>, group: usize, budget: &'f Cell<u64>) -> Self {
        Self {
            budget,
            file: file.bytes,
            columns: file.metadata.row_group(group).columns().iter(),
            bytes: file.bytes.len() as u64,
            values: most_values(file.bytes.len()),
        }
    }

    /// The pages of the next column, which has this type; `None` where it has
    /// another one, or does not stand in the file.
    pub(super) fn pages<P: Physical>(&mut self, levels: Levels) -> Option<Pages<'f>> {
        let column = self.columns.next()?;
        let descriptor = column.column_descr();
        let kind = (descriptor.physical_type(), descriptor.type_length());
        let own = (descriptor.max_def_level(), descriptor.max_rep_level());
        let expected = (levels.definition.into(), levels.repetition.into());
        let is_plain = column.compression() == Compression::UNCOMPRESSED;
        if own != expected || !is::<P>(kind) || !is_plain {
            return None;
        }
        let (start, length) = column.byte_range();
        self.bytes = self.bytes.checked_sub(length)?;
        let start = usize::try_from(start).ok()?;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        let bytes = self.file.get(start..end)?;
        Some(Pages {
            bytes,
            levels,
            budget: self.budget,
        })
    }

    /// The next column.
    pub(super) fn leaf<P: Physical>(&mut self, levels: Levels) -> Option<Leaf<'f, P>> {
        self.pages::<P>(levels).map(Leaf::new)
    }

    /// The next column, which holds texts of which there are few.
    pub(super) fn names(&mut self, levels: Levels) -> Option<Names<'f>> {
        self.leaf(levels).map(Names::new)
    }

    /// The next column; nothing inside where no row has a value of it.
    pub(super) fn seldom(&mut self, levels: Levels) -> Option<Option<Leaf<'f, Text>>> {
        let pages = self.pages::<Text>(levels)?;
        Some((pages.present() > 0).then(|| Leaf::new(pages)))
    }

    /// The next column; nothing inside where all of it is zero.
    pub(super) fn counts(&mut self, levels: Levels) -> Option<Option<Leaf<'f, Count>>> {
        let pages = self.pages::<Count>(levels)?;
        Some((!pages.is_all_zero()).then(|| Leaf::new(pages)))
    }

    /// The lengths of the lists that these are parts of; `None` where they have
    /// more elements than can be.
    pub(super) fn lengths(&mut self, pages: Pages<'f>) -> Option<Lengths<'f>> {
        let present = pages.present();
        self.values = self.values.checked_sub(present as u64)?;
        Some(Lengths::new(pages, present))
    }

    /// How many values of lists and attributes the columns that have not been
    /// taken may have.
    pub(super) fn values(&self) -> u64 {
        self.values
    }

    /// What the next column is called in its structure.
    pub(super) fn next_name(&self) -> Option<&'f str> {
        let column = self.columns.as_slice().first()?;
        Some(column.column_descr().name())
    }

    /// The type of the next column.
    pub(super) fn next_type(&self) -> Option<Type> {
        let column = self.columns.as_slice().first()?;
        Some(column.column_descr().physical_type())
    }

    /// Passes over the next column.
    pub(super) fn skip(&mut self) {
        self.columns.next();
    }
}

fn is<P: Physical>((kind, length): (Type, i32)) -> bool {
    let (expected, bytes) = P::TYPE;
    kind == expected && (bytes < 0 || length == bytes)
}

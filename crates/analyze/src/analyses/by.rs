//! What a row stands for, where that is an operation or a service.

use super::operations::operation_key;
use crate::partial::{Key, Partial, Row};
use spanwise_model::{OperationId, SpanTable};
use std::borrow::Cow;

/// What a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum By {
    /// One row an operation: service, name and kind.
    #[default]
    Operation,
    /// One row a service.
    Service,
}

impl By {
    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Service => "service",
        }
    }

    /// How many of service, name and kind tell rows apart.
    pub(super) fn key_columns(self) -> usize {
        match self {
            Self::Operation => 3,
            Self::Service => 1,
        }
    }

    /// The row of an operation in a partial whose keys are of this kind.
    pub(super) fn row(self, table: &SpanTable, id: OperationId, out: &mut Partial) -> Row {
        out.row(&operation_key(table, id)[..self.key_columns()])
    }

    /// A partial by service, name and kind, with those rows that are to be one
    /// merged.
    pub(super) fn fold(self, partial: &Partial) -> Cow<'_, Partial> {
        match self {
            Self::Operation => Cow::Borrowed(partial),
            Self::Service => {
                let named = partial.with_key(1, Key::Name(""));
                Cow::Owned(named.with_key(2, Key::Name("")))
            }
        }
    }
}

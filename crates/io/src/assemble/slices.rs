//! Places of the table's columns that can be filled apart.

use spanwise_model::trace_table::{Columns, NO_PARENT};
use spanwise_model::{EvidenceId, OperationId, ResourceId, ScopeId, SpanId, StatusCode};

/// Declares the slices of all columns once, with what an empty row holds.
macro_rules! columns {
    ($($name:ident: $type:ty = $empty:expr,)+) => {
        /// A run of rows of every column.
        pub(super) struct Slices<'a> {
            $(pub(super) $name: &'a mut [$type],)+
        }

        impl<'a> Slices<'a> {
            /// All rows.
            pub(super) fn of(columns: &'a mut Columns) -> Self {
                Self { $($name: &mut columns.$name,)+ }
            }

            /// The first rows, and those behind them.
            pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
                $(let $name = self.$name.split_at_mut(rows);)+
                (Self { $($name: $name.0,)+ }, Self { $($name: $name.1,)+ })
            }
        }

        /// Columns of so many empty rows.
        pub(super) fn empty(rows: usize) -> Columns {
            Columns { $($name: vec![$empty; rows],)+ }
        }

        /// Moves the rows of `from` to the lower row `to`.
        pub(super) fn move_down(columns: &mut Columns, from: std::ops::Range<usize>, to: usize) {
            $(columns.$name.copy_within(from.clone(), to);)+
        }

        /// Drops all rows behind the first ones.
        pub(super) fn truncate(columns: &mut Columns, rows: usize) {
            $(columns.$name.truncate(rows);)+
        }
    };
}

columns! {
    span_id: SpanId = SpanId(0),
    parent: u32 = NO_PARENT,
    subtree_end: u32 = 0,
    start_unix_nano: i64 = 0,
    duration_nano: u64 = 0,
    operation: OperationId = OperationId(0),
    status: StatusCode = StatusCode::Unset,
    flags: u32 = 0,
    resource: ResourceId = ResourceId(0),
    scope: ScopeId = ScopeId(0),
    record: u32 = 0,
    evidence: EvidenceId = EvidenceId(0),
}

//! Places of the columns of the order that can be filled apart.

use spanwise_model::trace_table::Columns;

/// Declares the slices of the columns once.
macro_rules! columns {
    ($($name:ident,)+) => {
        /// A run of rows of the columns that say where a span stands.
        pub(super) struct Slices<'a> {
            $(pub(super) $name: &'a mut [u32],)+
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

        /// These columns alone, with so many empty rows.
        pub(super) fn empty(rows: usize) -> Columns {
            Columns { $($name: vec![0; rows],)+ ..Columns::default() }
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
    parent,
    subtree_end,
    flags,
    record,
}

//! Tables of spans: a row a span, in whatever a table may lie.
//!
//! A table says what its columns hold by their names (`field`). What is in a
//! cell is asked of the cell (`cell`), so that text, JSON and Arrow make
//! records (`row`) by the same rules.

mod attributes;
mod cell;
mod draft;
mod events;
mod field;
mod id;
mod mapping;
#[cfg(feature = "arrow")]
mod nested;
mod row;
mod text;
mod time;

#[cfg(feature = "arrow")]
pub(crate) use cell::Cell;
pub(crate) use field::Field;
pub use field::Unit;
pub use mapping::Mapping;
#[cfg(feature = "arrow")]
pub(crate) use nested::compact;
pub(crate) use row::Row;
pub(crate) use text::TextCell;
#[cfg(feature = "arrow")]
pub(crate) use time::nanos as nanos_of_text;

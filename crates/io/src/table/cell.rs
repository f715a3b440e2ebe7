//! A cell of a table, whatever the table lies in.

use super::field::Unit;
use crate::decimal::Fit;
use crate::json::Rooms;
use spanwise_model::Value;
use std::borrow::Cow;

/// A cell: a value, a list of cells, or cells by name. What holds others is
/// walked without descending: who asks for the parts of a cell decides what
/// becomes of theirs.
pub(crate) trait Cell<'a>: Copy {
    /// The value of the cell; lists and maps are JSON.
    fn value<'r>(self, rooms: &'r mut Rooms) -> Value<'r>
    where
        'a: 'r;

    /// The time or duration in nanoseconds, and how well it fitted; `None`
    /// where there is none. A number without a unit has the given one.
    fn nanos(self, unit: Option<Unit>, rooms: &mut Rooms) -> Option<(i64, Fit)>;

    /// The elements, where it is a list; a map is none.
    fn items(self) -> Option<Vec<Self>>;

    /// The members with their names, where it is a map or a structure. Those
    /// of a structure that are absent are not among them.
    fn members(self) -> Option<Vec<(Cow<'a, str>, Self)>>;
}

/// A value as a word: bytes that are text are taken for it, as some writers of
/// tables have no other type.
pub(super) fn word(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(value.to_string()),
        },
        value => value.to_text(),
    }
}

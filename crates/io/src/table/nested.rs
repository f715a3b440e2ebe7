//! Cells in cells as JSON, with a stack of its own.

use super::cell::Cell;
use crate::json::write::{push, push_bytes, push_double, push_string};
use crate::json::Rooms;
use spanwise_model::Value;
use std::borrow::Cow;

/// What a list or a map still holds.
struct Open<'a, C> {
    close: char,
    rest: std::vec::IntoIter<(Option<Cow<'a, str>>, C)>,
}

/// Appends a cell as compact JSON.
pub(crate) fn compact<'a, C: Cell<'a>>(cell: C, out: &mut String) {
    let (mut open, mut rooms) = (Vec::new(), Rooms::default());
    enter(cell, &mut open, &mut rooms, out);
    while let Some(top) = open.last_mut() {
        let Some((key, cell)) = top.rest.next() else {
            out.push(top.close);
            open.pop();
            continue;
        };
        if !out.ends_with(['[', '{']) {
            out.push(',');
        }
        if let Some(key) = key {
            push_string(out, &key);
            out.push(':');
        }
        enter(cell, &mut open, &mut rooms, out);
    }
}

/// Appends a value, or opens what holds others.
fn enter<'a, C: Cell<'a>>(
    cell: C,
    open: &mut Vec<Open<'a, C>>,
    rooms: &mut Rooms,
    out: &mut String,
) {
    let parts: Option<(char, char, Vec<_>)> = match (cell.items(), cell.members()) {
        (Some(items), _) => {
            let items = items.into_iter().map(|item| (None, item)).collect();
            Some(('[', ']', items))
        }
        (None, Some(members)) => {
            let members = members.into_iter().map(|(key, cell)| (Some(key), cell));
            Some(('{', '}', members.collect()))
        }
        (None, None) => None,
    };
    let Some((opening, close, parts)) = parts else {
        return push_value(cell.value(rooms), out);
    };
    out.push(opening);
    let rest = parts.into_iter();
    open.push(Open { close, rest });
}

fn push_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Empty => out.push_str("null"),
        Value::Str(text) => push_string(out, text),
        Value::Json(json) => out.push_str(json),
        Value::Bytes(bytes) => push_bytes(out, bytes),
        Value::Double(number) => push_double(out, number),
        other => push(out, format_args!("{other}")),
    }
}

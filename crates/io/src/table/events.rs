//! Events and links in cells: structures, or lists of their parts side by side.

use super::attributes::{Sink, Target};
use super::cell::{word, Cell};
use super::field::{Member, Unit};
use crate::decimal::Fit;
use crate::flaws::Flaw;
use crate::json::{Open, Rooms};
use spanwise_model::{Result, SpanId, Symbol, TraceId, Value};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Link,
}

/// A part of an event or link.
pub(super) type Part<C> = (Member, Option<Unit>, C);

/// Puts all events or links that stand in a cell as structures.
pub(super) fn structures<'a, C: Cell<'a>>(
    cell: C,
    kind: Kind,
    open: &mut Open<'_>,
    rooms: &mut Rooms,
) -> Result<u64> {
    let mut dropped = 0u64;
    for item in cell.items().unwrap_or_default() {
        let Some(members) = item.members() else {
            open.flaw(Flaw::Malformed);
            continue;
        };
        let parts = members.iter().filter_map(|(name, cell)| {
            let (member, unit) = Member::of(name)?;
            Some((member, unit, *cell))
        });
        dropped = dropped.saturating_add(one(kind, parts, open, rooms)?);
    }
    Ok(dropped)
}

/// Puts events or links whose parts stand in lists side by side.
pub(super) fn side_by_side<'a, C: Cell<'a>>(
    lists: &[(Member, C)],
    kind: Kind,
    open: &mut Open<'_>,
    rooms: &mut Rooms,
) -> Result<u64> {
    let items = |(member, cell): &(Member, C)| (*member, cell.items().unwrap_or_default());
    let lists: Vec<(Member, Vec<C>)> = lists.iter().map(items).collect();
    let count = lists
        .iter()
        .map(|(_, items)| items.len())
        .max()
        .unwrap_or(0);
    let mut dropped = 0u64;
    for nth in 0..count {
        let parts = lists
            .iter()
            .filter_map(|(member, items)| Some((*member, None, *items.get(nth)?)));
        dropped = dropped.saturating_add(one(kind, parts, open, rooms)?);
    }
    Ok(dropped)
}

/// Puts one event or link; answers how many attributes it says were dropped.
fn one<'a, C: Cell<'a>>(
    kind: Kind,
    parts: impl Iterator<Item = Part<C>>,
    open: &mut Open<'_>,
    rooms: &mut Rooms,
) -> Result<u64> {
    let (mut time, mut name, mut dropped) = (0, Symbol::EMPTY, 0);
    let (mut trace_id, mut span_id) = (TraceId::default(), SpanId::default());
    for (member, unit, cell) in parts {
        match member {
            Member::Time => {
                let (nanos, fit) = cell.nanos(unit, rooms).unwrap_or((0, Fit::Exact));
                if fit == Fit::Clipped {
                    open.flaw(Flaw::TimeOutOfRange);
                }
                time = nanos;
            }
            Member::Name => name = open.intern(&word(cell.value(rooms)))?,
            Member::TraceId => trace_id = open.trace_id_of(cell.value(rooms)),
            Member::SpanId => span_id = open.span_id_of(cell.value(rooms)),
            Member::TraceState if kind == Kind::Link => {
                let state = word(cell.value(rooms)).into_owned();
                open.batch.guard.check_text(state.len())?;
                open.batch.link_state(&state);
            }
            Member::TraceState => {}
            Member::Dropped => dropped = count(cell.value(rooms)),
            Member::Attributes(typed) => {
                let target = match kind {
                    Kind::Event => Target::Event,
                    Kind::Link => Target::Link,
                };
                let mut sink = Sink {
                    open,
                    target,
                    typed,
                    service: None,
                };
                sink.whole(cell, rooms)?;
            }
        }
    }
    match kind {
        Kind::Event => {
            open.batch.event_dropped(dropped);
            open.batch.event_of(time, name);
        }
        Kind::Link => {
            open.batch.link_dropped(dropped);
            open.batch.link(trace_id, span_id);
        }
    }
    Ok(dropped)
}

/// A count; nothing where it is none.
pub(super) fn count(value: Value<'_>) -> u64 {
    let number = value.as_int().unwrap_or(0);
    u64::try_from(number).unwrap_or(0)
}

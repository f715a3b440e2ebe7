//! The columns that every file has, but for attributes.

use super::events::Events;
use super::ids::Ids;
use super::leaf::Leaf;
use super::leaves::{Leaves, OPTIONAL, REQUIRED};
use super::links::Links;
use super::list::List;
use super::memo::{Memo, Names};
use super::physical::{Count, Long, Text};
use super::shared::{Resource, Scope};
use super::Short;
use crate::flaws::Flaw;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::batch::Dropped;
use spanwise_model::{SpanKind, StatusCode};

/// Columns in the order of the schema.
pub(super) struct Columns<'f> {
    pub(super) ids: Ids<'f>,
    pub(super) start: Leaf<'f, Long>,
    pub(super) end: Leaf<'f, Long>,
    pub(super) service: Names<'f>,
    pub(super) name: Names<'f>,
    pub(super) kind: Words<'f, SpanKind>,
    pub(super) status: Words<'f, StatusCode>,
    pub(super) texts: Texts<'f>,
    pub(super) scope: Scope<'f>,
    pub(super) flags: Leaf<'f, Count>,
    pub(super) dropped: Counts<'f>,
    pub(super) resource: Resource<'f>,
    pub(super) events: List<'f, Events<'f>>,
    pub(super) links: List<'f, Links<'f>>,
}

impl<'f> Columns<'f> {
    /// Takes the columns; `None` where one is of another type.
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            ids: Ids::of(leaves)?,
            start: leaves.leaf(REQUIRED)?,
            end: leaves.leaf(OPTIONAL)?,
            service: leaves.names(REQUIRED)?,
            name: leaves.names(REQUIRED)?,
            kind: Words::of(leaves, SpanKind::from_name)?,
            status: Words::of(leaves, StatusCode::from_name)?,
            texts: Texts::of(leaves)?,
            scope: Scope::of(leaves)?,
            flags: leaves.leaf(REQUIRED)?,
            dropped: Counts::of(leaves)?,
            resource: Resource::of(leaves)?,
            events: Events::of(leaves)?,
            links: Links::of(leaves)?,
        })
    }
}

/// Words for one of few things.
pub(super) struct Words<'f, T> {
    texts: Leaf<'f, Text>,
    known: Memo<T>,
    from_name: fn(&str) -> Option<T>,
}

impl<'f, T: Copy + Default> Words<'f, T> {
    fn of(leaves: &mut Leaves<'f>, from_name: fn(&str) -> Option<T>) -> Option<Self> {
        Some(Self {
            texts: leaves.leaf(REQUIRED)?,
            known: Memo::default(),
            from_name,
        })
    }

    /// What the next row says.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<T, Short> {
        let cell = self.texts.value().ok_or(Short)?;
        if let Some(known) = self.known.get(cell.place) {
            return Ok(known);
        }
        let name = std::str::from_utf8(cell.value).ok();
        let Some(known) = name.and_then(self.from_name) else {
            open.flaw(Flaw::UnknownEnum);
            return Ok(T::default());
        };
        self.known.put(cell.place, known);
        Ok(known)
    }
}

/// Texts that few records have: the status message and the trace state.
pub(super) struct Texts<'f> {
    status_message: Option<Leaf<'f, Text>>,
    trace_state: Option<Leaf<'f, Text>>,
}

impl<'f> Texts<'f> {
    fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            status_message: leaves.seldom(OPTIONAL)?,
            trace_state: leaves.seldom(OPTIONAL)?,
        })
    }

    /// Sets those of the next row.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        if let Some(text) = next_text(&mut self.status_message)? {
            open.batch.guard.check_text(text.len())?;
            let text = open.text(text);
            open.batch.status_message(&text);
        }
        if let Some(text) = next_text(&mut self.trace_state)? {
            open.batch.guard.check_text(text.len())?;
            let text = open.text(text);
            open.batch.trace_state(&text);
        }
        Ok(())
    }
}

/// The next text of a column that few records have.
#[inline(always)]
pub(super) fn next_text<'f>(
    column: &mut Option<Leaf<'f, Text>>,
) -> Result<Option<&'f [u8]>, Short> {
    let Some(column) = column else {
        return Ok(None);
    };
    let entry = column.entry().ok_or(Short)?;
    Ok(entry.map(|cell| cell.value))
}

/// What sources say that they dropped.
pub(super) struct Counts<'f>([Option<Leaf<'f, Count>>; 3]);

impl<'f> Counts<'f> {
    fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        let mut next = || leaves.counts(REQUIRED);
        Some(Self([next()?, next()?, next()?]))
    }

    /// Notes what the source of the next row says.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<(), Short> {
        let [attributes, events, links] = &mut self.0;
        if attributes.is_none() && events.is_none() && links.is_none() {
            return Ok(());
        }
        let dropped = Dropped {
            attributes: next_count(attributes)?,
            events: next_count(events)?,
            links: next_count(links)?,
        };
        open.batch.note_dropped(dropped);
        Ok(())
    }
}

/// The next count of a column that may be all zero.
#[inline]
pub(super) fn next_count(column: &mut Option<Leaf<'_, Count>>) -> Result<u32, Short> {
    match column {
        Some(column) => Ok(column.value().ok_or(Short)?.value),
        None => Ok(0),
    }
}

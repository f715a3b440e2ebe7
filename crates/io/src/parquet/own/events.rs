//! Events of spans.

use super::columns::next_count;
use super::leaf::Leaf;
use super::leaves::{Leaves, PART};
use super::list::{List, Parts};
use super::memo::Names;
use super::physical::{Count, Long, Text};
use super::shared::members;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;

/// The columns of events.
pub(super) struct Events<'f> {
    time: Leaf<'f, Long>,
    name: Names<'f>,
    attributes: Leaf<'f, Text>,
    dropped: Option<Leaf<'f, Count>>,
}

impl<'f> Events<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<List<'f, Self>> {
        let times = leaves.pages::<Long>(PART)?;
        let lengths = leaves.lengths(times)?;
        let parts = Self {
            time: Leaf::new(times),
            name: leaves.names(PART)?,
            attributes: leaves.leaf(PART)?,
            dropped: leaves.counts(PART)?,
        };
        Some(List::new(lengths, parts))
    }
}

impl Parts for Events<'_> {
    fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let attributes = self.attributes.value().ok_or(Short)?;
        members(attributes, open, |open, key, value| {
            open.batch.event_attribute_of(key, value);
        })?;
        let name = self.name.next().ok_or(Short)?;
        let name = self.name.symbol(name, open)?;
        let time = self.time.value().ok_or(Short)?.value;
        let dropped = next_count(&mut self.dropped)?;
        open.batch.event_dropped(dropped.into());
        open.batch.event_of(time, name);
        Ok(())
    }
}

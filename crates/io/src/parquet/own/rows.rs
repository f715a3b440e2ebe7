//! Rows of a row group, which become records.

use super::attributes::Attributes;
use super::columns::Columns;
use super::leaves::Leaves;
use super::order::ReadOrder;
use super::others::disagree;
use super::Short;
use crate::flaws::Flaw;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::{SpanBatch, SpanHead};

/// A row group that is read row by row.
pub(super) struct Rows<'f, 'b> {
    open: Open<'b>,
    columns: Columns<'f>,
    attributes: Attributes<'f>,
}

impl<'f, 'b> Rows<'f, 'b> {
    pub(super) fn of(
        leaves: &mut Leaves<'f>,
        read: ReadOrder,
        batch: &'b mut SpanBatch,
    ) -> Result<Self, Stop> {
        let strange = || Stop::broken("a column is of another type, or claims too much");
        let mut open = Open::new(batch);
        Ok(Self {
            columns: Columns::of(leaves).ok_or_else(strange)?,
            attributes: Attributes::of(leaves, read, &mut open)?.ok_or_else(strange)?,
            open,
        })
    }

    /// Reads the next row.
    pub(super) fn next(&mut self) -> Result<(), Stop> {
        let (columns, open) = (&mut self.columns, &mut self.open);
        let trace_id = columns.ids.trace(open)?;
        open.batch.expect_trace(trace_id);
        let name = columns.name.next().ok_or(Short)?;
        let name = columns.name.symbol(name, open)?;
        self.attributes.next(name, open)?;
        columns.events.next(open)?;
        columns.links.next(open)?;
        columns.texts.next(open)?;
        columns.dropped.next(open)?;
        let (span_id, parent_id) = columns.ids.spans(open)?;
        let head = SpanHead {
            trace_id,
            span_id,
            parent_id,
            start_unix_nano: columns.start.value().ok_or(Short)?.value,
            end_unix_nano: columns.end.entry().ok_or(Short)?.map(|end| end.value),
            name,
            kind: columns.kind.next(open)?,
            status: columns.status.next(open)?,
            flags: columns.flags.value().ok_or(Short)?.value,
            resource: columns.resource.next(&mut columns.service, open)?,
            scope: columns.scope.next(open)?,
        };
        if !open.batch.settle() {
            open.flaw(Flaw::InvalidUtf8);
        }
        self.close(head)
    }

    /// Closes the record, and learns what it says where it has no flaw.
    #[inline]
    fn close(&mut self, head: SpanHead) -> Result<(), Stop> {
        let (record, is_faultless) = (self.open.batch.len(), self.open.is_faultless());
        self.open.close(head)?;
        let closed = self.open.batch.heads.get(record);
        if let Some(closed) = closed.filter(|_| is_faultless) {
            self.attributes.learn(closed.evidence);
        }
        Ok(())
    }

    /// Makes room for the attributes of so many more records.
    pub(super) fn make_room(&mut self, records: usize) {
        self.open.batch.expect_attributes(records);
    }

    /// Makes sure that all attributes have been read.
    pub(super) fn end(&self) -> Result<(), Stop> {
        match self.attributes.is_over() {
            true => Ok(()),
            false => Err(disagree()),
        }
    }
}

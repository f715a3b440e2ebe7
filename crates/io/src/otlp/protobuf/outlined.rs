//! Spans that are as an earlier one but for what is their own: ids, times, flags,
//! and values of attributes that analyses do not read.

use super::head::Head;
use super::known::push_row;
use super::outlines::Outlines;
use super::span::SpanReader;
use crate::flaws::Flaw;
use crate::otlp::draft::{Draft, Surroundings};
use crate::wire::{Field, Wire};
use spanwise_model::{EvidenceId, Result, StatusCode, Symbol};
use std::ops::Range;

/// How many rows are held at most.
const MOST_ROWS: usize = 1 << 16;

/// The outlines of the spans of a file.
#[derive(Debug, Default)]
pub(super) struct Outlined {
    outlines: Outlines<Common>,
    rows: Vec<Row>,
}

/// What spans of one outline have in common that [`Head`] does not tell.
#[derive(Clone, Copy, Debug)]
struct Common {
    name: Symbol,
    status: StatusCode,
    evidence: EvidenceId,
    /// True where they end with flags.
    has_flags: bool,
    /// Their rows in [`Outlined::rows`].
    first_row: u32,
    rows: u32,
}

/// Where the value of a row that is kept stands in the spans of an outline.
#[derive(Clone, Copy, Debug)]
struct Row {
    key: Symbol,
    start: u32,
    length: u32,
}

/// A span whose outline is learnt, from its name on.
struct Lesson {
    /// Which bytes are those of the outline.
    mask: Vec<u8>,
    has_flags: bool,
    rows: Vec<Row>,
}

impl SpanReader<'_> {
    /// Closes a span of which the head has been read, where its outline is known.
    #[inline(always)]
    pub(super) fn close_outlined(
        &mut self,
        head: &Head<'_>,
        draft: &mut Draft,
        around: &Surroundings,
    ) -> Result<bool> {
        let Some(outline) = self.outlined.outlines.find(head.named, head.name) else {
            return Ok(false);
        };
        (draft.name, draft.status) = (outline.name, outline.status);
        if let (true, Some(flags)) = (outline.has_flags, head.named.last_chunk()) {
            draft.flags = u32::from_le_bytes(*flags);
        }
        if outline.rows > 0 {
            self.push_rows(head.named, &outline, draft)?;
        }
        draft.close_saying(outline.evidence, self.batch, around)?;
        Ok(true)
    }

    /// Adds the rows that are kept.
    fn push_rows(&mut self, span: &[u8], outline: &Common, draft: &mut Draft) -> Result<()> {
        let rows = &self.outlined.rows[outline.first_row as usize..];
        for row in &rows[..outline.rows as usize] {
            let value = &span[row.start as usize..][..row.length as usize];
            push_row((self.batch, &mut self.scratch), row.key, value, draft)?;
        }
        if !self.batch.settle() {
            draft.flaw(Flaw::InvalidUtf8);
        }
        Ok(())
    }

    /// Learns the outline of a span that was read without a flaw, where it is time
    /// to; `rest` is what stands behind its head. Spans with events, links or a text
    /// of their status have none.
    #[inline]
    pub(super) fn learn_outline(
        &mut self,
        head: &Head<'_>,
        rest: &[u8],
        draft: &Draft,
        evidence: EvidenceId,
    ) -> Result<()> {
        if !self.outlined.outlines.is_due(head.named, head.name) {
            return Ok(());
        }
        let mut lesson = Lesson::of(head);
        if !self.look_at_fields(rest, &mut lesson)? {
            return Ok(());
        }
        let Outlined { outlines, rows } = &mut self.outlined;
        let outline = Common {
            name: draft.name,
            status: draft.status,
            evidence,
            has_flags: lesson.has_flags,
            first_row: rows.len() as u32,
            rows: lesson.rows.len() as u32,
        };
        if rows.len() + lesson.rows.len() <= MOST_ROWS {
            rows.extend(lesson.rows);
            outlines.learn((head.named, &lesson.mask), head.name, outline);
        }
        Ok(())
    }

    /// Leaves out what is a span's own behind its head; false where it has more than
    /// an outline tells.
    fn look_at_fields(&mut self, rest: &[u8], lesson: &mut Lesson) -> Result<bool> {
        let mut wire = Wire::new(rest);
        loop {
            let field = wire.next();
            let end = lesson.mask.len() - wire.rest().len();
            let is_outlined = match field {
                Ok(None) => return Ok(true),
                Ok(Some((9, Field::Bytes(pair)))) => self.look_at_pair(pair, end, lesson)?,
                Ok(Some((15, Field::Bytes(status)))) => is_code(status),
                Ok(Some((16, Field::Fixed32(_)))) => {
                    lesson.leave_out(end - 4..end);
                    lesson.has_flags = true;
                    wire.rest().is_empty()
                }
                _ => false,
            };
            if !is_outlined {
                return Ok(false);
            }
        }
    }

    /// The same for an attribute that ends there; false where it is not written as
    /// usual.
    fn look_at_pair(&mut self, pair: &[u8], end: usize, lesson: &mut Lesson) -> Result<bool> {
        let mut wire = Wire::new(pair);
        let (Ok(Some((1, Field::Bytes(key)))), Ok(Some((2, Field::Bytes(value))))) =
            (wire.next(), wire.next())
        else {
            return Ok(false);
        };
        let key = self.symbol(key, &mut Draft::default())?;
        let key_use = self.batch.key_use(key);
        let start = end - value.len();
        if key_use.is_kept() {
            lesson.rows.push(Row {
                key,
                start: start as u32,
                length: value.len() as u32,
            });
        }
        if !key_use.is_evidence() {
            lesson.leave_out(start..end);
        }
        Ok(wire.rest().is_empty())
    }
}

impl Lesson {
    fn of(head: &Head<'_>) -> Self {
        let mut lesson = Self {
            mask: vec![0xff; head.named.len()],
            has_flags: false,
            rows: Vec::new(),
        };
        // A tag stands before each time.
        for time in [head.times_at + 1, head.times_at + 10] {
            lesson.leave_out(time..time + 8);
        }
        lesson
    }

    fn leave_out(&mut self, range: Range<usize>) {
        self.mask[range].fill(0);
    }
}

/// True for a status without a text.
fn is_code(status: &[u8]) -> bool {
    let mut wire = Wire::new(status);
    let has_code = matches!(wire.next(), Ok(None | Some((3, Field::Varint(_)))));
    has_code && wire.rest().is_empty()
}

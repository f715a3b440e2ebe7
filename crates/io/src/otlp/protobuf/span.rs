//! One span: its fields, attributes, events and links.

use super::id::{span_id, trace_id};
use super::known::Sequences;
use super::outlined::Outlined;
use super::value::{KeyValue, Scratch};
use crate::flaws::Flaw;
use crate::keys::Keys;
use crate::otlp::draft::{Draft, Surroundings};
use crate::wire::{Broken, Field, Wire};
use spanwise_model::{EvidenceId, Result, SpanBatch, SpanId, Symbol, TraceId};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Read,
    /// It is a log record or a metric.
    OtherSignal,
    Malformed,
}

/// Reads spans into a batch.
pub(super) struct SpanReader<'b> {
    pub(super) batch: &'b mut SpanBatch,
    pub(super) keys: Keys,
    pub(super) scratch: Scratch,
    pub(super) sequences: Sequences,
    pub(super) outlined: Outlined,
}

/// What is learnt of the spans of a batch.
#[derive(Debug, Default)]
struct Learnt {
    keys: Keys,
    sequences: Sequences,
    outlined: Outlined,
}

/// What else than a span owns attributes.
#[derive(Clone, Copy)]
enum Owner {
    Event,
    Link,
}

/// Reads a message that holds nothing but links into the open record.
#[cfg(feature = "parquet")]
pub(crate) fn read_links(message: &[u8], draft: &mut Draft, batch: &mut SpanBatch) -> Result<()> {
    if message.is_empty() {
        return Ok(());
    }
    let mut reader = SpanReader::new(batch);
    let mut wire = Wire::new(message);
    while let Some(field) = go_on(wire.next(), draft) {
        if let (1, Field::Bytes(link)) = field {
            reader.link(link, draft)?;
        }
    }
    reader.leave();
    Ok(())
}

impl<'b> SpanReader<'b> {
    /// Goes on with what was learnt where others have read into this batch.
    pub(super) fn new(batch: &'b mut SpanBatch) -> Self {
        let learnt = batch.take_learnt::<Learnt>().unwrap_or_default();
        Self {
            batch,
            scratch: Scratch::default(),
            keys: learnt.keys,
            sequences: learnt.sequences,
            outlined: learnt.outlined,
        }
    }

    /// Leaves what was learnt for those that read on into the batch.
    pub(super) fn leave(self) {
        self.batch.leave_learnt(Learnt {
            keys: self.keys,
            sequences: self.sequences,
            outlined: self.outlined,
        });
    }

    /// Reads one span: as one that goes where an earlier one went, or else as
    /// any.
    pub(super) fn read(&mut self, bytes: &[u8], around: &Surroundings) -> Result<Outcome> {
        if self.read_known(bytes, around)? {
            return Ok(Outcome::Read);
        }
        self.batch.abandon();
        let mut draft = Draft::default();
        let outcome = self.fields(bytes, &mut draft)?;
        if outcome != Outcome::Read {
            self.batch.abandon();
            return Ok(outcome);
        }
        let name = draft.name;
        if let Some(evidence) = self.close(draft, around)? {
            self.learn(bytes, name, evidence)?;
        }
        Ok(outcome)
    }

    /// Closes the open record; answers its evidence where it has no flaw.
    #[inline]
    pub(super) fn close(
        &mut self,
        mut draft: Draft,
        around: &Surroundings,
    ) -> Result<Option<EvidenceId>> {
        if !self.batch.settle() {
            draft.flaw(Flaw::InvalidUtf8);
        }
        let (is_faultless, before) = (draft.flaws.is_empty(), self.batch.len());
        draft.close(self.batch, around)?;
        let is_kept = self.batch.len() > before;
        let last = self.batch.heads.last().filter(|_| is_faultless && is_kept);
        Ok(last.map(|head| head.evidence))
    }

    /// Reads all fields of a span.
    fn fields(&mut self, bytes: &[u8], draft: &mut Draft) -> Result<Outcome> {
        let mut wire = Wire::new(bytes);
        let mut timed = false;
        loop {
            while let Some(pair) = wire.next_short(9) {
                self.attribute(pair, draft)?;
            }
            match wire.next() {
                Ok(Some((number, field))) => {
                    timed |= matches!((number, field), (7 | 8, Field::Fixed64(_)));
                    self.field(number, field, draft)?;
                }
                Ok(None) if !timed && is_other_signal(bytes) => return Ok(Outcome::OtherSignal),
                Ok(None) if !draft.has_id() => return Ok(Outcome::Malformed),
                Ok(None) => return Ok(Outcome::Read),
                Err(_) => return Ok(Outcome::Malformed),
            }
        }
    }

    /// The symbol of a short text that repeats.
    #[inline]
    pub(super) fn symbol(&mut self, text: &[u8], draft: &mut Draft) -> Result<Symbol> {
        self.keys.symbol(text, self.batch, &mut draft.flaws)
    }

    #[inline]
    pub(super) fn field(&mut self, number: u32, field: Field<'_>, draft: &mut Draft) -> Result<()> {
        match (number, field) {
            (9, Field::Bytes(pair)) => self.attribute(pair, draft)?,
            (1, Field::Bytes(id)) => {
                draft.trace_id = trace_id(id, self.batch, draft);
                self.batch.expect_trace(draft.trace_id);
            }
            (2, Field::Bytes(id)) => draft.span_id = span_id(id, self.batch, draft),
            (3, Field::Bytes(text)) => {
                let text = self.scratch.text(text, &self.batch.guard, draft)?;
                self.batch.trace_state(text);
            }
            (4, Field::Bytes(id)) => draft.parent_id = span_id(id, self.batch, draft),
            (5, Field::Bytes(name)) => {
                draft.name = self.symbol(name, draft)?;
                self.batch.expect_name(draft.name);
            }
            (6, Field::Varint(kind)) => draft.kind_number(kind as i64),
            (7, Field::Fixed64(nanos)) => draft.start = draft.time(nanos),
            (8, Field::Fixed64(nanos)) => draft.end = draft.time(nanos),
            (10, Field::Varint(count)) => {
                draft.dropped(|draft| &mut draft.dropped_attributes, count);
            }
            (11, Field::Bytes(event)) => self.event(event, draft)?,
            (12, Field::Varint(count)) => {
                draft.dropped(|draft| &mut draft.dropped_events, count);
            }
            (13, Field::Bytes(link)) => self.link(link, draft)?,
            (14, Field::Varint(count)) => {
                draft.dropped(|draft| &mut draft.dropped_links, count);
            }
            (15, Field::Bytes(status)) => self.status(status, draft)?,
            (16, Field::Fixed32(flags)) => draft.flags = flags,
            (1..=16, _) => draft.flaw(Flaw::Malformed),
            _ => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn attribute(&mut self, pair: &[u8], draft: &mut Draft) -> Result<()> {
        let Ok(pair) = KeyValue::read(pair) else {
            draft.flaw(Flaw::Malformed);
            return Ok(());
        };
        let key = self.keys.symbol(pair.key, self.batch, &mut draft.flaws)?;
        if let Some(text) = pair.short_text() {
            self.batch.attribute_of_bytes(key, text);
        } else if self.batch.note_key(key) {
            let value = self.scratch.value(pair.value, &self.batch.guard, draft)?;
            self.batch.attribute_of(key, value);
        }
        Ok(())
    }

    /// An attribute of an event or a link, of which there are few.
    fn other_attribute(&mut self, pair: &[u8], owner: Owner, draft: &mut Draft) -> Result<()> {
        let Ok(pair) = KeyValue::read(pair) else {
            draft.flaw(Flaw::Malformed);
            return Ok(());
        };
        let key = self.keys.symbol(pair.key, self.batch, &mut draft.flaws)?;
        if !self.batch.keeps(key) {
            return Ok(());
        }
        let value = self.scratch.value(pair.value, &self.batch.guard, draft)?;
        match owner {
            Owner::Event => self.batch.event_attribute_of(key, value),
            Owner::Link => self.batch.link_attribute_of(key, value),
        }
        Ok(())
    }

    fn event(&mut self, bytes: &[u8], draft: &mut Draft) -> Result<()> {
        let (mut time, mut name) = (0, &[][..]);
        let mut wire = Wire::new(bytes);
        while let Some((number, field)) = go_on(wire.next(), draft) {
            match (number, field) {
                (1, Field::Fixed64(nanos)) => time = draft.time(nanos),
                (2, Field::Bytes(text)) => name = text,
                (3, Field::Bytes(pair)) => self.other_attribute(pair, Owner::Event, draft)?,
                (4, Field::Varint(count)) => {
                    draft.dropped(|draft| &mut draft.dropped_inside, count);
                    self.batch.event_dropped(count);
                }
                _ => {}
            }
        }
        let name = self.scratch.text(name, &self.batch.guard, draft)?;
        self.batch.event(time, name);
        Ok(())
    }

    fn link(&mut self, bytes: &[u8], draft: &mut Draft) -> Result<()> {
        let (mut trace, mut span) = (TraceId::default(), SpanId::default());
        let mut wire = Wire::new(bytes);
        while let Some((number, field)) = go_on(wire.next(), draft) {
            match (number, field) {
                (1, Field::Bytes(id)) => trace = trace_id(id, self.batch, draft),
                (2, Field::Bytes(id)) => span = span_id(id, self.batch, draft),
                (3, Field::Bytes(text)) => {
                    let text = self.scratch.text(text, &self.batch.guard, draft)?;
                    self.batch.link_state(text);
                }
                (4, Field::Bytes(pair)) => self.other_attribute(pair, Owner::Link, draft)?,
                (5, Field::Varint(count)) => {
                    draft.dropped(|draft| &mut draft.dropped_inside, count);
                    self.batch.link_dropped(count);
                }
                _ => {}
            }
        }
        self.batch.link(trace, span);
        Ok(())
    }

    fn status(&mut self, bytes: &[u8], draft: &mut Draft) -> Result<()> {
        let mut wire = Wire::new(bytes);
        while let Some((number, field)) = go_on(wire.next(), draft) {
            match (number, field) {
                (2, Field::Bytes(text)) => {
                    let text = self.scratch.text(text, &self.batch.guard, draft)?;
                    self.batch.status_message(text);
                }
                (3, Field::Varint(code)) => draft.status_number(code as i64),
                _ => {}
            }
        }
        Ok(())
    }
}

fn go_on<'a>(
    next: Result<Option<(u32, Field<'a>)>, Broken<'a>>,
    draft: &mut Draft,
) -> Option<(u32, Field<'a>)> {
    next.unwrap_or_else(|_| {
        draft.flaw(Flaw::Malformed);
        None
    })
}

/// True where a record has the fields of a log record or a metric.
fn is_other_signal(bytes: &[u8]) -> bool {
    let mut wire = Wire::new(bytes);
    let (mut ids, mut points) = (0, false);
    while let Ok(Some(field)) = wire.next() {
        match field {
            (1 | 11, Field::Fixed64(_)) | (2, Field::Varint(_)) => return true,
            (1, Field::Bytes(id)) if id.len() == 16 => ids += 1,
            (2, Field::Bytes(id)) if id.len() == 8 => ids += 1,
            (5 | 7 | 9 | 10 | 11, Field::Bytes(_)) => points = true,
            _ => {}
        }
    }
    points && ids == 0
}

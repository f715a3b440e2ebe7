//! Spans whose attributes go where those of an earlier span went.

use super::head::Head;
use super::span::SpanReader;
use super::value::{KeyValue, Scratch};
use crate::flaws::Flaw;
use crate::otlp::draft::{Draft, Surroundings};
use crate::sequences::{Attribute, Known};
use crate::wire::{Field, Wire};
use spanwise_model::{EvidenceId, Result, SpanBatch, Symbol};

/// The sequences of a file: most attributes begin with 32 bytes or fewer.
pub(super) type Sequences = crate::sequences::Sequences<ValueAt, 4>;

/// Where the value of an attribute stands; nowhere where its lengths are not
/// short.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ValueAt(Option<u8>);

/// The tag of an attribute of a span.
const TAG: u8 = 9 << 3 | 2;

/// Where the length stands that an attribute begins with.
const LENGTH_AT: usize = 1;

impl SpanReader<'_> {
    /// Reads a span that begins as encoders write, and whose outline is known, or
    /// whose attributes are in this sequence. Where it is not such a one, the answer
    /// is false, and what the open record got is to be forgotten.
    #[inline(always)]
    pub(super) fn read_known(&mut self, span: &[u8], around: &Surroundings) -> Result<bool> {
        let Some((head, rest)) = Head::read(span) else {
            return Ok(false);
        };
        let mut draft = Draft {
            trace_id: head.trace_id,
            span_id: head.span_id,
            parent_id: head.parent_id,
            ..Draft::default()
        };
        self.batch.expect_trace(draft.trace_id);
        (draft.start, draft.end) = (draft.time(head.start), draft.time(head.end));
        draft.kind_number(i64::from(head.kind));
        if !draft.has_id() {
            return Ok(false);
        }
        if self.close_outlined(&head, &mut draft, around)? {
            return Ok(true);
        }
        self.read_sequence(&head, rest, draft, around)
    }

    /// Reads what stands behind the head of a span whose attributes are known in
    /// this sequence.
    #[inline(never)]
    fn read_sequence(
        &mut self,
        head: &Head<'_>,
        rest: &[u8],
        mut draft: Draft,
        around: &Surroundings,
    ) -> Result<bool> {
        draft.name = self.symbol(head.name, &mut draft)?;
        if !self.sequences.begin(draft.name) || !self.known_fields(rest, &mut draft)? {
            return Ok(false);
        }
        let Some(evidence) = self.sequences.evidence() else {
            return Ok(false);
        };
        if !self.batch.settle() {
            draft.flaw(Flaw::InvalidUtf8);
        }
        let is_clean = draft.is_clean();
        draft.close_saying(evidence, self.batch, around)?;
        if is_clean {
            self.learn_outline(head, rest, &draft, evidence)?;
        }
        Ok(true)
    }

    /// Reads the fields behind the first ones, attributes among them.
    #[inline(always)]
    fn known_fields(&mut self, rest: &[u8], draft: &mut Draft) -> Result<bool> {
        let mut wire = Wire::new(rest);
        loop {
            self.follow(&mut wire, draft)?;
            let before = wire.rest();
            if let Some(flags) = last_flags(before) {
                draft.flags = flags;
                return Ok(true);
            }
            match wire.next() {
                Ok(Some((9, Field::Bytes(pair)))) => {
                    let attribute = &before[..before.len() - wire.rest().len()];
                    if !self.follow_other(pair, attribute, draft)? {
                        return Ok(false);
                    }
                }
                Ok(Some((number @ 9.., field))) => self.field(number, field, draft)?,
                Ok(None) => return Ok(true),
                _ => return Ok(false),
            }
        }
    }

    /// Goes over the attributes that stand here, as long as they are those
    /// expected.
    #[inline(always)]
    fn follow(&mut self, wire: &mut Wire<'_>, draft: &mut Draft) -> Result<()> {
        let Self {
            batch,
            scratch,
            sequences,
            ..
        } = self;
        let rest = sequences.follow(wire.rest(), |known, rest| {
            let split = whole(rest, known).and_then(|length| rest.split_at_checked(length));
            let Some((attribute, others)) = split else {
                return Ok(None);
            };
            if known.is_kept {
                let ValueAt(Some(at)) = known.what else {
                    return Ok(None);
                };
                let value = &attribute[usize::from(at)..];
                push_row((batch, scratch), known.key, value, draft)?;
            }
            Ok(Some(others))
        })?;
        wire.go_on(rest);
        Ok(())
    }

    /// Goes over an attribute of these bytes, if it was seen here, though it
    /// is not the one expected.
    fn follow_other(&mut self, pair: &[u8], bytes: &[u8], draft: &mut Draft) -> Result<bool> {
        let Ok(pair) = KeyValue::read(pair) else {
            return Ok(false);
        };
        let key = self.symbol(pair.key, draft)?;
        let evidence = self.batch.key_use(key).is_evidence();
        let found = self.sequences.find(key, evidence.then_some(bytes));
        if let Some(known) = found {
            if known.is_kept {
                push_row((self.batch, &mut self.scratch), key, pair.value, draft)?;
            }
            self.sequences.go(known.step);
        }
        Ok(found.is_some())
    }

    /// Learns the attributes of a span without a flaw, which says what is in
    /// the set of `evidence`.
    pub(super) fn learn(&mut self, span: &[u8], name: Symbol, evidence: EvidenceId) -> Result<()> {
        if !self.sequences.learn_name(name) {
            return Ok(());
        }
        let mut wire = Wire::new(span);
        loop {
            let before = wire.rest();
            match wire.next() {
                Ok(Some((9, Field::Bytes(pair)))) => {
                    let bytes = &before[..before.len() - wire.rest().len()];
                    if !self.learn_attribute(pair, bytes)? {
                        return Ok(());
                    }
                }
                Ok(Some(_)) => {}
                _ => break,
            }
        }
        self.sequences.learn_evidence(evidence);
        Ok(())
    }

    fn learn_attribute(&mut self, pair: &[u8], bytes: &[u8]) -> Result<bool> {
        let Ok(KeyValue { key, .. }) = KeyValue::read(pair) else {
            return Ok(false);
        };
        let symbol = self.symbol(key, &mut Draft::default())?;
        let key_use = self.batch.key_use(symbol);
        let mut attribute = Attribute {
            key: symbol,
            bytes,
            any: None,
            is_whole: key_use.is_evidence(),
            is_kept: key_use.is_kept(),
            what: ValueAt(value_at(bytes)),
        };
        if attribute.is_whole {
            return Ok(self.sequences.learn(&attribute));
        }
        let (Ok(length @ 0..0x80), any) = (u8::try_from(key.len()), LENGTH_AT) else {
            return Ok(false);
        };
        let head = [&[TAG, 0, 0x0a, length], key, &[0x12]].concat();
        (attribute.bytes, attribute.any) = (&head, Some(any));
        attribute.what = ValueAt(u8::try_from(head.len() + 1).ok());
        Ok(self.sequences.learn(&attribute))
    }
}

/// Adds a row that is kept to the open record.
#[inline]
pub(super) fn push_row(
    (batch, scratch): (&mut SpanBatch, &mut Scratch),
    key: Symbol,
    value: &[u8],
    draft: &mut Draft,
) -> Result<()> {
    let pair = KeyValue { key: &[], value };
    if let Some(text) = pair.short_text() {
        batch.row_of_bytes(key, text);
    } else {
        let value = scratch.value(value, &batch.guard, draft)?;
        batch.row(key, value);
    }
    Ok(())
}

/// The flags of a span that ends with them, as encoders write it.
#[inline(always)]
fn last_flags(rest: &[u8]) -> Option<u32> {
    match *rest {
        [0x85, 0x01, a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])),
        _ => None,
    }
}

/// The length of an attribute that was recognised, where its lengths are short
/// and agree.
#[inline(always)]
fn whole(rest: &[u8], known: &Known<ValueAt>) -> Option<usize> {
    if known.is_whole {
        return Some(known.length);
    }
    let (&outer, &inner) = (rest.get(LENGTH_AT)?, rest.get(known.length)?);
    let length = usize::from(outer) + LENGTH_AT + 1;
    let agree = length == usize::from(inner) + known.length + 1;
    (agree && outer < 0x80).then_some(length)
}

/// Where the value stands in an attribute that is written as usual.
fn value_at(attribute: &[u8]) -> Option<u8> {
    let [_, 0..0x80, pair @ ..] = attribute else {
        return None;
    };
    let value = KeyValue::read_usual(pair)?.value;
    u8::try_from(attribute.len() - value.len()).ok()
}

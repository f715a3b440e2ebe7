//! Spans whose attributes go where those of an earlier span went.

use super::span::SpanReader;
use super::value::KeyValue;
use crate::otlp::draft::Draft;
use crate::sequences::{Attribute, Known};
use crate::wire::{Field, Wire};
use spanwise_model::{EvidenceId, Result, Symbol};

/// The tag of an attribute of a span.
const TAG: u8 = 9 << 3 | 2;

/// Where the length stands that an attribute begins with.
const LENGTH_AT: usize = 1;

impl SpanReader<'_> {
    /// Goes over the attribute that stands here, if it is the one expected.
    #[inline(always)]
    pub(super) fn follow(&mut self, wire: &mut Wire<'_>, draft: &mut Draft) -> Result<bool> {
        let rest = wire.rest();
        let Some(known) = self.sequences.expected(rest) else {
            return Ok(false);
        };
        let Some(attribute) = whole(rest, &known) else {
            return Ok(false);
        };
        if known.is_kept {
            if let Some(value) = short_value(attribute) {
                self.row(known.key, value, draft)?;
            } else {
                return Ok(false);
            }
        }
        self.sequences.go(known);
        wire.skip(attribute.len());
        Ok(true)
    }

    /// Goes over an attribute of these bytes, if it was seen here, though it
    /// is not the one expected.
    pub(super) fn follow_other(
        &mut self,
        pair: &[u8],
        bytes: &[u8],
        draft: &mut Draft,
    ) -> Result<bool> {
        let Ok(pair) = KeyValue::read(pair) else {
            return Ok(false);
        };
        let key = self.symbol(pair.key, draft)?;
        let evidence = self.batch.key_use(key).is_evidence();
        let found = self.sequences.find(key, evidence.then_some(bytes));
        if let Some(known) = found {
            if known.is_kept {
                self.row(key, pair.value, draft)?;
            }
            self.sequences.go(known);
        }
        Ok(found.is_some())
    }

    #[inline]
    fn row(&mut self, key: Symbol, value: &[u8], draft: &mut Draft) -> Result<()> {
        let pair = KeyValue { key: &[], value };
        if let Some(text) = pair.short_text() {
            self.batch.row_of_bytes(key, text);
        } else {
            let value = self.scratch.value(value, &self.batch.guard, draft)?;
            self.batch.row(key, value);
        }
        Ok(())
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
            is_evidence: key_use.is_evidence(),
            is_kept: key_use.is_kept(),
        };
        if attribute.is_evidence {
            return Ok(self.sequences.learn(&attribute));
        }
        let (Ok(length @ 0..0x80), any) = (u8::try_from(key.len()), LENGTH_AT) else {
            return Ok(false);
        };
        let head = [&[TAG, 0, 0x0a, length], key, &[0x12]].concat();
        (attribute.bytes, attribute.any) = (&head, Some(any));
        Ok(self.sequences.learn(&attribute))
    }
}

/// All of an attribute that was recognised, where its lengths are short and
/// agree.
#[inline(always)]
fn whole<'a>(rest: &'a [u8], known: &Known) -> Option<&'a [u8]> {
    if known.is_whole {
        return rest.get(..known.length);
    }
    let (&outer, &inner) = (rest.get(LENGTH_AT)?, rest.get(known.length)?);
    let length = usize::from(outer) + LENGTH_AT + 1;
    let agree = length == usize::from(inner) + known.length + 1;
    if agree && outer < 0x80 {
        rest.get(..length)
    } else {
        None
    }
}

/// The value of an attribute, where its lengths are short.
#[inline]
fn short_value(attribute: &[u8]) -> Option<&[u8]> {
    match attribute {
        [_, 0..0x80, pair @ ..] => Some(KeyValue::read_usual(pair)?.value),
        _ => None,
    }
}

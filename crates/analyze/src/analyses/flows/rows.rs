//! Halves as rows of a partial.

use super::halves::{Received, Said, Sent};
use super::RECEIVED;
use crate::analyses::operations::OperationCodes;
use crate::partial::{NameCode, Partial};
use spanwise_model::{OperationId, SpanTable};

/// No name, and no operation.
const NO_NAME: u64 = NameCode::EMPTY.word();
const NOBODY: [u64; 3] = [NO_NAME; 3];

/// Writes halves.
pub(super) struct Writer<'a, 'o> {
    table: &'a SpanTable,
    names: OperationCodes,
    out: &'o mut Partial,
    /// The partial has no row yet, so that no key is looked for.
    is_new: bool,
}

impl<'a, 'o> Writer<'a, 'o> {
    pub(super) fn new((table, out): (&'a SpanTable, &'o mut Partial), is_new: bool) -> Self {
        Self {
            table,
            names: OperationCodes::new(table),
            out,
            is_new,
        }
    }

    pub(super) fn received(&mut self, halves: &[Received]) {
        let part = self.code(RECEIVED);
        let mut relation = ("", NO_NAME);
        for half in halves {
            if relation.0 != half.relation {
                relation = (half.relation, self.code(half.relation));
            }
            let [high, low, span, a, b, c] = self.own(half.trace, half.own);
            let ([other_high, other_low], other) = half.sender;
            let key = [
                part, high, low, span, a, b, c, other_high, other_low, other.0, relation.1, 0,
                NO_NAME, NO_NAME, NO_NAME,
            ];
            let ran = half.ran;
            let numbers = [ran.start.into(), ran.end_number(), i128::MAX, i128::MIN];
            self.out.put_words(&key, &numbers, self.is_new);
        }
    }

    pub(super) fn sent(&mut self, part: &str, halves: &[Sent]) {
        let part = self.code(part);
        for half in halves {
            let [high, low, span, a, b, c] = self.own(half.trace, half.own);
            let (above, root) = (half.above, half.top.id);
            let [d, e, f] = match half.is_root {
                true => self.operation(half.top.operation),
                false => NOBODY,
            };
            let key = [
                part, high, low, span, a, b, c, 0, 0, above.0, NO_NAME, root.0, d, e, f,
            ];
            let (ran, top) = (half.ran, half.top_ran);
            let starts = [ran.start, top.start].map(i128::from);
            let numbers = [starts[0], ran.end_number(), starts[1], top.end_number()];
            self.out.put_words(&key, &numbers, self.is_new);
        }
    }

    /// Trace, span and operation of the span at a row.
    #[inline]
    fn own(&mut self, trace: u32, own: Said) -> [u64; 6] {
        let trace = self.table.trace_ids[trace as usize].0;
        let [a, b, c] = self.operation(own.operation);
        [(trace >> 64) as u64, trace as u64, own.id.0, a, b, c]
    }

    #[inline]
    fn operation(&mut self, id: OperationId) -> [u64; 3] {
        let names = self.names.codes(self.table, id, self.out);
        names.map(NameCode::word)
    }

    fn code(&mut self, name: &str) -> u64 {
        self.out.intern(name).word()
    }
}

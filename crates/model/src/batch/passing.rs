//! Records that are passed over, because their traces are not wanted.

use super::SpanBatch;
use crate::id::TraceId;

/// Records that are not wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passing {
    /// The trace that was last asked for, and whether it is wanted.
    pub(super) last: Option<(TraceId, bool)>,
    /// True where the open record is not, so that nothing of it is stored.
    pub(super) open: bool,
    /// True where a text of the open record was not UTF-8.
    pub(super) bad_text: bool,
    /// How many there were.
    pub(super) records: u64,
}

impl SpanBatch {
    /// Says which trace the open record is of, so that it is passed over where
    /// that is not wanted: nothing more of it is stored, and it is dropped when
    /// it is closed. For readers that know the whole id by then.
    #[inline]
    pub fn expect_trace(&mut self, trace: TraceId) {
        self.passing.open = !trace.is_zero() && !self.is_wanted(trace);
    }

    #[inline]
    fn is_wanted(&mut self, trace: TraceId) -> bool {
        let Some(wanted) = &self.guard.wanted else {
            return true;
        };
        match self.passing.last {
            Some((last, answer)) if last == trace => answer,
            _ => {
                let word = self.trace_words.get(&trace).map(AsRef::as_ref);
                let answer = wanted(trace, word);
                self.passing.last = Some((trace, answer));
                answer
            }
        }
    }

    /// How many records were passed over since this was last asked, because
    /// their traces are not wanted.
    pub fn take_passed_over(&mut self) -> u64 {
        std::mem::take(&mut self.passing.records)
    }
}

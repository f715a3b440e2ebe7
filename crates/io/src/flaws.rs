//! What is wrong with a record while it is read.

use spanwise_model::{Example, IssueKind, SpanBatch};

/// A problem of one record, which becomes one issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    IrregularId,
    TimeOutOfRange,
    UnknownEnum,
    InvalidUtf8,
    Malformed,
}

const KINDS: [(Flaw, IssueKind); 5] = [
    (Flaw::IrregularId, IssueKind::IrregularId),
    (Flaw::TimeOutOfRange, IssueKind::TimeOutOfRange),
    (Flaw::UnknownEnum, IssueKind::UnknownEnum),
    (Flaw::InvalidUtf8, IssueKind::InvalidUtf8),
    (Flaw::Malformed, IssueKind::MalformedRecord),
];

/// The problems of one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flaws(u8);

impl Flaws {
    pub(crate) fn add(&mut self, flaw: Flaw) {
        self.0 |= 1 << flaw as u8;
    }

    /// Adds those of another.
    pub(crate) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Makes issues of them.
    #[cold]
    pub(crate) fn report(self, batch: &mut SpanBatch, service: &str, example: &Example) {
        for (flaw, kind) in KINDS {
            if self.0 & 1 << flaw as u8 != 0 {
                batch.issues.add(kind, service, example.clone());
            }
        }
    }
}

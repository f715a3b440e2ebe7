//! What a span says that it does with messages.

use crate::facts::Canonical;
use spanwise_model::semconv::Families;
use spanwise_model::{EvidenceId, Span, SpanKind, SpanTable};
use std::borrow::Cow;

/// What a span does with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// It sends some: every PRODUCER, and a CLIENT that creates, sends or
    /// publishes.
    Send,
    /// A CLIENT that sends messages which its links name: those that made them
    /// are their senders.
    PassOn,
    /// A CLIENT that acknowledges messages, or refuses them.
    Settle,
    /// A CLIENT of messages that says nothing else.
    Unsaid,
    /// Anything else; where it links, it receives.
    Other,
}

impl Does {
    /// True where links are messages that the span received.
    pub(super) fn receives(self) -> bool {
        !matches!(self, Self::PassOn | Self::Settle)
    }
}

/// A reader of what spans do with messages. What a CLIENT's attributes say is
/// found out once for each evidence set.
#[derive(Debug)]
pub(super) struct Messages<'a> {
    table: &'a SpanTable,
    canonical: Canonical<'a>,
    told: Vec<Option<Does>>,
}

impl<'a> Messages<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            canonical: Canonical::new(table),
            told: vec![None; table.store.evidence.len()],
        }
    }

    /// What the span of a row does.
    #[inline]
    pub(super) fn does(&mut self, row: u32) -> Does {
        let operation = self.table.columns.operation[row as usize];
        match self.table.operations.kind(operation) {
            SpanKind::Producer => Does::Send,
            SpanKind::Client => self.client(row),
            _ => Does::Other,
        }
    }

    fn client(&mut self, row: u32) -> Does {
        let evidence = self.table.columns.evidence[row as usize];
        let told = match self.told[evidence.index()] {
            Some(told) => told,
            None => self.find_out(evidence),
        };
        let passes_on = || Span::new(self.table, row).links().next().is_some();
        match told {
            Does::Send if passes_on() => Does::PassOn,
            _ => told,
        }
    }

    #[cold]
    fn find_out(&mut self, evidence: EvidenceId) -> Does {
        let families = self.table.store.evidence.families(evidence);
        let operation = || {
            let fields = self.canonical.evidence_fields(evidence);
            fields.messaging_operation().map(Cow::into_owned)
        };
        let does = match families.has(Families::MESSAGING) {
            false => Does::Other,
            true => match operation().as_deref() {
                Some("create" | "send" | "publish") => Does::Send,
                Some("settle" | "ack" | "nack") => Does::Settle,
                Some("receive" | "process" | "deliver") => Does::Other,
                _ => Does::Unsaid,
            },
        };
        self.told[evidence.index()] = Some(does);
        does
    }
}

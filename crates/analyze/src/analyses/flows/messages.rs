//! What a span says that it does with messages.

use crate::facts::Canonical;
use spanwise_model::semconv::Families;
use spanwise_model::{Span, SpanKind, SpanTable};

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

/// A reader of what spans do with messages.
#[derive(Debug)]
pub(super) struct Messages<'a> {
    table: &'a SpanTable,
    canonical: Canonical<'a>,
}

impl<'a> Messages<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            canonical: Canonical::new(table),
        }
    }

    /// What the span of a row does.
    #[inline]
    pub(super) fn does(&self, row: u32) -> Does {
        let operation = self.table.columns.operation[row as usize];
        match self.table.operations.kind(operation) {
            SpanKind::Producer => Does::Send,
            SpanKind::Client => self.client(row),
            _ => Does::Other,
        }
    }

    fn client(&self, row: u32) -> Does {
        let evidence = self.table.columns.evidence[row as usize];
        let families = self.table.store.evidence.families(evidence);
        if !families.has(Families::MESSAGING) {
            return Does::Other;
        }
        let fields = self.canonical.evidence_fields(evidence);
        match fields.messaging_operation().as_deref() {
            Some("create" | "send" | "publish") => {
                let links = Span::new(self.table, row).links().next();
                links.map_or(Does::Send, |_| Does::PassOn)
            }
            Some("settle" | "ack" | "nack") => Does::Settle,
            Some("receive" | "process" | "deliver") => Does::Other,
            _ => Does::Unsaid,
        }
    }
}

//! What a span says that it does with messages.

use super::halves::Part;
use crate::facts::Canonical;
use spanwise_model::semconv::Families;
use spanwise_model::{EvidenceId, OperationId, Span, SpanKind, SpanTable, Trace};
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
    /// By operation: what its spans do, where that does not depend on the span.
    kinds: Vec<Option<Does>>,
    told: Vec<Option<Does>>,
}

impl<'a> Messages<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let kinds = operations.map(|id| match table.operations.kind(id) {
            SpanKind::Producer => Some(Does::Send),
            SpanKind::Client => None,
            _ => Some(Does::Other),
        });
        Self {
            table,
            canonical: Canonical::new(table),
            kinds: kinds.collect(),
            told: vec![None; table.store.evidence.len()],
        }
    }

    /// What the span of a row does.
    #[inline]
    pub(super) fn does(&mut self, row: u32) -> Does {
        let operation = self.table.columns.operation[row as usize];
        match self.kinds[operation.0 as usize] {
            Some(does) => does,
            None => self.client(row),
        }
    }

    /// Finds the spans of a trace that send messages, or may.
    #[inline(never)]
    pub(super) fn find(&mut self, trace: Trace<'_>, found: &mut Vec<(u32, Part)>) {
        let rows = trace.rows().start as usize..trace.rows().end as usize;
        let operations = &self.table.columns.operation[rows];
        for (row, operation) in trace.rows().zip(operations) {
            let does = match self.kinds[operation.0 as usize] {
                Some(Does::Other) => continue,
                Some(does) => does,
                None => self.client(row),
            };
            match does {
                Does::Send => found.push((row, Part::Sent)),
                Does::PassOn | Does::Unsaid => found.push((row, Part::Passed)),
                Does::Settle | Does::Other => {}
            }
        }
    }

    #[inline]
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

//! Where errors began: origins, what they spread to, and what absorbed them.
//!
//! A span's children are those by parent edge, and those that link to it from
//! inside its trace: a consumer that links to its producer is caused by it, so
//! its error stands under the producer as a child's does. Only links from a
//! later row to an earlier one count; so no circle of links can hide an
//! origin, as a circle of parents cannot.
//!
//! A child that errs explains its parent's error where it was not healed and
//! ended by the parent's own end (not the effective one, which it never
//! outlives). The policy's tolerance, which allows for truncated times, holds
//! here as it does between siblings.
//!
//! An *echo* is an INTERNAL span with the HTTP status of the SERVER span right
//! above it: instrumentations of ASGI give the sending of a response a span of
//! its own and mark it with the answer's error. It errs, but it tells of the
//! server's error and made none: it is no origin, and explains nothing.

use super::canonical::Canonical;
use super::columns::fact_flags;
use super::healing::Healing;
use super::timeline::Timeline;
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{Span, SpanId, SpanKind, SpanTable};
use std::ops::Range;

/// A child errs.
const CHILD_ERRS: u8 = 1;
/// Such a child explains the span's own error.
const EXPLAINED: u8 = 1 << 1;
/// The children were looked at for healing.
const LOOKED: u8 = 1 << 2;

/// The span repeats the error of the server span above it.
const ECHO: u8 = 1 << 3;

/// What errors are traced over.
pub(super) struct Errors<'a> {
    pub(super) canonical: &'a Canonical<'a>,
    pub(super) timeline: &'a Timeline,
    pub(super) tolerance_nano: u64,
}

/// Scratch, kept from one run of traces to the next.
#[derive(Debug, Default)]
pub(super) struct Origins {
    notes: Vec<u8>,
    /// The rows that err.
    erring: Vec<u32>,
    by_id: Vec<(SpanId, u32)>,
    healing: Healing,
}

impl Origins {
    /// Sets the flags of errors for the timeline's rows, whose
    /// [`fact_flags::ERRS`] is set already.
    pub(super) fn fill(&mut self, errors: &Errors<'_>, traces: Range<u32>, facts: &mut [u8]) {
        let rows = errors.timeline.rows().zip(facts.iter());
        let erring = rows.filter(|(_, flags)| *flags & fact_flags::ERRS != 0);
        self.erring.clear();
        self.erring.extend(erring.map(|(row, _)| row));
        if self.erring.is_empty() {
            return;
        }
        self.notes.clear();
        self.notes.resize(facts.len(), 0);
        self.note_echoes(errors);
        self.heal(errors, facts);
        self.note_parents(errors, facts);
        if !errors.table().store.links.record.is_empty() {
            self.note_links(errors, traces, facts);
        }
        for (flags, notes) in facts.iter_mut().zip(&self.notes) {
            *flags |= verdict(*flags, *notes);
        }
    }

    fn note_echoes(&mut self, errors: &Errors<'_>) {
        for &row in &self.erring {
            if is_echo(errors, row) {
                self.notes[errors.timeline.at(row)] |= ECHO;
            }
        }
    }

    /// Marks erring children that a sibling made good, parent by parent.
    fn heal(&mut self, errors: &Errors<'_>, facts: &mut [u8]) {
        for &row in &self.erring {
            let parent = errors.table().columns.parent[row as usize];
            if parent == NO_PARENT {
                continue;
            }
            let notes = &mut self.notes[errors.timeline.at(parent)];
            if *notes & LOOKED == 0 {
                *notes |= LOOKED;
                self.healing.children_of(errors, parent, facts);
            }
        }
    }

    fn note_parents(&mut self, errors: &Errors<'_>, facts: &[u8]) {
        let erring = std::mem::take(&mut self.erring);
        for &row in &erring {
            let parent = errors.table().columns.parent[row as usize];
            if parent != NO_PARENT {
                self.note(errors, facts, (parent, row));
            }
        }
        self.erring = erring;
    }

    /// The same along links, trace by trace.
    fn note_links(&mut self, errors: &Errors<'_>, traces: Range<u32>, facts: &[u8]) {
        let erring = std::mem::take(&mut self.erring);
        let mut rest = erring.as_slice();
        for index in traces {
            let end = errors.table().rows(index).end;
            let (of_trace, others) = rest.split_at(rest.partition_point(|&row| row < end));
            self.note_links_of(errors, (index, of_trace), facts);
            rest = others;
        }
        self.erring = erring;
    }

    /// The same along the links of these rows of a trace, which err.
    fn note_links_of(&mut self, errors: &Errors<'_>, (index, rows): (u32, &[u32]), facts: &[u8]) {
        let table = errors.table();
        let trace = table.trace(index);
        self.by_id.clear();
        for &row in rows {
            let inside = Span::new(table, row)
                .links()
                .filter(|link| link.0 == trace.id());
            for (_, id) in inside {
                if self.by_id.is_empty() {
                    self.by_id
                        .extend(trace.spans().map(|span| (span.id(), span.row())));
                    self.by_id.sort_unstable();
                }
                let at = self.by_id.partition_point(|entry| entry.0 < id);
                match self.by_id.get(at) {
                    Some(&(found, target)) if found == id && target < row => {
                        self.note(errors, facts, (target, row));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Notes at `parent` that its child errs.
    fn note(&mut self, errors: &Errors<'_>, facts: &[u8], (parent, child): (u32, u32)) {
        let timeline = errors.timeline;
        let (above, below) = (timeline.at(parent), timeline.at(child));
        if self.notes[below] & ECHO != 0 {
            return;
        }
        self.notes[above] |= CHILD_ERRS;
        let by = timeline.own[above]
            .end
            .saturating_add_unsigned(errors.tolerance_nano);
        if facts[below] & fact_flags::HEALED == 0 && timeline.own[below].end <= by {
            self.notes[above] |= EXPLAINED;
        }
    }
}

impl<'a> Errors<'a> {
    pub(super) fn table(&self) -> &'a SpanTable {
        self.canonical.table()
    }
}

fn verdict(flags: u8, notes: u8) -> u8 {
    let child_errs = notes & CHILD_ERRS != 0;
    match (flags & fact_flags::ERRS != 0, notes & EXPLAINED != 0) {
        _ if notes & ECHO != 0 => fact_flags::PROPAGATED,
        (true, true) => fact_flags::PROPAGATED,
        (true, false) if child_errs => fact_flags::ORIGIN | fact_flags::PROPAGATED,
        (true, false) => fact_flags::ORIGIN,
        (false, _) if child_errs => fact_flags::ABSORBED,
        (false, _) => 0,
    }
}

fn is_echo(errors: &Errors<'_>, row: u32) -> bool {
    let span = Span::new(errors.table(), row);
    let Some(parent) = span.parent() else {
        return false;
    };
    let status = |span| errors.canonical.fields(span).http_status();
    span.kind() == SpanKind::Internal
        && parent.kind() == SpanKind::Server
        && span.resource_id() == parent.resource_id()
        && status(span).is_some_and(|code| status(parent) == Some(code))
}

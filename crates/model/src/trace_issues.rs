//! What is wrong with the spans of traces, as their rows tell it.
//!
//! Assembly counts the issues of all traces while it places their spans; what
//! filters choose is counted again from the rows, by the same rules.

use crate::head::flags;
use crate::issue::{Example, IssueKind, Issues};
use crate::trace_table::{SpanTable, NO_PARENT};
use crate::Symbol;

/// Flags that are issues.
const KINDS: [(u32, IssueKind); 7] = [
    (flags::ORPHAN, IssueKind::Orphan),
    (flags::CYCLE_HEAD, IssueKind::Cycle),
    (flags::SPLIT, IssueKind::SharedId),
    (flags::CONFLICT, IssueKind::ConflictingDuplicate),
    (flags::NEGATIVE, IssueKind::NegativeDuration),
    (flags::MISSING_END, IssueKind::MissingEnd),
    (flags::MISSING_START, IssueKind::MissingStart),
];

/// All of them.
const FLAWS: u32 = {
    let (mut all, mut at) = (0, 0);
    while at < KINDS.len() {
        all |= KINDS[at].0;
        at += 1;
    }
    all
};

/// What is wrong with a span of these flags and this duration; `nameless` where
/// its service is not known.
#[inline]
pub fn of_span(bits: u32, duration_nano: u64, nameless: bool) -> impl Iterator<Item = IssueKind> {
    let flawed = bits & FLAWS != 0;
    let marked = KINDS
        .iter()
        .filter(move |(flag, _)| flawed && bits & flag != 0);
    let unknown = flags::NEGATIVE | flags::MISSING_END;
    let zero = duration_nano == 0 && bits & unknown == 0;
    let zero = zero.then_some(IssueKind::ZeroDuration);
    let nameless = nameless.then_some(IssueKind::MissingService);
    marked.map(|&(_, kind)| kind).chain(zero).chain(nameless)
}

/// True where nothing is: [`of_span`] has no answer.
#[inline]
#[must_use]
pub fn is_faultless(bits: u32, duration_nano: u64, nameless: bool) -> bool {
    bits & FLAWS == 0 && duration_nano > 0 && !nameless
}

/// What is wrong with a trace that has so many top spans, and among them so many
/// roots.
#[inline]
#[must_use]
pub fn of_tops(tops: u64, roots: u64) -> Option<IssueKind> {
    match (tops, roots) {
        (0, _) | (_, 1) => None,
        (_, 0) => Some(IssueKind::NoRoot),
        _ => Some(IssueKind::SeveralRoots),
    }
}

impl SpanTable {
    /// What reading found, and what is wrong with the traces of these numbers,
    /// ascending.
    #[must_use]
    pub fn issues_of(&self, traces: &[u32]) -> Issues {
        if traces.len() == self.trace_count() {
            return self.issues.clone();
        }
        let mut issues = self.read_issues.clone();
        for &trace in traces {
            self.add_issues_of(trace, &mut issues);
        }
        let chosen = |trace| traces.binary_search(&trace).is_ok();
        for folded in self.folded.iter().filter(|folded| chosen(folded.trace)) {
            let id = self.trace_ids[folded.trace as usize];
            let example = Example::Span(id, folded.span_id);
            issues.add(IssueKind::DuplicateId, self.text(folded.service), example);
        }
        issues
    }

    fn add_issues_of(&self, trace: u32, issues: &mut Issues) {
        let id = self.trace_ids[trace as usize];
        let (mut tops, mut roots) = (0, 0);
        for row in self.rows(trace) {
            let at = row as usize;
            let bits = self.columns.flags[at];
            let top = self.columns.parent[at] == NO_PARENT;
            tops += u64::from(top);
            roots += u64::from(top && bits & (flags::ORPHAN | flags::CYCLE_HEAD) == 0);
            let service = self.service_of(row);
            let nameless = service == Symbol::EMPTY;
            for kind in of_span(bits, self.columns.duration_nano[at], nameless) {
                let example = Example::Span(id, self.columns.span_id[at]);
                issues.add(kind, self.text(service), example);
            }
        }
        if let Some(kind) = of_tops(tops, roots) {
            let first = self.rows(trace).start;
            let example = Example::Span(id, self.columns.span_id[first as usize]);
            issues.add(kind, self.text(self.service_of(first)), example);
        }
    }

    fn service_of(&self, row: u32) -> Symbol {
        let operation = self.columns.operation[row as usize];
        self.operations.service(operation)
    }
}

//! Halves of hops in the order of their keys, so that a partial need neither look
//! for them nor sort them.

use crate::analyses::operations::OperationCodes;
use crate::partial::{Key, Partial};
use spanwise_model::{OperationId, SpanId, SpanTable};

/// No operation.
const NOBODY: [Key<'static>; 3] = [Key::Name(""); 3];

/// The kinds of halves, in the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Spans that are senders only where others say that they received from them.
    Passed,
    Received,
    /// Senders, told also where nobody received.
    Sent,
}

impl Part {
    const ALL: [Self; 3] = [Self::Passed, Self::Received, Self::Sent];

    /// The name in keys.
    fn name(self) -> &'static str {
        match self {
            Self::Passed => super::PASSED,
            Self::Received => super::RECEIVED,
            Self::Sent => super::SENT,
        }
    }
}

/// What a span knows of a hop: all of its key but the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Half {
    /// The number of the trace.
    pub(super) trace: u32,
    pub(super) span: SpanId,
    pub(super) operation: OperationId,
    /// The sender of a receiver; the receiver above a sender.
    pub(super) other: ([u64; 2], SpanId),
    pub(super) relation: &'static str,
    /// The top span above a sender, and its operation where that is a root.
    pub(super) root: SpanId,
    pub(super) root_operation: Option<OperationId>,
}

/// When a span began, and when it was over, where that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ran {
    pub(super) start: i64,
    pub(super) end: Option<i64>,
}

impl Ran {
    fn merge(&mut self, other: Self) {
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
    }
}

/// When the span of a half ran, and the top span above it, where it has one.
type Times = (Ran, Option<Ran>);

fn merge(held: &mut Times, other: Times) {
    held.0.merge(other.0);
    if let (Some(held), Some(other)) = (&mut held.1, other.1) {
        held.merge(other);
    }
}

/// Times as the numbers of a row.
fn numbers((own, root): &Times) -> [i128; 4] {
    let end = |ran: &Ran| ran.end.map_or(i128::MIN, i128::from);
    let root = root.as_ref();
    [
        own.start.into(),
        end(own),
        root.map_or(i128::MAX, |root| root.start.into()),
        root.map_or(i128::MIN, end),
    ]
}

/// The halves of a batch by part.
#[derive(Debug, Default)]
pub(super) struct Halves {
    parts: [Vec<(Half, Times)>; Part::ALL.len()],
    /// Where those of the last trace begin.
    first: [usize; Part::ALL.len()],
}

impl Halves {
    pub(super) fn add(&mut self, part: Part, half: Half, times: Times) {
        self.parts[part as usize].push((half, times));
    }

    /// Puts the halves of a trace into their order, once all are there. Those
    /// with one key become one, as rows of a partial do.
    pub(super) fn end_trace(&mut self) {
        for (halves, first) in self.parts.iter_mut().zip(&mut self.first) {
            if halves.len() - *first > 1 {
                halves[*first..].sort_unstable_by_key(|half| half.0);
                merge_equal(halves, *first);
            }
            *first = halves.len();
        }
    }

    /// Adds all of them to a partial.
    pub(super) fn flush(&self, table: &SpanTable, out: &mut Partial) {
        let mut names = OperationCodes::new(table);
        let is_new = out.is_empty();
        out.reserve(self.parts.iter().map(Vec::len).sum());
        for (part, halves) in Part::ALL.iter().zip(&self.parts) {
            let part = Key::Code(out.intern(part.name()));
            for (half, times) in halves {
                let [a, b, c] = names.get(table, half.operation, out);
                let root = half.root_operation;
                let [d, e, f] = root.map_or(NOBODY, |id| names.get(table, id, out));
                let ([high, low], other) = half.other;
                let key = [
                    part,
                    Key::U128(table.trace_ids[half.trace as usize].0),
                    Key::U64(half.span.0),
                    a,
                    b,
                    c,
                    Key::U128(u128::from(high) << 64 | u128::from(low)),
                    Key::U64(other.0),
                    Key::Name(half.relation),
                    Key::U64(half.root.0),
                    d,
                    e,
                    f,
                ];
                out.put(&key, &numbers(times), is_new);
            }
        }
    }
}

/// Merges neighbours of one key, from a place on.
fn merge_equal(halves: &mut Vec<(Half, Times)>, first: usize) {
    let mut kept = first;
    for at in first + 1..halves.len() {
        let (half, times) = halves[at];
        if half == halves[kept].0 {
            merge(&mut halves[kept].1, times);
        } else {
            kept += 1;
            halves[kept] = (half, times);
        }
    }
    halves.truncate(kept + 1);
}

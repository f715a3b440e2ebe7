//! Hops: from whom a span received what it does, inside of its trace and along
//! links.

use super::calls::Calls;
use rustc_hash::FxHashMap;
use spanwise_model::{flags, OperationId, Span, SpanId, SpanKind, SpanTable, Trace, TraceId};

/// From a sender to a receiver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    /// The row of the receiver.
    pub(super) receiver: u32,
    /// The trace and the span of the sender.
    pub(super) sender: (TraceId, SpanId),
    /// The row of the sender, where it is of the same trace.
    pub(super) inside: Option<u32>,
    /// `link`, `child_of` or `follows_from`.
    pub(super) relation: &'static str,
}

/// Finds the hops of one trace after the other.
pub(super) struct Hops<'a> {
    calls: Calls<'a>,
    /// By operation: whether it sends or receives messages.
    speaks: Vec<bool>,
    linking: Linking,
}

/// A span that may receive, and whether it has links.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) row: u32,
    pub(super) links: bool,
}

impl<'a> Hops<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        let kinds = (0..table.operations.len() as u32).map(OperationId);
        let kinds = kinds.map(|id| table.operations.kind(id));
        let speaks = |kind| matches!(kind, SpanKind::Producer | SpanKind::Consumer);
        Self {
            calls: Calls { table },
            speaks: kinds.map(speaks).collect(),
            linking: Linking::new(&table.store.links.record),
        }
    }

    /// Hands out the hops of a trace by receiver, those along links first. A
    /// link to the span itself is none, nor is one that says again what the
    /// parent says.
    pub(super) fn each(&self, trace: Trace<'_>, give: impl FnMut(Hop)) {
        let mut found = Vec::new();
        self.find(trace, &mut found);
        self.of(trace, &found, give);
    }

    /// The same of the spans of a trace that may receive.
    pub(super) fn of(&self, trace: Trace<'_>, found: &[Candidate], mut give: impl FnMut(Hop)) {
        let mut ids = Ids { trace, held: None };
        for &Candidate { row, links } in found {
            let parent = self.handing_over(row);
            if links {
                self.links((row, parent.map(|found| found.0)), &mut ids, &mut give);
            }
            if let Some((parent, relation)) = parent {
                give(Hop {
                    receiver: row,
                    sender: (trace.id(), Span::new(self.calls.table, parent).id()),
                    inside: Some(parent),
                    relation,
                });
            }
        }
    }

    /// Finds the spans of a trace that may receive.
    #[inline(never)]
    pub(super) fn find(&self, trace: Trace<'_>, found: &mut Vec<Candidate>) {
        let columns = &self.calls.table.columns;
        let rows = trace.rows().start as usize..trace.rows().end as usize;
        let (records, flags) = (&columns.record[rows.clone()], &columns.flags[rows.clone()]);
        let rows = trace.rows().zip(&columns.operation[rows]);
        let (speaks, linking) = (self.speaks.as_slice(), self.linking.0.as_slice());
        // Where the spans end that are below one that speaks.
        let mut below = 0;
        for (((row, operation), &flags), &record) in rows.zip(flags).zip(records) {
            let speaks = speaks[operation.0 as usize];
            let links = has_bit(linking, record);
            let follows = flags & flags::FOLLOWS_FROM != 0;
            if speaks | links | follows | (row < below) {
                found.push(Candidate { row, links });
                if speaks {
                    below = below.max(columns.subtree_end[row as usize]);
                }
            }
        }
    }

    /// The parent that hands over to a span, and how.
    fn handing_over(&self, row: u32) -> Option<(u32, &'static str)> {
        let parent = self.calls.parent(row)?;
        let columns = &self.calls.table.columns;
        if columns.flags[row as usize] & flags::FOLLOWS_FROM != 0 {
            return Some((parent, "follows_from"));
        }
        let speaks = |row: u32| self.speaks[columns.operation[row as usize].0 as usize];
        let sends = (speaks(row) || speaks(parent)) && self.calls.is_sender(parent, row);
        sends.then_some((parent, "child_of"))
    }

    fn links(
        &self,
        (row, parent): (u32, Option<u32>),
        ids: &mut Ids<'_>,
        give: &mut impl FnMut(Hop),
    ) {
        let span = Span::new(self.calls.table, row);
        let own = (ids.trace.id(), span.id());
        for sender in span.links().filter(|&sender| sender != own) {
            let inside = (sender.0 == own.0).then(|| ids.find(sender.1)).flatten();
            if inside.is_some() && inside == parent {
                continue;
            }
            give(Hop {
                receiver: row,
                sender,
                inside,
                relation: "link",
            });
        }
    }
}

/// Which records have links: of most spans none is looked for.
struct Linking(Vec<u64>);

impl Linking {
    /// Of the record of each link, ascending.
    fn new(records: &[u32]) -> Self {
        let words = records.last().map_or(0, |last| *last as usize / 64 + 1);
        let mut bits = vec![0; words];
        for record in records {
            bits[*record as usize / 64] |= 1 << (record % 64);
        }
        Self(bits)
    }
}

#[inline]
fn has_bit(words: &[u64], at: u32) -> bool {
    let word = words.get(at as usize / 64);
    word.is_some_and(|word| word >> (at % 64) & 1 == 1)
}

/// The spans of a trace by their ids, once they are asked for.
struct Ids<'a> {
    trace: Trace<'a>,
    held: Option<FxHashMap<SpanId, u32>>,
}

/// The spans of a trace of no more are looked through one after the other.
const FEW: usize = 32;

impl Ids<'_> {
    fn find(&mut self, id: SpanId) -> Option<u32> {
        if self.trace.len() <= FEW {
            let ids = &self.trace.table().columns.span_id;
            return self.trace.rows().find(|&row| ids[row as usize] == id);
        }
        let held = self.held.get_or_insert_with(|| by_id(self.trace));
        held.get(&id).copied()
    }
}

/// The spans of a trace by their ids; of equal ids, the first.
pub(super) fn by_id(trace: Trace<'_>) -> FxHashMap<SpanId, u32> {
    let rows = trace.rows().rev();
    let ids = &trace.table().columns.span_id;
    rows.map(|row| (ids[row as usize], row)).collect()
}

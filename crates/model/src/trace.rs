//! A trace: a copyable view of a range of rows of the span table.

use crate::id::TraceId;
use crate::span::Span;
use crate::trace_table::{SpanTable, NO_PARENT};
use crate::{flags, SpanId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

/// A view of one trace.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    table: &'a SpanTable,
    index: u32,
}

/// What stands at the top of a component of a trace. Roots rank before
/// orphans, and these before cycle heads, when the primary one is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TopKind {
    /// A span without a parent.
    Root,
    /// A span whose parent is not there.
    Orphan,
    /// The earliest span of a cycle of parents.
    CycleHead,
}

impl TopKind {
    /// The name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Orphan => "orphan",
            Self::CycleHead => "cycle_head",
        }
    }
}

impl<'a> Trace<'a> {
    pub(crate) fn new(table: &'a SpanTable, index: u32) -> Self {
        Self { table, index }
    }

    /// The table that the trace belongs to.
    #[must_use]
    pub fn table(self) -> &'a SpanTable {
        self.table
    }

    /// The trace's number in the table.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// The id.
    #[must_use]
    pub fn id(self) -> TraceId {
        self.table.trace_ids[self.index as usize]
    }

    /// The id as it is shown: 32 hexadecimal digits, or a word as it came.
    #[must_use]
    pub fn id_text(self) -> Cow<'a, str> {
        match self.table.store.trace_words.get(&self.id()) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(self.id().to_string()),
        }
    }

    /// The rows of its spans.
    #[must_use]
    pub fn rows(self) -> Range<u32> {
        self.table.rows(self.index)
    }

    /// How many spans it has.
    #[must_use]
    pub fn len(self) -> usize {
        self.rows().len()
    }

    /// False: a trace has at least one span.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.rows().is_empty()
    }

    /// Its spans in preorder.
    pub fn spans(self) -> impl ExactSizeIterator<Item = Span<'a>> + DoubleEndedIterator {
        self.rows().map(move |row| Span::new(self.table, row))
    }

    /// Top spans (roots, orphans and cycle heads), one a component, in order.
    pub fn tops(self) -> impl Iterator<Item = Span<'a>> {
        let Range { start, end } = self.rows();
        let ends = &self.table.columns.subtree_end;
        let next = move |&row: &u32| {
            let after = ends[row as usize];
            (after < end).then_some(after)
        };
        std::iter::successors((start < end).then_some(start), next)
            .map(move |row| Span::new(self.table, row))
    }

    /// The top span of the primary component: root before orphan before cycle
    /// head, then the longest, the earliest, the smallest id.
    ///
    /// # Panics
    ///
    /// Never: a trace has at least one span.
    #[must_use]
    #[inline]
    pub fn primary(self) -> Span<'a> {
        let rows = self.rows();
        match self.table.columns.subtree_end[rows.start as usize] == rows.end {
            true => Span::new(self.table, rows.start),
            false => self.first_of_tops(),
        }
    }

    /// The same where there are several top spans.
    #[cold]
    fn first_of_tops(self) -> Span<'a> {
        self.tops()
            .min_by_key(|top| {
                let longest = Reverse(top.duration_nano());
                (
                    top.top_kind(),
                    longest,
                    top.start_unix_nano(),
                    top.id(),
                    top.row(),
                )
            })
            .expect("a trace has at least one span")
    }

    /// The primary root's duration in nanoseconds.
    #[must_use]
    pub fn duration_nano(self) -> u64 {
        self.primary().duration_nano()
    }

    /// First start to last end, nanoseconds since the epoch.
    #[must_use]
    pub fn extent_unix_nano(self) -> (i64, i64) {
        let rows = self.rows();
        let (first, last) = (rows.start as usize, rows.end as usize);
        let columns = &self.table.columns;
        let starts = &columns.start_unix_nano[first..last];
        let durations = &columns.duration_nano[first..last];
        let of_spans = starts.iter().zip(durations);
        of_spans
            .map(|(&start, &duration)| (start, start.saturating_add_unsigned(duration)))
            .reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
            .unwrap_or_default()
    }

    /// True where the trace is one component under a root, no parent is
    /// missing and no end is missing.
    #[must_use]
    pub fn is_complete(self) -> bool {
        let whole = {
            let mut tops = self.tops();
            matches!((tops.next(), tops.next()), (Some(top), None) if top.top_kind() == TopKind::Root)
        };
        whole
            && self
                .spans()
                .all(|span| span.flags() & flags::MISSING_END == 0)
    }

    /// The first span with this id.
    #[must_use]
    pub fn find(self, id: SpanId) -> Option<Span<'a>> {
        self.spans().find(|span| span.id() == id)
    }
}

impl<'a> Span<'a> {
    /// What the span is at the top of its component; meaningful for top spans.
    #[must_use]
    pub fn top_kind(self) -> TopKind {
        if self.flags() & flags::CYCLE_HEAD != 0 {
            TopKind::CycleHead
        } else if self.flags() & flags::ORPHAN != 0 {
            TopKind::Orphan
        } else {
            TopKind::Root
        }
    }

    /// True where the span has no parent in its trace.
    #[must_use]
    pub fn is_top(self) -> bool {
        self.table().columns.parent[self.row() as usize] == NO_PARENT
    }
}

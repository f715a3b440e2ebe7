//! Random traces, and the definitions of facts word by word: nanosecond by
//! nanosecond, pair by pair, and as slowly as they read.

use proptest::prelude::*;
use spanwise_analyze::{Blocking, Policy};
use spanwise_model::{flags, Span, SpanKind, SpanTable, Trace};
use std::collections::HashMap;
use std::fmt::Write;

/// A random span: which earlier one is its parent, when it ran, and marks.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) parent: prop::sample::Index,
    pub(crate) start: i64,
    pub(crate) length: i64,
    pub(crate) marks: (&'static str, &'static str, &'static str),
    pub(crate) link: Option<prop::sample::Index>,
}

pub(crate) fn node() -> impl Strategy<Value = Node> {
    let length = prop_oneof![2 => Just(0), 1 => Just(-1), 8 => 0..30_i64];
    let kinds = ["", "", "", "server", "client", "producer", "consumer"];
    let marks = (
        prop::sample::select(kinds.to_vec()),
        prop::sample::select(vec!["", "", "", "", "follows"]),
        prop::sample::select(vec!["", "", "error"]),
    );
    let link = prop::option::weighted(0.1, any::<prop::sample::Index>());
    (
        any::<prop::sample::Index>(),
        -5..30_i64,
        length,
        marks,
        link,
    )
        .prop_map(|(parent, start, length, marks, link)| Node {
            parent,
            start,
            length,
            marks,
            link,
        })
}

/// The notation of nodes; a length below zero is a missing end, and a parent
/// that is the node itself is none.
pub(crate) fn notation(nodes: &[Node]) -> String {
    let mut text = String::new();
    for (at, node) in nodes.iter().enumerate() {
        let end = match node.length {
            -1 => String::new(),
            length => format!("{}ns", node.start + length),
        };
        let (kind, follows, status) = node.marks;
        let name = at % 3;
        let _ = write!(
            text,
            "s op{name} {}ns..{end} {kind} {status} id={}",
            node.start,
            at + 1
        );
        let parent = node.parent.index(at + 1);
        if parent != at {
            let _ = write!(text, " {follows} parent={}", parent + 1);
        }
        if let Some(link) = node.link {
            let _ = write!(text, " link={}", link.index(nodes.len()) + 1);
        }
        text.push('\n');
    }
    text
}

/// The definitions, word by word.
pub(crate) struct Oracle<'a> {
    pub(crate) table: &'a SpanTable,
    pub(crate) policy: Policy,
    pub(crate) own: Vec<(i64, i64)>,
    pub(crate) effective: Vec<Option<(i64, i64)>>,
    pub(crate) blocking: Vec<bool>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(table: &'a SpanTable, policy: Policy) -> Self {
        let rows = table.len();
        let mut oracle = Self {
            table,
            policy,
            own: Vec::new(),
            effective: vec![None; rows],
            blocking: vec![true; rows],
        };
        oracle.own = (0..rows as u32)
            .map(|row| oracle.times(oracle.span(row)))
            .collect();
        for row in 0..rows {
            oracle.place(row);
        }
        oracle
    }

    pub(crate) fn span(&self, row: u32) -> Span<'a> {
        Span::new(self.table, row)
    }

    fn permitted(&self, child: Span<'_>, parent: Span<'_>) -> bool {
        let message = child.kind() == SpanKind::Consumer && parent.kind() != SpanKind::Consumer;
        self.policy.blocking == Blocking::All
            || !(child.flags() & flags::FOLLOWS_FROM != 0
                || parent.kind() == SpanKind::Producer
                || message)
    }

    /// Start and end, a missing one found below.
    fn times(&self, span: Span<'_>) -> (i64, i64) {
        let start = span.start_unix_nano();
        if span.flags() & flags::MISSING_END == 0 {
            return (start, span.end_unix_nano());
        }
        (start, self.latest_below(span).max(start))
    }

    fn latest_below(&self, span: Span<'_>) -> i64 {
        let open = span.flags() & flags::MISSING_END != 0;
        let end = if open { i64::MAX } else { span.end_unix_nano() };
        let outer = (span.start_unix_nano(), end);
        let below = span
            .children()
            .filter(|child| self.permitted(*child, span) && meets(self.times(*child), outer));
        let ends = below.map(|child| self.times(child).1.max(self.latest_below(child)));
        ends.max().unwrap_or(i64::MIN)
    }

    fn place(&mut self, row: usize) {
        let span = self.span(row as u32);
        let own = self.own[row];
        self.effective[row] = Some(own);
        let Some(parent) = span.parent() else { return };
        let above = parent.row() as usize;
        self.blocking[row] = self.permitted(span, parent) && meets(own, self.own[above]);
        if self.blocking[row] {
            self.effective[row] = self.effective[above]
                .filter(|&outer| meets(own, outer))
                .map(|outer| (own.0.max(outer.0), own.1.min(outer.1)));
        }
    }

    pub(crate) fn blockers(&self, row: usize) -> Vec<(i64, i64, u32)> {
        let children = self.span(row as u32).children();
        let blocking = children.filter(|child| self.blocking[child.row() as usize]);
        blocking
            .filter_map(|child| {
                let (start, end) = self.effective[child.row() as usize]?;
                Some((start, end, child.row()))
            })
            .collect()
    }

    pub(crate) fn self_nano(&self, row: usize) -> u64 {
        let (start, end) = self.effective[row].unwrap_or((0, 0));
        let children = self.blockers(row);
        let busy = |t: &i64| children.iter().any(|(from, to, _)| from <= t && t < to);
        (start..end).filter(|t| !busy(t)).count() as u64
    }

    /// Gives each nanosecond of `from..to` in `row` to a span.
    fn walk(&self, row: usize, mut cursor: i64, owners: &mut HashMap<i64, u32>) {
        let start = self.effective[row].expect("on the path").0;
        let mut left = self.blockers(row);
        let tolerance = self.policy.tolerance_nano as i64;
        loop {
            let fits = |&(from, to, _): &(i64, i64, u32)| {
                (from == to && to <= cursor) || (from < cursor && to <= cursor + tolerance)
            };
            let order = |&(from, to, row): &(i64, i64, u32)| {
                (-to, from != to, from, self.span(row).id(), row)
            };
            let next = left.iter().copied().filter(fits).min_by_key(order);
            let until = next.map_or(start, |(_, to, _)| to.min(cursor));
            for nanosecond in until..cursor {
                assert_eq!(owners.insert(nanosecond, row as u32), None);
            }
            let Some(next) = next else { return };
            left.retain(|child| *child != next && order(child) > order(&next));
            self.walk(next.2 as usize, until, owners);
            cursor = next.0;
        }
    }

    /// How long the span at `row` lasts in a replay in which the lengths of
    /// spans are what `changed` makes of them.
    pub(crate) fn replay(&self, row: u32, changed: &dyn Fn(u32, i64) -> i64) -> i64 {
        self.replay_own(row, changed, &|_, own| own)
    }

    /// The same where the stretches of own time change too, in whatever unit both
    /// answer; one that is less than nothing lies within the tolerance.
    pub(crate) fn replay_own(
        &self,
        row: u32,
        changed: &dyn Fn(u32, i64) -> i64,
        own: &dyn Fn(u32, i64) -> i64,
    ) -> i64 {
        let stretch = |nano: i64| own(row, nano);
        let (start, end) = self.effective[row as usize].expect("it blocks");
        let mut children = self.blockers(row as usize);
        children.sort_by_key(|&(from, to, row)| (from, from != to, row));
        let tolerance = self.policy.tolerance_nano as i64;
        let mut ends: Vec<i64> = Vec::new();
        for (at, &child) in children.iter().enumerate() {
            let before = (0..at).filter(|&b| is_over(children[b], child, tolerance));
            let before: Vec<usize> = before.collect();
            let was = before.iter().map(|&b| children[b].1).max();
            let is = before.iter().map(|&b| ends[b]).max();
            let from = is.unwrap_or(0) + stretch(child.0 - was.unwrap_or(start));
            ends.push(from + self.replay_own(child.2, changed, own));
        }
        let last = children.iter().map(|child| child.1).max();
        let tail = end - last.unwrap_or(start);
        changed(
            row,
            ends.into_iter().max().unwrap_or(0).max(0) + stretch(tail),
        )
    }

    pub(crate) fn critical(&self) -> Vec<u64> {
        let mut critical = vec![0; self.table.len()];
        for top in self.table.traces().flat_map(Trace::tops) {
            let row = top.row() as usize;
            let mut owners = HashMap::new();
            self.walk(row, self.own[row].1, &mut owners);
            for owner in owners.values() {
                critical[*owner as usize] += 1;
            }
        }
        critical
    }
}

/// True where `later` may have waited for `earlier`, its sibling: that was over
/// by then, or within the tolerance behind it.
pub(crate) fn is_over(earlier: (i64, i64, u32), later: (i64, i64, u32), tolerance: i64) -> bool {
    if earlier.0 == earlier.1 {
        return earlier.1 < later.0 || (earlier.1 == later.0 && later.0 != later.1);
    }
    earlier.0 < later.0 && earlier.1 <= later.0 + tolerance
}

fn meets(inner: (i64, i64), outer: (i64, i64)) -> bool {
    let touches = outer.0 <= inner.1 && inner.0 <= outer.1;
    let shares = inner.0.max(outer.0) < inner.1.min(outer.1);
    shares || (inner.0 == inner.1 && touches)
}

pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    (0..4_u64, any::<bool>()).prop_map(|(tolerance, all)| {
        let blocking = if all { Blocking::All } else { Blocking::ByKind };
        Policy::default()
            .tolerance_nano(tolerance)
            .blocking(blocking)
    })
}

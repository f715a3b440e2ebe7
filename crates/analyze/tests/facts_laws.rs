//! Laws of facts over random traces, against oracles that follow the words of
//! the definitions nanosecond by nanosecond and pair by pair.

mod facts_common;

use facts_common::{assert_sums, table};
use proptest::prelude::*;
use spanwise_analyze::facts::critical_path::tiles;
use spanwise_analyze::facts::{compute, compute_parallel};
use spanwise_analyze::{fact_flags, Blocking, FactColumns, Policy};
use spanwise_model::{flags, IssueKind, Span, SpanKind, SpanTable, Trace};
use std::collections::HashMap;
use std::fmt::Write;

/// A random span: which earlier one is its parent, when it ran, and marks.
#[derive(Clone, Debug)]
struct Node {
    parent: prop::sample::Index,
    start: i64,
    length: i64,
    marks: (&'static str, &'static str, &'static str),
    link: Option<prop::sample::Index>,
}

fn node() -> impl Strategy<Value = Node> {
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
fn notation(nodes: &[Node]) -> String {
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
struct Oracle<'a> {
    table: &'a SpanTable,
    policy: Policy,
    own: Vec<(i64, i64)>,
    effective: Vec<Option<(i64, i64)>>,
    blocking: Vec<bool>,
}

impl<'a> Oracle<'a> {
    fn new(table: &'a SpanTable, policy: Policy) -> Self {
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

    fn span(&self, row: u32) -> Span<'a> {
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

    fn blockers(&self, row: usize) -> Vec<(i64, i64, u32)> {
        let children = self.span(row as u32).children();
        let blocking = children.filter(|child| self.blocking[child.row() as usize]);
        blocking
            .filter_map(|child| {
                let (start, end) = self.effective[child.row() as usize]?;
                Some((start, end, child.row()))
            })
            .collect()
    }

    fn self_nano(&self, row: usize) -> u64 {
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

    fn critical(&self) -> Vec<u64> {
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

fn meets(inner: (i64, i64), outer: (i64, i64)) -> bool {
    let touches = outer.0 <= inner.1 && inner.0 <= outer.1;
    let shares = inner.0.max(outer.0) < inner.1.min(outer.1);
    shares || (inner.0 == inner.1 && touches)
}

/// The flags of errors, pair by pair.
fn error_flags(oracle: &Oracle<'_>, facts: &FactColumns, row: u32) -> u8 {
    let errs = |row: u32| facts.flags[row as usize] & fact_flags::ERRS != 0;
    let own = |row: u32| oracle.own[row as usize];
    let tolerance = oracle.policy.tolerance_nano as i64;
    let healed = |row: u32| {
        let span = oracle.span(row);
        errs(row)
            && span.parent().is_some_and(|parent| {
                parent.children().any(|other| {
                    other.operation_id() == span.operation_id()
                        && !errs(other.row())
                        && own(other.row()).0 > own(row).0
                        && own(other.row()).0 + tolerance >= own(row).1
                })
            })
    };
    let trace = oracle.span(row).trace();
    let children = || {
        trace.spans().filter(move |child| {
            let under = child.parent().is_some_and(|parent| parent.row() == row);
            let mut links = child.links();
            let id = oracle.span(row).id();
            under || (row < child.row() && links.any(|link| link == (trace.id(), id)))
        })
    };
    let mut failed = children().filter(|child| errs(child.row())).peekable();
    let any = failed.peek().is_some();
    let explained =
        failed.any(|child| !healed(child.row()) && own(child.row()).1 <= own(row).1 + tolerance);
    let bits = [
        (errs(row), fact_flags::ERRS),
        (errs(row) && !explained, fact_flags::ORIGIN),
        (errs(row) && any, fact_flags::PROPAGATED),
        (!errs(row) && any, fact_flags::ABSORBED),
        (healed(row), fact_flags::HEALED),
        (oracle.blocking[row as usize], fact_flags::BLOCKING),
    ];
    bits.iter()
        .filter(|bit| bit.0)
        .fold(0, |flags, bit| flags | bit.1)
}

fn policies() -> impl Strategy<Value = Policy> {
    (0..4_u64, any::<bool>()).prop_map(|(tolerance, all)| {
        let blocking = if all { Blocking::All } else { Blocking::ByKind };
        Policy::default()
            .tolerance_nano(tolerance)
            .blocking(blocking)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn facts_are_what_the_definitions_say(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let oracle = Oracle::new(&table, policy);
        let self_nano: Vec<u64> = (0..table.len()).map(|row| oracle.self_nano(row)).collect();
        prop_assert_eq!(&facts.self_nano, &self_nano);
        prop_assert_eq!(&facts.critical_nano, &oracle.critical());
        for row in 0..table.len() {
            let flags = facts.flags[row] & !fact_flags::ON_PATH;
            prop_assert_eq!(flags, error_flags(&oracle, &facts, row as u32), "row {}", row);
        }
    }

    #[test]
    fn tiles_are_the_root_and_the_sum(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let ended: Vec<Node> = nodes
            .into_iter()
            .map(|node| Node { length: node.length.max(0), ..node })
            .collect();
        assert_sums(&table(&notation(&ended)), &policy);
    }

    #[test]
    fn what_is_not_overlapped_is_self_time(
        nodes in prop::collection::vec(node(), 1..24),
        policy in policies(),
    ) {
        let table = table(&notation(&nodes));
        let facts = compute(&table, &policy);
        let mut clear = vec![0; table.len()];
        for (trace, top) in table.traces().flat_map(|t| t.tops().map(move |top| (t, top))) {
            for tile in tiles(trace, top, &policy).iter().filter(|tile| !tile.overlapped) {
                clear[tile.row as usize] += tile.duration_nano();
            }
        }
        for (row, clear) in clear.iter().enumerate() {
            prop_assert!(*clear <= facts.self_nano[row], "row {}", row);
        }
    }

    #[test]
    fn the_path_inside_a_span_lasts_as_long_as_the_span(
        nodes in prop::collection::vec(node(), 1..16),
    ) {
        let table = table(&notation(&nodes));
        let policy = Policy::default().tolerance_nano(2);
        let oracle = Oracle::new(&table, policy);
        let trace = table.trace(0);
        for span in trace.spans() {
            let inside: u64 = tiles(trace, span, &policy).iter().map(|t| t.duration_nano()).sum();
            let (start, end) = oracle.effective[span.row() as usize].unwrap_or((0, 0));
            prop_assert_eq!(inside, end.abs_diff(start));
        }
    }
}

/// Many traces of pseudo-random shape.
fn many_traces() -> SpanTable {
    let mut text = String::new();
    let mut state = 1_u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for trace in 1..=3_000 {
        let _ = writeln!(text, "trace {trace:x}");
        for span in 1..=1 + random(20) {
            let (start, length) = (random(90), random(60));
            let status = ["", "error"][random(2) as usize];
            let _ = write!(
                text,
                "s{} op 0.{start:02}..{} {status} id={span}",
                random(3),
                start + length
            );
            match random(span) {
                0 => text.push('\n'),
                parent => drop(writeln!(text, " parent={parent}")),
            }
        }
    }
    table(&text)
}

#[test]
fn runs_and_threads_cannot_be_seen() {
    let table = many_traces();
    let policy = Policy::default();
    let alone = compute(&table, &policy);
    let together = compute_parallel(&table, &policy);
    assert!(alone.issues.count(IssueKind::ClippedChild) > 1_000);
    assert_eq!(alone.self_nano, together.self_nano);
    assert_eq!(alone.critical_nano, together.critical_nano);
    assert_eq!(alone.outcome, together.outcome);
    assert_eq!(alone.flags, together.flags);
    assert_eq!(alone.issues, together.issues);
    assert_eq!(alone.flags.len(), table.len());
}

#[test]
fn no_span_no_facts() {
    let table = SpanTable::default();
    assert!(compute(&table, &Policy::default()).flags.is_empty());
    assert!(compute_parallel(&table, &Policy::default())
        .flags
        .is_empty());
}

//! The critical path beside Jaeger's own: alike on ordinary traces, and right
//! where Jaeger's is wrong.
//!
//! [`Jaeger`] is its user interface's walk, written down from a description of
//! what it does, as plainly as can be. A component is *ordinary* where none of
//! [`Jaeger::causes`] holds; each of them is a rule by which the two differ on
//! purpose. On ordinary components every span must get the same time under both
//! walks, on the others our tiles must still fit without gap or overlap.

mod shared;

use spanwise::model::{Span, Trace};
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{flags, Blocking, Policy, SpanBatch, SpanKind, Traces};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A component of a trace as Jaeger sees it; spans are numbered from its top.
struct Jaeger<'a> {
    spans: Vec<Span<'a>>,
    parents: Vec<usize>,
    /// Start and end, cut to the parent; `None` where nothing is left.
    cut: Vec<Option<(i64, i64)>>,
}

impl<'a> Jaeger<'a> {
    /// Finds parents and cuts children to them, top-down. A child that does
    /// not meet its parent, or that consumes what its parent produced, is
    /// dropped with all that is below it.
    fn new(trace: Trace<'a>, top: Span<'a>) -> Self {
        let spans: Vec<Span<'a>> = trace
            .spans()
            .filter(|span| top.subtree().contains(&span.row()))
            .collect();
        let above = |span: &Span<'a>| span.parent().unwrap_or(top).row() - top.row();
        let parents: Vec<usize> = spans.iter().map(|span| above(span) as usize).collect();
        let mut cut: Vec<Option<(i64, i64)>> = vec![Some(interval(top))];
        for (at, &span) in spans.iter().enumerate().skip(1) {
            let parent = parents[at];
            let left = cut[parent].and_then(|outer| cut_to(interval(span), outer));
            cut.push(left.filter(|_| blocks(span, spans[parent])));
        }
        Self {
            spans,
            parents,
            cut,
        }
    }

    /// The children that are left, in the order of their starts.
    fn children(&self, parent: usize) -> Vec<(usize, (i64, i64))> {
        (1..self.spans.len())
            .filter(|&at| self.parents[at] == parent)
            .filter_map(|at| Some((at, self.cut[at]?)))
            .collect()
    }

    /// The time that each span has on the path. The walk goes back from the
    /// end: into the child that finishes last, and at a span's start back to
    /// its parent, where the next child is the one with the largest end
    /// strictly before that start.
    fn times(&self) -> Vec<u64> {
        let mut times = vec![0; self.spans.len()];
        let (mut at, mut returning) = (0, None);
        loop {
            let (start, end) = self.cut[at].expect("the walk takes what is left");
            let cursor = returning.unwrap_or(end);
            let before = |end: i64| returning.is_none_or(|start| end < start);
            let children = self.children(at).into_iter();
            let last = children
                .filter(|&(_, (_, end))| before(end))
                .min_by_key(|&(_, (start, end))| (Reverse(end), start));
            let from = last.map_or(start, |(_, (_, end))| end);
            times[at] += cursor.abs_diff(from);
            (at, returning) = match last {
                Some((child, _)) => (child, None),
                None if at == 0 => return times,
                None => (self.parents[at], Some(start)),
            };
        }
    }

    /// Why the two walks may differ on this component.
    fn causes(&self, policy: &Policy) -> BTreeSet<&'static str> {
        let of_spans = (0..self.spans.len()).flat_map(|at| self.causes_at(at, policy));
        let of_siblings = (0..self.spans.len()).flat_map(|parent| {
            let children = self.children(parent);
            let pairs = children
                .iter()
                .flat_map(|a| children.iter().map(move |b| (a, b)));
            let different = pairs.filter(|((a, _), (b, _))| a != b);
            let causes: Vec<_> = different
                .flat_map(|((_, a), (_, b))| cause_between(*a, *b, policy))
                .collect();
            causes
        });
        of_spans.chain(of_siblings).collect()
    }

    fn causes_at(&self, at: usize, policy: &Policy) -> Vec<&'static str> {
        let (span, parent) = (self.spans[at], self.spans[self.parents[at]]);
        let has = |flag: u32| span.flags() & flag != 0;
        let other_parent = span
            .links()
            .any(|link| link.0 == span.trace().id() && Some(link.1) != span.parent_id());
        let permits = policy
            .blocking
            .permits(span.flags(), span.kind(), parent.kind());
        let outer = self.cut[self.parents[at]];
        let inside = outer.is_some_and(|outer| cut_to(interval(span), outer).is_some());
        let causes = [
            (has(flags::CYCLE_HEAD), "a cycle: no root to walk from"),
            (has(flags::MISSING_END), "no end: the latest below it"),
            (has(flags::MISSING_START), "no start"),
            (has(flags::NEGATIVE), "ends before it starts"),
            (has(flags::SPLIT | flags::CONFLICT), "two spans of one id"),
            (other_parent, "several references"),
            (
                at > 0 && inside && permits != blocks(span, parent),
                "blocks for one of the two alone",
            ),
        ];
        let hold = causes.into_iter().filter(|cause| cause.0);
        hold.map(|cause| cause.1).collect()
    }
}

fn interval(span: Span<'_>) -> (i64, i64) {
    (span.start_unix_nano(), span.end_unix_nano())
}

/// What of an interval lies in another; `None` where it lies outside.
fn cut_to((start, end): (i64, i64), (from, to): (i64, i64)) -> Option<(i64, i64)> {
    (start < to && end >= from).then_some((start.max(from), end.min(to)))
}

/// Jaeger's rule: only a consumer does not hold its producer up.
fn blocks(child: Span<'_>, parent: Span<'_>) -> bool {
    (parent.kind(), child.kind()) != (SpanKind::Producer, SpanKind::Consumer)
}

/// Why the walks may differ on two siblings. Jaeger skips `a` where it ends as
/// `b` starts; of two that run alike it takes the first in its input.
fn cause_between(a: (i64, i64), b: (i64, i64), policy: &Policy) -> Option<&'static str> {
    let behind = i128::from(a.1) - i128::from(b.0);
    if (0..=i128::from(policy.tolerance_nano)).contains(&behind) {
        Some("ends where a sibling starts")
    } else {
        (a == b).then_some("runs just as a sibling does")
    }
}

/// What a comparison found.
#[derive(Default)]
struct Findings {
    /// Ordinary components, counted under each policy.
    ordinary: usize,
    causes: BTreeMap<&'static str, usize>,
    differences: Vec<String>,
}

impl Findings {
    fn compare(&mut self, name: &str, traces: &Traces) {
        let facts = traces.facts();
        for trace in traces.iter() {
            for top in trace.tops() {
                assert_tiles(name, trace, top);
                let jaeger = Jaeger::new(trace.inner(), top);
                let causes = jaeger.causes(&traces.policy());
                for cause in &causes {
                    *self.causes.entry(cause).or_default() += 1;
                }
                if !causes.is_empty() {
                    continue;
                }
                self.ordinary += 1;
                let pairs = jaeger.spans.iter().zip(jaeger.times());
                let differ = pairs
                    .map(|(span, theirs)| (span, facts.critical_nano[span.row() as usize], theirs))
                    .filter(|(_, ours, theirs)| ours != theirs);
                self.differences.extend(differ.map(|(span, ours, theirs)| {
                    let (trace, id) = (trace.id_text(), span.id_text());
                    format!("{name} {trace}/{id}: {ours} here, {theirs} in Jaeger")
                }));
            }
        }
    }

    /// The same under the default policy, without its tolerance, and where
    /// every child blocks.
    fn compare_policies(&mut self, name: &str, traces: &Traces) {
        let default = Policy::default();
        let exact = default.tolerance_nano(0);
        for policy in [default, exact, exact.blocking(Blocking::All)] {
            self.compare(name, &traces.with_policy(policy));
        }
    }

    fn assert_agreement(&self, ordinary: usize) {
        let differences = self.differences.len();
        let first = self.differences.iter().take(20).cloned();
        let first = first.collect::<Vec<_>>().join("\n");
        assert_eq!(differences, 0, "{first}");
        let (found, causes) = (self.ordinary, &self.causes);
        assert!(found >= ordinary, "only {found} are ordinary: {causes:#?}");
    }
}

/// Our tiles follow each other from the top's start to its end, and sum to
/// the critical times of the component.
fn assert_tiles(name: &str, trace: spanwise::Trace<'_>, top: Span<'_>) {
    let tiles = trace.critical_path_of(top);
    let (first, last) = (tiles[0], tiles[tiles.len() - 1]);
    let place = format!("{name} {}/{}", trace.id_text(), top.id_text());
    assert_eq!(first.from_unix_nano, top.start_unix_nano(), "{place}");
    if top.flags() & flags::MISSING_END == 0 {
        assert_eq!(last.to_unix_nano, top.end_unix_nano(), "{place}");
    }
    for pair in tiles.windows(2) {
        assert_eq!(pair[0].to_unix_nano, pair[1].from_unix_nano, "{place}");
    }
    let rows = top.subtree();
    let critical = &trace.facts().critical_nano[rows.start as usize..rows.end as usize];
    let length = last.to_unix_nano.abs_diff(first.from_unix_nano);
    assert_eq!(critical.iter().sum::<u64>(), length, "{place}");
}

fn compare_files(findings: &mut Findings, folder: &Path) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        let traces = spanwise::read(path).expect("spans");
        findings.compare_policies(&name, &traces);
    }
}

#[test]
fn jaegers_own_traces() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    let mut findings = Findings::default();
    for folder in ["jaeger_api", "jaeger_ui"] {
        compare_files(&mut findings, &corpus.join(folder));
    }
    findings.assert_agreement(240);
}

#[test]
fn captured_traces() {
    let Some(captures) = shared::folder("captures") else {
        return;
    };
    let scenarios = [
        "none",
        "error",
        "n_plus_one",
        "queue_backlog",
        "retry_storm",
        "slow_db",
    ];
    let mut findings = Findings::default();
    for scenario in scenarios {
        let path = captures.join(scenario).join("traces.otlp.pb.zst");
        findings.compare_policies(scenario, &spanwise::read(path).expect("a capture"));
    }
    findings.assert_agreement(4_000);
}

#[test]
fn simulated_traces() {
    let mut findings = Findings::default();
    for fault in [
        None,
        Some(FaultKind::RetryStorm),
        Some(FaultKind::LockContention),
    ] {
        let simulation = Simulation::default().seed(3).limit(Limit::Requests(100));
        let simulation = match fault {
            Some(kind) => simulation
                .fault(Fault::new(kind))
                .clock_skew_nano(2_000_000),
            None => simulation,
        };
        let mut batch = SpanBatch::default();
        for part in simulation.run().expect("a sound simulation") {
            batch.absorb(part).expect("room");
        }
        let traces = Traces::from_batch(batch).expect("room");
        findings.compare_policies(&format!("{fault:?}"), &traces);
    }
    findings.assert_agreement(150);
}

/// What each span gets, in preorder and milliseconds: in Jaeger, and here.
fn both(notation: &str) -> (Vec<u64>, Vec<u64>) {
    let traces = spanwise::notation(notation).expect("notation");
    let trace = traces.iter().next().expect("a trace");
    let theirs = Jaeger::new(trace.inner(), trace.inner().primary()).times();
    let milliseconds = |times: &[u64]| times.iter().map(|nano| nano / 1_000_000).collect();
    let ours = &traces.facts().critical_nano;
    (milliseconds(&theirs), milliseconds(ours))
}

#[test]
fn overlapping_and_nested_children_are_walked_alike() {
    for (notation, expected) in [
        ("r r 0..100\n  a a 10..50\n  b b 40..90", [50, 0, 50]),
        ("r r 0..100\n  a a 10..40\n    g g 20..80", [70, 10, 20]),
        ("r r 0..100\n  a a -10..40\n  b b 70..130", [30, 40, 30]),
        ("r r 0..100\n  a a -60..-10\n  b b 100..150", [100, 0, 0]),
        ("r r 0..100\n  a a 20..60\n  b b 10..60", [50, 50, 0]),
        (
            "r r 0..10 producer\n  b b 2..8 consumer\n    g g 3..4",
            [10, 0, 0],
        ),
    ] {
        let (theirs, ours) = both(notation);
        assert_eq!(theirs, expected, "{notation}");
        assert_eq!(ours, expected, "{notation}");
    }
}

/// Jaeger looks for an end strictly before the start it returns from, and lets
/// everything block but a consumer under its producer.
#[test]
fn where_jaegers_is_wrong_ours_is_right() {
    let cases: [(&str, &[u64], &[u64]); 6] = [
        // One after the other: the first takes its time, not the root.
        (
            "r r 0..100\n  a a 10..40\n  b b 40..90",
            &[50, 0, 50],
            &[20, 30, 50],
        ),
        // A marker between two calls hides neither.
        (
            "r r 0..100\n  a a 0..50\n  z z 50..50\n  b b 50..100",
            &[50, 0, 50, 0],
            &[0, 50, 50, 0],
        ),
        // An end that was rounded up by less than a microsecond is no overlap.
        (
            "r r 0..100\n  a a 10..50000001ns\n  b b 50..90",
            &[60, 0, 40],
            &[20, 40, 40],
        ),
        // Nobody waits for what only follows,
        (
            "r r 0..100\n  a a 20..90 follows\n  b b 30..50",
            &[30, 70, 0],
            &[80, 0, 20],
        ),
        // nor for whoever consumes a message,
        (
            "r r 0..100 server\n  a a 20..90 consumer\n  b b 30..50",
            &[30, 70, 0],
            &[80, 0, 20],
        ),
        // nor does a producer wait for what its message set off.
        (
            "r r 0..100 producer\n  a a 20..90 server\n    b b 30..50",
            &[30, 50, 20],
            &[100, 0, 0],
        ),
    ];
    for (notation, wrong, right) in cases {
        let (theirs, ours) = both(notation);
        assert_eq!(theirs, wrong, "{notation}");
        assert_eq!(ours, right, "{notation}");
    }
}

//! Which spans are shown, in what order, and how deep they stand.
//!
//! A trace within the limits is shown whole. Of a larger one the critical path
//! and the origins of errors come first, then erring spans, then the longest;
//! a span is shown only with all its ancestors.

use super::{Marks, WaterfallOptions};
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{Span, Trace};
use std::cmp::Reverse;

/// What stands on a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'a> {
    Span(Span<'a>),
    /// This many spans that are not shown.
    More(usize),
}

/// A line of the waterfall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) entry: Entry<'a>,
    pub(super) depth: usize,
    /// True where no later line has the same parent.
    pub(super) last: bool,
}

/// A trace ready to be drawn.
pub(super) struct Layout<'a> {
    pub(super) trace: Trace<'a>,
    pub(super) marks: &'a Marks,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) hidden: usize,
}

impl<'a> Layout<'a> {
    pub(super) fn of(trace: Trace<'a>, marks: &'a Marks, options: &WaterfallOptions) -> Self {
        let tree = Tree::of(trace);
        let shown = tree.choose(trace, marks, options);
        let mut lines = tree.lines(trace, &shown);
        flag_last(&mut lines);
        Self {
            trace,
            marks,
            lines,
            hidden: shown.iter().filter(|&&shown| !shown).count(),
        }
    }
}

/// Parents and depths by position in the trace.
struct Tree {
    parent: Vec<Option<usize>>,
    depth: Vec<usize>,
}

impl Tree {
    fn of(trace: Trace<'_>) -> Self {
        let rows = trace.rows();
        let parents = &trace.table().columns.parent[rows.start as usize..rows.end as usize];
        let position = |&row: &u32| (row != NO_PARENT).then(|| (row - rows.start) as usize);
        let parent: Vec<Option<usize>> = parents.iter().map(position).collect();
        let mut depth: Vec<usize> = Vec::with_capacity(parent.len());
        for parent in &parent {
            depth.push(parent.map_or(0, |parent| depth[parent] + 1));
        }
        Self { parent, depth }
    }

    fn choose(&self, trace: Trace<'_>, marks: &Marks, options: &WaterfallOptions) -> Vec<bool> {
        let limit = options.rows.max(1);
        let allowed = |at: &usize| self.depth[*at] < options.depth.max(1);
        let mut order: Vec<usize> = (0..trace.len()).filter(allowed).collect();
        let mut shown = vec![false; trace.len()];
        if order.len() <= limit {
            order.into_iter().for_each(|at| shown[at] = true);
            return shown;
        }
        order.sort_by_cached_key(|&at| priority(trace, marks, at));
        let mut left = limit;
        let primary = (trace.primary().row() - trace.rows().start) as usize;
        for at in std::iter::once(primary).chain(order) {
            let chain: Vec<usize> = std::iter::successors(Some(at), |&at| self.parent[at])
                .take_while(|&at| !shown[at])
                .take(left + 1)
                .collect();
            if chain.len() > left {
                break;
            }
            left -= chain.len();
            chain.into_iter().for_each(|at| shown[at] = true);
        }
        shown
    }

    /// The hidden spans below each shown one that has no nearer shown
    /// ancestor, and those below none.
    fn count_hidden(&self, shown: &[bool]) -> (Vec<usize>, usize) {
        let mut nearest: Vec<Option<usize>> = Vec::with_capacity(shown.len());
        let mut hidden = vec![0; shown.len()];
        let mut elsewhere = 0;
        for (at, &is_shown) in shown.iter().enumerate() {
            let above = self.parent[at].and_then(|parent| nearest[parent]);
            nearest.push(if is_shown { Some(at) } else { above });
            match above {
                _ if is_shown => {}
                Some(above) => hidden[above] += 1,
                None => elsewhere += 1,
            }
        }
        (hidden, elsewhere)
    }

    fn lines<'a>(&self, trace: Trace<'a>, shown: &[bool]) -> Vec<Line<'a>> {
        let (hidden, elsewhere) = self.count_hidden(shown);
        let mut lines = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let close = |open: &mut Vec<usize>, depth: usize, lines: &mut Vec<Line<'a>>| {
            while open.len() > depth {
                let closed = open.pop().map_or(0, |at| hidden[at]);
                more(lines, open.len() + 1, closed);
            }
        };
        for (at, span) in trace.spans().enumerate().filter(|&(at, _)| shown[at]) {
            close(&mut open, self.depth[at], &mut lines);
            open.push(at);
            let (entry, depth) = (Entry::Span(span), self.depth[at]);
            lines.push(Line {
                entry,
                depth,
                last: false,
            });
        }
        close(&mut open, 0, &mut lines);
        more(&mut lines, 0, elsewhere);
        lines
    }
}

fn more(lines: &mut Vec<Line<'_>>, depth: usize, spans: usize) {
    if spans > 0 {
        let entry = Entry::More(spans);
        lines.push(Line {
            entry,
            depth,
            last: false,
        });
    }
}

fn priority(trace: Trace<'_>, marks: &Marks, at: usize) -> (u8, Reverse<u64>, usize) {
    let row = trace.rows().start + at as u32;
    let class = match row {
        row if !marks.of(row).is_empty() || marks.is_origin(row) => 0,
        row if marks.errs(row) => 1,
        _ => 2,
    };
    let duration = trace.table().columns.duration_nano[row as usize];
    (class, Reverse(duration), at)
}

/// Marks lines that are the last below their parent, walking back.
fn flag_last(lines: &mut [Line<'_>]) {
    let mut later: Vec<bool> = Vec::new();
    for line in lines.iter_mut().rev() {
        later.resize(line.depth + 1, false);
        line.last = !later[line.depth];
        later[line.depth] = true;
    }
}

//! One trace: parents found, cycles cut, spans laid in preorder.
//!
//! Everything is a loop over local numbers of the trace's records: no
//! recursion, and nothing looked at more often than a sort needs.

use super::ids::Ids;
use super::same_id::{self, Fate};
use spanwise_model::batch::Placement;
use spanwise_model::{flags, SpanBatch, SpanId};
use std::cmp::Reverse;
use std::ops::Range;

/// How many spans of one id a child asks for its parent.
const CANDIDATES: usize = 64;

/// From how many spans on a trace's parents are found in the order of ids; few
/// in unit tests, so that both ways are taken.
const LARGE: usize = if cfg!(test) { 6 } else { 1 << 14 };

/// No local number.
pub(super) const NONE: u32 = u32::MAX;

/// A record of the trace that becomes a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) record: u32,
    /// Local number of the parent, or [`NONE`].
    pub(super) parent: u32,
    pub(super) start: i64,
    pub(super) duration: u64,
    pub(super) flags: u32,
    pub(super) span_id: SpanId,
    parent_id: SpanId,
    tie: u64,
    first_child: u32,
    next_sibling: u32,
}

impl Node {
    /// The node of a record, without a place in its trace.
    #[inline]
    fn of(record: u32, place: &Placement, flags: u32, tie: u64) -> Self {
        Self {
            record,
            parent: NONE,
            start: place.start_unix_nano,
            duration: duration(place),
            flags,
            span_id: place.span_id,
            parent_id: place.parent_id,
            tie,
            first_child: NONE,
            next_sibling: NONE,
        }
    }

    /// A node of which nothing but its id matters.
    #[cfg(test)]
    pub(super) fn with_id(span_id: SpanId) -> Self {
        let place = Placement {
            span_id,
            parent_id: SpanId(0),
            start_unix_nano: 0,
            end_unix_nano: 0,
        };
        Self::of(0, &place, 0, 0)
    }
}

/// A node in preorder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) node: u32,
    /// The place of the parent, or [`NONE`].
    pub(super) parent: u32,
    /// The place behind the node's subtree.
    pub(super) end: u32,
}

/// How long a record lasts: nothing where it ends before it starts.
#[inline]
pub(super) fn duration(place: &Placement) -> u64 {
    let (start, end) = (place.start_unix_nano, place.end_unix_nano);
    if end < start {
        0
    } else {
        end.abs_diff(start)
    }
}

/// Scratch for one trace after another.
#[derive(Default)]
pub(super) struct Placer {
    /// Records that become rows.
    pub(super) nodes: Vec<Node>,
    /// Nodes by span id; those of one id in the order of [`same_id::judge`]. None
    /// where each has an id of its own and `ids` knows it.
    by_id: Vec<(SpanId, u32)>,
    ids: Ids,
    /// True where that is so.
    has_own_ids: bool,
    /// The siblings that are sorted, and when each starts.
    siblings: Vec<(i64, u32)>,
    first_top: u32,
    /// Nodes in preorder.
    pub(super) preorder: Vec<Placed>,
    /// Records that were folded into others.
    pub(super) folded: Vec<u32>,
    /// Nodes whose named parent is not here.
    pub(super) orphans: u64,
    /// Records without a parent.
    pub(super) roots: u64,
    /// Records that the format itself flags as errors.
    pub(super) errors: u64,
    /// Halves of records that another half counts as.
    pub(super) halves: u64,
    /// Places of the nodes that the walk is in.
    open: Vec<u32>,
}

impl Placer {
    /// Lays out the trace of these records.
    pub(super) fn place(&mut self, batch: &SpanBatch, records: &[u32]) {
        self.collect(batch, records);
        self.find_parents(batch);
        self.fill_missing_starts();
        self.link_children();
        self.walk();
        if self.preorder.len() < self.nodes.len() {
            self.cut_cycles();
            self.unlink();
            self.link_children();
            self.walk();
        }
    }

    /// Makes nodes of the records, folding those that share an id.
    fn collect(&mut self, batch: &SpanBatch, records: &[u32]) {
        self.nodes.clear();
        self.folded.clear();
        self.by_id.clear();
        (self.roots, self.errors, self.halves) = (0, 0, 0);
        for &record in records {
            let node = self.add(batch, record, 0, 0);
            let Node {
                flags: set,
                parent_id,
                ..
            } = self.nodes[node as usize];
            let is_half = set & flags::HALF != 0;
            self.halves += u64::from(is_half);
            self.roots += u64::from(parent_id.is_zero() && !is_half);
            let error = set & (flags::FORMAT_ERROR | flags::HALF_ERROR);
            self.errors += u64::from(error == flags::FORMAT_ERROR);
        }
        self.has_own_ids = records.len() < LARGE && self.ids.fill(&self.nodes);
        if !self.has_own_ids {
            self.collect_by_id(batch);
        }
    }

    /// Makes the nodes anew, one id after the other.
    fn collect_by_id(&mut self, batch: &SpanBatch) {
        let mut records = std::mem::take(&mut self.by_id);
        records.extend(self.nodes.drain(..).map(|node| (node.span_id, node.record)));
        records.sort_unstable();
        for run in records.chunk_by_mut(|a, b| a.0 == b.0) {
            match run {
                [(_, record)] => *record = self.add(batch, *record, 0, 0),
                _ => self.collect_run(batch, run),
            }
        }
        records.retain(|&(_, node)| node != NONE);
        self.by_id = records;
    }

    /// Replaces the records of one id by their nodes, owner and server first.
    fn collect_run(&mut self, batch: &SpanBatch, run: &mut [(SpanId, u32)]) {
        let verdicts = same_id::judge(batch, run.iter().map(|&(_, record)| record));
        let owner = self.nodes.len() as u32;
        let rank = |fate: Fate| match fate {
            Fate::Owner => 0,
            Fate::Server => 1,
            Fate::Conflict => 2,
            Fate::Folded => 3,
        };
        let mut verdicts = verdicts;
        verdicts.sort_by_key(|verdict| rank(verdict.fate));
        let folded = verdicts.iter().any(|verdict| verdict.fate == Fate::Folded);
        for (slot, verdict) in run.iter_mut().zip(verdicts) {
            let mark = match verdict.fate {
                Fate::Owner if folded => flags::DUPLICATE,
                Fate::Owner => 0,
                Fate::Server => flags::SPLIT,
                Fate::Conflict => flags::CONFLICT,
                Fate::Folded => {
                    self.folded.push(verdict.record);
                    slot.1 = NONE;
                    continue;
                }
            };
            slot.1 = self.add(batch, verdict.record, mark, verdict.hash);
            if verdict.fate == Fate::Server {
                self.nodes[slot.1 as usize].parent = owner;
            }
        }
    }

    #[inline]
    fn add(&mut self, batch: &SpanBatch, record: u32, mark: u32, tie: u64) -> u32 {
        let place = &batch.placements[record as usize];
        let is_negative = place.end_unix_nano < place.start_unix_nano;
        let negative = if is_negative { flags::NEGATIVE } else { 0 };
        let flags = batch.heads[record as usize].flags | mark | negative;
        self.nodes.push(Node::of(record, place, flags, tie));
        self.nodes.len() as u32 - 1
    }

    /// Resolves parent ids to nodes. A server half already has its client.
    fn find_parents(&mut self, batch: &SpanBatch) {
        self.orphans = 0;
        if self.has_own_ids {
            return self.find_parents_by_id();
        }
        if self.nodes.len() >= LARGE {
            return self.find_parents_in_order(batch);
        }
        for node in 0..self.nodes.len() {
            let parent_id = self.nodes[node].parent_id;
            if !parent_id.is_zero() {
                let run = self.run(parent_id);
                self.adopt(batch, node, run);
            }
        }
    }

    /// The same where each node has an id of its own.
    fn find_parents_by_id(&mut self) {
        for node in 0..self.nodes.len() {
            let parent_id = self.nodes[node].parent_id;
            if parent_id.is_zero() {
                continue;
            }
            let found = self.ids.find(&self.nodes, parent_id);
            let node = &mut self.nodes[node];
            node.parent = found.unwrap_or(NONE);
            if found.is_none() {
                self.orphans += 1;
                node.flags |= flags::ORPHAN;
            }
        }
    }

    /// The same for a trace that is larger than the caches, in which looking
    /// up ids one by one in any order would wait for memory at each step.
    fn find_parents_in_order(&mut self, batch: &SpanBatch) {
        let parents = self.nodes.iter().map(|node| node.parent_id);
        let mut wanted: Vec<(SpanId, u32)> = parents.zip(0..).collect();
        wanted.retain(|(id, _)| !id.is_zero());
        wanted.sort_unstable();
        let mut run = 0..0;
        for children in wanted.chunk_by(|a, b| a.0 == b.0) {
            let behind = &self.by_id[run.end..];
            let start = run.end
                + behind
                    .iter()
                    .take_while(|entry| entry.0 < children[0].0)
                    .count();
            let same = self.by_id[start..].iter();
            run = start..start + same.take_while(|entry| entry.0 == children[0].0).count();
            for &(_, node) in children {
                self.adopt(batch, node as usize, run.clone());
            }
        }
    }

    /// Gives a node its parent, which is among the nodes of a run.
    fn adopt(&mut self, batch: &SpanBatch, node: usize, run: Range<usize>) {
        if run.is_empty() {
            self.orphans += 1;
        }
        if self.nodes[node].flags & flags::SPLIT != 0 {
            return;
        }
        let parent = match run.len() {
            0 => NONE,
            1 => self.by_id[run.start].1,
            _ => self.parent_among(batch, node, run),
        };
        self.nodes[node].parent = parent;
        if parent == NONE {
            self.nodes[node].flags |= flags::ORPHAN;
        }
    }

    /// True where a span of the trace has this id.
    pub(super) fn has(&self, id: SpanId) -> bool {
        if self.has_own_ids {
            return self.ids.find(&self.nodes, id).is_some();
        }
        self.by_id
            .binary_search_by_key(&id, |entry| entry.0)
            .is_ok()
    }

    /// The nodes of one id.
    fn run(&self, id: SpanId) -> Range<usize> {
        let start = self.by_id.partition_point(|entry| entry.0 < id);
        match self.by_id.get(start + 1) {
            Some(next) if next.0 == id => start..self.by_id.partition_point(|entry| entry.0 <= id),
            _ => start..start + usize::from(self.by_id.get(start).is_some_and(|e| e.0 == id)),
        }
    }

    /// The parent among several spans of the id that a child names: one of the
    /// child's own service during which it starts, else the server half, else
    /// the owner. Of a longer run the first [`CANDIDATES`] are asked, so that
    /// a million spans of one id stay linear.
    fn parent_among(&self, batch: &SpanBatch, child: usize, run: Range<usize>) -> u32 {
        let service = |node: &Node| {
            batch
                .resources
                .service(batch.heads[node.record as usize].resource)
        };
        let own = &self.nodes[child];
        let candidates = || {
            self.by_id[run.clone()]
                .iter()
                .take(CANDIDATES)
                .map(|entry| entry.1)
        };
        let contains = |node: u32| {
            let node = &self.nodes[node as usize];
            let end = node.start.saturating_add_unsigned(node.duration);
            service(node) == service(own) && (node.start..=end).contains(&own.start)
        };
        let is_server = |node: u32| self.nodes[node as usize].flags & flags::SPLIT != 0;
        let others = || candidates().filter(|&node| node != child as u32);
        others()
            .find(|&node| contains(node))
            .or_else(|| others().find(|&node| is_server(node)))
            .or_else(|| candidates().next())
            .unwrap_or(NONE)
    }

    /// A span without a start takes its parent's, else the trace's first.
    fn fill_missing_starts(&mut self) {
        let has_start = |node: &Node| node.flags & flags::MISSING_START == 0;
        if self.nodes.iter().all(has_start) {
            return;
        }
        let first = self
            .nodes
            .iter()
            .filter(|n| has_start(n))
            .map(|n| n.start)
            .min();
        for node in 0..self.nodes.len() {
            if has_start(&self.nodes[node]) {
                continue;
            }
            let parent = self.nodes.get(self.nodes[node].parent as usize);
            let start = parent.filter(|n| has_start(n)).map(|n| n.start).or(first);
            self.nodes[node].start = start.unwrap_or(0);
        }
    }

    /// What siblings are ordered by.
    #[inline]
    fn rank(&self, at: u32) -> impl Ord {
        let node = &self.nodes[at as usize];
        let end = node.start.saturating_add_unsigned(node.duration);
        (node.start, Reverse(end), node.span_id, node.tie, at)
    }

    /// Takes the chains of children apart.
    fn unlink(&mut self) {
        for node in &mut self.nodes {
            (node.first_child, node.next_sibling) = (NONE, NONE);
        }
    }

    /// Chains the children of each node, and the top spans, in their order.
    fn link_children(&mut self) {
        self.first_top = NONE;
        for at in (0..self.nodes.len() as u32).rev() {
            let head = match self.nodes[at as usize].parent {
                NONE => &mut self.first_top,
                parent => &mut self.nodes[parent as usize].first_child,
            };
            let next = std::mem::replace(head, at);
            self.nodes[at as usize].next_sibling = next;
        }
        self.first_top = self.sorted(self.first_top);
        for at in 0..self.nodes.len() {
            let first = self.nodes[at].first_child;
            if first != NONE {
                self.nodes[at].first_child = self.sorted(first);
            }
        }
    }

    /// Sorts a chain of siblings; answers its first.
    #[inline(always)]
    fn sorted(&mut self, first: u32) -> u32 {
        let node = self.nodes.get(first as usize);
        match node.is_none_or(|node| node.next_sibling == NONE) {
            true => first,
            false => self.sorted_chain(first),
        }
    }

    /// The same for several siblings.
    fn sorted_chain(&mut self, first: u32) -> u32 {
        if self.is_by_start(first) {
            return first;
        }
        let mut siblings = std::mem::take(&mut self.siblings);
        siblings.clear();
        siblings.extend(
            self.chain(first)
                .map(|at| (self.nodes[at as usize].start, at)),
        );
        // Of many, most are told apart without a look at their nodes.
        siblings.sort_unstable_by(|one, next| {
            let starts = one.0.cmp(&next.0);
            starts.then_with(|| self.rank(one.1).cmp(&self.rank(next.1)))
        });
        for pair in siblings.windows(2) {
            self.nodes[pair[0].1 as usize].next_sibling = pair[1].1;
        }
        if let Some(&(_, last)) = siblings.last() {
            self.nodes[last as usize].next_sibling = NONE;
        }
        self.siblings = siblings;
        self.siblings[0].1
    }

    /// True where each node of a chain starts later than the one before it.
    fn is_by_start(&self, first: u32) -> bool {
        let starts = self.chain(first).map(|at| self.nodes[at as usize].start);
        starts.is_sorted_by(|one, next| one < next)
    }

    /// A node and the siblings behind it.
    fn chain(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |&at: &u32| Some(self.nodes[at as usize].next_sibling).filter(|&at| at != NONE);
        std::iter::successors(Some(first), next)
    }

    /// Walks down, along and up, writing the preorder.
    fn walk(&mut self) {
        self.preorder.clear();
        let mut next = self.first_top;
        while next != NONE {
            let (place, node) = (self.preorder.len() as u32, &self.nodes[next as usize]);
            self.preorder.push(Placed {
                node: next,
                parent: self.open.last().copied().unwrap_or(NONE),
                end: place + 1,
            });
            if node.first_child != NONE {
                self.open.push(place);
                next = node.first_child;
                continue;
            }
            next = node.next_sibling;
            while next == NONE {
                let Some(place) = self.open.pop() else { break };
                let end = self.preorder.len() as u32;
                let placed = &mut self.preorder[place as usize];
                placed.end = end;
                next = self.nodes[placed.node as usize].next_sibling;
            }
        }
    }

    /// Cuts each cycle above its earliest span. Nodes that the walk did not
    /// reach hang below a cycle or are on one.
    fn cut_cycles(&mut self) {
        const REACHED: u32 = u32::MAX;
        let mut marks = vec![0; self.nodes.len()];
        for placed in &self.preorder {
            marks[placed.node as usize] = REACHED;
        }
        for start in 0..self.nodes.len() as u32 {
            let mark = start + 1;
            let mut at = start;
            while at != NONE && marks[at as usize] == 0 {
                marks[at as usize] = mark;
                at = self.nodes[at as usize].parent;
            }
            if at != NONE && marks[at as usize] == mark {
                let head = self.earliest_on_cycle(at);
                self.nodes[head as usize].parent = NONE;
                self.nodes[head as usize].flags |= flags::CYCLE_HEAD;
            }
        }
    }

    fn earliest_on_cycle(&self, start: u32) -> u32 {
        let parent = |&at: &u32| Some(self.nodes[at as usize].parent);
        let others = std::iter::successors(parent(&start), parent).take_while(|&at| at != start);
        let first = others.min_by_key(|&at| self.rank(at));
        first.map_or(start, |at| {
            std::cmp::min_by_key(start, at, |&at| self.rank(at))
        })
    }
}

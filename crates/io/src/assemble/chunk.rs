//! A chunk of traces: the rows that one worker makes of them, in their place.

use super::place::{Node, Placer, NONE};
use super::slices::Slices;
use super::Input;
use spanwise_model::trace_issues::{is_faultless, of_span, of_tops};
use spanwise_model::trace_table::NO_PARENT;
use spanwise_model::{flags, Example, Folded, IssueKind, Issues, SpanId, SpanTable};
use std::ops::Range;

/// Flags of top spans that are no roots.
const NO_ROOT: u32 = flags::ORPHAN | flags::CYCLE_HEAD;

/// What a worker tells of its traces, besides the rows that it wrote.
#[derive(Default)]
pub(super) struct Chunk {
    /// How many rows it was given, and how many it wrote.
    pub(super) room: usize,
    pub(super) rows: usize,
    missing_parents: Vec<(u32, SpanId)>,
    /// Rows without a start of their own, and the one that was found.
    found_starts: Vec<(u32, i64)>,
    issues: Issues,
    folded: Vec<Folded>,
    roots: u64,
    orphans: u64,
    halves: u64,
    errors: u64,
    pub(super) orphans_by_source: Vec<u64>,
    pub(super) halves_by_source: Vec<u64>,
}

/// Where a worker writes: the rows from `first` on, and the ends of its traces.
pub(super) struct Room<'a> {
    pub(super) traces: Range<u32>,
    pub(super) first: u32,
    pub(super) slices: Slices<'a>,
    pub(super) trace_ends: &'a mut [u32],
}

impl Chunk {
    pub(super) fn of(input: &Input<'_>, room: Room<'_>) -> Self {
        let mut chunk = Self {
            room: room.slices.parent.len(),
            orphans_by_source: vec![0; input.batch.sources.len()],
            halves_by_source: vec![0; input.batch.sources.len()],
            ..Self::default()
        };
        let (mut placer, mut slices) = (Placer::default(), room.slices);
        for (trace, end) in room.traces.zip(room.trace_ends) {
            let records = input.groups.records(trace);
            placer.place(input.batch, records);
            chunk.count(input, records, &placer);
            chunk.write(input, (trace, room.first), &placer, &mut slices);
            *end = room.first + chunk.rows as u32;
        }
        chunk
    }

    /// Counts records as they were read.
    fn count(&mut self, input: &Input<'_>, records: &[u32], placer: &Placer) {
        self.errors += placer.errors;
        self.roots += placer.roots;
        self.halves += placer.halves;
        if placer.orphans | placer.halves == 0 {
            return;
        }
        for &record in records {
            let parent = input.batch.placements[record as usize].parent_id;
            let is_half = input.batch.heads[record as usize].flags & flags::HALF != 0;
            let is_orphan = !parent.is_zero() && !placer.has(parent) && !is_half;
            if is_half || is_orphan {
                let sources = &input.batch.sources;
                let source = sources.partition_point(|source| source.records.end <= record);
                self.orphans += u64::from(is_orphan);
                if let Some(count) = self.orphans_by_source.get_mut(source) {
                    *count += u64::from(is_orphan);
                    self.halves_by_source[source] += u64::from(is_half);
                }
            }
        }
    }

    /// Writes the rows of a trace behind those that were written, and counts its
    /// issues.
    fn write(
        &mut self,
        input: &Input<'_>,
        (number, first): (u32, u32),
        placer: &Placer,
        slices: &mut Slices<'_>,
    ) {
        let trace = input.groups.id(number);
        let base = first + self.rows as u32;
        let rows = self.rows..self.rows + placer.preorder.len();
        self.rows = rows.end;
        let order = slices.parent[rows.clone()].iter_mut();
        let order = order.zip(&mut slices.subtree_end[rows.clone()]);
        let what = slices.flags[rows.clone()].iter_mut();
        let to = order.zip(what.zip(&mut slices.record[rows]));
        let (mut roots, mut tops) = (0u64, 0u64);
        for ((placed, to), row) in placer.preorder.iter().zip(to).zip(base..) {
            let ((parent, subtree_end), (flags, record)) = to;
            let node = &placer.nodes[placed.node as usize];
            *parent = match placed.parent {
                NONE => NO_PARENT,
                parent => parent + base,
            };
            (*subtree_end, *flags, *record) = (placed.end + base, node.flags, node.record);
            if placed.parent == NONE {
                tops += 1;
                roots += u64::from(node.flags & NO_ROOT == 0);
            }
            let nameless = input.is_nameless(node.record);
            if is_faultless(node.flags, node.duration, nameless) {
                continue;
            }
            self.note(input, node, row);
            for kind in of_span(node.flags, node.duration, nameless) {
                self.add(input, kind, node.record, Example::Span(trace, node.span_id));
            }
        }
        self.report(input, number, placer, of_tops(tops, roots));
    }

    /// Counts the issues of a trace as a whole.
    fn report(
        &mut self,
        input: &Input<'_>,
        number: u32,
        placer: &Placer,
        of_tops: Option<IssueKind>,
    ) {
        let trace = input.groups.id(number);
        for &record in &placer.folded {
            let span_id = input.batch.placements[record as usize].span_id;
            let example = Example::Span(trace, span_id);
            self.add(input, IssueKind::DuplicateId, record, example);
            self.folded.push(Folded {
                trace: number,
                span_id,
                service: input.service_symbol(record),
            });
        }
        let first = placer.preorder.first();
        let first = first.map(|first| placer.nodes[first.node as usize]);
        if let (Some(first), Some(kind)) = (first, of_tops) {
            let example = Example::Span(trace, first.span_id);
            self.add(input, kind, first.record, example);
        }
    }

    fn add(&mut self, input: &Input<'_>, kind: IssueKind, record: u32, example: Example) {
        let service = input.service(record);
        self.issues.add(kind, service, example);
    }

    /// Notes what the columns of a row do not say, or not yet.
    fn note(&mut self, input: &Input<'_>, node: &Node, row: u32) {
        if node.flags & NO_ROOT != 0 {
            let place = &input.batch.placements[node.record as usize];
            self.missing_parents.push((row, place.parent_id));
        }
        if node.flags & flags::MISSING_START != 0 {
            self.found_starts.push((row, node.start));
        }
    }

    /// Adds what the chunk tells to the table. Its rows lie `below` rows lower
    /// than where they were written.
    pub(super) fn add_to(self, table: &mut SpanTable, below: u32) {
        let missing = self.missing_parents.into_iter();
        let moved = missing.map(|(row, id)| (row - below, id));
        table.missing_parents.extend(moved);
        for (row, start) in self.found_starts {
            table.columns.start_unix_nano[(row - below) as usize] = start;
        }
        table.issues.absorb(self.issues);
        table.folded.extend(self.folded);
        table.records.spans -= self.halves;
        table.records.roots += self.roots;
        table.records.orphans += self.orphans;
        table.records.errors += self.errors;
    }
}

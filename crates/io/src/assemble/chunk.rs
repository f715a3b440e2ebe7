//! A chunk of traces: what one worker makes of them, ready to be appended.

use super::place::{Node, Placer, NONE};
use super::Input;
use spanwise_model::trace_table::{Columns, NO_PARENT};
use spanwise_model::{flags, Example, IssueKind, Issues, SpanId, SpanTable, TraceId};
use std::ops::Range;

/// The rows of some traces, numbered from zero.
#[derive(Default)]
pub(super) struct Chunk {
    columns: Columns,
    trace_ends: Vec<u32>,
    missing_parents: Vec<(u32, SpanId)>,
    issues: Issues,
    roots: u64,
    orphans: u64,
    errors: u64,
    pub(super) orphans_by_source: Vec<u64>,
}

impl Chunk {
    pub(super) fn of(input: &Input<'_>, traces: Range<u32>) -> Self {
        let mut chunk = Self {
            orphans_by_source: vec![0; input.batch.sources.len()],
            ..Self::default()
        };
        let mut placer = Placer::default();
        for trace in traces {
            let records = input.groups.records(trace);
            placer.place(input.batch, records);
            chunk.count(input, records, &placer);
            chunk.report(input, input.groups.id(trace), &placer);
            chunk.append(input, &placer);
        }
        chunk
    }

    /// Counts records as they were read.
    fn count(&mut self, input: &Input<'_>, records: &[u32], placer: &Placer) {
        let heads = &input.batch.heads;
        for &record in records {
            let at = record as usize;
            self.errors += u64::from(heads.flags[at] & flags::FORMAT_ERROR != 0);
            self.roots += u64::from(heads.parent_id[at].is_zero());
        }
        if placer.orphans == 0 {
            return;
        }
        let present = |id: SpanId| placer.has(id);
        for &record in records {
            let parent = heads.parent_id[record as usize];
            if !parent.is_zero() && !present(parent) {
                self.orphans += 1;
                let sources = &input.batch.sources;
                let source = sources.partition_point(|source| source.records.end <= record);
                if let Some(count) = self.orphans_by_source.get_mut(source) {
                    *count += 1;
                }
            }
        }
    }

    /// Counts the issues of a trace.
    fn report(&mut self, input: &Input<'_>, trace: TraceId, placer: &Placer) {
        let (mut roots, mut tops) = (0u64, 0u64);
        for node in &placer.nodes {
            let top = node.parent == NONE;
            tops += u64::from(top);
            roots += u64::from(top && node.flags & (flags::ORPHAN | flags::CYCLE_HEAD) == 0);
            self.report_node(input, trace, node);
        }
        for &record in &placer.folded {
            let span = input.batch.heads.span_id[record as usize];
            self.add(
                input,
                IssueKind::DuplicateId,
                record,
                Example::Span(trace, span),
            );
        }
        let first = placer.preorder.first().map(|&at| placer.nodes[at as usize]);
        let Some(first) = first.filter(|_| tops > 0 && roots != 1) else {
            return;
        };
        let kind = if roots == 0 {
            IssueKind::NoRoot
        } else {
            IssueKind::SeveralRoots
        };
        self.add(
            input,
            kind,
            first.record,
            Example::Span(trace, first.span_id),
        );
    }

    fn report_node(&mut self, input: &Input<'_>, trace: TraceId, node: &Node) {
        const KINDS: [(u32, IssueKind); 7] = [
            (flags::ORPHAN, IssueKind::Orphan),
            (flags::CYCLE_HEAD, IssueKind::Cycle),
            (flags::SPLIT, IssueKind::SharedId),
            (flags::CONFLICT, IssueKind::ConflictingDuplicate),
            (flags::NEGATIVE, IssueKind::NegativeDuration),
            (flags::MISSING_END, IssueKind::MissingEnd),
            (flags::MISSING_START, IssueKind::MissingStart),
        ];
        let example = || Example::Span(trace, node.span_id);
        let marked = KINDS.iter().filter(|(flag, _)| node.flags & flag != 0);
        for &(_, kind) in marked {
            self.add(input, kind, node.record, example());
        }
        let unknown = flags::NEGATIVE | flags::MISSING_END;
        if node.duration == 0 && node.flags & unknown == 0 {
            self.add(input, IssueKind::ZeroDuration, node.record, example());
        }
        if self.service(input, node.record).is_empty() {
            self.add(input, IssueKind::MissingService, node.record, example());
        }
    }

    fn service<'a>(&self, input: &Input<'a>, record: u32) -> &'a str {
        let batch = input.batch;
        let resource = batch.heads.resource[record as usize];
        batch.strings.get(batch.resources.service(resource))
    }

    fn add(&mut self, input: &Input<'_>, kind: IssueKind, record: u32, example: Example) {
        let service = self.service(input, record);
        self.issues.add(kind, service, example);
    }

    /// Appends the rows of a trace.
    fn append(&mut self, input: &Input<'_>, placer: &Placer) {
        let base = self.columns.span_id.len() as u32;
        let mut place_of = vec![0u32; placer.nodes.len()];
        for (place, &at) in placer.preorder.iter().enumerate() {
            place_of[at as usize] = place as u32;
        }
        let heads = &input.batch.heads;
        for (&at, &end) in placer.preorder.iter().zip(&placer.subtree_end) {
            let node = &placer.nodes[at as usize];
            let record = node.record as usize;
            let row = self.columns.span_id.len() as u32;
            if node.flags & flags::ORPHAN != 0 {
                self.missing_parents.push((row, heads.parent_id[record]));
            }
            let columns = &mut self.columns;
            columns.parent.push(match node.parent {
                NONE => NO_PARENT,
                parent => place_of[parent as usize] + base,
            });
            columns.span_id.push(node.span_id);
            columns.subtree_end.push(end + base);
            columns.start_unix_nano.push(node.start);
            columns.duration_nano.push(node.duration);
            columns.operation.push(input.operation_of[record]);
            columns.status.push(heads.status[record]);
            columns.flags.push(node.flags);
            columns.resource.push(heads.resource[record]);
            columns.scope.push(heads.scope[record]);
            columns.record.push(node.record);
            columns.evidence.push(heads.evidence[record]);
        }
        self.trace_ends.push(self.columns.span_id.len() as u32);
    }

    /// Appends the chunk behind what the table has.
    pub(super) fn append_to(self, table: &mut SpanTable) {
        let base = table.columns.span_id.len() as u32;
        let (theirs, ours) = (self.columns, &mut table.columns);
        let move_up = |row: u32| if row == NO_PARENT { row } else { row + base };
        ours.parent.extend(theirs.parent.into_iter().map(move_up));
        ours.subtree_end
            .extend(theirs.subtree_end.iter().map(|end| end + base));
        append(&mut ours.span_id, theirs.span_id);
        append(&mut ours.start_unix_nano, theirs.start_unix_nano);
        append(&mut ours.duration_nano, theirs.duration_nano);
        append(&mut ours.operation, theirs.operation);
        append(&mut ours.status, theirs.status);
        append(&mut ours.flags, theirs.flags);
        append(&mut ours.resource, theirs.resource);
        append(&mut ours.scope, theirs.scope);
        append(&mut ours.record, theirs.record);
        append(&mut ours.evidence, theirs.evidence);
        table
            .trace_ends
            .extend(self.trace_ends.iter().map(|end| end + base));
        let missing = self
            .missing_parents
            .iter()
            .map(|&(row, id)| (row + base, id));
        table.missing_parents.extend(missing);
        table.issues.absorb(self.issues);
        table.records.roots += self.roots;
        table.records.orphans += self.orphans;
        table.records.errors += self.errors;
    }
}

/// Appends a column, or takes it whole where there is nothing before it.
fn append<T>(ours: &mut Vec<T>, mut theirs: Vec<T>) {
    if ours.is_empty() {
        *ours = theirs;
    } else {
        ours.append(&mut theirs);
    }
}

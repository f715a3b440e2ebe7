//! The cells of the critical path: what requests of one root operation and band
//! have of one operation, service or call path.

use super::bands::band_of;
use super::critical_path::{
    CriticalPathBy, CRITICAL, ERRORS, REQUESTS, SELF, SPANS, STATES, TRACES,
};
use super::numbered::Numbered;
use super::operations::{operation_names, request_root};
use crate::analysis::TraceBatch;
use crate::call_path::{CallPaths, DEEPER};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use spanwise_model::{OperationId, Span, SpanTable, Symbol, Trace};
use std::ops::Range;

/// A root operation (none for what is no request) and a band.
type Group = (Option<OperationId>, u64);

/// What is no request.
const INCOMPLETE: u32 = 0;

/// The cells of a batch, found and summed without touching the partial.
pub(super) struct Cells<'a> {
    by: CriticalPathBy,
    table: &'a SpanTable,
    out: &'a mut Partial,
    /// By operation: its names, as codes of the partial.
    names: Vec<Option<[Key<'static>; 3]>>,
    groups: Numbered<Group>,
    cells: Vec<CellSums>,
    /// By node: the group that it was last in, and the cell of both; apart for
    /// requests and for what is none.
    last: [Vec<(u32, u32)>; 2],
    paths: CallPaths,
    nodes: Vec<u32>,
}

/// A cell, and what the batch adds to it.
struct CellSums {
    group: u32,
    node: u32,
    /// The trace that was counted last.
    counted: u32,
    sums: [u128; STATES.len()],
}

impl<'a> Cells<'a> {
    pub(super) fn new(by: CriticalPathBy, table: &'a SpanTable, out: &'a mut Partial) -> Self {
        let mut cells = Self {
            by,
            table,
            out,
            names: vec![None; table.operations.len()],
            groups: Numbered::default(),
            cells: Vec::new(),
            last: Default::default(),
            paths: CallPaths::default(),
            nodes: Vec::new(),
        };
        cells.groups.number((None, 0));
        cells
    }

    /// Adds all traces of a batch, group by group.
    pub(super) fn add_all(&mut self, traces: TraceBatch<'_>, facts: &FactColumns) {
        let grouped = traces.traces();
        let grouped = grouped.map(|trace| (self.group_of(trace, facts), trace));
        let mut grouped: Vec<(u32, Trace<'_>)> = grouped.collect();
        grouped.sort_by_key(|&(group, _)| group);
        for (group, trace) in grouped {
            self.add(group, trace, facts);
        }
    }

    /// Adds a trace, whose request is of this group. All traces of a group follow
    /// each other, so that a node finds its cell by the group that it was last in.
    fn add(&mut self, group: u32, trace: Trace<'_>, facts: &FactColumns) {
        if self.by == CriticalPathBy::Path {
            self.paths.add(trace, &mut self.nodes);
        }
        let rows = trace.rows();
        let request = request_root(trace).map_or(rows.start..rows.start, Span::subtree);
        if group != INCOMPLETE {
            self.cell(group, (request.start, rows.start)).sums[REQUESTS] += 1;
        }
        self.add_rows(INCOMPLETE, trace, rows.start..request.start, facts);
        self.add_rows(group, trace, request.clone(), facts);
        self.add_rows(INCOMPLETE, trace, request.end..rows.end, facts);
    }

    /// Adds rows of a trace to the cells of a group.
    #[inline]
    fn add_rows(&mut self, group: u32, trace: Trace<'_>, rows: Range<u32>, facts: &FactColumns) {
        let first = trace.rows().start;
        let range = rows.start as usize..rows.end as usize;
        let times = facts.critical_nano[range.clone()].iter();
        let times = times.zip(&facts.self_nano[range.clone()]);
        let flags = facts.flags[range].iter();
        for (row, (flags, (&critical, &own))) in rows.zip(flags.zip(times)) {
            if flags & fact_flags::ON_PATH == 0 {
                continue;
            }
            let cell = self.cell(group, (row, first));
            let is_first = std::mem::replace(&mut cell.counted, trace.index()) != trace.index();
            cell.sums[TRACES] += u128::from(is_first);
            cell.sums[SPANS] += 1;
            cell.sums[CRITICAL] += u128::from(critical);
            cell.sums[SELF] += u128::from(own);
            cell.sums[ERRORS] += u128::from(flags & fact_flags::ERRS != 0);
        }
    }

    /// The group of a trace's request: its root operation, and the band of its
    /// duration.
    fn group_of(&mut self, trace: Trace<'_>, facts: &FactColumns) -> u32 {
        let Some(root) = request_root(trace) else {
            return INCOMPLETE;
        };
        let band = band_of(facts.path_nano(root));
        self.groups.number((Some(root.operation_id()), band))
    }

    /// The cell of a row in a group; `first` is the first row of its trace.
    #[inline(always)]
    fn cell(&mut self, group: u32, (row, first): (u32, u32)) -> &mut CellSums {
        let operation = self.table.columns.operation[row as usize];
        let node = match self.by {
            CriticalPathBy::Operation => operation.0,
            CriticalPathBy::Service => self.table.operations.service(operation).0,
            CriticalPathBy::Path => self.nodes[(row - first) as usize],
        };
        let last = &self.last[usize::from(group == INCOMPLETE)];
        let at = match last.get(node as usize) {
            Some(&(last, cell)) if last == group => cell,
            _ => self.add_cell(group, node),
        };
        &mut self.cells[at as usize]
    }

    /// Adds the cell of a node that this group has not come to.
    #[inline(never)]
    fn add_cell(&mut self, group: u32, node: u32) -> u32 {
        let at = self.cells.len() as u32;
        self.cells.push(CellSums {
            group,
            node,
            counted: u32::MAX,
            sums: [0; STATES.len()],
        });
        let last = &mut self.last[usize::from(group == INCOMPLETE)];
        if last.len() <= node as usize {
            last.resize(node as usize + 1, (u32::MAX, 0));
        }
        last[node as usize] = (group, at);
        at
    }

    /// Adds all cells to the partial.
    pub(super) fn flush(mut self) {
        self.out.reserve(self.cells.len());
        for cell in std::mem::take(&mut self.cells) {
            let row = self.row(cell.group, cell.node);
            for (column, sum) in cell.sums.into_iter().enumerate() {
                self.out.add(row, column, sum as i128);
            }
        }
    }

    fn row(&mut self, group: u32, node: u32) -> Row {
        let (root, band) = self.groups.key(group);
        let [a, b, c] = root.map_or([Key::Name(""); 3], |root| self.names(root));
        let band = Key::U64(band);
        match self.by {
            CriticalPathBy::Operation => {
                let [d, e, f] = self.names(OperationId(node));
                self.out.row(&[a, b, c, band, d, e, f])
            }
            CriticalPathBy::Service => {
                let service = Key::Name(self.table.text(Symbol(node)));
                self.out.row(&[a, b, c, band, service])
            }
            CriticalPathBy::Path => {
                let node = self.paths.nodes()[node as usize];
                let deeper = [Key::Name(""), Key::Name(DEEPER), Key::Name("")];
                let [d, e, f] = node.operation.map_or(deeper, |id| self.names(id));
                let (id, parent) = (Key::U128(node.id), Key::U128(node.parent));
                let depth = Key::U64(node.depth.into());
                self.out.row(&[a, b, c, band, id, parent, depth, d, e, f])
            }
        }
    }

    fn names(&mut self, operation: OperationId) -> [Key<'static>; 3] {
        let (table, out) = (self.table, &mut self.out);
        *self.names[operation.0 as usize].get_or_insert_with(|| {
            operation_names(table, operation).map(|name| Key::Code(out.intern(name)))
        })
    }
}

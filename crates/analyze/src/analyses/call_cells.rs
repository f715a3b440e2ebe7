//! From spans of requests to rows of a call tree, by number and without a hash
//! of a name a span.

use super::call_tree::{CALLS, CRITICAL, ERRORS, EXAMPLES, EXCLUSIVE, INCLUSIVE, REQUESTS};
use super::operations::operation_names;
use crate::call_path::{CallPaths, DEEPER};
use crate::facts::{fact_flags, FactColumns};
use crate::partial::{Key, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{flags, OperationId, Span, SpanTable};

/// The rows of a batch.
pub(super) struct CallCells<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    out: &'a mut Partial,
    paths: CallPaths,
    /// By row of the trace: its node.
    nodes: Vec<u32>,
    /// The names of operations, as codes of the partial.
    names: FxHashMap<OperationId, [Key<'static>; 3]>,
    /// By root operation, band and node.
    rows: FxHashMap<(OperationId, u64, u32), Row>,
}

impl<'a> CallCells<'a> {
    pub(super) fn new(table: &'a SpanTable, facts: &'a FactColumns, out: &'a mut Partial) -> Self {
        Self {
            table,
            facts,
            out,
            paths: CallPaths::default(),
            nodes: Vec::new(),
            names: FxHashMap::default(),
            rows: FxHashMap::default(),
        }
    }

    /// Adds the spans of a request in this latency band.
    pub(super) fn add(&mut self, root: Span<'_>, band: u64) {
        self.paths.add(root.trace(), &mut self.nodes);
        let first = root.trace().rows().start;
        let own = root.operation_id();
        for row in root.subtree() {
            let node = self.nodes[(row - first) as usize];
            let cell = self.row((own, band, node));
            if row == root.row() {
                self.out.add(cell, REQUESTS, 1_u8);
            }
            let parent = self.table.columns.parent[row as usize];
            let folds = row != root.row() && self.nodes[(parent - first) as usize] == node;
            self.count(cell, Span::new(self.table, row), folds);
        }
    }

    fn count(&mut self, cell: Row, span: Span<'_>, folds: bool) {
        let (facts, out) = (self.facts, &mut *self.out);
        let at = span.row() as usize;
        out.add(cell, CALLS, 1_u8);
        out.add(cell, EXCLUSIVE, facts.self_nano[at]);
        out.add(cell, CRITICAL, facts.critical_nano[at]);
        out.add(cell, ERRORS, facts.flags[at] & fact_flags::ERRS);
        if folds || span.flags() & flags::MISSING_END != 0 {
            return;
        }
        out.add(cell, INCLUSIVE, span.duration_nano());
        let value = i64::try_from(span.duration_nano()).unwrap_or(i64::MAX);
        out.offer(cell, EXAMPLES, value, || {
            let (trace, span) = (span.trace().id_text(), span.id_text());
            (trace.into_owned(), span.into_owned())
        });
    }

    fn row(&mut self, cell: (OperationId, u64, u32)) -> Row {
        if let Some(&row) = self.rows.get(&cell) {
            return row;
        }
        let (root, band, node) = cell;
        let node = self.paths.nodes()[node as usize];
        let [a, b, c] = self.names(root);
        let deeper = [Key::Name(""), Key::Name(DEEPER), Key::Name("")];
        let [d, e, f] = node.operation.map_or(deeper, |id| self.names(id));
        let (path, parent) = (Key::U128(node.id), Key::U128(node.parent));
        let depth = Key::U64(node.depth.into());
        let key = [a, b, c, Key::U64(band), path, parent, depth, d, e, f];
        let row = self.out.row(&key);
        self.rows.insert(cell, row);
        row
    }

    fn names(&mut self, operation: OperationId) -> [Key<'static>; 3] {
        let (table, out) = (self.table, &mut *self.out);
        let names = self.names.entry(operation);
        *names.or_insert_with(|| {
            operation_names(table, operation).map(|name| Key::Code(out.intern(name)))
        })
    }
}

//! Services that call back to a service that is above them.
//!
//! Few do, so that only a request is looked at in which a service comes again (see
//! [`super::walk`]).

use crate::analyses::calls::Calls;
use spanwise_model::{OperationId, Span, SpanTable, Symbol};

/// Where the path from the root enters a service.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Behind the last span below.
    end: u32,
    service: Symbol,
    operation: OperationId,
}

/// A span of a service that is above its caller's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Back {
    pub(super) row: u32,
    /// The same operation is above too.
    pub(super) recurs: bool,
}

/// Finds the way back of calls.
#[derive(Debug)]
pub(super) struct Cycles<'a> {
    calls: Calls<'a>,
    entries: Vec<Entry>,
    /// By symbol of a service and by operation: how often the path is in it.
    services: Vec<u32>,
    operations: Vec<u32>,
}

impl<'a> Cycles<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        let operations = &table.operations;
        let all = (0..operations.len() as u32).map(OperationId);
        let services = all.map(|id| operations.service(id).index() + 1);
        Self {
            calls: Calls { table },
            entries: Vec::new(),
            services: vec![0; services.max().unwrap_or(0)],
            operations: vec![0; operations.len()],
        }
    }

    /// Finds the spans of a request that are called back.
    #[cold]
    pub(super) fn find(&mut self, root: Span<'_>, backs: &mut Vec<Back>) {
        let (calls, rows) = (self.calls, root.subtree());
        let entry = |row: u32| Entry {
            end: calls.table.columns.subtree_end[row as usize],
            service: calls.service(row),
            operation: calls.table.columns.operation[row as usize],
        };
        self.leave(u32::MAX);
        self.enter(entry(rows.start));
        let parents = &calls.table.columns.parent;
        for row in rows.skip(1) {
            let parent = parents[row as usize];
            if calls.service(row) != calls.service(parent) {
                let back = self.cross(row, entry(row));
                // Messages call nobody back.
                backs.extend(back.filter(|_| !calls.is_sender(parent, row)));
            }
        }
    }

    /// Goes on to a span of another service than its parent's, rows in preorder;
    /// answers where its service is above.
    #[inline]
    fn cross(&mut self, row: u32, entry: Entry) -> Option<Back> {
        self.leave(row);
        let is_back = self.services[entry.service.index()] > 0;
        let recurs = self.operations[entry.operation.0 as usize] > 0;
        self.enter(entry);
        is_back.then_some(Back { row, recurs })
    }

    #[inline]
    fn enter(&mut self, entry: Entry) {
        self.services[entry.service.index()] += 1;
        self.operations[entry.operation.0 as usize] += 1;
        self.entries.push(entry);
    }

    /// Leaves the services whose spans are over before `row`.
    #[inline]
    fn leave(&mut self, row: u32) {
        while let Some(entry) = self.entries.pop_if(|entry| entry.end <= row) {
            self.services[entry.service.index()] -= 1;
            self.operations[entry.operation.0 as usize] -= 1;
        }
    }
}

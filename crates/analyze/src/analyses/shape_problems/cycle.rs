//! Services that call back to a service that is above them.

use spanwise_model::{OperationId, SpanTable, Symbol};

/// Where the path from the root enters a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Behind the last span below.
    pub(super) end: u32,
    pub(super) service: Symbol,
    pub(super) operation: OperationId,
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
pub(super) struct Cycles {
    entries: Vec<Entry>,
    /// By symbol of a service and by operation: how often the path is in it.
    services: Vec<u32>,
    operations: Vec<u32>,
}

impl Cycles {
    pub(super) fn new(table: &SpanTable) -> Self {
        let operations = &table.operations;
        let all = (0..operations.len() as u32).map(OperationId);
        let services = all.map(|id| operations.service(id).index() + 1);
        Self {
            entries: Vec::new(),
            services: vec![0; services.max().unwrap_or(0)],
            operations: vec![0; operations.len()],
        }
    }

    /// Goes on with the root of another request.
    pub(super) fn begin(&mut self, root: Entry) {
        self.leave(u32::MAX);
        self.enter(root);
    }

    /// Goes on to a span of another service than its parent's, rows in preorder;
    /// answers where its service is above.
    #[inline]
    pub(super) fn cross(&mut self, row: u32, entry: Entry) -> Option<Back> {
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

//! Services that call back to a service that is above them.

use crate::analyses::calls::Calls;
use spanwise_model::{OperationId, Span, Symbol};

/// Where the path from the root enters a service.
#[derive(Clone, Copy, Debug)]
struct Entry {
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
#[derive(Debug, Default)]
pub(super) struct Cycles {
    entries: Vec<Entry>,
    /// By symbol of a service and by operation: how often the path is in it.
    services: Vec<u32>,
    operations: Vec<u32>,
}

fn count(counts: &mut Vec<u32>, at: usize) -> &mut u32 {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    &mut counts[at]
}

impl Cycles {
    /// The spans of a request that are called back; messages call nobody back.
    pub(super) fn search(&mut self, calls: Calls<'_>, root: Span<'_>) -> Vec<Back> {
        let table = root.table();
        let mut found = Vec::new();
        self.leave(u32::MAX);
        self.enter(calls, root.row(), root.subtree().end);
        for row in root.subtree().skip(1) {
            let parent = table.columns.parent[row as usize];
            if calls.service(row) == calls.service(parent) {
                continue;
            }
            self.leave(row);
            let back = *count(&mut self.services, calls.service(row).index()) > 0;
            if back && !calls.is_sender(parent, row) {
                let operation = table.columns.operation[row as usize];
                let recurs = *count(&mut self.operations, operation.0 as usize) > 0;
                found.push(Back { row, recurs });
            }
            self.enter(calls, row, table.columns.subtree_end[row as usize]);
        }
        found
    }

    fn enter(&mut self, calls: Calls<'_>, row: u32, end: u32) {
        let operation = calls.table.columns.operation[row as usize];
        let service = calls.service(row);
        *count(&mut self.services, service.index()) += 1;
        *count(&mut self.operations, operation.0 as usize) += 1;
        self.entries.push(Entry {
            end,
            service,
            operation,
        });
    }

    /// Leaves the services whose spans are over before `row`.
    fn leave(&mut self, row: u32) {
        while let Some(entry) = self.entries.pop_if(|entry| entry.end <= row) {
            *count(&mut self.services, entry.service.index()) -= 1;
            *count(&mut self.operations, entry.operation.0 as usize) -= 1;
        }
    }
}

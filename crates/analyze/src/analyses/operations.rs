//! From spans to rows of a partial, without hashing a name a span.

use crate::partial::{Key, NameCode, Partial, Row};
use spanwise_model::trace::TopKind;
use spanwise_model::{OperationId, Span, SpanTable, Trace};

const UNKNOWN: u32 = u32::MAX;

/// Rows by operation, found once a batch.
pub(super) struct OperationRows(Vec<u32>);

impl OperationRows {
    pub(super) fn new(table: &SpanTable) -> Self {
        Self(vec![UNKNOWN; table.operations.len()])
    }

    /// The row of an operation; `find` is asked the first time.
    #[inline]
    pub(super) fn get(&mut self, operation: OperationId, find: impl FnOnce() -> Row) -> Row {
        let row = &mut self.0[operation.0 as usize];
        if *row == UNKNOWN {
            *row = find() as u32;
        }
        *row as Row
    }
}

/// The names of operations as codes of one partial, so that each is looked up
/// once.
pub(super) struct OperationCodes(Vec<Option<[NameCode; 3]>>);

impl OperationCodes {
    /// None is known yet.
    pub(super) fn new(table: &SpanTable) -> Self {
        Self(vec![None; table.operations.len()])
    }

    /// Service, name and kind.
    pub(super) fn get(
        &mut self,
        table: &SpanTable,
        id: OperationId,
        out: &mut Partial,
    ) -> [Key<'static>; 3] {
        self.codes(table, id, out).map(Key::Code)
    }

    /// The same as codes.
    #[inline]
    pub(super) fn codes(
        &mut self,
        table: &SpanTable,
        id: OperationId,
        out: &mut Partial,
    ) -> [NameCode; 3] {
        *self.0[id.0 as usize]
            .get_or_insert_with(|| operation_names(table, id).map(|name| out.intern(name)))
    }
}

/// Service, name and kind of an operation.
pub(super) fn operation_names(table: &SpanTable, id: OperationId) -> [&str; 3] {
    let operations = &table.operations;
    let (service, name) = (operations.service(id), operations.name(id));
    [
        table.text(service),
        table.text(name),
        operations.kind(id).name(),
    ]
}

/// The same as cells of a key.
pub(super) fn operation_key(table: &SpanTable, id: OperationId) -> [Key<'_>; 3] {
    operation_names(table, id).map(Key::Name)
}

/// The top span of the primary component, where that is a real root. Only
/// these components count as requests; all others are incomplete.
pub(super) fn request_root(trace: Trace<'_>) -> Option<Span<'_>> {
    Some(trace.primary()).filter(|top| top.top_kind() == TopKind::Root)
}

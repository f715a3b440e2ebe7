//! Operations: a small table that spans point into.

use crate::head::SpanKind;
use crate::strings::Symbol;
use rustc_hash::FxHashMap;

/// The row of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub u32);

/// Operations: distinct (service, name, kind), numbered densely.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    rows: Vec<(Symbol, Symbol, SpanKind)>,
    index: FxHashMap<(Symbol, Symbol, SpanKind), u32>,
}

impl Operations {
    /// The operation of this service, name and kind.
    pub fn intern(&mut self, service: Symbol, name: Symbol, kind: SpanKind) -> OperationId {
        let next = self.rows.len() as u32;
        let id = *self.index.entry((service, name, kind)).or_insert(next);
        if id == next {
            self.rows.push((service, name, kind));
        }
        OperationId(id)
    }

    /// Adds the operations of `other`, which have our symbols; the answer maps
    /// its numbers to ours.
    pub fn absorb(&mut self, other: &Self) -> Vec<OperationId> {
        let rows = other.rows.iter();
        rows.map(|&(service, name, kind)| self.intern(service, name, kind))
            .collect()
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The service of an operation.
    #[must_use]
    pub fn service(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].0
    }

    /// The name of an operation.
    #[must_use]
    pub fn name(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].1
    }

    /// The kind of an operation.
    #[must_use]
    pub fn kind(&self, id: OperationId) -> SpanKind {
        self.rows[id.0 as usize].2
    }
}

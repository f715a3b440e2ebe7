//! Operations: a small table that spans point into.

use crate::head::SpanKind;
use crate::strings::Symbol;
use rustc_hash::FxHashMap;

/// The row of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(pub u32);

/// Service, name and kind.
type Row = (Symbol, Symbol, SpanKind);

/// How many operations that were asked for lately are known without hashing: a
/// power of two.
const RECENT: usize = 256;

/// Operations: distinct (service, name, kind), numbered densely.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    rows: Vec<Row>,
    index: FxHashMap<Row, u32>,
    /// Numbers of recent ones; empty before the first.
    recent: Vec<u32>,
}

impl Operations {
    /// The operation of this service, name and kind.
    #[inline]
    pub fn intern(&mut self, service: Symbol, name: Symbol, kind: SpanKind) -> OperationId {
        let row = (service, name, kind);
        let recent = self.recent.get(slot(row)).copied();
        match recent.filter(|&id| self.rows.get(id as usize) == Some(&row)) {
            Some(id) => OperationId(id),
            None => self.look_up(row),
        }
    }

    fn look_up(&mut self, row: Row) -> OperationId {
        let next = self.rows.len() as u32;
        let id = *self.index.entry(row).or_insert(next);
        if id == next {
            self.rows.push(row);
        }
        self.recent.resize(RECENT, u32::MAX);
        self.recent[slot(row)] = id;
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
    #[inline]
    #[must_use]
    pub fn service(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].0
    }

    /// The name of an operation.
    #[inline]
    #[must_use]
    pub fn name(&self, id: OperationId) -> Symbol {
        self.rows[id.0 as usize].1
    }

    /// The kind of an operation.
    #[inline]
    #[must_use]
    pub fn kind(&self, id: OperationId) -> SpanKind {
        self.rows[id.0 as usize].2
    }
}

/// Where an operation stands among the recent ones.
#[inline]
fn slot((service, name, kind): Row) -> usize {
    let mixed = (name.0 << 3 ^ kind as u32).wrapping_add(service.0.wrapping_mul(83));
    mixed as usize % RECENT
}

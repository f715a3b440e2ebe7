//! What a span calls where the other side has no spans of its own.
//!
//! Its attributes alone tell that, so it is found out once for each evidence
//! set.

use super::connection::Connection;
use crate::facts::{Canonical, Fields};
use spanwise_model::semconv::Field;
use spanwise_model::{EvidenceId, SpanTable, Strings, Symbol};

/// What a node of the graph of calls is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum NodeKind {
    Service,
    Database,
    Queue,
    External,
}

/// A node: its kind, and its name: the table's symbol for a service, and one of
/// [`Callees`] for others. The empty name stands for nodes that are not known.
pub(super) type Node = (NodeKind, Symbol);

/// What an evidence set tells.
#[derive(Clone, Copy, Debug)]
struct Told {
    leaf: Node,
    queue: Option<Symbol>,
}

/// What the evidence sets of a table tell, as far as it was asked.
pub(super) struct Callees<'a> {
    table: &'a SpanTable,
    canonical: Canonical<'a>,
    names: Strings,
    told: Vec<Option<Told>>,
}

impl<'a> Callees<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            canonical: Canonical::new(table),
            names: Strings::new(),
            told: vec![None; table.store.evidence.len()],
        }
    }

    /// The name of a node.
    pub(super) fn name(&self, node: Node) -> &str {
        match node.0 {
            NodeKind::Service => self.table.text(node.1),
            _ => self.names.get(node.1),
        }
    }

    /// The kind of call that a span's attributes speak of.
    #[inline]
    pub(super) fn connection(&self, row: u32) -> Connection {
        let evidence = self.table.columns.evidence[row as usize];
        Connection::of(self.table.store.evidence.families(evidence))
    }

    /// What a CLIENT calls whose other side is not instrumented; a queue where
    /// it speaks of messages.
    pub(super) fn leaf(&mut self, row: u32) -> Node {
        self.told(row).leaf
    }

    /// The queue that a span names, or at least the system.
    pub(super) fn queue(&mut self, row: u32) -> Option<Symbol> {
        self.told(row).queue
    }

    #[inline]
    fn told(&mut self, row: u32) -> Told {
        let evidence = self.table.columns.evidence[row as usize];
        match self.told[evidence.index()] {
            Some(told) => told,
            None => self.find_out(evidence),
        }
    }

    #[cold]
    fn find_out(&mut self, evidence: EvidenceId) -> Told {
        let fields = self.canonical.evidence_fields(evidence);
        let connection = Connection::of(self.table.store.evidence.families(evidence));
        let queue = fields
            .messaging_destination()
            .or_else(|| fields.messaging_system());
        let queue = queue.map(|name| self.names.intern(&name));
        let (kind, name) = match connection {
            Connection::Database => (NodeKind::Database, database(&fields)),
            Connection::Messaging => (NodeKind::Queue, None),
            _ => (NodeKind::External, external(&fields)),
        };
        let leaf = match kind {
            NodeKind::Queue => queue.unwrap_or(Symbol::EMPTY),
            _ => self.names.intern(&name.unwrap_or_default()),
        };
        let told = Told {
            leaf: (kind, leaf),
            queue,
        };
        self.told[evidence.index()] = Some(told);
        told
    }
}

/// The name of a database: the peer's, else its system with its namespace.
fn database(fields: &Fields<'_>) -> Option<String> {
    let named = || {
        let system = fields.db_system()?;
        Some(match fields.text(Field::DbNamespace) {
            Some(namespace) => format!("{system}/{namespace}"),
            None => system.into_owned(),
        })
    };
    let service = fields.text(Field::PeerService).map(Into::into);
    service
        .or_else(named)
        .or_else(|| fields.peer().map(Into::into))
}

/// The name of what is neither a database nor a queue.
fn external(fields: &Fields<'_>) -> Option<String> {
    let name = fields.peer().or_else(|| fields.text(Field::RpcService));
    name.map(Into::into)
}

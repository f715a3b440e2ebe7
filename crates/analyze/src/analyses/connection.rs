//! What kind of call a span's attributes speak of.

use spanwise_model::SpanTable;

/// A kind of connection; where attributes speak of several, the first one
/// here counts, because databases and queues are reached over RPC and HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Connection {
    Database,
    Messaging,
    Rpc,
    Http,
    InProcess,
    Unknown,
}

impl Connection {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Database => "db",
            Self::Messaging => "messaging",
            Self::Rpc => "rpc",
            Self::Http => "http",
            Self::InProcess => "in_process",
            Self::Unknown => "unknown",
        }
    }

    fn of_key(key: &str) -> Self {
        match key.split('.').next() {
            Some("db") => Self::Database,
            Some("messaging" | "message_bus") => Self::Messaging,
            Some("rpc" | "grpc") => Self::Rpc,
            Some("http") => Self::Http,
            _ => Self::Unknown,
        }
    }
}

/// The connections that a table's keys speak of, looked up once each.
pub(super) struct Connections<'a> {
    table: &'a SpanTable,
    known: Vec<Option<Connection>>,
}

impl<'a> Connections<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            known: vec![None; table.store.strings.len()],
        }
    }

    /// The connection of the span at a row.
    pub(super) fn of(&mut self, row: u32) -> Connection {
        let table = self.table;
        let record = table.columns.record[row as usize];
        let keys = table.store.attributes.keys_of(record).iter();
        let of_key = |&key: &spanwise_model::Symbol| {
            *self.known[key.index()].get_or_insert_with(|| Connection::of_key(table.text(key)))
        };
        keys.map(of_key).min().unwrap_or(Connection::Unknown)
    }
}

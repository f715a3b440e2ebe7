//! What kind of call a span's attributes speak of.

use spanwise_model::semconv::Families;

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

    /// The connection that attributes of these families speak of.
    #[inline]
    pub(super) fn of(families: Families) -> Self {
        let all = [
            (Families::DATABASE, Self::Database),
            (Families::MESSAGING, Self::Messaging),
            (Families::RPC, Self::Rpc),
            (Families::HTTP, Self::Http),
        ];
        let first = all.iter().find(|(family, _)| families.has(*family));
        first.map_or(Self::Unknown, |&(_, connection)| connection)
    }
}

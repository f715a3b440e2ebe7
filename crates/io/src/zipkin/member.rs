//! The members of a span's object.

/// A member that is read; every other one is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Tags,
    TraceId,
    Id,
    ParentId,
    Name,
    Kind,
    Timestamp,
    Duration,
    LocalEndpoint,
    RemoteEndpoint,
    Annotations,
    Shared,
    Other,
}

impl Member {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "tags" => Self::Tags,
            "traceId" => Self::TraceId,
            "id" => Self::Id,
            "parentId" => Self::ParentId,
            "name" => Self::Name,
            "kind" => Self::Kind,
            "timestamp" => Self::Timestamp,
            "duration" => Self::Duration,
            "localEndpoint" => Self::LocalEndpoint,
            "remoteEndpoint" => Self::RemoteEndpoint,
            "annotations" => Self::Annotations,
            "shared" => Self::Shared,
            _ => Self::Other,
        }
    }
}

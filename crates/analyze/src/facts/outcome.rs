//! Outcomes: how a span ended, on one scale for all sources.

/// How a span ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// Nothing says that it failed.
    #[default]
    Ok,
    /// The request was wrong.
    ClientError,
    /// Too many requests.
    Throttled,
    /// Who asked is not known.
    Unauthenticated,
    /// Who asked may not.
    Denied,
    /// There is no such thing.
    NotFound,
    /// It took too long.
    Timeout,
    /// Who asked went away.
    Cancelled,
    /// There was nobody to answer.
    Unavailable,
    /// The server failed.
    ServerError,
    /// The server shed load.
    OverloadShed,
    /// A circuit breaker was open.
    BreakerOpen,
    /// A resource was used up.
    ResourceExhausted,
    /// The state did not allow it.
    Conflict,
    /// The data was damaged or of the wrong protocol.
    DataError,
    /// It failed, and nothing says how.
    UnknownError,
}

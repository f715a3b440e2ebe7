//! How requests fail, and what spans say about it.

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Failure {
    /// The code raised an exception: HTTP 500.
    Exception,
    /// The service refused: HTTP 503.
    Unavailable,
    /// There is no such thing: HTTP 404. It is no error of the server.
    NotFound,
    /// No answer came in time; only a caller sees this.
    Timeout,
    /// A lock was not granted in time; only a query sees this.
    LockTimeout,
    /// Something that was called failed: HTTP 502.
    BadGateway,
    /// Something that was called took too long: HTTP 504.
    GatewayTimeout,
}

impl Failure {
    /// How the operation fails whose call or query failed like this.
    pub(crate) fn of_caller(self) -> Self {
        match self {
            Self::NotFound => Self::NotFound,
            Self::LockTimeout => Self::Exception,
            Self::Timeout | Self::GatewayTimeout => Self::GatewayTimeout,
            _ => Self::BadGateway,
        }
    }

    /// Whether another attempt may help.
    pub(crate) fn is_retryable(self) -> bool {
        self != Self::NotFound
    }

    /// The status of HTTP, where there was an answer.
    pub(crate) fn http_status(self) -> Option<i64> {
        match self {
            Self::Exception | Self::LockTimeout => Some(500),
            Self::Unavailable => Some(503),
            Self::NotFound => Some(404),
            Self::BadGateway => Some(502),
            Self::GatewayTimeout => Some(504),
            Self::Timeout => None,
        }
    }

    /// The status of gRPC.
    pub(crate) fn grpc_status(self) -> i64 {
        match self {
            Self::Exception | Self::LockTimeout => 13,
            Self::Unavailable | Self::BadGateway => 14,
            Self::NotFound => 5,
            Self::Timeout | Self::GatewayTimeout => 4,
        }
    }

    /// The status of PostgreSQL.
    pub(crate) fn database_status(self) -> &'static str {
        match self {
            Self::LockTimeout => "55P03",
            _ => "XX000",
        }
    }

    /// The attribute `error.type`, on a span of the side that saw it.
    pub(crate) fn error_type(self) -> &'static str {
        match self {
            Self::Exception => "500",
            Self::Unavailable => "503",
            Self::NotFound => "404",
            Self::BadGateway => "502",
            Self::GatewayTimeout => "504",
            Self::Timeout => "timeout",
            Self::LockTimeout => "lock_not_available",
        }
    }

    /// The class of the exception that is recorded where the failure began.
    pub(crate) fn exception_type(self) -> &'static str {
        match self {
            Self::Exception => "RuntimeError",
            Self::Unavailable => "ServiceUnavailable",
            Self::NotFound => "KeyError",
            Self::Timeout | Self::GatewayTimeout => "TimeoutError",
            Self::LockTimeout => "LockNotAvailable",
            Self::BadGateway => "UpstreamError",
        }
    }

    /// One line for people.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Exception => "invariant violated: amount must not be negative",
            Self::Unavailable => "service is overloaded, try again later",
            Self::NotFound => "no such item",
            Self::Timeout => "deadline exceeded while waiting for an answer",
            Self::LockTimeout => "canceling statement due to lock timeout",
            Self::BadGateway => "the upstream service failed",
            Self::GatewayTimeout => "the upstream service took too long",
        }
    }
}

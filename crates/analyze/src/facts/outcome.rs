//! Outcomes: how a span ended, on one scale for all sources.

use spanwise_model::semconv::GRPC_NAMES;
use spanwise_model::SpanKind;

macro_rules! outcomes {
    ($($(#[$attribute:meta])+ $outcome:ident = $name:literal,)+) => {
        /// How a span ended.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Outcome {
            $($(#[$attribute])+ $outcome,)+
        }

        impl Outcome {
            /// All outcomes, in order.
            pub const ALL: &'static [Outcome] = &[$(Self::$outcome,)+];

            /// The name in tables, such as `server_error`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$outcome => $name,)+
                }
            }
        }
    };
}

outcomes! {
    /// Nothing says that it failed.
    #[default]
    Ok = "ok",
    /// The request was wrong.
    ClientError = "client_error",
    /// Too many requests.
    Throttled = "throttled",
    /// Who asked is not known.
    Unauthenticated = "unauthenticated",
    /// Who asked may not.
    Denied = "denied",
    /// There is no such thing.
    NotFound = "not_found",
    /// It took too long.
    Timeout = "timeout",
    /// Who asked went away.
    Cancelled = "cancelled",
    /// There was nobody to answer.
    Unavailable = "unavailable",
    /// The server failed.
    ServerError = "server_error",
    /// The server shed load.
    OverloadShed = "overload_shed",
    /// A circuit breaker was open.
    BreakerOpen = "breaker_open",
    /// A resource was used up.
    ResourceExhausted = "resource_exhausted",
    /// The state did not allow it.
    Conflict = "conflict",
    /// The data was damaged or of the wrong protocol.
    DataError = "data_error",
    /// It failed, and nothing says how.
    UnknownError = "unknown_error",
}

impl Outcome {
    /// Whether a span of this kind *errs* when it ends so.
    ///
    /// A server that rejects a wrong request did its work: its
    /// `client_error`, `not_found`, `unauthenticated`, `denied` and `conflict`
    /// are no errors, while a client that is rejected errs. All else errs on
    /// either side. OpenTelemetry also lets servers off for gRPC's CANCELLED
    /// and RESOURCE_EXHAUSTED and for HTTP 408, 429 and 499; here these err,
    /// because a server that throttles or runs out of time is where its
    /// callers' failures begin.
    ///
    /// ```
    /// use spanwise_analyze::Outcome;
    /// use spanwise_model::SpanKind;
    /// assert!(Outcome::NotFound.errs(SpanKind::Client));
    /// assert!(!Outcome::NotFound.errs(SpanKind::Server));
    /// ```
    #[must_use]
    pub fn errs(self, kind: SpanKind) -> bool {
        match self {
            Self::Ok => false,
            Self::ClientError
            | Self::NotFound
            | Self::Unauthenticated
            | Self::Denied
            | Self::Conflict => kind != SpanKind::Server,
            _ => true,
        }
    }

    /// The outcome that an HTTP status tells; `None` below 400, which does
    /// not rule an error out (a stream may break after its head), and for
    /// what is no HTTP status.
    #[must_use]
    pub fn from_http(status: i64) -> Option<Self> {
        Some(match status {
            401 => Self::Unauthenticated,
            403 => Self::Denied,
            404 => Self::NotFound,
            408 | 504 => Self::Timeout,
            409 | 412 | 423 => Self::Conflict,
            429 => Self::Throttled,
            499 => Self::Cancelled,
            400..=498 => Self::ClientError,
            503 => Self::Unavailable,
            500..=599 => Self::ServerError,
            _ => return None,
        })
    }

    /// The outcome that a gRPC status tells; `None` for OK and for what is no
    /// gRPC status.
    #[must_use]
    pub fn from_grpc(code: i64) -> Option<Self> {
        Some(match code {
            1 => Self::Cancelled,
            2 | 12 | 13 | 15 => Self::ServerError,
            3 | 11 => Self::ClientError,
            4 => Self::Timeout,
            5 => Self::NotFound,
            6 | 9 | 10 => Self::Conflict,
            7 => Self::Denied,
            8 => Self::Throttled,
            14 => Self::Unavailable,
            16 => Self::Unauthenticated,
            _ => return None,
        })
    }
}

/// The number of a gRPC status: a number, or a name in any spelling that is
/// in use (`DEADLINE_EXCEEDED`, `DeadlineExceeded`, `canceled`).
#[must_use]
pub fn grpc_code(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return (0..=16).contains(&number).then_some(number);
    }
    if same_word(text, "canceled") {
        return Some(1);
    }
    let at = GRPC_NAMES.iter().position(|name| same_word(text, name))?;
    Some(at as i64)
}

/// True where two names differ in case and underscores alone.
fn same_word(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        let bare = text.bytes().filter(|&byte| byte != b'_');
        bare.map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    a.len() <= 32 && letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_statuses_have_the_outcomes_of_their_classes() {
        let told = |status| Outcome::from_http(status).map(Outcome::name);
        for (status, outcome) in [
            (400, "client_error"),
            (401, "unauthenticated"),
            (403, "denied"),
            (404, "not_found"),
            (408, "timeout"),
            (409, "conflict"),
            (412, "conflict"),
            (418, "client_error"),
            (423, "conflict"),
            (429, "throttled"),
            (499, "cancelled"),
            (500, "server_error"),
            (503, "unavailable"),
            (504, "timeout"),
            (599, "server_error"),
        ] {
            assert_eq!(told(status), Some(outcome), "{status}");
        }
        assert_eq!([0, 200, 302, 399, 600].map(told), [None; 5]);
    }

    #[test]
    fn grpc_codes_are_read_by_number_and_name() {
        for (number, name) in GRPC_NAMES.iter().enumerate() {
            let camel = name.replace('_', "");
            for text in [
                number.to_string(),
                (*name).to_owned(),
                camel,
                name.to_lowercase(),
            ] {
                assert_eq!(grpc_code(&text), Some(number as i64), "{text}");
            }
        }
        assert_eq!(grpc_code("Canceled"), Some(1));
        assert_eq!(grpc_code("17"), None);
        assert_eq!(grpc_code("whatever"), None);
        let told: Vec<_> = (0..=17)
            .map(|code| Outcome::from_grpc(code).map(Outcome::name))
            .collect();
        let expected = [
            "",
            "cancelled",
            "server_error",
            "client_error",
            "timeout",
            "not_found",
            "conflict",
            "denied",
            "throttled",
            "conflict",
            "conflict",
            "client_error",
            "server_error",
            "server_error",
            "unavailable",
            "server_error",
            "unauthenticated",
            "",
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|&name| Some(name).filter(|n| !n.is_empty()))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_server_that_rejects_does_not_err() {
        use Outcome::{ClientError, Conflict, Denied, NotFound, Unauthenticated};
        let exempt = [ClientError, NotFound, Unauthenticated, Denied, Conflict];
        for &outcome in Outcome::ALL {
            let fails = outcome != Outcome::Ok;
            assert_eq!(outcome.errs(SpanKind::Client), fails, "{}", outcome.name());
            let server = fails && !exempt.contains(&outcome);
            assert_eq!(outcome.errs(SpanKind::Server), server, "{}", outcome.name());
        }
    }
}

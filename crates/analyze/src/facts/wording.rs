//! Outcomes from the words of errors: classes of exceptions and messages.
//!
//! This is the last resort, read only where a span failed and no code says
//! how. The text is read once, byte by byte; at each byte only the phrases
//! that begin with it are tried.

use super::outcome::grpc_code;
use super::Outcome;
use std::sync::OnceLock;

/// How much of a text is read; reasons stand at its beginning.
const READ_BYTES: usize = 512;

/// Phrases in lower case. Where several occur in a text, the first group wins,
/// so that "connection is not available, request timed out" is an exhausted
/// pool and no timeout.
const PHRASES: &[(Outcome, &[&str])] = &[
    (
        Outcome::BreakerOpen,
        &[
            "circuit breaker",
            "circuitbreaker",
            "callnotpermitted",
            "brokencircuit",
            "isolatedcircuit",
            "eopenbreaker",
            "degradeexception",
            "short-circuited",
        ],
    ),
    (
        Outcome::ResourceExhausted,
        &[
            "connection is not available, request timed out",
            "queuepool limit",
            "timeout exceeded when trying to connect",
            "query_wait_timeout",
            "prior to obtaining a connection from the pool",
            "pool has been exhausted",
            "pool exhausted",
            "waitqueuetimeout",
            "could not get a resource from the pool",
            "too many connections",
            "too many open files",
            "out of memory",
            "outofmemory",
            "no space left",
        ],
    ),
    (
        Outcome::OverloadShed,
        &["bulkhead", "could not be queued for execution", "load shed"],
    ),
    (
        Outcome::Throttled,
        &[
            "ratelimit",
            "rate limit",
            "requestnotpermitted",
            "too many requests",
            "throttl",
            "flowexception",
            "resource_exhausted",
            "resourceexhausted",
        ],
    ),
    (
        Outcome::Conflict,
        &[
            "deadlock",
            "could not serialize",
            "serialization failure",
            "duplicate key",
        ],
    ),
    (
        Outcome::Unavailable,
        &[
            "econnrefused",
            "connection refused",
            "connection_refused",
            "unknownhost",
            "enotfound",
            "eai_again",
            "no such host",
            "nxdomain",
            "name or service not known",
            "getaddrinfo",
            "servfail",
            "host_not_found",
            "name resolution",
            "sslhandshake",
            "x509:",
            "certificate_verify_failed",
            "certificate verify failed",
            "certificate has expired",
            "security.authentication.authenticationexception",
            "tls: ",
            "no route to host",
            "ehostunreach",
            "service unavailable",
        ],
    ),
    (
        Outcome::Timeout,
        &[
            "timeout",
            "timed out",
            "timed_out",
            "timed-out",
            "timedout",
            "deadline exceeded",
            "deadlineexceeded",
            "deadline_exceeded",
            "taskcanceled",
        ],
    ),
    (
        Outcome::Cancelled,
        &[
            "canceled",
            "cancelled",
            "cancellationexception",
            "aborterror",
            "clientabort",
            "broken pipe",
        ],
    ),
    (
        Outcome::Unavailable,
        &[
            "econnreset",
            "connection reset",
            "connectionerror",
            "connectexception",
        ],
    ),
    (
        Outcome::Denied,
        &[
            "permission denied",
            "permission_denied",
            "permissiondenied",
            "accessdenied",
            "access denied",
        ],
    ),
    (
        Outcome::Unauthenticated,
        &["unauthenticated", "unauthorized"],
    ),
    (Outcome::DataError, &["protocol error", "protocolerror"]),
];

/// For each first byte the phrases that begin with it, by group.
type Index = Vec<Vec<(u8, &'static [u8])>>;

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = vec![Vec::new(); 256];
        for (group, (_, phrases)) in PHRASES.iter().enumerate() {
            for phrase in phrases.iter().map(|phrase| phrase.as_bytes()) {
                index[usize::from(phrase[0])].push((group as u8, phrase));
            }
        }
        index
    })
}

/// The outcome that the class of an error names: a status code of HTTP, a
/// status of gRPC, or a phrase in it.
pub(crate) fn of_class(class: &str) -> Option<Outcome> {
    let number = class.trim().parse::<i64>().ok();
    match number {
        Some(status) => Outcome::from_http(status),
        None => grpc_name(class).or_else(|| phrase(class)),
    }
}

/// The outcome that a message tells: a status of gRPC in one of the forms in
/// which libraries write it, or a phrase in it.
pub(crate) fn of_message(message: &str) -> Option<Outcome> {
    let coded = message.split_once("code = ").map(|(_, rest)| rest);
    let code = match coded {
        Some(rest) => grpc_name(first_word(rest)),
        None => {
            let first =
                first_word(message.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' '));
            let shouted = first.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            shouted.then(|| grpc_name(first)).flatten()
        }
    };
    code.or_else(|| phrase(message))
}

/// UNKNOWN tells nothing that the rest of the text could not tell better.
fn grpc_name(name: &str) -> Option<Outcome> {
    match grpc_code(name)? {
        2 => None,
        code => Outcome::from_grpc(code),
    }
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

fn phrase(text: &str) -> Option<Outcome> {
    let index = index();
    let bytes = &text.as_bytes()[..text.len().min(READ_BYTES)];
    let mut best = PHRASES.len();
    for (at, byte) in bytes.iter().enumerate() {
        for &(group, phrase) in &index[usize::from(byte.to_ascii_lowercase())] {
            let here = bytes[at..].get(..phrase.len());
            if usize::from(group) < best
                && here.is_some_and(|here| here.eq_ignore_ascii_case(phrase))
            {
                best = usize::from(group);
            }
        }
    }
    PHRASES.get(best).map(|&(outcome, _)| outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_tell_codes_and_phrases() {
        let told = |class| of_class(class).map_or("-", Outcome::name);
        for (class, outcome) in [
            ("503", "unavailable"),
            ("DEADLINE_EXCEEDED", "timeout"),
            ("java.net.SocketTimeoutException", "timeout"),
            ("java.net.UnknownHostException", "unavailable"),
            (
                "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
                "breaker_open",
            ),
            ("requests.exceptions.ReadTimeout", "timeout"),
            ("System.Threading.Tasks.TaskCanceledException", "timeout"),
            ("java.util.concurrent.CancellationException", "cancelled"),
            ("javax.net.ssl.SSLHandshakeException", "unavailable"),
            ("ValueError", "-"),
            ("UNKNOWN", "-"),
            ("", "-"),
        ] {
            assert_eq!(told(class), outcome, "{class}");
        }
    }

    #[test]
    fn messages_tell_grpc_codes_and_phrases() {
        let told = |message| of_message(message).map_or("-", Outcome::name);
        for (message, outcome) in [
            (
                "rpc error: code = Unavailable desc = connection error",
                "unavailable",
            ),
            ("14 UNAVAILABLE: no connection established", "unavailable"),
            ("NOT_FOUND, no such cart", "not_found"),
            ("Post \"http://a\": context deadline exceeded", "timeout"),
            (
                "dial tcp 10.0.0.1:80: connect: connection refused",
                "unavailable",
            ),
            (
                "HikariPool-1 - Connection is not available, request timed out after 30000ms",
                "resource_exhausted",
            ),
            ("context canceled", "cancelled"),
            (
                "CircuitBreaker 'x' is OPEN and does not permit further calls",
                "breaker_open",
            ),
            ("it broke", "-"),
        ] {
            assert_eq!(told(message), outcome, "{message}");
        }
    }

    #[test]
    fn any_text_is_read_without_panic() {
        let long = "ü".repeat(400);
        assert_eq!(of_message(&long), None);
        assert_eq!(of_message("code = "), None);
    }
}

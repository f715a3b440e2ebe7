//! Values, with the meaning that analyses read left in them.

use super::keys::{fate, Fate};
use super::names::Names;
use super::Told;
use crate::facts::{reason_of_class, reason_of_message, Outcome};
use spanwise_model::Value;

/// A value of a key afterwards.
pub(super) fn told<'a>(names: &Names, key: &str, value: Value<'a>) -> Told<'a> {
    match (fate(key), value) {
        (Fate::Stays, _) | (_, Value::Bool(_) | Value::Empty) => Told::Same(value),
        (Fate::Counts, Value::Int(_) | Value::Double(_)) => Told::Same(value),
        (Fate::Counts, Value::Str(text)) if text.trim().parse::<f64>().is_ok() => Told::Same(value),
        (Fate::ErrorFlag, _) if value.as_bool().is_some() => Told::Same(value),
        (Fate::ErrorFlag | Fate::ErrorText, Value::Str(text)) => Told::Text(message(names, text)),
        (Fate::ErrorClass, Value::Str(text)) => Told::Text(class(names, text)),
        (Fate::Service, Value::Str(text)) => Told::Text(names.service(text)),
        (Fate::Hashed(role), Value::Str(text)) => Told::Text(names.name(role, text)),
        (_, Value::Str(text)) => Told::Text(names.name("value", text)),
        (_, Value::Json(text)) => Told::Json(format!("[\"{}\"]", names.name("value", text))),
        (_, Value::Bytes(bytes)) => Told::Bytes(names.number(bytes).to_be_bytes()),
        (_, Value::Int(number)) => Told::Same(Value::Int(whole(names, number))),
        (_, Value::Double(number)) => {
            let hash = names.number(&number.to_bits().to_be_bytes());
            Told::Same(Value::Double((hash % 1_000_000) as f64 / 1e6))
        }
    }
}

/// A whole number of 31 bits in the place of any; zero, which often means
/// nothing, and the flags that are numbers stay.
fn whole(names: &Names, number: i64) -> i64 {
    match number {
        0 | 1 => number,
        number => (names.number(&number.to_be_bytes()) >> 33) as i64,
    }
}

/// The class of an error, with the reason that it names. A code of a protocol
/// is the reason itself.
fn class(names: &Names, text: &str) -> String {
    let is_code = text.trim().parse::<i64>().is_ok() || crate::facts::grpc_code(text).is_some();
    if is_code || text.is_empty() {
        return text.to_owned();
    }
    let name = names.name("error", text);
    match reason_of_class(text).and_then(phrase) {
        Some(phrase) => format!("{name} ({phrase})"),
        None => name,
    }
}

/// The text of an error, with the reason that it tells.
pub(super) fn message(names: &Names, text: &str) -> String {
    let name = names.name("message", text);
    let reason = reason_of_message(text);
    if let Some(phrase) = reason.and_then(phrase) {
        return format!("{name} ({phrase})");
    }
    match reason.and_then(code) {
        Some(code) => format!("{code}: {name}"),
        None => name,
    }
}

/// Words that tell an outcome.
fn phrase(outcome: Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::BreakerOpen => "circuit breaker",
        Outcome::ResourceExhausted => "pool exhausted",
        Outcome::OverloadShed => "bulkhead",
        Outcome::Throttled => "throttled",
        Outcome::Conflict => "deadlock",
        Outcome::Unavailable => "connection refused",
        Outcome::Timeout => "timeout",
        Outcome::Cancelled => "cancelled",
        Outcome::Denied => "permission denied",
        Outcome::Unauthenticated => "unauthenticated",
        Outcome::DataError => "protocol error",
        _ => return None,
    })
}

/// Statuses of gRPC for outcomes that no other words tell.
fn code(outcome: Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::NotFound => "NOT_FOUND",
        Outcome::ClientError => "INVALID_ARGUMENT",
        Outcome::ServerError => "INTERNAL",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_errors_keep_their_reason_and_nothing_else() {
        let names = Names::new("key");
        for text in [
            "context deadline exceeded while asking ann",
            "rpc error: code = NotFound desc = no cart of ann",
            "14 UNAVAILABLE: no connection to ann",
            "INVALID_ARGUMENT: ann",
            "INTERNAL: ann",
            "CircuitBreaker 'ann' is OPEN and does not permit further calls",
            "ann's pool exhausted",
            "Bulkhead 'ann' is full",
            "ann was throttled",
            "duplicate key ann",
            "ann: permission denied",
            "ann unauthorized",
            "context canceled by ann",
            "protocol error of ann",
            "ann broke it",
        ] {
            let told = message(&names, text);
            assert_eq!(
                reason_of_message(&told),
                reason_of_message(text),
                "{text}: {told}"
            );
            assert!(!told.contains("ann"), "{told}");
        }
    }

    #[test]
    fn classes_of_errors_keep_their_reason() {
        let names = Names::new("key");
        for text in [
            "java.net.SocketTimeoutException",
            "com.ann.RateLimitError",
            "DEADLINE_EXCEEDED",
            "503",
            "com.ann.Oops",
            "",
        ] {
            let told = class(&names, text);
            assert_eq!(
                reason_of_class(&told),
                reason_of_class(text),
                "{text}: {told}"
            );
            assert!(!told.contains("ann"), "{told}");
        }
    }

    #[test]
    fn what_is_no_word_of_a_standard_is_hashed() {
        let names = Names::new("key");
        let text = |key, value| told(&names, key, value).value().to_text().into_owned();
        assert_eq!(text("http.request.method", Value::Str("GET")), "GET");
        assert_eq!(text("error", Value::Str("true")), "true");
        assert_eq!(text("retry", Value::Bool(true)), "true");
        assert_eq!(text("http.response.body.size", Value::Int(77)), "77");
        assert!(text("user.name", Value::Str("ann")).starts_with("value-"));
        assert!(text("peer.service", Value::Str("cart")).starts_with("service-"));
        assert!(text("k8s.pod.name", Value::Str("cart-7")).starts_with("instance-"));
        assert!(text("tags", Value::Json("[\"ann\"]")).starts_with("[\"value-"));
        assert_ne!(text("user.id", Value::Int(77)), "77");
        assert_eq!(
            text("user.id", Value::Int(77)),
            text("user.id", Value::Int(77))
        );
        assert_ne!(text("price", Value::Double(7.5)), "7.5");
    }
}

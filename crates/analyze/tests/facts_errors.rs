//! Outcomes, and where errors began.

mod facts_common;

use facts_common::{error_text, facts, outcome, table};
use spanwise_analyze::facts::Canonical;
use spanwise_analyze::{fact_flags, Outcome};

#[test]
fn codes_are_read_by_the_side_of_the_call() {
    for (marks, expected) in [
        ("client http.response.status_code=404", "not_found errs"),
        ("server http.response.status_code=404", "not_found"),
        ("server http.status_code=404 error", "not_found"),
        ("server http.status_code=\"503\"", "unavailable errs"),
        ("server http.status_code=429", "throttled errs"),
        ("server http.status_code=400", "client_error"),
        ("client http.status_code=400", "client_error errs"),
        ("client http.status_code=200", "ok"),
        ("client http.status_code=302", "ok"),
        ("client rpc.grpc.status_code=4", "timeout errs"),
        ("client rpc.grpc.status_code=\"4\"", "timeout errs"),
        (
            "client rpc.response.status_code=DEADLINE_EXCEEDED",
            "timeout errs",
        ),
        ("server rpc.grpc.status_code=5", "not_found"),
        ("client rpc.grpc.status_code=5", "not_found errs"),
        ("server rpc.grpc.status_code=13", "server_error errs"),
        ("client rpc.grpc.status_code=0", "ok"),
        (
            "client rpc.connect_rpc.error_code=permission_denied",
            "denied errs",
        ),
        (
            "client http.status_code=200 rpc.grpc.status_code=14",
            "unavailable errs",
        ),
        (
            "client error aws.xray.flags=\"throttle error\"",
            "throttled errs",
        ),
        ("server error aws.xray.flags=fault", "server_error errs"),
        ("server error aws.xray.flags=error", "client_error"),
        (
            "client error aws.xray.flags=fault http.status_code=404",
            "not_found errs",
        ),
        ("client aws.xray.flags=fault", "ok"),
    ] {
        assert_eq!(outcome(&format!("s R 0..1 {marks}")), expected, "{marks}");
    }
}

#[test]
fn evidence_counts_in_its_order() {
    for (marks, expected) in [
        ("ok http.status_code=500", "ok"),
        ("ok error=true event=exception{exception.type=Boom}", "ok"),
        ("otel.status_code=OK http.status_code=500", "ok"),
        ("client error http.status_code=500", "server_error errs"),
        ("client error http.status_code=200", "unknown_error errs"),
        ("error", "unknown_error errs"),
        (
            "error error.type=java.net.SocketTimeoutException",
            "timeout errs",
        ),
        ("error error.type=503", "unavailable errs"),
        (
            "error status_message=\"connection refused\"",
            "unavailable errs",
        ),
        (
            "error status_message=\"context canceled\"",
            "cancelled errs",
        ),
        (
            "error event=exception{exception.type=CallNotPermittedException}",
            "breaker_open errs",
        ),
        ("flagged", "unknown_error errs"),
        ("otel.status_code=ERROR", "unknown_error errs"),
        (
            "event=exception{exception.type=ValueError}",
            "unknown_error errs",
        ),
        ("event=oops{exception.type=TimeoutError}", "timeout errs"),
        (
            "event=exception{exception.message=\"timed out\"}",
            "timeout errs",
        ),
        ("event=retry{attempt=2}", "ok"),
        ("", "ok"),
    ] {
        assert_eq!(outcome(&format!("s R 0..1 {marks}")), expected, "{marks}");
    }
}

#[test]
fn error_attributes_say_so_unless_they_are_false() {
    for (value, expected) in [
        ("true", "unknown_error errs"),
        ("false", "ok"),
        ("\"false\"", "ok"),
        ("\"False\"", "ok"),
        ("\"true\"", "unknown_error errs"),
        ("\"read timed out\"", "timeout errs"),
        ("0", "ok"),
        ("1", "unknown_error errs"),
    ] {
        assert_eq!(
            outcome(&format!("s R 0..1 error={value}")),
            expected,
            "{value}"
        );
    }
}

#[test]
fn proxy_flags_name_the_reason_behind_a_code() {
    for (marks, expected) in [
        (
            "client http.status_code=503 response_flags=UO",
            "breaker_open errs",
        ),
        (
            "client http.status_code=503 response_flags=UF,URX",
            "unavailable errs",
        ),
        (
            "client http.status_code=503 response_flags=OM",
            "overload_shed errs",
        ),
        (
            "client http.status_code=504 response_flags=UT",
            "timeout errs",
        ),
        (
            "client http.status_code=503 response_flags=-",
            "unavailable errs",
        ),
        (
            "client http.status_code=0 response_flags=DC",
            "cancelled errs",
        ),
        (
            "client http.status_code=404 response_flags=NR",
            "not_found errs",
        ),
        ("server http.status_code=403 response_flags=UAEX", "denied"),
        ("client http.status_code=200 response_flags=RFCF", "ok"),
        ("client http.status_code=200 response_flags=DI", "ok"),
        ("client response_flags=UPE", "data_error errs"),
    ] {
        assert_eq!(outcome(&format!("s R 0..1 {marks}")), expected, "{marks}");
    }
}

#[test]
fn injected_faults_are_flags_and_not_outcomes() {
    let table = table("s R 0..1 client http.status_code=503 response_flags=FI");
    let facts = facts(&table);
    assert_eq!(facts.outcome[0], Outcome::Unavailable);
    assert_ne!(facts.flags[0] & fact_flags::INJECTED, 0);
}

#[test]
fn an_error_passes_upwards_from_its_origin() {
    let trace = "
        a R 0..100 error
          a A 10..90 error
            a B 20..80 error
          a C 90..95
    ";
    assert_eq!(
        error_text(trace),
        "R errs propagated, A errs propagated, B errs origin"
    );
}

#[test]
fn who_does_not_err_absorbs() {
    let trace = "
        a R 0..100
          a A 10..90 error
    ";
    assert_eq!(error_text(trace), "R absorbed, A errs origin");
}

#[test]
fn a_client_that_gave_up_before_its_server_failed_is_the_origin() {
    let trace = "
        a C 0..30 client error
          b S 1..80 server error
    ";
    assert_eq!(error_text(trace), "C errs origin propagated, S errs origin");
    let in_time = trace.replace("1..80", "1..29");
    assert_eq!(error_text(&in_time), "C errs propagated, S errs origin");
}

#[test]
fn sending_an_error_is_no_error_of_its_own() {
    let trace = "
        a GET 0..100 server error http.status_code=502
          a call 10..60 client error
          a GET-http-send 90..91 internal error http.status_code=502
    ";
    assert_eq!(
        error_text(trace),
        "GET errs propagated, call errs origin, GET-http-send errs propagated"
    );
    let own = trace.replace(" client error", " client");
    assert_eq!(
        error_text(&own),
        "GET errs origin, GET-http-send errs propagated"
    );
    let another_code = own.replace(
        "internal error http.status_code=502",
        "internal error http.status_code=500",
    );
    assert_eq!(
        error_text(&another_code),
        "GET errs propagated, GET-http-send errs origin"
    );
}

#[test]
fn a_retry_heals_what_failed_before_it() {
    let trace = "
        a R 0..100
          a G 10..20 client error peer.service=b
          a G 30..40 client peer.service=b
    ";
    assert_eq!(error_text(trace), "R absorbed, G errs origin healed");
    let failed_anyway = trace.replace("0..100", "0..100 error");
    assert_eq!(
        error_text(&failed_anyway),
        "R errs origin propagated, G errs origin healed"
    );
}

#[test]
fn only_a_later_call_apart_to_the_same_peer_that_succeeds_heals() {
    let trace = "
        a R 0..100 error
          a G 10..20 client error peer.service=b
          a G 30..40 client peer.service=b
    ";
    for (from, to) in [
        ("30..40", "15..40"),
        ("30..40", "0..5"),
        ("30..40 client", "30..40 client error"),
        (
            "30..40 client peer.service=b",
            "30..40 client peer.service=c",
        ),
        ("a G 30..40", "a H 30..40"),
    ] {
        let text = error_text(&trace.replace(from, to));
        assert!(
            text.starts_with("R errs propagated"),
            "{from} to {to}: {text}"
        );
    }
}

#[test]
fn the_last_success_heals_all_failures_before_it() {
    let trace = "
        a R 0..100
          a G 0..10 client error
          a G 10..20 client error
          a G 20..30 client
          a G 30..40 client error
    ";
    let healed = "G errs origin healed";
    assert_eq!(
        error_text(trace),
        format!("R absorbed, {healed}, {healed}, G errs origin")
    );
}

#[test]
fn a_linked_consumer_stands_under_its_producer() {
    let trace = "
        a R 0..100 error
          a P 10..60 producer error id=5
          b C 20..50 consumer error link=5
    ";
    assert_eq!(
        error_text(trace),
        "R errs propagated, P errs propagated, C errs origin"
    );
    let late = trace.replace("20..50", "20..70");
    assert_eq!(
        error_text(&late),
        "R errs propagated, P errs origin propagated, C errs origin"
    );
    let elsewhere = trace.replace("link=5", "link=2/5");
    assert_eq!(
        error_text(&elsewhere),
        "R errs propagated, P errs origin, C errs origin"
    );
}

#[test]
fn links_in_a_circle_hide_no_origin() {
    let trace = "
        a A 0..100 error id=1 link=2
          a B 0..100 error id=2 link=1 link=2
    ";
    assert_eq!(error_text(trace), "A errs propagated, B errs origin");
}

#[test]
fn canonical_fields_are_found_under_every_name() {
    let table = table(
        "s R 0..1 client http.status_code=200 http.response.status_code=503 db.system=redis \
         net.peer.name=old server.address=new rpc.grpc.status_code=UNAVAILABLE \
         messaging.system=kafka messaging.destination=orders",
    );
    let canonical = Canonical::new(&table);
    let span = table.trace(0).primary();
    let fields = canonical.fields(span);
    assert_eq!(fields.http_status(), Some(503));
    assert_eq!(fields.rpc_status(), Some(14));
    assert_eq!(fields.peer().as_deref(), Some("new"));
    assert_eq!(fields.db_system().as_deref(), Some("redis"));
    assert_eq!(fields.messaging_system().as_deref(), Some("kafka"));
    assert_eq!(fields.messaging_destination().as_deref(), Some("orders"));
    assert_eq!(canonical.error_class(span).as_deref(), Some("UNAVAILABLE"));
}

#[test]
fn errors_are_grouped_by_the_first_class_that_is_named() {
    for (marks, class) in [
        ("error.type=T event=exception{exception.type=E} http.status_code=500", Some("T")),
        ("event=exception{exception.type=D} event=exception{exception.type=E} http.status_code=500", Some("E")),
        ("response_flags=UT http.status_code=504", Some("UT")),
        ("response_flags=- rpc.grpc.status_code=0 http.status_code=504", Some("504")),
        ("rpc.grpc.status_code=4 http.status_code=200", Some("4")),
        ("error", None),
    ] {
        let table = table(&format!("s R 0..1 {marks}"));
        let canonical = Canonical::new(&table);
        assert_eq!(canonical.error_class(table.trace(0).primary()).as_deref(), class, "{marks}");
    }
}

/// Attributes of a client's span, and its outcome.
const OUTCOMES: &[(&str, &str)] = &[
    ("http.status_code=401", "unauthenticated"),
    ("http.status_code=403", "denied"),
    ("http.status_code=404", "not_found"),
    ("http.status_code=409|412|423", "conflict"),
    ("http.status_code=408|504", "timeout"),
    ("http.status_code=429", "throttled"),
    ("http.status_code=499", "cancelled"),
    ("http.status_code=503", "unavailable"),
    ("http.status_code=500|502|508|599", "server_error"),
    ("http.status_code=400|405|418|451", "client_error"),
    ("rpc.grpc.status_code=1|CANCELLED|canceled", "cancelled"),
    ("rpc.grpc.status_code=4|DEADLINE_EXCEEDED", "timeout"),
    ("rpc.grpc.status_code=5", "not_found"),
    ("rpc.grpc.status_code=6|9|10", "conflict"),
    ("rpc.grpc.status_code=7", "denied"),
    ("rpc.grpc.status_code=8", "throttled"),
    ("rpc.grpc.status_code=14|Unavailable", "unavailable"),
    ("rpc.grpc.status_code=16", "unauthenticated"),
    ("rpc.grpc.status_code=2|12|13|15", "server_error"),
    ("rpc.grpc.status_code=3|11", "client_error"),
    ("error aws.xray.flags=throttle", "throttled"),
    ("error aws.xray.flags=fault", "server_error"),
    ("error aws.xray.flags=error", "client_error"),
    ("component=proxy http.status_code=0", "cancelled"),
    (
        "error error.type=java.net.SocketTimeoutException|DeadlineExceeded|ETIMEDOUT|\
             ESOCKETTIMEDOUT|ReadTimeout|TaskCanceledException",
        "timeout",
    ),
    (
        "error error.type=CancellationException|AbortError|ClientAbortException",
        "cancelled",
    ),
    (
        "error error.type=ECONNREFUSED|UnknownHostException|ENOTFOUND|EAI_AGAIN|NXDOMAIN|\
             getaddrinfo|SERVFAIL|host_not_found|SSLHandshakeException|CERTIFICATE_VERIFY_FAILED",
        "unavailable",
    ),
    ("error error.type=CallNotPermittedException", "breaker_open"),
    ("error error.type=BulkheadFullException", "overload_shed"),
    ("error error.type=RequestNotPermitted", "throttled"),
    ("error error.type=OutOfMemoryError", "resource_exhausted"),
    ("error error.type=Oops", "unknown_error"),
];

/// Messages of a client's span that failed, and its outcome.
const MESSAGES: &[(&str, &str)] = &[
    ("context deadline exceeded", "timeout"),
    ("context canceled", "cancelled"),
    ("write: Broken pipe", "cancelled"),
    ("connect: Connection refused", "unavailable"),
    ("lookup cart: no such host", "unavailable"),
    ("Name or service not known", "unavailable"),
    ("x509: certificate has expired", "unavailable"),
    ("remote error: tls: bad certificate", "unavailable"),
    ("read: connection reset by ECONNRESET", "unavailable"),
];

/// Every row of the table of outcomes, through the facts of a client's span.
#[test]
fn every_code_flag_and_word_has_its_outcome() {
    for (marks, expected) in OUTCOMES {
        let (before, values) = marks.rsplit_once('=').expect("a mark");
        for value in values.split('|') {
            let mark = format!("{before}={value}");
            let found = outcome(&format!("s R 0..1 client {mark}"));
            assert_eq!(found, format!("{expected} errs"), "{mark}");
        }
    }
}

#[test]
fn every_message_has_its_outcome() {
    for (message, expected) in MESSAGES {
        let found = outcome(&format!(
            "s R 0..1 client error status_message=\"{message}\""
        ));
        assert_eq!(found, format!("{expected} errs"), "{message}");
    }
}

#[test]
fn what_says_more_decides() {
    let both = outcome("s R 0..1 client error aws.xray.flags=\"throttle fault error\"");
    assert_eq!(both, "throttled errs", "flags compound");
    let code = outcome("s R 0..1 client http.status_code=404 aws.xray.flags=error");
    assert_eq!(code, "not_found errs", "a code says more");
    assert_eq!(outcome("s R 0..1 client http.status_code=0"), "ok");
}

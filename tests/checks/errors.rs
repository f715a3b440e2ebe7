//! Who errs, where errors begin, and how far they spread.

use spanwise::analyses::{Errors, ErrorsBy};
use spanwise::check;

#[track_caller]
fn errors(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.errors(&Errors::default()),
        expected,
    );
}

#[test]
fn an_error_begins_where_no_child_explains_it() {
    errors(
        "
        shop GET 0..100 server error
          cart Get 10..90 server error
            cart query 20..80 client error db.system=postgresql
        ",
        "
        operation errors origins propagated failed_requests mean_depth max_depth services
        query     1      1       0          1               2          2         1
        Get       1      0       1          0               -          -         0
        GET       1      0       1          0               -          -         0
        ",
    );
}

#[test]
fn an_error_that_stops_on_its_way_fails_no_request() {
    errors(
        "
        trace 1
        shop GET 0..100 server
          shop price 10..90 error
            shop query 20..80 client error
        trace 2
        shop GET 0..100 server error
          shop query 20..80 client error
        ",
        "
        operation outcome       errors origins absorbed traces failed_requests mean_depth
        query     unknown_error 2      2       0        2      1               1
        GET       unknown_error 1      0       0        0      0               -
        price     unknown_error 1      0       0        0      0               -
        GET       ok            0      0       1        0      0               -
        ",
    );
}

#[test]
fn a_retry_heals() {
    errors(
        "
        shop GET 0..100 server
          shop pay 10..20 client error
          shop pay 30..40 client
        ",
        "
        operation outcome       errors origins healed absorbed failed_requests
        pay       unknown_error 1      1       1      0        0
        GET       ok            0      0       0      1        0
        ",
    );
    // The last attempt explains the failure; the first is healed by none.
    errors(
        "
        shop GET 0..100 server error
          shop pay 10..20 client error
          shop pay 30..40 client error
        ",
        "
        operation errors origins healed propagated failed_requests
        pay       2      2       0      0          1
        GET       1      0       0      1          0
        ",
    );
}

#[test]
fn a_healed_child_explains_nothing() {
    errors(
        "
        shop GET 0..100 server error
          shop pay 10..20 client error
          shop pay 30..40 client
        ",
        "
        operation errors origins healed propagated failed_requests
        GET       1      1       0      1          1
        pay       1      1       1      0          0
        ",
    );
}

#[test]
fn only_a_later_call_of_the_same_to_the_same_heals() {
    let not_healed = "
        operation errors origins healed
        pay       1      1       0
        GET       1      0       0
        ";
    for second in [
        "pay 15..25 client",
        "pay 1..5 client",
        "buy 30..40 client",
        "pay 30..40 client peer.service=other",
        "pay 30..40",
    ] {
        let notation = format!(
            "
            shop GET 0..100 server error
              shop pay 10..20 client error
              shop {second}
            "
        );
        errors(&notation, not_healed);
    }
}

#[test]
fn a_client_that_gave_up_is_an_origin() {
    // The server failed after the client: it explains nothing.
    errors(
        "
        shop pay 0..50 client error error.type=timeout
          pay Pay 10..80 server error
        ",
        "
        operation outcome       errors origins propagated failed_requests
        pay       timeout       1      1       1          1
        Pay       unknown_error 1      1       0          0
        ",
    );
    // It failed within the tolerance of a microsecond, so it does.
    errors(
        "
        shop pay 0..50 client error
          pay Pay 10..50.001 server error
        ",
        "
        operation errors origins propagated failed_requests
        Pay       1      1       0          1
        pay       1      0       1          0
        ",
    );
}

#[test]
fn a_fallback_absorbs() {
    errors(
        "
        shop GET 0..100 server http.response.status_code=200
          shop rank 10..20 client error
          shop default 30..40
        ",
        "
        operation outcome       errors origins absorbed
        rank      unknown_error 1      1       0
        GET       ok            0      0       1
        ",
    );
}

#[test]
fn a_link_inside_the_trace_is_a_cause() {
    // The consumer failed before its producer ended, and explains it.
    errors(
        "
        shop send 0..10 producer error
        mail work 0..8 consumer error link=1
        ",
        "
        operation errors origins propagated
        work      1      1       0
        send      1      0       1
        ",
    );
    errors(
        "
        shop send 0..10 producer
        mail work 20..60 consumer error link=1
        ",
        "
        operation outcome       errors origins absorbed
        work      unknown_error 1      1       0
        send      ok            0      0       1
        ",
    );
    // A link to another trace is none.
    errors(
        "
        trace 1
        shop send 0..10 producer
        trace 2
        mail work 20..60 consumer error link=1/1
        ",
        "
        operation errors origins failed_requests
        work      1      1       1
        ",
    );
}

#[test]
fn codes_are_judged_by_the_side_that_saw_them() {
    errors(
        "
        shop GET 0..100 server
          shop item.Get 10..60 client http.response.status_code=404
            item Get 20..50 server http.response.status_code=404
        ",
        "
        service operation outcome   error_type errors origins absorbed
        shop    item.Get  not_found 404        1      1       0
        shop    GET       ok        ''         0      0       1
        ",
    );
    errors(
        "
        a call 0..10 client rpc.grpc.status_code=4
        b call 0..10 server rpc.grpc.status_code=7
        c call 0..10 server http.response.status_code=429
        ",
        "
        service outcome   error_type errors
        a       timeout   4          1
        c       throttled 429        1
        ",
    );
}

#[test]
fn a_status_of_ok_outranks_a_code() {
    errors(
        "s GET 0..10 server ok http.response.status_code=500",
        "operation errors",
    );
    errors(
        "s GET 0..10 server http.response.status_code=302",
        "operation errors",
    );
}

#[test]
fn exceptions_and_proxy_flags_tell_of_errors() {
    errors(
        "
        s work 0..20 event=exception{exception.type=Boom}
        s proxy 0..10 client response_flags=UO http.response.status_code=503
        ",
        "
        operation outcome       error_type errors
        work      unknown_error Boom       1
        proxy     breaker_open  UO         1
        ",
    );
}

#[test]
fn rows_by_service_and_by_type_sum_the_same_errors() {
    const TRACE: &str = "
        shop GET 0..100 server http.response.status_code=502
          shop cart.Get 10..90 client error error.type=timeout
            cart Get 20..80 server error error.type=timeout
        ";
    check(
        TRACE,
        |traces| traces.errors(&Errors::default().by(ErrorsBy::Service)),
        "
        service errors origins propagated failed_requests max_depth services
        cart    1      1       0          1               2         1
        shop    2      0       2          0               -         0
        ",
    );
    check(
        TRACE,
        |traces| traces.errors(&Errors::default().by(ErrorsBy::Type)),
        "
        outcome      error_type errors origins
        timeout      timeout    2      1
        server_error 502        1      0
        ",
    );
}

#[test]
fn the_examples_are_the_origins_that_spread_furthest() {
    errors(
        "
        trace 1
        s a 0..10 error
        trace 2
        s r 0..10 error
          s a 1..9 error
        ",
        "
        operation errors origins examples
        a         2      2       00000000000000000000000000000002/0000000000000002, 00000000000000000000000000000001/0000000000000001
        r         1      0       ''
        ",
    );
}

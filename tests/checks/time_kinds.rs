//! Kinds of time on critical paths, one rule a case.

use spanwise::analyses::{TimeKinds, TimeKindsBy};
use spanwise::{check, Clock, Policy};

#[track_caller]
fn kinds(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.time_kinds(&TimeKinds::default()),
        expected,
    );
}

#[test]
fn between_client_and_server_is_the_network() {
    kinds(
        "
        shop call 0..100 client @host.name=a
          cart serve 10..70 server @host.name=a
        ",
        "
        time_kind        critical_time share pieces
        own_work         60ms          0.6   1
        network_response 30ms          0.3   1
        network_request  10ms          0.1   1
        ",
    );
}

#[test]
fn clocks_that_are_not_compared_tell_the_sum_alone() {
    kinds(
        "
        shop call 0..100 client @host.name=a
          cart serve 10..70 server @host.name=b
        ",
        "
        time_kind critical_time pieces
        own_work  60ms          1
        network   40ms          2
        ",
    );
}

#[test]
fn what_clocks_leave_open_is_uncertain() {
    // The clock of b is 8 to 12 ms ahead: the short call says so. The long one
    // took 60 of 100 ms, from 30..34 to 90..94 on the clock of a.
    check(
        "
        shop call 0..10 client @host.name=a
          cart serve 12..18 server @host.name=b
        trace 2
        shop call 0..100 client @host.name=a
          cart serve 42..102 server @host.name=b
        ",
        |traces| {
            let policy = Policy::default().clock(Clock::Corrected);
            let kinds = TimeKinds::default().percentile(99.0);
            traces.with_policy(policy).time_kinds(&kinds)
        },
        "
        time_kind        critical_time
        own_work         60ms
        network_request  30ms
        network_response 6ms
        clock_uncertain  4ms
        ",
    );
}

#[test]
fn between_attempts_is_backoff() {
    kinds(
        "
        shop GET 0..100 server
          shop query 10..30 client error
          shop query 50..60 client error
          shop query 90..95 client
        ",
        "
        time_kind     critical_time pieces
        retry_backoff 50ms          2
        call          35ms          3
        gap           15ms          2
        ",
    );
    // The one that did not fail was not repeated.
    kinds(
        "
        shop GET 0..100 server
          shop query 0..30 client
          shop query 50..100 client
        ",
        "
        time_kind critical_time
        call      80ms
        gap       20ms
        ",
    );
}

#[test]
fn between_sending_and_receiving_is_the_queue() {
    check(
        "
        shop send 0..100 producer
          mail process 60..100 consumer
        ",
        |traces| {
            let policy = Policy::default().blocking(spanwise::Blocking::All);
            traces.with_policy(policy).time_kinds(&TimeKinds::default())
        },
        "
        time_kind critical_time
        queue     60ms
        own_work  40ms
        ",
    );
}

#[test]
fn waiting_for_connections_has_names() {
    kinds(
        "
        shop GET 0..100 server
          shop HikariDataSource.getConnection 0..40
          shop query 40..100 client
            shop tcp.connect 40..55
        ",
        "
        time_kind  critical_time
        connection 55ms
        gap        45ms
        ",
    );
}

#[test]
fn operations_and_services_have_kinds_each() {
    let text = "
        shop GET 0..100 server
          shop query 10..30 client
          cart query 40..90 client
        ";
    check(
        text,
        |traces| traces.time_kinds(&TimeKinds::default().by(TimeKindsBy::Service)),
        "
        service time_kind critical_time
        cart    call      50ms
        shop    gap       30ms
        shop    call      20ms
        ",
    );
    check(
        text,
        |traces| traces.time_kinds(&TimeKinds::default().by(TimeKindsBy::Operation)),
        "
        service operation kind   time_kind critical_time mean_time
        cart    query     client call      50ms          50ms
        shop    GET       server gap       30ms          30ms
        shop    query     client call      20ms          20ms
        ",
    );
}

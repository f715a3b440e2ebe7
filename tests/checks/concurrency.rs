//! What is in flight, worked out by hand.

use spanwise::analyses::{Concurrency, ConcurrencyBy};
use spanwise::check;

#[track_caller]
fn concurrency(notation: &str, by: ConcurrencyBy, expected: &str) {
    let analysis = Concurrency::default().by(by);
    check(notation, |traces| traces.concurrency(&analysis), expected);
}

#[test]
fn a_request_is_in_flight_until_it_ends() {
    // 700 ms of the first second and 500 of the second.
    concurrency(
        "
        shop GET 300..1500
        ",
        ConcurrencyBy::Time,
        "
        service side    arrivals completions mean_in_flight max_in_flight in_flight_end mean_latency
        shop    serving 1        0           0.7            1             1             1200ms
        shop    serving 0        1           0.5            1             0             -
        ",
    );
}

#[test]
fn what_an_instance_does_for_itself_is_no_request() {
    concurrency(
        "
        shop GET       0..100 server
          shop render 10..50
          shop query  50..90 client
        ",
        ConcurrencyBy::Instance,
        "
        service side    arrivals mean_latency mean_self_time
        shop    calling 1        40ms         40ms
        shop    serving 1        100ms        20ms
        ",
    );
}

#[test]
fn instances_of_a_service_are_apart() {
    concurrency(
        "
        shop GET     0..100 server @service.instance.id=a
          shop GET  10..90  server @service.instance.id=b
        ",
        ConcurrencyBy::Instance,
        "
        service instance side    arrivals mean_latency
        shop    a        serving 1        100ms
        shop    b        serving 1        80ms
        ",
    );
}

#[test]
fn what_never_ended_is_left_out() {
    concurrency(
        "
        trace 1
        shop GET  0..
        trace 2
        shop GET  0..100
        ",
        ConcurrencyBy::Time,
        "
        arrivals completions in_flight_end
        1        1           0
        ",
    );
}

#[test]
fn the_knee_is_where_power_is_largest() {
    // Of the edges at 0, 100, ... 800 ms, three have nothing in flight, three
    // one request and three two.
    concurrency(
        "
        trace 1
        shop GET   50..150
        trace 2
        shop GET  250..350
        trace 3
        shop GET  450..850
        trace 4
        shop GET  520..820
        ",
        ConcurrencyBy::Level,
        "
        in_flight_from in_flight_to time  arrivals throughput mean_latency slowdown knee
        0              0            300ms 3        0          200ms        1        false
        1              1            300ms 1        6.6667     300ms        1.5      true
        2              3            300ms 0        6.6667     -            -        false
        ",
    );
}

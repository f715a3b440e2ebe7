//! Self time, shares and counts of operations.

use spanwise::analyses::{Hotspots, HotspotsBy};
use spanwise::check;

#[track_caller]
fn hotspots(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.hotspots(&Hotspots::default()),
        expected,
    );
}

#[test]
fn self_time_misses_the_union_of_the_children() {
    hotspots(
        "
        s r 0..100
          s a 10..50
          s b 40..90
        ",
        "
        operation calls total_time self_time self_share critical_time critical_share
        b         1     50ms       50ms      0.4545     50ms          0.5
        a         1     40ms       40ms      0.3636     0ms           0
        r         1     100ms      20ms      0.1818     50ms          0.5
        ",
    );
    hotspots(
        "
        s r 0..100
          s q 0..50
          s q 0..50
          s q 0..50
        ",
        "
        operation calls total_time self_time max
        q         3     150ms      150ms     50ms
        r         1     100ms      50ms      100ms
        ",
    );
}

#[test]
fn only_what_was_waited_for_is_taken_from_self_time() {
    hotspots(
        "
        s r 0..100
          s outside 100..150
          s later 10..60 follows
        ",
        "
        operation self_time critical_time
        r         100ms     100ms
        later     50ms      0ms
        outside   50ms      0ms
        ",
    );
    // The server counts while its client waits, 10 to 50.
    hotspots(
        "
        s call 0..50 client
          t serve 10..80 server
        ",
        "
        operation total_time self_time
        serve     70ms       40ms
        call      50ms       10ms
        ",
    );
}

#[test]
fn services_sum_their_operations() {
    check(
        "
        shop GET 0..100 server
          shop cart.Get 10..60 client
            cart Get 15..55 server
        ",
        |traces| traces.hotspots(&Hotspots::default().by(HotspotsBy::Service)),
        "
        service calls total_time self_time self_share
        shop    2     150ms      60ms      0.6
        cart    1     40ms       40ms      0.4
        ",
    );
}

#[test]
fn errors_are_judged_by_kind() {
    hotspots(
        "
        shop GET 0..100 server
          shop item.Get 10..20 client http.response.status_code=404
            item Get 12..18 server http.response.status_code=404
          shop item.Get 30..40 client http.response.status_code=200
        ",
        "
        service operation calls errors error_share
        shop    GET       1     0      0
        shop    item.Get  2     1      0.5
        item    Get       1     0      0
        ",
    );
}

#[test]
fn an_unfinished_span_has_no_duration() {
    hotspots(
        "
        s r 0..100
          s a 20..
          s a 40..60
          s b 70..
        ",
        "
        operation calls unfinished total_time self_time p50   p99   max
        r         1     0          100ms      80ms      100ms 100ms 100ms
        a         2     1          20ms       20ms      20ms  20ms  20ms
        b         1     1          0ms        0ms       -     -     -
        ",
    );
}

#[test]
fn only_requests_have_critical_time() {
    hotspots(
        "
        s r 0..100
        s lost 10..60 parent=77
        ",
        "
        operation self_time critical_time critical_share
        r         100ms     100ms         1
        lost      50ms      0ms           0
        ",
    );
}

//! The critical path over many requests: sums, shares, percentiles and what
//! belongs to no request.

use spanwise::analyses::{CriticalPath, CriticalPathBy};
use spanwise::check;

#[track_caller]
fn path(options: &CriticalPath, notation: &str, expected: &str) {
    check(notation, |traces| traces.critical_path(options), expected);
}

fn by(by: CriticalPathBy) -> CriticalPath {
    CriticalPath::default().by(by)
}

#[test]
fn times_sum_over_requests() {
    // a is on one path of two: 50 of 160 milliseconds.
    path(
        &CriticalPath::default(),
        "
        trace 1
        s r 0..100
          s a 0..50
        trace 2
        s r 0..60
        ",
        "
        operation traces spans critical_time share  mean_time
        r         2      2     110ms         0.6875 55ms
        a         1      1     50ms          0.3125 50ms
        ",
    );
}

#[test]
fn a_service_is_the_sum_of_its_operations() {
    path(
        &by(CriticalPathBy::Service),
        "
        shop GET 0..100 server error
          shop cart.Get 10..60 client error
            cart Get 15..55 server
        ",
        "
        service traces spans critical_time share errors
        shop    1      2     60ms          0.6   2
        cart    1      1     40ms          0.4   0
        ",
    );
}

#[test]
fn a_path_is_the_operations_above() {
    // q is called by a and by b, and f by itself, which folds.
    path(
        &by(CriticalPathBy::Path),
        "
        s r 0..100
          s a 0..30
            s q 10..30
          s b 30..100
            s q 40..80
              s q 50..80
        ",
        "
        operation depth spans critical_time
        q         2     2     40ms
        b         1     1     30ms
        q         2     1     20ms
        a         1     1     10ms
        ",
    );
}

/// Four requests of one operation, of 10, 20, 30 and 100 milliseconds, and two
/// of another, of 1 and 2 seconds.
const REQUESTS: &str = "
    trace 1
    s get 0..10
    trace 2
    s get 0..20
    trace 3
    s get 0..30
    trace 4
    s get 0..100
      s query 0..80
    trace 5
    s put 0..1000
    trace 6
    s put 0..2000
";

#[test]
fn a_percentile_is_a_nearest_rank_within_the_root_operation() {
    // Of 4 the 99th percentile is the 4th, of 2 the 2nd.
    path(
        &CriticalPath::default().percentile(99.0),
        REQUESTS,
        "
        operation traces critical_time
        put       1      2000ms
        query     1      80ms
        get       1      20ms
        ",
    );
    // The 50th is the 2nd of 4 and the 1st of 2.
    path(
        &CriticalPath::default().percentile(50.0),
        REQUESTS,
        "
        operation traces critical_time
        put       2      3000ms
        query     1      80ms
        get       3      70ms
        ",
    );
    path(
        &CriticalPath::default().percentile(0.0),
        REQUESTS,
        "
        operation traces critical_time
        put       2      3000ms
        get       4      80ms
        query     1      80ms
        ",
    );
}

#[test]
fn a_band_lies_between_two_percentiles() {
    path(
        &CriticalPath::default().band(0.0, 50.0),
        REQUESTS,
        "
        operation traces critical_time
        put       1      1000ms
        get       2      30ms
        ",
    );
    path(
        &CriticalPath::default()
            .band(51.0, 75.0)
            .root_operation("s get"),
        REQUESTS,
        "
        operation traces critical_time share
        get       1      30ms          1
        ",
    );
}

#[test]
fn the_edges_of_a_band_are_those_of_sixteenths_of_an_octave() {
    // 100 ms lie in the octave from 2^26 ns, whose steps are of 2^22 ns:
    // between 23 · 2^22 and 24 · 2^22.
    path(
        &CriticalPath::default()
            .percentile(100.0)
            .root_operation("get"),
        REQUESTS,
        "
        operation critical_time band_from   band_to
        query     80ms          96.468992ms 100.663296ms
        get       20ms          96.468992ms 100.663296ms
        ",
    );
}

#[test]
fn a_root_operation_that_is_not_there_gives_no_row() {
    path(
        &CriticalPath::default().root_operation("t get"),
        REQUESTS,
        "operation critical_time",
    );
}

#[test]
fn components_that_are_no_request_are_counted_apart() {
    path(
        &CriticalPath::default(),
        "
        s r 0..100
        s r 50..70
          s a 55..65
        s lost 0..30 parent=77
        ",
        "
        operation traces spans critical_time share incomplete_spans incomplete_time
        r         1      1     100ms         1     1                10ms
        a         0      0     0ms           0     1                10ms
        lost      0      0     0ms           0     1                30ms
        ",
    );
}

#[test]
fn a_cycle_is_no_request() {
    path(
        &CriticalPath::default(),
        "
        s a 0..100 id=1 parent=2
        s b 10..60 id=2 parent=1
        ",
        "
        operation traces critical_time share incomplete_spans incomplete_time
        a         0      0ms           -     1                50ms
        b         0      0ms           -     1                50ms
        ",
    );
}

//! Changes of requests, worked out by hand.

use spanwise::analyses::{Change, Selection, WhatIf};
use spanwise::check;

#[track_caller]
fn change(notation: &str, change: Change, selection: Selection, expected: &str) {
    let analysis = WhatIf::default().change(change, selection);
    check(notation, |traces| traces.what_if(&analysis), expected);
}

#[test]
fn a_change_of_nothing_changes_nothing() {
    change(
        "
        s r 0..100
          s a 10..60
        ",
        Change::OwnTime(1_000),
        Selection::default(),
        "
        operation requests changed saved_time p50_before p50   p95_from p95_to
        r         1        0       0ms        100ms      100ms 100ms    100ms
        ",
    );
}

#[test]
fn what_runs_beside_limits_the_gain() {
    check(
        "
        s r 0..100
          s a 10..90
          s b 10..60
        ",
        |traces| traces.what_if(&WhatIf::default()),
        "
        rank operation speed_up requests saved_time p95_before p95
        1    a         0.25     1        20ms       100ms      80ms
        1    a         0.5      1        30ms       100ms      70ms
        1    a         0.75     1        30ms       100ms      70ms
        1    a         1        1        30ms       100ms      70ms
        2    r         0.25     1        5ms        100ms      95ms
        2    r         0.5      1        10ms       100ms      90ms
        2    r         0.75     1        15ms       100ms      85ms
        2    r         1        1        20ms       100ms      80ms
        ",
    );
}

#[test]
fn a_slower_service_delays_what_waits_for_it() {
    change(
        "
        s r 0..100
          cart a 10..30
          s b 40..90
        ",
        Change::OwnTime(2_000),
        Selection::default().service("cart"),
        "
        changed saved_time p50
        1       -20ms      120ms
        ",
    );
}

#[test]
fn a_timeout_cuts_what_it_is_given_to() {
    change(
        "
        s r 0..100
          s call 10..90 client
            t serve 12..88 server
        ",
        Change::Cap(20_000_000),
        Selection::default().operation("call"),
        "
        saved_time p50
        60ms       40ms
        ",
    );
}

#[test]
fn retries_that_are_not_made_cost_nothing() {
    // Two attempts of 20 and the waits of 30 and 10 are gone; what is left is
    // the first wait, the last attempt, and the end.
    change(
        "
        s r 0..120
          s query 10..30 client error
          s query 60..80 client error
          s query 90..110 client
        ",
        Change::DropRetries,
        Selection::default(),
        "
        changed saved_time p50
        1       80ms       40ms
        ",
    );
    // The last attempt is not a repeated one, nor is one that did not fail.
    change(
        "
        s r 0..100
          s query 10..30 client
          s query 60..80 client error
        ",
        Change::DropRetries,
        Selection::default(),
        "
        changed saved_time
        0       0ms
        ",
    );
}

#[test]
fn an_error_that_is_gone_takes_those_above_it_along() {
    // The query of the first attempt failed, so the call did, so it was made
    // again: that call of 30 and the wait of 20 are gone.
    let request = "
        shop r 0..120
          shop call    10..40  client error
            cart serve 10..40  server error
              cart query 15..35 client error error.type=Timeout
          shop call    60..110 client
            cart serve 60..110 server
              cart query 65..100 client
        ";
    let query = Selection::default().service("cart").operation("query");
    let expected = "
        changed saved_time p50
        1       50ms       70ms
        ";
    change(request, Change::RemoveErrors, query, expected);
    // Of itself the query was not repeated.
    let query = Selection::default().service("cart").operation("query");
    let nothing = "
        changed saved_time p50
        0       0ms        120ms
        ";
    change(request, Change::DropRetries, query, nothing);
}

#[test]
fn a_caller_that_has_another_failure_still_fails() {
    let request = "
        shop r 0..120
          shop call 10..40  error
            a get  10..20  error
            b get  20..30  error
          shop call 60..110
        ";
    let expected = |saved: &str| format!("changed saved_time\n{saved}");
    let one = Selection::default().service("a");
    change(request, Change::RemoveErrors, one, &expected("0 0ms"));
    let both = Selection::default().operation("get");
    change(request, Change::RemoveErrors, both, &expected("1 50ms"));
}

#[test]
fn a_failure_that_nobody_repeats_keeps_its_time() {
    change(
        "
        s r 0..100 error
          s query 10..90 client error
        ",
        Change::RemoveErrors,
        Selection::default(),
        "
        changed saved_time
        0       0ms
        ",
    );
}

#[test]
fn calls_at_once_last_as_long_as_the_longest() {
    // 20, 40 and 10 with 5 between them.
    change(
        "
        s r 0..100
          s a 10..30
          s b 35..75
          s c 80..90
        ",
        Change::Parallel,
        Selection::default().operation("r"),
        "
        saved_time p50
        30ms       70ms
        ",
    );
}

#[test]
fn an_attribute_selects_spans() {
    change(
        "
        s r 0..100
          s a 0..50 tenant=big
          s a 50..100 tenant=small
        ",
        Change::OwnTime(0),
        Selection::default().attribute("tenant", "big"),
        "
        saved_time p50
        50ms       50ms
        ",
    );
}

#[test]
fn the_cohort_is_all_requests() {
    // One of three is faster; the median is another.
    check(
        "
        trace 1
        s r 0..40
        trace 2
        s r 0..80
        trace 3
        s r 0..200
          s a 0..180
        ",
        |traces| {
            let a = Selection::default().operation("a");
            traces.what_if(&WhatIf::default().change(Change::OwnTime(500), a))
        },
        "
        operation requests changed saved_time mean_saved p99_before p99
        r         3        1       90ms       30ms       200ms      110ms
        ",
    );
}

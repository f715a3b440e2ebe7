//! How long what is wrong is.

use spanwise::analyses::IssueList;
use spanwise::{check, Clock, Policy};

#[track_caller]
fn issues(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.issues(&IssueList::default()),
        expected,
    );
}

#[test]
fn what_sticks_out_of_a_parent_is_added_up() {
    // 10 before and 5 behind; 20 behind.
    issues(
        "
        shop GET     0..100
          cart a   -10..105
          cart b    50..120
        ",
        "
        issue         service count total_time max_time
        clipped_child cart    2     35ms       20ms
        ",
    );
}

#[test]
fn what_is_outside_counts_whole() {
    issues(
        "
        shop GET     0..100
          cart a   150..180
          cart b   -40..0
        ",
        "
        issue                count total_time max_time
        child_outside_parent 2     70ms       40ms
        ",
    );
}

#[test]
fn a_clock_is_off_by_the_smallest_shift_that_fits() {
    // Inside of 0..100 it may begin from 0 to 70: 60 earlier, at least.
    issues(
        "
        shop cart.Get   0..100 client
          cart Get    130..160 server
        ",
        "
        issue                count total_time max_time
        child_outside_parent 1     30ms       30ms
        clock_offset         1     60ms       60ms
        ",
    );
}

#[test]
fn what_has_no_length_says_none() {
    issues(
        "
        shop GET 0..0
        ",
        "
        issue         count total_time max_time
        zero_duration 1     -          -
        ",
    );
}

#[test]
fn what_is_put_on_another_clock_is_told() {
    // By the call, b is 47 to 53 ahead of a; its spans are moved by the middle.
    let notation = "
        shop cart.Get   0..10  client @host.name=a
          cart Get     53..57  server @host.name=b
            cart map   54..56  @host.name=b
    ";
    let corrected = Policy::default().clock(Clock::Corrected);
    check(
        notation,
        |traces| traces.with_policy(corrected).issues(&IssueList::default()),
        "
        issue        service count total_time max_time
        shifted_span cart    2     100ms      50ms
        ",
    );
}

//! Slack and drag of operations.

use spanwise::analyses::{By, Slack, SpanList};
use spanwise::check;

#[track_caller]
fn slack(notation: &str, expected: &str) {
    check(notation, |traces| traces.slack(&Slack::default()), expected);
}

#[test]
fn what_runs_beside_limits_what_can_be_saved() {
    slack(
        "
        shop GET 0..100 server
          cart Get 10..90
          user Get 10..60
        ",
        "
        service calls critical_calls slack_p50 drag  drag_share mean_drag
        shop    1     1              0ms       100ms 1          100ms
        cart    1     1              0ms       30ms  0.3        30ms
        user    1     0              30ms      0ms   0          -
        ",
    );
}

#[test]
fn requests_alone_count() {
    // The orphan is on no path of a request, and the log is not awaited.
    slack(
        "
        s r 0..100
          s log 20..90 follows
        s lost 0..500 parent=77
        ",
        "
        operation calls critical_calls drag  unawaited
        r         1     1              100ms 0
        log       0     0              0ms   1
        ",
    );
}

#[test]
fn services_are_the_sum_of_their_operations() {
    check(
        "
        trace 1
        shop GET 0..100
          cart Get 0..40
          cart Put 40..100
        trace 2
        shop GET 0..300
          cart Get 0..100
        ",
        |traces| traces.slack(&Slack::default().by(By::Service)),
        "
        service calls critical_calls drag  drag_share
        shop    2     2              400ms 1
        cart    3     3              200ms 0.5
        ",
    );
}

#[test]
fn spans_have_slack_or_drag_or_none() {
    check(
        "
        s r 0..100
          s a 10..90
          s b 10..60
          s log 20..90 follows
        ",
        |traces| traces.spans(&SpanList::default()),
        "
        operation slack drag
        r         0ms   100ms
        a         0ms   30ms
        b         30ms  -
        log       -     -
        ",
    );
}

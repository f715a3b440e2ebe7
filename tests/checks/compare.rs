//! Two windows of one input: the first second, and the second one.

use spanwise::{check, compare_windows};

const SECOND: i64 = 1_000_000_000;

#[track_caller]
fn compare(notation: &str, expected: &str) {
    let question =
        |traces: &spanwise::Traces| compare_windows(traces, (0, SECOND), (SECOND, 2 * SECOND));
    check(notation, question, expected);
}

#[test]
fn what_became_slower_leads() {
    compare(
        "
        trace 1
        s get 0..10
          s query 2..6
        trace 2
        s get 1000..1030
          s query 1002..1026
        ",
        "
        operation change baseline_critical_time incident_critical_time change_critical_time
        query     both   4ms                    24ms                   20ms
        get       both   6ms                    6ms                    0ms
        ",
    );
}

#[test]
fn a_new_operation_has_appeared_and_an_old_one_vanished() {
    compare(
        "
        trace 1
        s get 0..20
          s old 0..10
        trace 2
        s get 1000..1030
          s new 1000..1025 error
        ",
        "
        operation change   change_critical_time baseline_error_share incident_error_share
        new       appeared 25ms                 -                    1
        get       both     -5ms                 0                    0
        old       vanished -10ms                0                    -
        ",
    );
}

#[test]
fn more_calls_for_each_request_are_counted() {
    compare(
        "
        trace 1
        s get 0..20
          s query 0..5
        trace 2
        s get 0..20
          s query 0..5
        trace 3
        s get 1000..1020
          s query 1000..1005
          s query 1005..1010
          s query 1010..1015
        ",
        "
        operation baseline_calls incident_calls baseline_calls_per_request incident_calls_per_request change_self_time
        query     2              3              1                          3                          10ms
        get       2              1              1                          1                          -10ms
        ",
    );
}

#[test]
fn another_mix_of_requests_is_no_change() {
    compare(
        "
        trace 1
        s quick 0..10
        trace 2
        s slow 0..100
        trace 3
        s quick 1000..1010
        trace 4
        s slow 1000..1100
        trace 5
        s slow 1200..1300
        trace 6
        s slow 1400..1500
        ",
        "
        operation baseline_critical_time incident_critical_time change_critical_time change_p50
        quick     2.5ms                  2.5ms                  0ms                  0ms
        slow      75ms                   75ms                   0ms                  0ms
        ",
    );
}

#[test]
fn a_window_holds_what_starts_in_it() {
    compare(
        "
        trace 1
        s a 999..1500
        trace 2
        s a 1000..1001
        trace 3
        s a 2000..2001
        ",
        "
        operation baseline_calls incident_calls change_calls
        a         1              1              0
        ",
    );
}

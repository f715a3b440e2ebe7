//! The walk inside one trace: which span each nanosecond is given to.

use spanwise::analyses::CriticalPath;
use spanwise::{check, Blocking, Policy};

#[track_caller]
fn path(notation: &str, expected: &str) {
    path_under(Policy::default(), notation, expected);
}

#[track_caller]
fn path_under(policy: Policy, notation: &str, expected: &str) {
    let question = |traces: &spanwise::Traces| {
        let traces = traces.with_policy(policy);
        traces.critical_path(&CriticalPath::default())
    };
    check(notation, question, expected);
}

#[test]
fn the_child_that_ends_last_takes_the_time() {
    // R 0-40 and 90-100, b 40-90. The self time of R misses both children.
    path(
        "
        s r 0..100
          s a 10..50
          s b 40..90
        ",
        "
        operation critical_time self_time spans
        b         50ms          50ms      1
        r         50ms          20ms      1
        ",
    );
    // R 0-50, x 50-93, R 93-94, b 94-1000; a is passed over.
    path(
        "
        s r 0..1000
          s a 0..500
          s x 50..93
          s b 94..1000
        ",
        "
        operation critical_time
        b         906ms
        r         51ms
        x         43ms
        ",
    );
}

#[test]
fn a_gap_belongs_to_the_parent() {
    path(
        "
        s r 0..100
          s q 10..20
          s q 30..50
          s q 60..90
        ",
        "
        operation critical_time spans
        q         60ms          3
        r         40ms          1
        ",
    );
}

#[test]
fn what_follows_at_once_hides_nothing() {
    path(
        "
        s r 0..90
          s a 0..30
          s b 30..60
          s c 60..90
        ",
        "
        operation critical_time
        a         30ms
        b         30ms
        c         30ms
        ",
    );
}

#[test]
fn of_equal_ends_the_earliest_start_wins_and_then_the_smallest_id() {
    path(
        "
        s r 0..100
          s a 0..100
          s b 0..100
          s c 50..100
        ",
        "
        operation critical_time
        a         100ms
        ",
    );
    path(
        "
        s r 0..100 id=9
          s late  60..90 id=1
          s early 20..90 id=2
        ",
        "
        operation critical_time
        early     70ms
        r         30ms
        ",
    );
}

#[test]
fn a_span_without_length_stays_on_the_path() {
    path(
        "
        s r 0..100
          s a 0..50
          s z 50..50
          s b 50..100
        ",
        "
        operation critical_time spans
        a         50ms          1
        b         50ms          1
        z         0ms           1
        ",
    );
    // While b runs the walk does not pass over z, and so not over its time.
    path(
        "
        s r 0..100
          s z 50..50
          s b 20..80
        ",
        "
        operation critical_time
        b         60ms
        r         40ms
        ",
    );
}

#[test]
fn a_root_without_length_is_one_tile() {
    path(
        "s r 7..7",
        "
        operation critical_time spans share mean_time
        r         0ms           1     -     0ms
        ",
    );
}

#[test]
fn a_child_that_outlives_its_parent_is_cut_to_it() {
    // R 0-10, a 10-20, g 20-40, R 40-100: a cuts g.
    path(
        "
        s r 0..100
          s a 10..40
            s g 20..80
        ",
        "
        operation critical_time self_time
        r         70ms          70ms
        g         20ms          20ms
        a         10ms          10ms
        ",
    );
    path(
        "
        s r 0..100
          s a -10..120
        ",
        "
        operation critical_time
        a         100ms
        ",
    );
    // A timed-out client and its server: 50 of the 80 are waited for.
    path(
        "
        s call 0..60 client error
          t serve 10..90 server
            t query 20..80 client
        ",
        "
        operation critical_time
        query     40ms
        call      10ms
        serve     10ms
        ",
    );
}

#[test]
fn what_does_not_meet_its_parent_does_not_block_it() {
    path(
        "
        s r 0..100
          s before -60..-10
          s behind 100..150
        ",
        "
        operation critical_time self_time
        r         100ms         100ms
        ",
    );
    // g meets a, but nothing of it is left where a is cut at 40.
    path(
        "
        s r 0..40
          s a 10..80
            s g 50..70
        ",
        "
        operation critical_time
        a         30ms
        r         10ms
        ",
    );
}

#[test]
fn what_is_not_waited_for_is_off_the_path() {
    path(
        "
        s r 0..100
          s later 20..90 follows
        ",
        "
        operation critical_time
        r         100ms
        ",
    );
    path(
        "
        shop send 0..20 producer
          mail work 5..60 consumer
        ",
        "
        operation critical_time
        send      20ms
        ",
    );
    path(
        "
        shop get 0..100 server
          mail work 10..90 consumer
        ",
        "
        operation critical_time
        get       100ms
        ",
    );
    // A batch is done when its messages are.
    path(
        "
        mail receive 0..100 consumer
          mail process 10..40 consumer
          mail process 40..90 consumer
        ",
        "
        operation critical_time spans
        process   80ms          2
        receive   20ms          1
        ",
    );
}

#[test]
fn a_policy_may_let_everything_block() {
    path_under(
        Policy::default().blocking(Blocking::All),
        "
        s r 0..100
          s later 20..90 follows
        ",
        "
        operation critical_time
        later     70ms
        r         30ms
        ",
    );
}

#[test]
fn an_overlap_within_the_tolerance_is_none() {
    const ROUNDED: &str = "
        s r 0..100
          s a 0..50.001
          s b 50..100
        ";
    path(
        ROUNDED,
        "
        operation critical_time
        a         50ms
        b         50ms
        ",
    );
    path_under(
        Policy::default().tolerance_nano(999),
        ROUNDED,
        "
        operation critical_time
        b         50ms
        r         50ms
        ",
    );
}

#[test]
fn a_missing_end_is_the_latest_below() {
    path(
        "
        s r 0..
          s a 10..60
        ",
        "
        operation critical_time
        a         50ms
        r         10ms
        ",
    );
    // a ends with g at 50: R 0-20 and 50-100, a 20-30, g 30-50.
    path(
        "
        s r 0..100
          s a 20..
            s g 30..50
        ",
        "
        operation critical_time
        r         70ms
        g         20ms
        a         10ms
        ",
    );
}

#[test]
fn the_slowest_branch_is_followed_down() {
    path(
        "
        shop GET 0..100 server
          shop cart.Get 5..40 client
            cart Get 10..35 server
          shop pay.Do 5..95 client
            pay Do 10..90 server
              pay query 20..80 client db.system=postgresql
        ",
        "
        service operation critical_time share
        pay     query     60ms          0.6
        pay     Do        20ms          0.2
        shop    GET       10ms          0.1
        shop    pay.Do    10ms          0.1
        ",
    );
}

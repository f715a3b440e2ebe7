//! Call trees: what each chain of operations took, and how that changed.

use spanwise::analyses::CallTree;
use spanwise::check;

#[track_caller]
fn tree(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.call_tree(&CallTree::default()),
        expected,
    );
}

#[test]
fn paths_are_told_apart_and_calls_are_summed() {
    tree(
        "
        shop GET 0..100
          cart Get 10..60 error
            db query 20..30
            db query 30..50
          db query 60..90
        ",
        "
        depth service operation calls inclusive_time exclusive_time critical_time errors
        0     shop    GET       1     100ms          20ms           20ms          0
        1     cart    Get       1     50ms           20ms           20ms          1
        2     db      query     2     30ms           30ms           30ms          0
        1     db      query     1     30ms           30ms           30ms          0
        ",
    );
}

#[test]
fn a_call_by_itself_is_counted_once_in_its_inclusive_time() {
    tree(
        "
        s r 0..100
          s r 10..90
            s r 20..60
          s a 90..95
        ",
        "
        depth operation calls inclusive_time exclusive_time
        0     r         3     100ms          95ms
        1     a         1     5ms            5ms
        ",
    );
}

#[test]
fn a_percentile_chooses_requests() {
    check(
        "
        trace 1
        s r 0..10
          s fast 0..10
        trace 2
        s r 0..500
          s slow 0..400
        trace 3
        s other 0..7
        ",
        |traces| traces.call_tree(&CallTree::default().percentile(99.0)),
        "
        operation calls calls_a_request critical_time
        r         1     1               100ms
        slow      1     1               400ms
        other     1     1               7ms
        ",
    );
}

#[test]
fn incomplete_traces_are_in_no_tree() {
    tree(
        "
        s r 0..10
        s lost 0..500 parent=77
        ",
        "
        operation calls inclusive_time
        r         1     10ms
        ",
    );
}

#[test]
fn changes_are_those_of_one_request() {
    let healthy = spanwise::notation(
        "
        trace 1
        s r 0..100
          s a 0..40
          s gone 40..50
        trace 2
        s r 0..100
          s a 0..40
          s gone 40..50
        trace 3
        s unseen 0..9
        ",
    )
    .expect("sound notation");
    check(
        "
        s r 0..300
          s a 0..100
          s a 100..200
            s b 100..150
        ",
        |traces| traces.call_tree_against(&healthy, &CallTree::default()),
        "
        operation change  baseline_calls incident_calls change_inclusive_time change_exclusive_time
        r         both    1              1              200ms                 50ms
        a         both    1              2              160ms                 110ms
        b         added   0              1              50ms                  50ms
        gone      removed 1              0              -10ms                 -10ms
        ",
    );
}

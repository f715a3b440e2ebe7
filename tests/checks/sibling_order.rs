//! The order of siblings, worked out by hand.

use spanwise::analyses::SiblingOrder;
use spanwise::check;

#[track_caller]
fn order(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.sibling_order(&SiblingOrder::default()),
        expected,
    );
}

#[test]
fn once_at_the_same_time_is_enough() {
    // Nobody runs beside what it waits for, so one of four disproves it.
    order(
        "
        trace 1
        s r 0..100
          s a 0..30
          s b 40..90
        trace 2
        s r 0..100
          s a 0..30
          s b 40..90
        trace 3
        s r 0..100
          s a 0..30
          s b 40..90
        trace 4
        s r 0..100
          s a 0..60
          s b 40..90
        ",
        "
        parent_operation first_operation second_operation parents before overlapped violated_share gap_p50 order      path_time
        r                a               b                4       3      1          0.25           10ms    concurrent 90ms
        ",
    );
}

#[test]
fn four_times_in_order_is_an_order() {
    // After three, the score interval still reaches above a half (0.5615).
    let traces = |count: usize| "trace\ns r 0..100\n  s a 0..30\n  s b 40..90\n".repeat(count);
    order(
        &traces(3),
        "
        first_operation second_operation before violated_to order
        a               b                3      0.5615      unsettled
        ",
    );
    order(
        &traces(4),
        "
        first_operation second_operation before violated_to order
        a               b                4      0.4899      sequential
        ",
    );
}

#[test]
fn taking_turns_is_no_order() {
    // a b a: none of them ran beside another, and neither is first.
    order(
        "
        s r 0..100
          s a 0..10
          s b 20..30
          s a 40..50
        ",
        "
        first_operation second_operation before interleaved order     gap_p50
        a               b                0      1           either_way -
        a               a                1      0           unsettled -
        ",
    );
}

#[test]
fn the_usual_one_is_first() {
    // Twice b a, once a b.
    order(
        "
        trace 1
        s r 0..100
          s a 0..30
          s b 40..90
        trace 2
        s r 0..100
          s b 0..30
          s a 50..90
        trace 3
        s r 0..100
          s b 0..30
          s a 50..90
        ",
        "
        first_operation second_operation before after order      gap_p50 path_time
        b               a                2      1     either_way 20ms    90ms
        ",
    );
}

#[test]
fn calls_again_and_again_are_serial_or_not() {
    order(
        "
        trace 1
        s r 0..100
          s q 0..10
          s q 12..20
          s q 22..30
        trace 2
        s r 0..100
          s q 0..10
          s q 5..20
        ",
        "
        first_operation second_operation parents before overlapped gap_p50 examples contradictions
        q               q                2       1      1          2ms     00000000000000000000000000000001/0000000000000001 00000000000000000000000000000002/0000000000000001
        ",
    );
}

/// Traces in which `a` lasts 5, 10, … milliseconds and `b` begins at `start`.
fn lasting(start: impl Fn(i32) -> i32) -> String {
    let trace = |n: i32| {
        let (a, b) = (5 * n, start(5 * n));
        format!("trace\ns r 0..100\n  s a 0..{a}\n  s b {b}..90\n")
    };
    (1..=8).map(trace).collect()
}

#[test]
fn who_waits_begins_later_where_the_other_lasts_longer() {
    order(
        &lasting(|a| a + 2),
        "
        before waits waits_from waits_to order
        8      1     1          1        sequential
        ",
    );
}

#[test]
fn who_never_waits_is_late_by_coincidence() {
    // The one is always over when the other begins, but that begins at 50
    // whenever the one was over.
    order(
        &lasting(|_| 50),
        "
        before violated_share waits waits_to order
        8      0              0     0        coincidental
        ",
    );
}

/// A third task that waits for the first of two that run side by side: a
/// single trace shows the second in front of it, so that the path runs there.
#[test]
fn other_traces_tell_which_of_two_is_waited_for() {
    // In three traces the second happens to be over too; in two it runs on.
    let trace = |foo2: u32| {
        format!("trace\ns r 0..100\n  s foo1 0..30\n  s foo2 0..{foo2}\n  s foo3 46..90\n")
    };
    let traces: String = [45, 45, 45, 60, 70].into_iter().map(trace).collect();
    order(
        &traces,
        "
        first_operation second_operation before overlapped order      path_time
        foo2            foo3             3      2          concurrent 135ms
        foo1            foo3             5      0          sequential 60ms
        foo1            foo2             0      5          concurrent 0ms
        ",
    );
}

#[test]
fn what_is_not_awaited_has_no_order() {
    order(
        "
        s r 0..100
          s a 0..10
          s log 20..90 follows
        ",
        "
        first_operation second_operation
        ",
    );
}

#[test]
fn a_moment_stands_between_its_neighbours() {
    // Nothing of a or b is left when z happens, and z takes no time.
    order(
        "
        s r 0..100
          s a 0..50
          s z 50..50
          s b 50..100
        ",
        "
        first_operation second_operation before overlapped path_time
        a               b                1      0          50ms
        a               z                1      0          0ms
        z               b                1      0          0ms
        ",
    );
}

#[test]
fn of_many_operations_the_first_twelve_are_compared() {
    let children: String = (0..40)
        .map(|at| format!("  s op{at:02} {at}..{}\n", at + 1))
        .collect();
    let text = format!("s r 0..100\n{children}");
    let traces = spanwise::notation(&text).expect("sound notation");
    let table = traces.sibling_order(&SiblingOrder::default());
    assert_eq!(table.rows(), 12 * 11 / 2);
}

#[test]
fn equal_times_are_sorted_by_what_is_shown() {
    // None of them takes time, and each pair with a is held the other way.
    order(
        "
        s r 0..100
          s b 10..10
          s c 20..20
          s a 30..30
        ",
        "
        first_operation second_operation path_time
        b               a                0ms
        b               c                0ms
        c               a                0ms
        ",
    );
}

//! Offsets of clocks from a few calls, worked out by hand.

use spanwise::analyses::{Clocks, ClocksBy};
use spanwise::check;

#[track_caller]
fn pairs(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.clocks(&Clocks::default().by(ClocksBy::Pair)),
        expected,
    );
}

#[test]
fn calls_in_both_directions_narrow_the_offset() {
    // a to b: 47..53; b to a: -52..-46, which is 46..52 the other way round.
    pairs(
        "
        x call   0..10  client @host.name=a
          y serve 53..57 server @host.name=b
        trace 2
        y call  100..110 client @host.name=b
          x serve 54..58 server @host.name=a
        ",
        "
        from to calls impossible offset offset_from offset_to agreeing used closure
        a    b  2     0          49.5ms 47ms        52ms      1        true 0ms
        ",
    );
}

#[test]
fn calls_that_nobody_waited_for_are_outvoted_or_say_nothing() {
    pairs(
        "
        x call 0..10 client @host.name=a
          y serve 1..9 server @host.name=b
        trace 2
        x call 0..10 client @host.name=a
          y serve 1..9 server @host.name=b
        trace 3
        x call 0..10 client @host.name=a
          y late 15..20 server @host.name=b
        trace 4
        x call 0..10 client @host.name=a
          y long 5..200 server @host.name=b
        ",
        "
        calls impossible offset offset_from offset_to agreeing
        4     1          0ms    -1ms        1ms       0.6667
        ",
    );
}

#[test]
fn loops_are_checked() {
    // a-b is exact at 0, b-c exact at 0, but a-c says 5 ms.
    pairs(
        "
        x call 0..10 client @host.name=a
          y serve 0..10 server @host.name=b
        trace 2
        y call 0..10 client @host.name=b
          z serve 0..10 server @host.name=c
        trace 3
        x call 0..10 client @host.name=a
          z serve 6..14 server @host.name=c
        ",
        "
        from to offset used  closure
        a    b  0ms    true  0ms
        a    c  5ms    false 4ms
        b    c  0ms    true  0ms
        ",
    );
}

#[test]
fn without_hosts_instances_or_services_have_clocks() {
    check(
        "
        x call 0..10 client @service.instance.id=x-1
          y serve 21..29 server
        ",
        |traces| traces.clocks(&Clocks::default()),
        "
        clock reference offset offset_from offset_to drift_ppm calls closure
        x-1   x-1       0ms    0ms         0ms       0         1     0ms
        y     x-1       20ms   19ms        21ms      0         1     0ms
        ",
    );
}

#[test]
fn one_clock_needs_no_comparison() {
    pairs(
        "
        x call 0..10 client @host.name=a
          y serve 1..9 server @host.name=a
        ",
        "
        from to calls
        ",
    );
}

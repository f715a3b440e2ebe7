//! Listings: traces, spans, events, links and issues, and filters.

use spanwise::analyses::{EventList, Hotspots, IssueList, LinkList, SpanList, TraceList};
use spanwise::{check, Filter};

#[track_caller]
fn traces(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.traces(&TraceList::default()),
        expected,
    );
}

#[track_caller]
fn issues(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.issues(&IssueList::default()),
        expected,
    );
}

#[test]
fn the_longest_trace_stands_first() {
    traces(
        "
        trace 1
        shop GET 5..15 server
        trace 2
        shop POST 0..100 server error
          pay Pay 10..90 server error
        ",
        "
        service operation start duration extent spans services errors critical_operation critical_time complete incomplete
        shop    POST      0ms   100ms    100ms  2     2        2      Pay                80ms          true     -
        shop    GET       5ms   10ms     10ms   1     1        0      GET                10ms          true     -
        ",
    );
}

#[test]
fn a_root_goes_before_an_orphan_and_a_long_root_before_a_short_one() {
    traces(
        "
        s short 0..10
        s long 20..60
        s orphan 0..500 parent=77
        ",
        "
        operation duration extent components complete incomplete
        long      40ms     500ms  3          false    several_roots, orphans
        ",
    );
    traces(
        "
        s late 50..90 parent=77
        s early 10..50 parent=77
        ",
        "
        operation duration extent components complete incomplete
        early     40ms     80ms   2          false    no_root, orphans
        ",
    );
}

#[test]
fn a_cycle_is_cut_at_its_earliest_span() {
    traces(
        "
        s b 10..60 id=2 parent=1
          s c 20..30
        s a 0..100 id=1 parent=2
        ",
        "
        operation duration spans components complete incomplete
        a         100ms    3     1          false    no_root, cycle
        ",
    );
}

#[test]
fn a_trace_without_an_end_is_not_complete() {
    traces(
        "
        s r 0..
          s a 10..60
        ",
        "
        operation duration extent critical_operation critical_time complete incomplete
        r         -        60ms   a                  50ms          false    missing_end
        ",
    );
}

#[test]
fn each_issue_is_counted_under_its_service() {
    issues(
        "
        a r 0..100
          b cut 90..120
          b outside 100..150
          b point 5..5
          b backwards 30..20
          c open 40..
        d lost 0..10 parent=77
        ",
        "
        issue                service count
        orphan               d       1
        zero_duration        b       1
        negative_duration    b       1
        missing_end          c       1
        child_outside_parent b       1
        clipped_child        b       1
        ",
    );
}

#[test]
fn traces_that_do_not_hang_together_are_issues() {
    issues(
        "
        trace 1
        s a 0..10
        s b 20..30
        trace 2
        s a 0..10 parent=77
        trace 3
        s a 0..100 id=1 parent=2
        s b 10..60 id=2 parent=1
        ",
        "
        issue         service count
        orphan        s       1
        cycle         s       1
        no_root       s       2
        several_roots s       1
        ",
    );
}

#[test]
fn what_shares_an_id_is_split_folded_or_kept() {
    issues(
        "
        trace 1
        front get 0..100 client id=1
        back get 10..90 server id=1
        trace 2
        s a 0..10 id=1
        s a 0..10 id=1
        trace 3
        s a 0..10 id=1
          s b 5..8 id=1
        ",
        "
        issue                 service count
        duplicate_id          s       1
        conflicting_duplicate s       1
        shared_id             back    1
        ",
    );
}

#[test]
fn a_server_beside_its_client_tells_of_clocks() {
    // It would fit, but stands 5 ms too late.
    issues(
        "
        a call 0..50 client
          b serve 15..55 server
        ",
        "
        issue         service count
        clipped_child b       1
        clock_offset  b       1
        ",
    );
    // Of a server that is longer than its client nothing is known.
    issues(
        "
        a call 0..50 client
          b serve 10..80 server
        ",
        "
        issue         service count
        clipped_child b       1
        ",
    );
}

#[test]
fn spans_are_listed_in_preorder() {
    check(
        "
        s r 0..100
          s b 50..90 client http.response.status_code=404
          s a 10..40 size=7
            s c 20..30 error
        ",
        |traces| traces.spans(&SpanList::default().attributes(["size"])),
        "
        operation start duration self_time critical_time outcome       errs  origin status status_error size
        r         0ms   100ms    30ms      30ms          ok            false false  unset  false        -
        a         10ms  30ms     20ms      20ms          ok            false false  unset  false        7
        c         20ms  10ms     10ms      10ms          unknown_error true  true   error  true         -
        b         50ms  40ms     40ms      40ms          not_found     true  true   unset  false        -
        ",
    );
}

#[test]
fn events_and_links_stand_with_their_spans() {
    const TRACES: &str = "
        trace 1
        s a 0..10 event=retry event=exception@5{exception.type=Boom} link=2/1 link=3/1
        trace 2
        s b 0..10
        ";
    check(
        TRACES,
        |traces| traces.events(&EventList::default()),
        "
        operation time event     exception.type
        a         0ms  retry     -
        a         5ms  exception Boom
        ",
    );
    check(
        TRACES,
        |traces| traces.links(&LinkList::default()),
        "
        operation linked_trace_id                  linked_span_id   found
        a         00000000000000000000000000000002 0000000000000001 true
        a         00000000000000000000000000000003 0000000000000001 false
        ",
    );
}

const SHOP: &str = "
    trace 1
    shop GET 0..100 server
      cart Get 10..60 server region=eu
    trace 2
    shop GET 200..230 server
      cart Get 210..220 server error region=us
    trace 3
    shop PUT 400..450 server @k8s.pod.name=shop-1
    ";

#[track_caller]
fn kept(filter: &Filter, expected: &str) {
    let expected = format!("operation start duration\n{expected}");
    check(
        SHOP,
        |traces| traces.filter(filter).traces(&TraceList::default()),
        &expected,
    );
}

#[test]
fn one_span_must_meet_all_conditions_of_a_filter() {
    let filter = Filter::default;
    kept(&filter().service("cart").error(true), "GET 200ms 30ms");
    kept(&filter().service("shop").error(true), "");
    kept(
        &filter().min_duration_nano(50_000_000),
        "GET 0ms 100ms\nPUT 400ms 50ms",
    );
    kept(&filter().service("cart").min_duration_nano(60_000_000), "");
    kept(&filter().attribute("region", "eu"), "GET 0ms 100ms");
    kept(
        &filter().attribute("k8s.pod.name", "shop-1"),
        "PUT 400ms 50ms",
    );
    kept(&filter().root_operation("PUT"), "PUT 400ms 50ms");
    kept(
        &filter().operation("Get").since_unix_nano(200_000_000),
        "GET 200ms 30ms",
    );
    kept(&filter().until_unix_nano(200_000_000), "GET 0ms 100ms");
}

#[test]
fn a_filter_keeps_whole_traces() {
    check(
        SHOP,
        |traces| {
            let cart = traces.filter(&Filter::default().service("cart"));
            cart.hotspots(&Hotspots::default())
        },
        "
        service operation calls self_time
        shop    GET       2     70ms
        cart    Get       2     60ms
        ",
    );
}

#[test]
fn a_percentile_is_among_the_spans_of_an_operation() {
    check(
        "
        trace 1
        shop GET     0..40
          cart Get  10..20
        trace 2
        shop GET     0..10
          cart Get   1..
        trace 3
        shop GET     0..20
        ",
        |traces| traces.spans(&SpanList::default().among(traces.peers())),
        "
        operation duration percentile
        GET       40ms     100
        Get       10ms     100
        GET       10ms     33.3333
        Get       -        -
        GET       20ms     66.6667
        ",
    );
}

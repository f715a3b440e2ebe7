//! Requests that go on in other traces, worked out by hand.

use spanwise::analyses::{Flows, FlowsBy};
use spanwise::check;

#[track_caller]
fn hops(notation: &str, expected: &str) {
    check(notation, |traces| traces.flows(&Flows::default()), expected);
}

#[track_caller]
fn requests(notation: &str, expected: &str) {
    let flows = Flows::default().by(FlowsBy::Request);
    check(notation, |traces| traces.flows(&flows), expected);
}

const ORDER: &str = "
    trace 1
    shop POST 0..100 server
      shop send 80..90 producer id=5
    trace 2
    mail process 250..280 consumer link=1/5
";

#[test]
fn a_link_joins_two_traces() {
    // It waits from 90 to 250, and all is over 280 after the request began.
    hops(
        ORDER,
        "
        root_operation hop sender_operation relation receiver_operation messages wait_p50 processing_p50 since_start_p50
        POST           1   send             link     process            1        160ms    30ms           280ms
        ",
    );
    requests(
        ORDER,
        "
        operation requests messages root_p50 end_to_end_p50 behind_p50
        POST      1        1        100ms    280ms          180ms
        ",
    );
}

#[test]
fn who_is_done_before_the_root_adds_nothing() {
    requests(
        "
        trace 1
        shop POST 0..100 server
          shop send 10..20 producer id=5
        trace 2
        mail process 30..40 consumer link=1/5
        ",
        "
        operation end_to_end_p50 behind_p50
        POST      100ms          0ms
        ",
    );
}

#[test]
fn a_batch_has_many_requests_and_one_receiver() {
    // Each request ends with the batch; what is sent on counts from the older.
    let batch = "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        shop POST 50..150 server
          shop send 120..130 producer id=5
        trace 3
        mail process 200..260 consumer link=1/5 link=2/5
          mail pass 250..255 producer id=7
        trace 4
        log process 300..310 consumer link=3/7
    ";
    hops(
        batch,
        "
        root_operation hop sender_operation receiver_service messages receivers wait_p95 since_start_p95
        POST           1   send             mail             2        1         110ms    260ms
        POST           2   pass             log              1        1         45ms     310ms
        ",
    );
    requests(
        batch,
        "
        operation requests messages end_to_end_p95
        POST      2        2        310ms
        ",
    );
}

#[test]
fn a_consumer_below_its_producer_is_one_hop() {
    // The link says again what the parent says.
    hops(
        "
        shop POST 0..100 server
          shop send 10..20 producer id=5
            mail process 50..80 consumer link=5
        ",
        "
        root_operation hop relation receiver_operation messages wait_p50 since_start_p50
        POST           1   child_of process            1        30ms     80ms
        ",
    );
}

#[test]
fn work_that_follows_is_a_hop_from_any_span() {
    hops(
        "
        shop POST 0..100 server
          shop store 10..20
            shop index 60..200 follows
        ",
        "
        hop sender_operation relation     receiver_operation wait_p50 since_start_p50
        1   store            follows_from index              40ms     200ms
        ",
    );
}

#[test]
fn a_receiver_with_two_senders_has_two_parents() {
    // A join inside of one trace: it begins behind both, and is done at 90.
    hops(
        "
        shop job 0..100
          shop a 0..30 producer id=5
          shop b 0..50 producer id=6
          shop join 60..90 consumer link=5 link=6
        ",
        "
        hop sender_operation receiver_operation wait_p50 since_start_p50
        1   a                join               30ms     90ms
        1   b                join               10ms     90ms
        ",
    );
}

#[test]
fn each_half_alone_is_told() {
    // A message that nobody received, and one whose sender is not here.
    hops(
        "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer
        trace 2
        mail process 250..280 consumer link=9/5
        ",
        "
        root_operation hop sender_operation relation receiver_operation messages wait_p50 since_start_p50
        ''             -   ''               link     process            1        -        -
        POST           1   send             ''       ''                 1        -        -
        ",
    );
}

#[test]
fn components_are_requests_of_their_own() {
    // Of three tops one is an orphan: where its request began is not known.
    requests(
        "
        trace 1
        shop a 0..10
          shop send 0..5 producer id=5
        shop b 20..30
          shop send 20..25 producer id=6
        shop c 40..50 parent=77
          shop send 40..45 producer id=7
        trace 2
        mail process 100..110 consumer link=1/5
        mail process 100..120 consumer link=1/6
        mail process 100..130 consumer link=1/7
        ",
        "
        operation requests end_to_end_p50
        ''        1        90ms
        a         1        110ms
        b         1        100ms
        ",
    );
}

#[test]
fn links_in_a_circle_lead_nowhere() {
    // Each says that the other set it off, so neither request began anywhere.
    let circle = "
        trace 1
        a work 0..10 consumer link=2/6
          a send 5..6 producer id=5
        trace 2
        b work 0..10 consumer link=1/5
          b send 5..6 producer id=6
    ";
    hops(
        circle,
        "
        root_operation hop sender_service receiver_service messages
        ''             -   a              b                1
        ''             -   b              a                1
        ",
    );
    requests(circle, "operation requests");
}

#[test]
fn clocks_that_differ_show() {
    hops(
        "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        mail process 85..95 consumer link=1/5
        ",
        "
        messages early wait_p50
        1        1     0ms
        ",
    );
}

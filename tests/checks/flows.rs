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

#[test]
fn a_missing_end_is_no_length() {
    // Neither the root, the sender nor the receiver says when it ended.
    let open = "
        trace 1
        shop POST 0.. server
          shop send 80.. producer id=5
        trace 2
        mail process 250.. consumer link=1/5
    ";
    hops(
        open,
        "
        root_operation hop messages early wait_p50 processing_p50 since_start_p50
        POST           1   1        0     -        -              -
        ",
    );
    requests(
        open,
        "
        operation requests messages root_p50 end_to_end_p50 behind_p50
        POST      1        1        -        -              -
        ",
    );
}

#[test]
fn a_missing_end_is_the_latest_below() {
    let filled = "
        trace 1
        shop POST 0.. server
          shop send 80.. client id=5 messaging.operation.type=send
            shop pack 80..95
        trace 2
        mail process 250.. consumer link=1/5
          mail write 260..300
    ";
    hops(
        filled,
        "
        wait_p50 processing_p50 since_start_p50
        155ms    50ms           300ms
        ",
    );
    requests(
        filled,
        "
        root_p50 end_to_end_p50 behind_p50
        95ms     300ms          205ms
        ",
    );
}

#[test]
fn the_latest_end_that_is_known_ends_a_request() {
    requests(
        "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        mail process 250.. consumer link=1/5
        ",
        "
        root_p50 end_to_end_p50 behind_p50
        100ms    100ms          0ms
        ",
    );
}

#[test]
fn clients_send_what_they_say_that_they_send() {
    // Who receives and who settles sends nothing; who says nothing is a sender
    // once somebody received from it.
    hops(
        "
        trace 1
        shop POST 0..100 server
          shop send 10..20 client id=5 messaging.operation.type=send
          shop publish 20..30 client id=6 messaging.operation=publish
          shop lost 30..40 client id=7 messaging.operation.type=create
          shop unsaid 40..50 client id=8 messaging.system=sqs
          shop silent 50..60 client id=9 messaging.system=sqs
        trace 2
        mail receive 200..210 client link=1/5 link=1/6 link=1/8 messaging.operation.type=receive
        mail settle 300..310 client link=1/5 messaging.operation.type=settle
        mail ack 300..310 client link=1/6 messaging.operation=ack
        ",
        "
        root_operation sender_operation relation receiver_operation messages wait_p50
        POST           lost             ''       ''                 1        -
        POST           publish          link     receive            1        170ms
        POST           send             link     receive            1        180ms
        POST           unsaid           link     receive            1        150ms
        ",
    );
}

#[test]
fn a_batch_that_is_sent_is_sent_by_those_that_made_it() {
    hops(
        "
        trace 1
        shop POST 0..100 server
          shop create 10..11 producer id=5 messaging.operation.type=create
          shop create 12..13 producer id=6 messaging.operation.type=create
          shop send 20..40 client id=7 link=1/5 link=1/6 messaging.operation.type=send
        trace 2
        mail process 111..120 consumer link=1/5
        ",
        "
        sender_operation relation receiver_operation messages wait_p50
        create           ''       ''                 1        -
        create           link     process            1        100ms
        ",
    );
}

#[test]
fn what_is_behind_a_circle_belongs_to_the_request_that_arrives_there() {
    // The order sets off x; x and y say of each other that they set them off.
    let circle = |y: &str| {
        format!(
            "
            trace 1
            shop POST 0..100 server
              shop send 80..90 producer id=5
            trace 2
            mail x 200..300 consumer id=1 link=1/5 link=2/2
              mail y {y} consumer id=2 link=2/1 follows
                mail pass 310..320 producer id=3
            trace 3
            log z 400..500 consumer link=2/3
            "
        )
    };
    for y in ["250..330", "150..330"] {
        hops(
            &circle(y),
            "
            root_operation hop sender_operation relation     receiver_operation since_start_p50
            POST           1   send             link         x                  300ms
            POST           2   x                follows_from y                  330ms
            POST           3   pass             link         z                  500ms
            POST           3   y                link         x                  300ms
            ",
        );
        requests(
            &circle(y),
            "
            operation requests messages end_to_end_p50
            POST      1        1        500ms
            ",
        );
    }
}

#[test]
fn of_spans_with_one_id_the_first_by_name_is_told() {
    hops(
        "
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        mail a 250..280 consumer id=1 link=1/5
        mail b 350..390 consumer id=1 link=1/5
        ",
        "
        receiver_operation messages receivers wait_p50 processing_p50
        a                  2        1         160ms    30ms
        ",
    );
}

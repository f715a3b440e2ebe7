//! Who calls whom, and what else is leaned on.

use spanwise::analyses::Dependencies;
use spanwise::check;

#[track_caller]
fn calls(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.dependencies(&Dependencies::default()),
        expected,
    );
}

#[test]
fn a_client_and_its_server_are_one_call() {
    // The client waits 50 ms for a server of 40: 10 are the network's.
    calls(
        "
        shop GET 0..100 server
          shop cart.Get 10..60 client http.request.method=GET
            cart Get 15..55 server
              cart price 20..30
        ",
        "
        caller callee callee_kind connection calls errors p50  network_time network_p50
        shop   cart   service     http       1     0      50ms 10ms         10ms
        ",
    );
}

#[test]
fn a_change_of_service_without_a_client_is_a_call_in_process() {
    calls(
        "
        a x 0..100
          b y 10..90 error
            b z 20..80
        ",
        "
        caller callee connection calls errors p50  network_time network_p50
        a      b      in_process 1     1      80ms 0ms          -
        ",
    );
}

#[test]
fn a_server_under_a_client_of_its_own_service_is_a_call() {
    calls(
        "
        a x 0..100 client rpc.system=grpc
          a y 10..90 server
        ",
        "
        caller callee connection calls cycle
        a      a      rpc        1     -
        ",
    );
}

#[test]
fn the_caller_says_whether_a_call_erred() {
    // The client gave up on the first, the server failed the second unseen.
    calls(
        "
        a x 0..50 client error
          b y 10..80 server
        a x 100..150 client
          b y 110..140 server error
        ",
        "
        caller callee calls errors error_share
        a      b      2     1      0.5
        ",
    );
}

#[test]
fn a_client_without_another_side_leans_on_a_database() {
    calls(
        "
        a SELECT 0..10 client db.system.name=postgresql db.namespace=orders
        a HGET 0..10 client db.system=redis server.address=10.0.0.1 error
        a find 0..10 client db.system=mongodb peer.service=catalogue
        a connect 0..10 client db.system=mongodb
          a dns 1..2 internal
        ",
        "
        callee            callee_kind connection calls errors
        catalogue         database    db         1     0
        mongodb           database    db         1     0
        postgresql/orders database    db         1     0
        redis             database    db         1     1
        ",
    );
}

#[test]
fn a_client_without_another_side_leans_on_something_outside() {
    calls(
        "
        a POST 0..10 client http.request.method=POST server.address=pay.example
        a Call 0..10 client rpc.service=geo.Lookup rpc.system=grpc
        a what 0..10 client
        ",
        "
        callee      callee_kind connection
        ''          unknown     unknown
        geo.Lookup  external    rpc
        pay.example external    http
        ",
    );
}

#[test]
fn of_clients_inside_one_another_the_innermost_calls() {
    calls(
        "
        a retrying 0..50 client http.request.method=GET server.address=b.example
          a attempt 1..49 client http.request.method=GET server.address=b.example
        ",
        "
        caller callee    calls p50
        a      b.example 1     48ms
        ",
    );
}

#[test]
fn a_message_goes_through_its_queue() {
    calls(
        "
        shop send 0..10 producer messaging.system=kafka messaging.destination.name=orders
          mail work 20..60 consumer
        ",
        "
        caller caller_kind callee callee_kind connection calls p50
        orders queue       mail   service     messaging  1     40ms
        shop   service     orders queue       messaging  1     10ms
        ",
    );
    // A link inside the trace says as much as a parent.
    calls(
        "
        shop send 0..10 producer messaging.destination.name=orders
        mail work 20..60 consumer link=1
        ",
        "
        caller callee calls
        orders mail   1
        shop   orders 1
        ",
    );
}

#[test]
fn without_the_name_of_a_queue_the_producer_calls() {
    calls(
        "
        shop send 0..10 producer
          mail work 20..60 consumer
        ",
        "
        caller caller_kind callee connection calls
        shop   service     mail   messaging  1
        ",
    );
    calls(
        "
        shop send 0..10 producer
        mail work 20..60 consumer link=1
        ",
        "
        caller caller_kind callee callee_kind calls
        shop   service     mail   service     1
        ",
    );
    // A message that nobody is seen to receive went somewhere.
    calls(
        "shop send 0..10 producer",
        "
        caller callee callee_kind calls
        shop   ''     unknown     1
        ",
    );
}

#[test]
fn consumers_name_the_queue_of_a_producer_that_does_not() {
    for link in ["parent=1", "link=1"] {
        let notation = format!(
            "
            shop send 0..10 producer
            mail work 20..60 consumer messaging.destination.name=orders {link}
            audit work 30..60 consumer messaging.destination.name=orders {link}
            "
        );
        calls(
            &notation,
            "
            caller callee connection calls p50
            orders audit  messaging  1     30ms
            orders mail   messaging  1     40ms
            shop   orders messaging  1     10ms
            ",
        );
    }
}

#[test]
fn a_batch_is_received_once() {
    calls(
        "
        mail receive 0..100 consumer messaging.destination.name=orders
          mail process 10..40 consumer messaging.destination.name=orders
          mail process 40..90 consumer messaging.destination.name=orders
        ",
        "
        caller callee calls p50
        orders mail   1     100ms
        ",
    );
}

#[test]
fn two_sides_of_one_id_are_a_call() {
    calls(
        "
        front GET 0..100 server id=1
          front get 10..90 client id=2
        back get 20..70 server shared id=2 parent=1
        back query 30..60 client id=3 parent=2 db.system=mysql
        ",
        "
        caller callee callee_kind calls p50  network_time
        back   mysql  database    1     30ms 0ms
        front  back   service     1     80ms 30ms
        ",
    );
}

#[test]
fn calls_in_a_circle_have_its_number() {
    calls(
        "
        a x 0..100
          b y 10..90
            a z 20..80
              c w 30..70
        ",
        "
        caller callee cycle
        a      b      1
        a      c      -
        b      a      1
        ",
    );
}

#[test]
fn calls_sum_over_traces() {
    calls(
        "
        trace 1
        a x 0..100 client
          b y 10..90 server
        trace 2
        a x 0..40 client
          b y 10..30 server
        b other 50..60 client server.address=c
        ",
        "
        caller callee callee_kind calls network_time
        a      b      service     2     40ms
        b      c      external    1     0ms
        ",
    );
}

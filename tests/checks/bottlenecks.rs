//! Bottlenecks: what slow requests wait for and fast ones do not.

use spanwise::analyses::Bottlenecks;
use spanwise::check;

/// Twenty requests of which the last three are slow, by what stands below their
/// root of so many milliseconds.
fn requests(fast: (u32, &str), slow: (u32, &str)) -> String {
    let request = |id: usize| {
        let (length, below) = if id > 17 { slow } else { fast };
        format!("trace {id}\nshop GET /cart 0..{length} server\n{below}\n")
    };
    (1..=20).map(request).collect()
}

#[track_caller]
fn bottlenecks(notation: &str, expected: &str) {
    let options = Bottlenecks::default().requests(3);
    check(notation, |traces| traces.bottlenecks(&options), expected);
}

#[test]
fn longer_calls_are_one() {
    // Of 100 ms, 80 are the query's, which takes 10 else; the shop has 20 in both.
    bottlenecks(
        &requests(
            (30, "  db query 10..20 client"),
            (100, "  db query 10..90 client"),
        ),
        "
        root_operation service operation excess_time mean_excess slow_mean fast_mean times slow_share slow_calls fast_calls slow_requests fast_requests
        GET /cart      db      query     210ms       70ms        80ms      10ms      8     0.8        1          1          3             17
        ",
    );
}

#[test]
fn more_calls_are_one() {
    bottlenecks(
        &requests(
            (30, "  db query 10..20 client"),
            (
                100,
                "  db query 10..40 client\n  db query 40..70 client error\n  db query 70..90 client",
            ),
        ),
        "
        operation times slow_calls fast_calls slow_errors fast_errors
        query     8     3          1          1           0
        ",
    );
}

#[test]
fn what_fast_requests_do_not_call_is_one() {
    bottlenecks(
        &requests((20, ""), (100, "  mail send 10..90 client")),
        "
        service operation slow_mean fast_mean times fast_calls
        mail    send      80ms      0ms       -     0
        ",
    );
}

#[test]
fn what_nobody_waits_for_is_none() {
    // The log lasts beyond its request; of the root itself, 100 ms are five times 20.
    bottlenecks(
        &requests((20, ""), (100, "  log write 10..900 producer follows")),
        "
        service operation times
        shop    GET /cart 5
        ",
    );
}

#[test]
fn what_all_requests_wait_for_alike_is_none() {
    // Half of a slow request is the query's, and once and a half what it was.
    bottlenecks(
        &requests(
            (40, "  db query 0..30 client"),
            (90, "  db query 0..45 client"),
        ),
        "
        operation times slow_share
        GET /cart 4.5   0.5
        ",
    );
}

#[test]
fn a_difference_that_may_be_chance_is_none() {
    // One slow request in three waits for the query: 3, 3 and 90 ms are 30 +- 57
    // more than 2. The root itself has 297, 297 and 210 instead of 28: 240 - 56.84.
    let all = requests(
        (30, "  db query 0..2 client"),
        (300, "  db query 0..3 client"),
    );
    let one = all.replacen("query 0..3", "query 0..90", 1);
    let options = Bottlenecks::default().requests(3).share(0.0).times(1.0);
    check(
        &one,
        |traces| traces.bottlenecks(&options),
        "
        operation mean_excess excess_from excess_to
        GET /cart 240ms       183.16ms    296.84ms
        ",
    );
}

#[test]
fn requests_that_are_all_alike_have_none() {
    bottlenecks(
        &requests((30, "  db query 10..20"), (30, "  db query 10..20")),
        "root_operation",
    );
}

#[test]
fn each_root_operation_has_cohorts_of_its_own() {
    // What is slow for a cart is not for a report.
    let carts = requests(
        (30, "  db query 10..20 client"),
        (100, "  db query 10..90 client"),
    );
    let reports = (21..=40).map(|id| {
        format!("trace {id}\nshop GET /report 0..900 server\n  db query 0..900 client\n")
    });
    bottlenecks(
        &(carts + &reports.collect::<String>()),
        "
        root_operation operation slow_requests
        GET /cart      query     3
        ",
    );
}

#[test]
fn few_requests_have_none() {
    let slow = requests(
        (30, "  db query 10..20 client"),
        (100, "  db query 10..90 client"),
    );
    check(
        &slow,
        |traces| traces.bottlenecks(&Bottlenecks::default()),
        "root_operation",
    );
}

#[test]
fn requests_without_an_end_are_none() {
    // As many as there are whole ones, which are all alike.
    let whole = (1..=40)
        .map(|id| format!("trace {id}\nshop GET 0..100 server\n  db query 10..90 client\n"));
    let broken = (41..=90).map(|id| format!("trace {id}\nshop GET 0.. server\n"));
    let text: String = whole.chain(broken).collect();
    bottlenecks(&text, "root_operation");
}

#[test]
fn percentiles_that_leave_no_fast_or_no_slow_requests_find_nothing() {
    let slow = requests(
        (30, "  db query 10..20 client"),
        (100, "  db query 10..90 client"),
    );
    for (high, low) in [(0.0, 100.0), (10.0, 90.0), (50.0, 50.0)] {
        let options = Bottlenecks::default().requests(1);
        let options = options.slow_percentile(high).fast_percentile(low);
        check(
            &slow,
            |traces| traces.bottlenecks(&options),
            "root_operation",
        );
    }
    let options = Bottlenecks::default().requests(3);
    let options = options.slow_percentile(100.0).fast_percentile(0.0);
    check(
        &slow,
        |traces| traces.bottlenecks(&options),
        "
        operation slow_requests fast_requests
        query     3             17
        ",
    );
}

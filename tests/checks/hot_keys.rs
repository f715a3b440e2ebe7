//! Hot keys: tenants and partitions that take far more than others do.

use spanwise::analyses::HotKeys;
use spanwise::check;

/// A request of each tenant, of so many milliseconds each.
fn requests(tenants: impl IntoIterator<Item = (usize, u32)>) -> String {
    let request = |(at, (tenant, length)): (usize, (usize, u32))| {
        format!("trace {at}\nshop GET 0..{length} server tenant.id=t{tenant}\n")
    };
    (1..).zip(tenants).map(request).collect()
}

#[track_caller]
fn hot_keys(notation: &str, expected: &str) {
    check(
        notation,
        |traces| traces.hot_keys(&HotKeys::default()),
        expected,
    );
}

#[test]
fn a_tenant_with_most_requests_is_one() {
    // Nine with 10 ms each and one with 400: the differences of pairs are 9 * 390,
    // over ten times the sum of 490.
    let small = (1..10).map(|tenant| (tenant, 10));
    let large = (0..40).map(|_| (0, 10));
    hot_keys(
        &requests(small.chain(large)),
        "
        operation attribute top_key excess_time top_time median_time times gini  keys top_calls calls top_share top_mean other_mean evidence
        GET       tenant.id t0      390ms       400ms    10ms        40    0.7163 10   40        49    0.8163    10ms     10ms       more calls
        ",
    );
}

#[test]
fn a_tenant_whose_requests_take_longer_is_one() {
    let small = (20..200).map(|at| (at / 20, 10));
    let large = (0..20).map(|_| (0, 300));
    hot_keys(
        &requests(small.chain(large)),
        "
        top_key times top_mean other_mean evidence
        t0      30    300ms    10ms       longer calls
        ",
    );
}

#[test]
fn one_slow_request_makes_no_key_hot() {
    let small = (1..40).map(|tenant| (tenant, 10));
    hot_keys(&requests(small.chain([(0, 9_000)])), "service");
}

#[test]
fn tenants_that_are_alike_are_none() {
    hot_keys(&requests((0..200).map(|at| (at % 10, 10))), "service");
}

#[test]
fn many_that_grow_evenly_are_none() {
    // From 1 to 40 requests each: the largest has twice the median.
    let tenants = (1..=40).flat_map(|tenant| (0..tenant).map(move |_| (tenant, 10)));
    hot_keys(&requests(tenants), "service");
}

#[test]
fn spans_without_a_key_have_none() {
    let text: String = (1..60)
        .map(|id| format!("trace {id}\nshop GET 0..10 server\n"))
        .collect();
    hot_keys(&text, "service");
}

#[test]
fn an_operation_that_takes_much_for_its_calls_makes_it_likely() {
    // The query is a quarter of all spans and has nine tenths of the self time.
    let request = |id: usize| {
        let partition = if id < 9 { id } else { 0 };
        format!(
            "trace {id}\nshop GET 0..100 server\n  \
               shop a 0..5\n  shop b 5..10\n  \
               db query 10..100 client messaging.kafka.partition={partition}\n"
        )
    };
    hot_keys(
        &(1..=60).map(request).collect::<String>(),
        "
        operation grade  attribute                          top_key top_calls time_share call_share
        query     likely messaging.destination.partition.id 0       52        0.9        0.25
        ",
    );
    hot_keys(
        &(1..=60)
            .map(|id| request(id).replace("10..100", "10..12"))
            .collect::<String>(),
        "
        operation grade    time_share
        query     possible 0.02
        ",
    );
}

#[test]
fn calls_that_are_throttled_are_evidence() {
    let request = |id: usize| {
        let (partition, status) = if id < 9 { (id, 200) } else { (0, 429) };
        format!(
            "trace {id}\nshop GET 0..10 server http.response.status_code={status} \
             tenant=p{partition}\n"
        )
    };
    hot_keys(
        &(1..=60).map(request).collect::<String>(),
        "
        top_key errors evidence
        p0      52     more calls, throttled calls
        ",
    );
}

#[test]
fn resources_have_keys_too() {
    let request = |id: usize| {
        let customer = if id < 9 { id } else { 0 };
        format!("trace {id}\nshop GET 0..10 server @customer=c{customer}\n")
    };
    let text: String = (1..=60).map(request).collect();
    check(
        &text,
        |traces| traces.hot_keys(&HotKeys::default().by(["customer"])),
        "
        attribute top_key keys
        customer  c0      9
        ",
    );
    check(
        &text,
        |traces| traces.hot_keys(&HotKeys::default().by(["tenant", ""])),
        "service",
    );
}

#[test]
fn an_attribute_has_any_of_its_names_and_counts_once() {
    let names = [
        "messaging.kafka.partition=",
        "messaging.kafka.partition=0 messaging.destination.partition.id=",
    ];
    let request = |id: usize| {
        let partition = if id < 9 { id } else { 0 };
        let name = names[id % 2];
        format!("trace {id}\nshop send 0..10 producer {name}{partition}\n")
    };
    let text: String = (1..=60).map(request).collect();
    let partition = "messaging.destination.partition.id";
    for by in [&[partition][..], &[partition, partition]] {
        check(
            &text,
            |traces| traces.hot_keys(&HotKeys::default().by(by.iter().copied())),
            "
            attribute                          top_key keys calls
            messaging.destination.partition.id 0       9    60
            ",
        );
    }
}

#[test]
fn partials_show_the_attributes_that_are_asked_for() {
    let request = |id: usize| {
        let (tenant, shop) = if id < 9 { (id, 100 - id) } else { (0, 0) };
        format!("trace {id}\nshop GET 0..10 server tenant=t{tenant} shop=s{shop}\n")
    };
    let text: String = (1..=60).map(request).collect();
    let both = HotKeys::default().by(["tenant", "shop"]);
    let partials = spanwise::scan([spanwise::Input::bytes(text)]).partials(&[&both]);
    let partials = partials.expect("spans");
    let rows = |by: &[&str]| {
        let asked = HotKeys::default().by(by.iter().copied());
        partials.table(&asked).expect("of hot keys").rows()
    };
    assert_eq!(
        [
            rows(&["tenant", "shop"]),
            rows(&["shop"]),
            rows(&["user.id"])
        ],
        [2, 1, 0]
    );
}

#[test]
fn of_two_that_are_alike_the_first_is_told() {
    let tenants = (1..10).map(|tenant| (tenant + 2, 1));
    let large = (0..60).map(|at| (at % 2, 100));
    check(
        &requests(tenants.chain(large)),
        |traces| traces.hot_keys(&HotKeys::default().gini(0.5)),
        "
        top_key keys
        t0      11
        ",
    );
}

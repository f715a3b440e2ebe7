//! Concurrency against an oracle that looks at every span at every edge.

use proptest::prelude::*;
use spanwise_analyze::analyses::{Concurrency, ConcurrencyBy};
use spanwise_analyze::facts::compute;
use spanwise_analyze::runner::tables;
use spanwise_analyze::{run, Analysis, Policy};
use spanwise_io::assemble::assemble;
use spanwise_io::notation::parse;
use spanwise_model::table::Cell;
use spanwise_model::{SpanTable, Table};
use std::fmt::Write;

/// A slice in milliseconds.
const SLICE: i64 = 100;

/// A request: its instance, and when it starts and ends in milliseconds.
type Request = (u8, i64, i64);

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let length = prop_oneof![Just(0), 0..50_i64, 0..5_000_i64];
    let request = (0..2_u8, -1_000..4_000_i64, length);
    let request = request.prop_map(|(instance, start, length)| (instance, start, start + length));
    prop::collection::vec(request, 1..20)
}

/// Requests that start at odd times are of another operation.
fn operation(request: Request) -> &'static str {
    ["GET", "POST"][request.1.rem_euclid(2) as usize]
}

/// A trace a request.
fn notation(requests: &[Request]) -> String {
    let mut text = String::new();
    for (number, (instance, start, end)) in requests.iter().enumerate() {
        let _ = writeln!(text, "trace {:x}", number + 1);
        let operation = operation((*instance, *start, *end));
        let _ = writeln!(
            text,
            "shop {operation} {start}..{end} @service.instance.id=i{instance}"
        );
    }
    text
}

/// The table of a partial, and that of all spans at once.
fn both_ways(spans: &SpanTable, analysis: &Concurrency) -> [Table; 2] {
    let facts = compute(spans, &Policy::default());
    let all: Vec<u32> = (0..spans.trace_count() as u32).collect();
    let finished = analysis.finish(&run(spans, &all, &facts, &[analysis])[0]);
    let shown = tables(spans, &all, &facts, &[analysis]).swap_remove(0);
    [finished, shown]
}

fn table(requests: &[Request], analysis: &Concurrency) -> Table {
    let spans = assemble(parse(&notation(requests))).expect("few spans");
    let [finished, shown] = both_ways(&spans, analysis);
    assert!(finished == shown, "both are the same");
    finished
}

fn of(requests: &[Request], instance: u8) -> Vec<Request> {
    let own = requests.iter().filter(|request| request.0 == instance);
    own.copied().collect()
}

/// In flight just before a time.
fn in_flight(requests: &[Request], time: i64) -> u64 {
    let running = requests.iter().filter(|one| one.1 < time && time <= one.2);
    running.count() as u64
}

fn busy(requests: &[Request], from: i64, to: i64) -> i64 {
    let inside = requests
        .iter()
        .map(|one| (one.2.min(to) - one.1.max(from)).max(0));
    inside.sum()
}

/// At least so many were in flight at once.
fn most(requests: &[Request], from: i64, to: i64) -> u64 {
    let slices = (from..to).step_by(SLICE as usize);
    let edges = slices
        .clone()
        .chain([to])
        .map(|time| in_flight(requests, time));
    let means =
        slices.map(|from| (busy(requests, from, from + SLICE) as u64).div_ceil(SLICE as u64));
    edges.chain(means).max().unwrap_or_default()
}

fn starts_in(requests: &[Request], from: i64, to: i64) -> Vec<Request> {
    let inside = requests.iter().filter(|one| (from..to).contains(&one.1));
    inside.copied().collect()
}

fn mean_latency(requests: &[Request]) -> Cell<'static> {
    let total: i64 = requests.iter().map(|one| one.2 - one.1).sum();
    let mean = total as f64 * 1e6 / requests.len() as f64;
    if requests.is_empty() {
        return Cell::Null;
    }
    Cell::Duration(mean.round() as i64)
}

fn number(cell: Cell<'_>) -> f64 {
    match cell {
        Cell::F64(number) => number,
        Cell::Duration(nano) => nano as f64,
        other => panic!("no number: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn buckets_hold_what_ran_in_them(all in requests(), slices in 1..20_i64) {
        let width = slices * SLICE;
        let analysis = Concurrency::default().bucket(width as u64 * 1_000_000);
        let table = table(&all, &analysis);
        let mut row = 0;
        for instance in 0..2 {
            let own = of(&all, instance);
            let mut buckets: Vec<i64> = own
                .iter()
                .flat_map(|one| [one.1, one.2])
                .map(|time| time.div_euclid(width) * width)
                .collect();
            buckets.sort_unstable();
            buckets.dedup();
            for from in buckets {
                let to = from + width;
                let begun = starts_in(&own, from, to);
                let ended = own.iter().filter(|one| (from..to).contains(&one.2)).count();
                let mean = busy(&own, from, to) as f64 / width as f64;
                prop_assert_eq!(table.cell(row, "from"), Cell::Time(from * 1_000_000));
                prop_assert_eq!(table.cell(row, "arrivals"), Cell::U64(begun.len() as u64));
                prop_assert_eq!(table.cell(row, "completions"), Cell::U64(ended as u64));
                prop_assert_eq!(table.cell(row, "mean_in_flight"), Cell::F64(mean));
                prop_assert_eq!(table.cell(row, "max_in_flight"), Cell::U64(most(&own, from, to)));
                prop_assert_eq!(table.cell(row, "in_flight_end"), Cell::U64(in_flight(&own, to)));
                prop_assert_eq!(table.cell(row, "mean_latency"), mean_latency(&begun));
                row += 1;
            }
        }
        prop_assert_eq!(table.rows(), row);
    }

    #[test]
    fn littles_law_is_an_identity(all in requests()) {
        let table = table(&all, &Concurrency::default().by(ConcurrencyBy::Instance));
        for row in 0..table.rows() {
            let cell = |name: &str| number(table.cell(row, name));
            let product = cell("arrival_rate") * cell("mean_latency") / 1e9;
            let mean = cell("mean_in_flight");
            prop_assert!((product - mean).abs() <= 1e-8 * (1.0 + mean), "{} {}", product, mean);
        }
    }

    #[test]
    fn levels_are_the_slices_that_begin_at_them(all in requests()) {
        let table = table(&all, &Concurrency::default().by(ConcurrencyBy::Level));
        let mut row = 0;
        for instance in 0..2 {
            let own = of(&all, instance);
            let edge = |time: i64| time.div_euclid(SLICE) * SLICE;
            let first = own.iter().map(|one| edge(one.1)).min().unwrap_or(0);
            let last = own.iter().map(|one| edge(one.2)).max().unwrap_or(-SLICE);
            let slices: Vec<i64> = (first..=last).step_by(SLICE as usize).collect();
            for (low, high) in [(0, 0), (1, 1), (2, 3), (4, 7), (8, 15), (16, 31)] {
                let at = |from: &&i64| (low..=high).contains(&in_flight(&own, **from));
                let here: Vec<i64> = slices.iter().filter(at).copied().collect();
                if here.is_empty() {
                    continue;
                }
                let begun: Vec<Request> =
                    here.iter().flat_map(|&from| starts_in(&own, from, from + SLICE)).collect();
                let time = here.len() as i64 * SLICE * 1_000_000;
                prop_assert_eq!(table.cell(row, "in_flight_from"), Cell::U64(low));
                prop_assert_eq!(table.cell(row, "in_flight_to"), Cell::U64(high));
                prop_assert_eq!(table.cell(row, "time"), Cell::Duration(time));
                prop_assert_eq!(table.cell(row, "arrivals"), Cell::U64(begun.len() as u64));
                prop_assert_eq!(table.cell(row, "mean_latency"), mean_latency(&begun));
                row += 1;
            }
        }
        prop_assert_eq!(table.rows(), row);
    }
}

/// Pearson's correlation by its definition, a pair a request, both about the
/// means of its operation.
fn correlation(requests: &[Request]) -> f64 {
    let (mut both, mut loads, mut owns) = (0.0, 0.0, 0.0);
    for name in ["GET", "POST"] {
        let own = requests.iter().filter(|&&one| operation(one) == name);
        let pairs = own.map(|one| {
            let edge = one.1.div_euclid(SLICE) * SLICE;
            (in_flight(requests, edge) as f64, (one.2 - one.1) as f64)
        });
        let pairs: Vec<(f64, f64)> = pairs.collect();
        let mean =
            |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
        let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
        for pair in &pairs {
            both += (pair.0 - x) * (pair.1 - y);
            loads += (pair.0 - x).powi(2);
            owns += (pair.1 - y).powi(2);
        }
    }
    both / (loads * owns).sqrt()
}

/// One worker that takes 60 to 115 ms for each of `count` requests, which come
/// 90 ms apart on average, in bursts; or as many workers as there are requests.
fn arrivals(count: i64, is_one_worker: bool) -> Vec<Request> {
    let (mut seed, mut time, mut free) = (7_u64, 0_i64, 0_i64);
    let mut draw = |most: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % most) as i64
    };
    let requests = (0..count).map(|_| {
        time += if draw(4) == 0 { draw(700) } else { draw(5) };
        let work = 60 + draw(40) + if time % 2 == 0 { 0 } else { 15 };
        let begun = if is_one_worker { time.max(free) } else { time };
        free = begun + work;
        (0, time, free)
    });
    requests.collect()
}

#[test]
fn one_worker_makes_requests_queue_and_many_do_not() {
    for (is_one_worker, hint) in [(true, &["queueing".to_owned()][..]), (false, &[])] {
        let all = arrivals(600, is_one_worker);
        let table = table(&all, &Concurrency::default().by(ConcurrencyBy::Instance));
        assert_eq!(table.cell(0, "hints"), Cell::TextList(hint), "{table:?}");
        let ours = number(table.cell(0, "correlation"));
        assert!((ours - correlation(&all)).abs() < 1e-9, "{ours}");
    }
}

#[test]
fn a_pool_of_three_is_a_ceiling() {
    // A hundred calls of 250 ms wait for three connections in each of 3 bursts.
    let calls = (0..300_i64).map(|at| {
        let start = at / 100 * 30_000 + at % 100 / 3 * 250;
        (0, start, start + 250)
    });
    let calls: Vec<Request> = calls.collect();
    let table = table(&calls, &Concurrency::default().by(ConcurrencyBy::Instance));
    assert_eq!(table.cell(0, "max_in_flight"), Cell::U64(3));
    assert_eq!(
        table.cell(0, "hints"),
        Cell::TextList(&["ceiling".to_owned()])
    );
}

/// Two instances serve ten requests a second of 10 ms; the second one begins so
/// late, and so many of its first requests take so many times as long.
fn with_a_second(late_millis: i64, (first, times): (i64, i64)) -> Vec<Request> {
    let of = |host: u8, from: i64, times: i64| {
        (0..400_i64).map(move |at| {
            let (start, slow) = (from + at * 100, if at < first { times } else { 1 });
            (host, start, start + 10 * slow)
        })
    };
    of(0, 0, 1).chain(of(1, late_millis, times)).collect()
}

#[test]
fn an_instance_that_begins_later_and_slowly_was_cold() {
    // Ten seconds are late, three times as slow is cold, and half are to be slow.
    for (late, slow, warm_up, hint) in [
        (10_000, (20, 3), 3.0, &["cold_start".to_owned()][..]),
        (9_900, (20, 3), 3.0, &[]),
        (10_000, (20, 2), 2.0, &[]),
        (10_000, (9, 9), 4.6, &[]),
        (10_000, (10, 9), 5.0, &["cold_start".to_owned()]),
    ] {
        let all = with_a_second(late, slow);
        let analysis = Concurrency::default().by(ConcurrencyBy::Instance);
        let spans = assemble(parse(&notation(&all))).expect("few spans");
        for table in both_ways(&spans, &analysis) {
            assert_eq!(table.cell(0, "hints"), Cell::TextList(&[]));
            assert_eq!(
                table.cell(1, "hints"),
                Cell::TextList(hint),
                "{late} {slow:?}"
            );
            assert_eq!(number(table.cell(1, "warm_up")), warm_up, "{slow:?}");
        }
    }
}

/// The hints of the second instance, with more spans and without some requests.
fn hints(more: &str, keep: fn(&Request) -> bool) -> usize {
    let mut all = with_a_second(10_000, (20, 3));
    all.retain(keep);
    let spans = assemble(parse(&(notation(&all) + more))).expect("few spans");
    let [table, _] = both_ways(&spans, &Concurrency::default().by(ConcurrencyBy::Instance));
    let second = |row: &usize| {
        let serves = table.cell(*row, "side") == Cell::Text("serving");
        serves && table.cell(*row, "instance") == Cell::Text("i1")
    };
    let row = (0..table.rows()).find(second).expect("the second instance");
    match table.cell(row, "hints") {
        Cell::TextList(hints) => hints.len(),
        _ => 0,
    }
}

#[test]
fn only_what_was_there_before_makes_an_instance_late() {
    assert_eq!(hints("", |_| true), 1);
    let lone = "trace ffff\nother GET 0..1 server @service.instance.id=x\n";
    assert_eq!(hints(lone, |one| one.0 == 1), 0, "one span tells nothing");
    let call = "trace ffff\nshop fetch 0..1 client @service.instance.id=i1\n";
    assert_eq!(hints(call, |_| true), 0, "it called before it served");
}

#[test]
fn a_million_slices_are_two_updates() {
    let analysis = Concurrency::default();
    let table = table(
        &[(0, 0, 100_000_000), (0, 50_000_000, 50_000_010)],
        &analysis,
    );
    assert_eq!(
        table.rows(),
        3,
        "one where each of the three things happens"
    );
    assert_eq!(table.cell(1, "mean_in_flight"), Cell::F64(1.01));
    assert_eq!(table.cell(2, "mean_in_flight"), Cell::F64(0.0));
}

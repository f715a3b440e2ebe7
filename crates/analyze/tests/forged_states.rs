//! Partials that hold what no traces can say are finished all the same.

use spanwise_analyze::analyses::{
    aggregates, CallTree, Clocks, ClocksBy, Cohort, Compare, Completeness, CompletenessBy,
    Concurrency, ConcurrencyBy, CriticalPath, Flows, FlowsBy, HotKeys, Hotspots, LearntOrder,
    Peers, SiblingOrder, TimeKinds, TimeKindsBy,
};
use spanwise_analyze::{facts, run, Analysis, ClockModel, Key, KeyType, Merge, Partial, Policy};
use spanwise_io::{assemble::assemble, notation::parse};
use std::fmt::Write;

/// A row of an analysis with names and numbers of its own, all of whose states
/// that are numbers are `value`.
fn fill(analysis: &dyn Analysis, partial: &mut Partial, names: &[&'static str], value: i128) {
    let schema = analysis.schema();
    let keys = schema
        .keys
        .iter()
        .zip(names.iter().chain(std::iter::repeat(&"")));
    let keys: Vec<Key<'_>> = keys
        .map(|((_, kind), name)| match kind {
            KeyType::Name => Key::Name(name),
            KeyType::U128 => Key::U128(1),
            _ => Key::U64(1),
        })
        .collect();
    let row = partial.row(&keys);
    for (column, (_, merge)) in schema.states.iter().enumerate() {
        if matches!(merge, Merge::Sum | Merge::Min | Merge::Max) {
            partial.add(row, column, value);
        }
    }
}

#[test]
fn orders_of_extreme_counts() {
    let analysis = SiblingOrder::default();
    for value in [i128::MAX, i128::MIN, i128::from(u64::MAX), -1] {
        let mut partial = Partial::new(analysis.name(), analysis.schema());
        let [parent, a, b] = [["s", "r", ""], ["s", "a", ""], ["s", "b", ""]];
        for names in [[parent, a, b], [parent, b, a], [parent, a, a]] {
            fill(&analysis, &mut partial, &names.concat(), value);
        }
        assert_eq!(analysis.finish(&partial).rows(), 2);
        let learnt = LearntOrder::read(&partial);
        let (counts, _) = learnt.of(parent, a, b).expect("it was added");
        let most = if value > 0 { u64::MAX } else { 0 };
        assert_eq!((counts.parents(), counts.violated()), (most, most));
        assert_eq!(counts.before, most);
    }
}

#[test]
fn flows_of_extreme_times() {
    let analysis = Flows::default();
    for value in [i128::MAX, i128::MIN, i128::from(u64::MAX), -1] {
        let mut partial = Partial::new(analysis.name(), analysis.schema());
        for part in ["sent", "received", "passed", "what"] {
            fill(&analysis, &mut partial, &[part], value);
        }
        assert_eq!(analysis.finish(&partial).rows(), 1);
        let requests = Flows::default().by(FlowsBy::Request);
        assert_eq!(requests.finish(&partial).rows(), 0, "a circle of one");
    }
}

/// Numbers below what is asked for, always the same ones.
fn random_numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    }
}

/// Traces of all kinds of spans.
fn traces(random: &mut impl FnMut(usize) -> usize) -> String {
    let kinds = ["", "internal", "server", "client", "producer", "consumer"];
    let marks = ["", "", "error", "db.system=redis", "messaging.system=kafka"];
    let mut text = String::new();
    for trace in 1..120 {
        let _ = writeln!(text, "trace {trace:x}");
        let mut depth = 0;
        for _ in 0..1 + random(12) {
            let (start, length) = (random(90), random(40));
            let (kind, mark) = (kinds[random(kinds.len())], marks[random(marks.len())]);
            let _ = writeln!(
                text,
                "{:depth$}s{} op{} {start}..{} {kind} {mark} @host.name=h{}",
                "",
                random(3),
                random(4),
                start + length,
                random(2),
                depth = 2 * depth,
            );
            depth = random(depth + 2).max(1);
        }
    }
    text
}

/// Every aggregate, and those of whose partials there are several tables.
fn all() -> Vec<Box<dyn Analysis>> {
    let mut all = aggregates();
    for by in [ConcurrencyBy::Instance, ConcurrencyBy::Level] {
        all.push(Box::new(Concurrency::default().by(by)));
    }
    for by in [TimeKindsBy::Service, TimeKindsBy::Operation] {
        all.push(Box::new(TimeKinds::default().by(by)));
    }
    all.push(Box::new(Clocks::default().by(ClocksBy::Pair)));
    all.push(Box::new(
        Completeness::default().by(CompletenessBy::Service),
    ));
    all.push(Box::new(HotKeys::default().by(["db.system", "host.name"])));
    all.push(Box::new(Flows::default().by(FlowsBy::Request)));
    all.push(Box::new(CallTree::default().percentile(90.0)));
    all.push(Box::new(CriticalPath::default().percentile(90.0)));
    all
}

/// A key that stands beside that of a row: its numbers are others.
fn beside<'a>(key: Key<'a>, random: &mut impl FnMut(usize) -> usize) -> Key<'a> {
    const EXTREMES: [i128; 6] = [0, 1, -1, i64::MAX as i128, i64::MIN as i128, i128::MAX];
    let other = EXTREMES[random(EXTREMES.len())];
    match key {
        Key::U64(_) if random(2) == 0 => Key::U64(other as u64),
        Key::I64(_) if random(2) == 0 => Key::I64(other as i64),
        Key::U128(_) if random(4) == 0 => Key::U128(other as u128),
        key => key,
    }
}

/// The same partial with numbers that no traces add up to, and rows with keys that
/// none have.
fn forged(partial: &Partial, random: &mut impl FnMut(usize) -> usize) -> Partial {
    let numbers = [0, 1, -1, u64::MAX.into(), i128::MAX, i128::MIN];
    let mut forged = partial.clone();
    for row in 0..partial.len() {
        let columns = 0..partial.schema().keys.len();
        let key: Vec<Key<'_>> = columns
            .map(|column| beside(partial.key(row, column), random))
            .collect();
        let row = forged.row(&key);
        for (column, (_, merge)) in partial.schema().states.iter().enumerate() {
            if matches!(merge, Merge::Sum | Merge::Min | Merge::Max) {
                forged.add(row, column, numbers[random(numbers.len())]);
            }
        }
    }
    forged
}

/// The partial of an analysis over traces of all kinds.
fn partial(analysis: &dyn Analysis, random: &mut impl FnMut(usize) -> usize) -> Partial {
    let table = assemble(parse(&traces(random))).expect("spans");
    let facts = facts::compute(&table, &Policy::default());
    let every: Vec<u32> = (0..table.trace_count() as u32).collect();
    run(&table, &every, &facts, &[analysis]).swap_remove(0)
}

#[test]
fn every_aggregate_of_extreme_numbers() {
    let mut random = random_numbers(11);
    for analysis in all() {
        let partial = partial(analysis.as_ref(), &mut random);
        assert!(!partial.is_empty(), "{}", analysis.name());
        for _ in 0..60 {
            let _ = analysis.finish(&forged(&partial, &mut random));
        }
    }
}

#[test]
fn whatever_reads_partials_of_extreme_numbers() {
    let mut random = random_numbers(12);
    let [hotspots, clocks, order, tree] = [
        partial(&Hotspots::default(), &mut random),
        partial(&Clocks::default(), &mut random),
        partial(&SiblingOrder::default(), &mut random),
        partial(&CallTree::default(), &mut random),
    ];
    for _ in 0..60 {
        let _ = Peers::read(&forged(&hotspots, &mut random));
        let _ = ClockModel::read(&forged(&clocks, &mut random));
        let _ = LearntOrder::read(&forged(&order, &mut random));
        let [before, after] = [(); 2].map(|()| forged(&tree, &mut random));
        let _ = CallTree::default().against(&before, &after);
        let [before, after] = [Cohort::Baseline, Cohort::Incident].map(|cohort| {
            let side = Compare::default().cohort(cohort);
            forged(&partial(&side, &mut random), &mut random)
        });
        assert!(Compare::between(&before, &after).is_ok());
    }
}

//! Tests of partials by themselves; the laws over analyses stand in
//! `tests/laws_merge.rs`.

use super::*;
use spanwise_model::ErrorKind;

const SCHEMA: Schema = Schema {
    keys: &[
        ("name", KeyType::Name),
        ("path", KeyType::U128),
        ("delta", KeyType::I64),
    ],
    states: &[
        ("sum", Merge::Sum),
        ("min", Merge::Min),
        ("max", Merge::Max),
        ("latency", Merge::Histogram),
        ("best", Merge::Best(2)),
        ("set", Merge::SmallestHashes(3)),
    ],
};

fn observe(partial: &mut Partial, name: &str, value: i64) {
    let row = partial.row(&[Key::Name(name), Key::U128(u128::MAX - 7), Key::I64(-1)]);
    (0..3).for_each(|column| partial.add(row, column, value));
    partial.record(row, 3, value as u64);
    partial.offer(row, 4, value, || (format!("t{value}"), name.to_owned()));
    partial.insert(row, 5, avalanche(value as u64));
    partial.mark(value as u64);
}

fn of(entries: &[(&str, i64)]) -> Partial {
    let mut partial = Partial::new("test", &SCHEMA);
    for &(name, value) in entries {
        observe(&mut partial, name, value);
    }
    partial
}

#[test]
fn states_merge_as_declared() {
    let mut left = of(&[("b", 5), ("a", 1)]);
    left.merge(&of(&[("a", 9), ("a", 4)]))
        .expect("other traces");
    let row = left.sorted_rows()[0];
    assert_eq!(left.key(row, 0), Key::Name("a"));
    assert_eq!(left.key(row, 1), Key::U128(u128::MAX - 7));
    assert_eq!(left.key(row, 2), Key::I64(-1));
    let numbers: Vec<i128> = (0..3).map(|column| left.number(row, column)).collect();
    assert_eq!(numbers, [14, 1, 9]);
    assert_eq!(left.histogram(row, 3).count(), 3);
    let best: Vec<i64> = left.exemplars(row, 4).iter().map(|e| e.value).collect();
    assert_eq!(best, [9, 4]);
    assert_eq!(left.hashes(row, 5).len(), 3);
}

#[test]
fn order_does_not_show() {
    let all = [("b", 5), ("a", 1), ("c", 3), ("a", 9), ("b", 2)];
    let whole = of(&all);
    let mut merged = of(&all[3..]);
    merged.merge(&of(&all[..3])).expect("other traces");
    assert_ne!(whole.sorted_rows(), merged.sorted_rows());
    assert_eq!(whole.to_bytes(), merged.to_bytes());
    merged.canonicalise();
    assert_eq!(merged.sorted_rows(), [0, 1, 2]);
    assert_eq!(whole.to_bytes(), merged.to_bytes());
    let again = merged.row(&[Key::Name("b"), Key::U128(u128::MAX - 7), Key::I64(-1)]);
    assert_eq!(again, 1, "rows are found after sorting");
}

#[test]
fn a_trace_is_merged_once() {
    let mut left = of(&[("a", 1)]);
    let error = left.merge(&of(&[("b", 1)])).expect_err("one trace twice");
    assert_eq!(error.kind(), ErrorKind::Merge);
    let other = Partial::new("other", &SCHEMA);
    assert_eq!(
        left.merge(&other).expect_err("another").kind(),
        ErrorKind::Merge
    );
}

#[test]
fn equal_values_are_ranked_by_id() {
    let mut partial = Partial::new("test", &SCHEMA);
    let row = partial.row(&[Key::Name("a"), Key::U128(0), Key::I64(0)]);
    for id in ["c", "a", "b"] {
        partial.offer(row, 4, 1, || (id.to_owned(), String::new()));
    }
    let ids: Vec<_> = partial
        .exemplars(row, 4)
        .iter()
        .map(|e| e.trace_id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
}

//! Which attributes an order gives with their values.
//!
//! Most attributes have few values, and those of a span go together: a route has
//! its method, a server its port. So orders that give such values are few all
//! the same, and a reader has them at once instead of from a column each.

use super::keys::{Keys, Kind};
use rustc_hash::FxHashSet;
use spanwise_model::keyed::HashState;
use spanwise_model::{SpanBatch, Value};
use std::hash::BuildHasher;

/// How many records tell which attributes those are.
const SAMPLE: usize = 1 << 12;

/// How many records must share an order on average.
const SHARED: usize = 16;

/// How many orders there are at most, and how many bytes they have, so that one
/// dictionary holds them.
const MOST_ORDERS: usize = 1 << 11;
const MOST_BYTES: usize = 1 << 19;

/// The length of a text that an order gives.
const LONGEST: usize = 128;

/// Whether orders give the values of each key.
pub(super) fn choose(batch: &SpanBatch, keys: &Keys) -> Vec<bool> {
    let mut sample = Sample::of(batch, keys);
    let mut given = vec![false; keys.all.len()];
    for number in sample.candidates(keys) {
        given[number] = sample.give(number);
    }
    if !are_few(batch, keys, &given) {
        given.fill(false);
    }
    given
}

/// How many orders so many records may have.
fn most(records: usize) -> usize {
    (records / SHARED).min(MOST_ORDERS)
}

/// Some of the records of a batch.
struct Sample {
    hashing: HashState,
    /// What tells the orders of records apart.
    orders: Vec<u64>,
    distinct: usize,
    /// By key: the records that have it, and what tells its values apart.
    values: Vec<Vec<(usize, u64)>>,
    /// The keys that have a long text.
    long: Vec<bool>,
}

impl Sample {
    fn of(batch: &SpanBatch, keys: &Keys) -> Self {
        let mut sample = Self {
            hashing: HashState::default(),
            orders: Vec::new(),
            distinct: 0,
            values: vec![Vec::new(); keys.all.len()],
            long: vec![false; keys.all.len()],
        };
        let step = batch.len().div_ceil(SAMPLE).max(1);
        (0..batch.open_record())
            .step_by(step)
            .for_each(|record| sample.add(batch, keys, record));
        sample.distinct = distinct(&sample.orders);
        sample
    }

    fn add(&mut self, batch: &SpanBatch, keys: &Keys, record: u32) {
        let (row, mut order) = (self.orders.len(), 0);
        for (key, value) in batch.attributes(record) {
            let column = keys.column(key, value);
            order = self.hashing.hash_one((order, column));
            if let Some(number) = column.map(usize::from) {
                let hash = self.hashing.hash_one(told(value));
                self.values[number].push((row, hash));
                self.long[number] |= length(value) > LONGEST;
            }
        }
        self.orders.push(order);
    }

    /// The keys whose values an order may give, those with the fewest first.
    fn candidates(&self, keys: &Keys) -> Vec<usize> {
        let counts = self.values.iter().map(|values| {
            let hashes: Vec<u64> = values.iter().map(|value| value.1).collect();
            distinct(&hashes)
        });
        let kinds = keys.all.iter().map(|key| key.kind != Kind::Double);
        let numbered = counts.zip(kinds).enumerate();
        let may = numbered.filter(|&(number, (count, may))| may && count > 0 && !self.long[number]);
        let mut found: Vec<_> = may.map(|(number, (count, _))| (count, number)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, number)| number).collect()
    }

    /// Gives the values of a key in orders, if those are few then.
    fn give(&mut self, number: usize) -> bool {
        let mut orders = self.orders.clone();
        for &(row, hash) in &self.values[number] {
            orders[row] = self.hashing.hash_one((orders[row], number, hash));
        }
        let distinct = distinct(&orders);
        let few = distinct <= self.distinct.max(most(orders.len()));
        if few {
            (self.orders, self.distinct) = (orders, distinct);
        }
        few
    }
}

/// True where all records have few orders that give these values.
fn are_few(batch: &SpanBatch, keys: &Keys, given: &[bool]) -> bool {
    let hashing = HashState::default();
    let (mut seen, mut plain, mut bytes) = (FxHashSet::default(), FxHashSet::default(), 0);
    for record in 0..batch.open_record() {
        let (mut order, mut without, mut length) = (0, 0, 0);
        for (key, value) in batch.attributes(record) {
            let column = keys.column(key, value);
            without = hashing.hash_one((without, column));
            let value = column.and_then(|number| given[usize::from(number)].then_some(value));
            order = hashing.hash_one((order, column, value.map(told)));
            length += 8 + value.map_or(0, self::length);
        }
        plain.insert(without);
        bytes += if seen.insert(order) { length } else { 0 };
        let most = plain.len().max(2 * most(batch.len()));
        if seen.len() > most.max(MOST_ORDERS) || bytes > MOST_BYTES {
            return false;
        }
    }
    seen.len() <= plain.len().max(2 * most(batch.len()))
}

/// What tells values of a type apart.
fn told(value: Value<'_>) -> (u64, &str) {
    match value {
        Value::Str(text) => (0, text),
        Value::Int(number) => (number as u64, ""),
        Value::Bool(flag) => (u64::from(flag), ""),
        _ => (0, ""),
    }
}

/// About how many bytes a value takes in an order.
fn length(value: Value<'_>) -> usize {
    match value {
        Value::Str(text) => text.len(),
        _ => 8,
    }
}

fn distinct(hashes: &[u64]) -> usize {
    hashes.iter().collect::<FxHashSet<_>>().len()
}

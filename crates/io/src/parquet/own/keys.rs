//! Which attributes have columns of their own.

use super::{given, GROUP_ROWS};
use rustc_hash::{FxHashMap, FxHashSet};
use spanwise_model::keyed::HashState;
use spanwise_model::{SpanBatch, Symbol, Value};
use std::cmp::Reverse;
use std::hash::BuildHasher;

/// How many keys have columns at most.
pub(super) const MOST_KEYS: usize = 256;

/// One record of so many must have a key, so that it has a column.
const RARE: usize = 256;

/// How many values of a key tell whether they repeat.
const SAMPLE: usize = 1 << 12;

/// How many bytes dictionaries may repeat for each record: a reader grants a
/// thousand for each byte of the file, and ids and times take more than 16.
const REPEATED_BYTES: u64 = 16_000;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Int,
    Double,
    Flag,
}

impl Kind {
    /// The type of the column that holds a value; `None` for one that stands
    /// among the others.
    pub(super) fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Str(_) => Some(Self::Text),
            Value::Int(_) => Some(Self::Int),
            Value::Double(_) => Some(Self::Double),
            Value::Bool(_) => Some(Self::Flag),
            Value::Bytes(_) | Value::Json(_) | Value::Empty => None,
        }
    }
}

/// A key that has a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) key: Symbol,
    pub(super) kind: Kind,
    /// True where values repeat, so that a dictionary holds each once.
    pub(super) repeats: bool,
    /// True where orders give the values too.
    pub(super) is_given: bool,
}

/// The keys that have columns, in their order: the most frequent first.
///
/// Which those are depends on how often the records have each key, and on
/// nothing else.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) all: Vec<Key>,
    /// Their numbers, by symbol.
    numbers: FxHashMap<Symbol, u16>,
}

impl Keys {
    pub(super) fn of(batch: &SpanBatch) -> Self {
        let mut keys = Self::default();
        for (key, kind) in frequent(batch) {
            keys.numbers.insert(key, keys.all.len() as u16);
            let repeats = kind != Kind::Double;
            keys.all.push(Key {
                key,
                kind,
                repeats,
                is_given: false,
            });
        }
        keys.sample(batch);
        keys.spare_readers(batch);
        let given = given::choose(batch, &keys);
        for (key, is_given) in keys.all.iter_mut().zip(given) {
            key.is_given = is_given;
        }
        keys
    }

    /// The number of the column for values of this key and type.
    pub(super) fn column(&self, key: Symbol, value: Value<'_>) -> Option<u16> {
        let number = *self.numbers.get(&key)?;
        let kind = self.all[usize::from(number)].kind;
        (Kind::of(value) == Some(kind)).then_some(number)
    }

    /// Has texts stand in no dictionary where a reader would take what it
    /// repeats for forged: in each row group, the longest ones first.
    fn spare_readers(&mut self, batch: &SpanBatch) {
        let records: Vec<u32> = (0..batch.open_record()).collect();
        for group in records.chunks(GROUP_ROWS) {
            let mut bytes = self.repeated_bytes(batch, group);
            let most = REPEATED_BYTES * group.len() as u64;
            let mut total: u64 = bytes.iter().sum();
            while total > most {
                let longest = (0..bytes.len()).max_by_key(|&number| bytes[number]);
                let Some(longest) = longest.filter(|&number| bytes[number] > 0) else {
                    break;
                };
                self.all[longest].repeats = false;
                total -= std::mem::take(&mut bytes[longest]);
            }
        }
    }

    /// By key: the bytes of the texts that stand in its dictionary.
    fn repeated_bytes(&self, batch: &SpanBatch, records: &[u32]) -> Vec<u64> {
        let mut bytes = vec![0; self.all.len()];
        let of_record = |&record: &u32| batch.attributes(record);
        for (key, value) in records.iter().flat_map(of_record) {
            let number = self.column(key, value).map(usize::from);
            if let (Some(number), Value::Str(text)) = (number, value) {
                bytes[number] += text.len() as u64 * u64::from(self.all[number].repeats);
            }
        }
        bytes
    }

    /// Looks at values of each key, whether they repeat.
    fn sample(&mut self, batch: &SpanBatch) {
        let mut seen: Vec<Seen> = self.all.iter().map(|_| Seen::default()).collect();
        let hashing = HashState::default();
        for record in 0..batch.open_record() {
            for (key, value) in batch.attributes(record) {
                if let Some(number) = self.column(key, value) {
                    seen[usize::from(number)].add(value, &hashing);
                }
            }
        }
        for (key, seen) in self.all.iter_mut().zip(seen) {
            key.repeats &= seen.distinct.len() <= seen.values.div_ceil(2);
        }
    }
}

/// Values of a key that were seen.
#[derive(Clone, Debug, Default)]
struct Seen {
    values: usize,
    distinct: FxHashSet<u64>,
}

impl Seen {
    fn add(&mut self, value: Value<'_>, hashing: &HashState) {
        if self.values == SAMPLE {
            return;
        }
        self.values += 1;
        let hash = match value {
            Value::Str(text) => hashing.hash_one(text),
            Value::Int(number) => number as u64,
            _ => 0,
        };
        self.distinct.insert(hash);
    }
}

/// Keys that are not rare, each with its most frequent type. Tools that do not
/// tell upper from lower case would take keys that differ in nothing else for
/// one, so the most frequent one alone is here.
fn frequent(batch: &SpanBatch) -> Vec<(Symbol, Kind)> {
    let least = batch.len().div_ceil(RARE).max(1);
    let name = |key: Symbol| batch.strings.get(key);
    let mut counted: Vec<_> = counts(batch).into_iter().collect();
    counted.retain(|&((key, _), count)| count >= least && !name(key).is_empty());
    counted.sort_unstable_by_key(|&((key, kind), count)| (Reverse(count), name(key), kind));
    let mut taken = FxHashSet::default();
    counted.retain(|&((key, _), _)| taken.insert(name(key).to_lowercase()));
    counted.truncate(MOST_KEYS);
    counted.into_iter().map(|(column, _)| column).collect()
}

/// How often records have each key with a value of each type.
fn counts(batch: &SpanBatch) -> FxHashMap<(Symbol, Kind), usize> {
    let mut counts = FxHashMap::default();
    for record in 0..batch.open_record() {
        for (key, value) in batch.attributes(record) {
            if let Some(kind) = Kind::of(value) {
                *counts.entry((key, kind)).or_insert(0) += 1;
            }
        }
    }
    counts
}

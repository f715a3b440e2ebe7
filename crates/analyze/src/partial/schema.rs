//! The shape of a partial: key columns, and state columns that say how they
//! merge.

use spanwise_model::Symbol;

/// The type of a key column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// A text.
    Name,
    /// A whole number from zero.
    U64,
    /// A whole number.
    I64,
    /// A hash of 128 bits.
    U128,
}

impl KeyType {
    /// How many words of 64 bits a cell takes.
    pub(super) fn words(self) -> usize {
        match self {
            Self::U128 => 2,
            _ => 1,
        }
    }
}

/// A name in one partial; it means nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameCode(pub(super) u32);

impl NameCode {
    /// The code of the empty name in every partial.
    pub(crate) const EMPTY: Self = Self(Symbol::EMPTY.0);

    /// What stands for it in a key that is told by its words.
    #[inline]
    pub(crate) const fn word(self) -> u64 {
        self.0 as u64
    }
}

/// One cell of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// See [`KeyType::Name`].
    Name(&'a str),
    /// A name that the partial holds already; see [`super::Partial::intern`].
    Code(NameCode),
    /// See [`KeyType::U64`].
    U64(u64),
    /// See [`KeyType::I64`].
    I64(i64),
    /// See [`KeyType::U128`].
    U128(u128),
}

/// How the cells of a state column merge. Each is associative and commutative
/// and has an identity, which new rows begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Merge {
    /// A sum of 128 bits; the identity is 0.
    Sum,
    /// The smallest; the identity is [`i128::MAX`].
    Min,
    /// The largest; the identity is [`i128::MIN`].
    Max,
    /// A [`crate::Histogram`].
    Histogram,
    /// The so many best [`super::Exemplar`]s: highest value, then smallest
    /// trace id, then smallest span id.
    Best(usize),
    /// The so many smallest hashes: a set, whole while it has no more members.
    SmallestHashes(usize),
}

/// Names and types of the columns of a partial.
///
/// ```
/// use spanwise_analyze::{KeyType, Merge, Schema};
/// const CALLS: Schema = Schema {
///     keys: &[("service", KeyType::Name)],
///     states: &[("calls", Merge::Sum), ("latency", Merge::Histogram)],
/// };
/// assert_eq!(CALLS.states[1].0, "latency");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Key columns.
    pub keys: &'static [(&'static str, KeyType)],
    /// State columns.
    pub states: &'static [(&'static str, Merge)],
}

impl Schema {
    /// The type that each word of a key belongs to.
    pub(super) fn word_types(&self) -> Vec<KeyType> {
        let keys = self.keys.iter();
        keys.flat_map(|&(_, kind)| std::iter::repeat_n(kind, kind.words()))
            .collect()
    }

    /// The first word of each key column, and how many words of 64 bits there are.
    pub(crate) fn key_offsets(&self) -> Vec<usize> {
        let ends = self.keys.iter().scan(0, |end, (_, kind)| {
            *end += kind.words();
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    }
}

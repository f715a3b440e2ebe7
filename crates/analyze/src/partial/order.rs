//! The order of rows by keys of several words.
//!
//! Names are ranks and most other words lie close together, so that the words of
//! most keys fit into one number together, each less the smallest of its column.

use super::{KeyType, Row};

/// The bits of the number.
const BITS: u32 = u128::BITS;

/// True where keys stand in their order, given the ranks of names.
pub(super) fn are_sorted(words: &[u64], kinds: &[KeyType], names: &[u32]) -> bool {
    let Some(mut held) = words.get(..kinds.len()) else {
        return true;
    };
    let ordered = |word: u64, kind: KeyType| match kind {
        KeyType::Name => names[word as usize].into(),
        KeyType::I64 => word ^ 1 << 63,
        _ => word,
    };
    words.chunks_exact(kinds.len().max(1)).skip(1).all(|next| {
        let mut pairs = held.iter().zip(next).zip(kinds);
        let differ = pairs.find(|((a, b), _)| a != b);
        held = next;
        differ.is_none_or(|((&a, &b), &kind)| ordered(a, kind) < ordered(b, kind))
    })
}

/// The rows in the order of their keys, of which each has `width` words.
pub(super) fn sorted(keys: &[u64], width: usize, rows: usize) -> Vec<Row> {
    let key = |row: Row| &keys[row * width..][..width];
    let columns = packed_columns(keys, width);
    let pack = |row: Row| {
        let words = key(row).iter().zip(&columns);
        words.fold(0, |number: u128, (word, &(least, bits))| {
            number << bits | u128::from(word - least)
        })
    };
    let mut packed: Vec<(u128, u32)> = (0..rows).map(|row| (pack(row), row as u32)).collect();
    let rest = |row: u32| &key(row as Row)[columns.len()..];
    packed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a.1).cmp(rest(b.1))));
    packed.into_iter().map(|(_, row)| row as Row).collect()
}

/// Of the first words, as many as fit: the smallest of each, and how many bits
/// those above it take.
fn packed_columns(keys: &[u64], width: usize) -> Vec<(u64, u32)> {
    let columns = (0..width).map(|column| {
        let words = keys.iter().skip(column).step_by(width);
        let ends = words.fold((u64::MAX, 0), |(least, most), &word| {
            (word.min(least), word.max(most))
        });
        (
            ends.0,
            u64::BITS - ends.1.saturating_sub(ends.0).leading_zeros(),
        )
    });
    let used = columns.scan(0, |used, (least, bits)| {
        *used += bits;
        (*used <= BITS).then_some((least, bits))
    });
    used.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[[u64; 3]]) {
        let words: Vec<u64> = keys.iter().flatten().copied().collect();
        let mut expected: Vec<Row> = (0..keys.len()).collect();
        expected.sort_by_key(|&row| keys[row]);
        let found = sorted(&words, 3, keys.len());
        let of = |rows: &[Row]| rows.iter().map(|&row| keys[row]).collect::<Vec<_>>();
        assert_eq!(of(&found), of(&expected));
        let mut all = found;
        all.sort_unstable();
        assert_eq!(all, (0..keys.len()).collect::<Vec<Row>>());
    }

    #[test]
    fn small_words_fit_and_large_ones_need_not() {
        check(&[]);
        check(&[[1, 2, 3]]);
        check(&[[7, 1, 5], [7, 1, 4], [6, 9, 9], [6, 9, 8]]);
        check(&[[0, u64::MAX, 1], [0, 0, 2], [u64::MAX, 0, 0]]);
        let wide = |n: u64| {
            [
                n % 2 * u64::MAX,
                n % 3 * (u64::MAX / 2),
                n % 5 * (u64::MAX / 4),
            ]
        };
        check(&(0..30).map(wide).collect::<Vec<_>>());
    }

    #[test]
    fn keys_without_words_are_equal() {
        assert_eq!(sorted(&[], 0, 1), [0]);
        assert!(are_sorted(&[], &[], &[]));
    }

    #[test]
    fn names_are_sorted_by_rank_and_numbers_with_their_sign() {
        let kinds = [KeyType::Name, KeyType::I64];
        let sorted = |words: &[u64]| are_sorted(words, &kinds, &[1, 0]);
        let below = -1_i64 as u64;
        assert!(sorted(&[]) && sorted(&[0, 5]));
        assert!(sorted(&[1, 9, 0, below, 0, 0, 0, 3]));
        assert!(!sorted(&[0, 9, 1, 9]) && !sorted(&[1, 0, 1, below]));
        assert!(!sorted(&[1, 0, 1, 3, 1, 2]));
    }
}

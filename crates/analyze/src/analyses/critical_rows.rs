//! The rows of the critical path: cells of the chosen bands, summed by their key.

use super::bands::{root_of, Bands};
use super::critical_path::{CRITICAL, KEY, SPANS, STATES};
use crate::partial::{add_to, Key, Partial, Row};
use rustc_hash::FxHashMap;

/// One row of the table.
#[derive(Default)]
pub(super) struct Sums<'a> {
    pub(super) key: Vec<Key<'a>>,
    pub(super) sums: [i128; STATES.len()],
    pub(super) incomplete_spans: i128,
    pub(super) incomplete_time: i128,
    pub(super) bands: Option<(u64, u64)>,
}

/// Where the band of a root operation stands in the key.
const BAND: usize = KEY - 1;

/// What is chosen of the cells of a root operation.
#[derive(Clone, Copy)]
enum Chosen {
    Nothing,
    /// What is of no request.
    Incomplete,
    /// The requests of these bands.
    Bands(u64, u64),
}

impl Chosen {
    fn of(root: [&str; 3], bands: &Bands<'_>) -> Self {
        match bands.get(&root) {
            _ if root[2].is_empty() => Self::Incomplete,
            Some(&(low, high)) => Self::Bands(low, high),
            None => Self::Nothing,
        }
    }

    fn holds(self, band: u64) -> bool {
        match self {
            Self::Nothing => false,
            Self::Incomplete => true,
            Self::Bands(low, high) => low <= band && band <= high,
        }
    }
}

/// The rows of a partial that are chosen, by key, in the order of the table.
pub(super) fn gather<'a>(partial: &'a Partial, bands: &Bands<'_>) -> Vec<Sums<'a>> {
    let columns = partial.schema().keys.len();
    let (root, band) = (partial.words_of(0..BAND), partial.words_of(BAND..KEY));
    let key = partial.words_of(KEY..columns);
    let (mut rows, mut index): (Vec<Sums<'a>>, _) = (Vec::new(), FxHashMap::default());
    let (mut last, mut chosen): (&[u64], _) = (&[], Chosen::Nothing);
    for row in 0..partial.len() {
        // Rows of one root mostly follow each other.
        if root(row) != last {
            (last, chosen) = (root(row), Chosen::of(root_of(partial, row), bands));
        }
        if !chosen.holds(band(row)[0]) {
            continue;
        }
        let at = *index.entry(key(row)).or_insert_with(|| {
            rows.push(Sums::of(
                (KEY..columns).map(|column| partial.key(row, column)),
            ));
            rows.len() - 1
        });
        rows[at].add(partial, row, chosen);
    }
    sorted(rows)
}

impl<'a> Sums<'a> {
    fn of(key: impl Iterator<Item = Key<'a>>) -> Self {
        Self {
            key: key.collect(),
            ..Self::default()
        }
    }

    fn add(&mut self, partial: &Partial, row: Row, chosen: Chosen) {
        let Chosen::Bands(low, high) = chosen else {
            add_to(&mut self.incomplete_spans, partial.number(row, SPANS));
            add_to(&mut self.incomplete_time, partial.number(row, CRITICAL));
            return;
        };
        for (column, sum) in self.sums.iter_mut().enumerate() {
            add_to(sum, partial.number(row, column));
        }
        let (from, to) = self.bands.unwrap_or((low, high));
        self.bands = Some((from.min(low), to.max(high)));
    }
}

fn sorted(mut rows: Vec<Sums<'_>>) -> Vec<Sums<'_>> {
    rows.retain(|row| row.sums[SPANS] > 0 || row.incomplete_spans > 0);
    rows.sort_unstable_by(|one, other| {
        let longest = other.sums[CRITICAL].cmp(&one.sums[CRITICAL]);
        longest.then_with(|| one.key.cmp(&other.key))
    });
    rows
}

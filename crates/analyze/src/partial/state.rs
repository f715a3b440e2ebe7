//! State columns: cells that merge.

use super::best::{self, Exemplar};
use super::numbers::Numbers;
use super::schema::Merge;
use super::smallest::Smallest;
use crate::histogram::Histogram;

/// The cells of one state column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    Numbers(Numbers),
    Histograms(Vec<Histogram>),
    Best(Vec<Vec<Exemplar>>),
    Hashes(Vec<Smallest>),
}

impl State {
    pub(super) fn new(merge: Merge) -> Self {
        match merge {
            Merge::Sum | Merge::Min | Merge::Max => Self::Numbers(Numbers::new(merge)),
            Merge::Histogram => Self::Histograms(Vec::new()),
            Merge::Best(_) => Self::Best(Vec::new()),
            Merge::SmallestHashes(_) => Self::Hashes(Vec::new()),
        }
    }

    /// Makes room for so many more cells.
    pub(super) fn reserve(&mut self, cells: usize) {
        match self {
            Self::Numbers(held) => held.reserve(cells),
            Self::Histograms(held) => held.reserve(cells),
            Self::Best(held) => held.reserve(cells),
            Self::Hashes(held) => held.reserve(cells),
        }
    }

    /// Appends the identity of `merge`.
    pub(super) fn push(&mut self, merge: Merge) {
        match self {
            Self::Numbers(cells) => cells.push_identity(),
            Self::Histograms(cells) => cells.push(Histogram::default()),
            Self::Best(cells) => cells.push(Vec::new()),
            Self::Hashes(cells) => cells.push(Smallest::new(limit(merge))),
        }
    }

    /// Merges row `theirs` of `other` into row `ours`.
    pub(super) fn merge(&mut self, ours: usize, other: &Self, theirs: usize, merge: Merge) {
        match (self, other) {
            (Self::Numbers(a), Self::Numbers(b)) => a.add(ours, b.get(theirs)),
            (Self::Histograms(a), Self::Histograms(b)) => a[ours].merge(&b[theirs]),
            (Self::Best(a), Self::Best(b)) => best::merge(&mut a[ours], limit(merge), &b[theirs]),
            (Self::Hashes(a), Self::Hashes(b)) => a[ours].merge(&b[theirs]),
            _ => debug_assert!(false, "columns of one schema have one type"),
        }
    }

    /// The same cells in another order.
    pub(super) fn take(&mut self, rows: &[usize]) {
        fn reorder<T: Default>(cells: &mut Vec<T>, rows: &[usize]) {
            let taken = rows.iter().map(|&row| std::mem::take(&mut cells[row]));
            *cells = taken.collect();
        }
        match self {
            Self::Numbers(cells) => cells.take(rows),
            Self::Histograms(cells) => reorder(cells, rows),
            Self::Best(cells) => reorder(cells, rows),
            Self::Hashes(cells) => *cells = rows.iter().map(|&row| cells[row].clone()).collect(),
        }
    }

    pub(super) fn encode(&self, row: usize, out: &mut Vec<u8>) {
        let length = |out: &mut Vec<u8>, n: usize| out.extend_from_slice(&(n as u64).to_le_bytes());
        match self {
            Self::Numbers(cells) => out.extend_from_slice(&cells.get(row).to_le_bytes()),
            Self::Histograms(cells) => cells[row].encode(out),
            Self::Best(cells) => {
                length(out, cells[row].len());
                for exemplar in &cells[row] {
                    out.extend_from_slice(&exemplar.value.to_le_bytes());
                    for text in [&exemplar.trace_id, &exemplar.span_id] {
                        length(out, text.len());
                        out.extend_from_slice(text.as_bytes());
                    }
                }
            }
            Self::Hashes(cells) => {
                length(out, cells[row].hashes().len());
                for hash in cells[row].hashes() {
                    out.extend_from_slice(&hash.to_le_bytes());
                }
            }
        }
    }
}

pub(super) fn limit(merge: Merge) -> usize {
    match merge {
        Merge::Best(limit) | Merge::SmallestHashes(limit) => limit,
        _ => 0,
    }
}

//! The order of rows, and the bytes that stand for what a partial holds.

use super::{order, Key, KeyType, Partial, Row};
use spanwise_model::Symbol;

impl Partial {
    fn keys(&self, row: Row) -> Vec<Key<'_>> {
        let columns = 0..self.schema.keys.len();
        columns.map(|column| self.key(row, column)).collect()
    }

    /// All rows in the order of their keys.
    #[must_use]
    pub fn sorted_rows(&self) -> Vec<Row> {
        let names = self.name_ranks();
        let kinds = self.schema.word_types();
        let width = kinds.len();
        if order::are_sorted(&self.words, &kinds, &names) {
            return (0..self.rows).collect();
        }
        let ordered = |(word, kind): (&u64, &KeyType)| match kind {
            KeyType::Name => names[*word as usize].into(),
            KeyType::I64 => word ^ 1 << 63,
            _ => *word,
        };
        let keys: Vec<u64> = self
            .words
            .iter()
            .zip(kinds.iter().cycle())
            .map(ordered)
            .collect();
        order::sorted(&keys, width, self.rows)
    }

    /// By code of a name: its rank among all names.
    fn name_ranks(&self) -> Vec<u32> {
        let mut codes: Vec<u32> = (0..self.names.len() as u32).collect();
        codes.sort_unstable_by_key(|&code| self.names.get(Symbol(code)));
        let mut ranks = vec![0; codes.len()];
        for (rank, &code) in (0..).zip(&codes) {
            ranks[code as usize] = rank;
        }
        ranks
    }

    /// Puts the rows into the order of their keys.
    pub(crate) fn canonicalise(&mut self) {
        let rows = self.sorted_rows();
        if rows.iter().copied().eq(0..self.rows) {
            return;
        }
        let width = self.width();
        let words = rows
            .iter()
            .flat_map(|&row| &self.words[row * width..][..width]);
        self.words = words.copied().collect();
        self.states.iter_mut().for_each(|state| state.take(&rows));
        self.index.clear();
    }

    /// A canonical encoding: equal content gives equal bytes, whatever the
    /// order in which it was observed and merged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.analysis.as_bytes().to_vec();
        for row in self.sorted_rows() {
            for cell in self.keys(row) {
                encode_key(cell, &mut out);
            }
            self.states
                .iter()
                .for_each(|state| state.encode(row, &mut out));
        }
        for mark in self.marks.hashes() {
            out.extend_from_slice(&mark.to_le_bytes());
        }
        out
    }
}

fn encode_key(cell: Key<'_>, out: &mut Vec<u8>) {
    match cell {
        Key::Code(code) => out.extend_from_slice(&code.0.to_le_bytes()),
        Key::Name(name) => {
            out.extend_from_slice(&(name.len() as u64).to_le_bytes());
            out.extend_from_slice(name.as_bytes());
        }
        Key::U64(n) => out.extend_from_slice(&n.to_le_bytes()),
        Key::I64(n) => out.extend_from_slice(&n.to_le_bytes()),
        Key::U128(n) => out.extend_from_slice(&n.to_le_bytes()),
    }
}

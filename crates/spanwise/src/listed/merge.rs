//! Merging runs: always the row that is next in order.

use super::run::{Chunk, Chunks};
use super::settling::Settling;
use super::{Listed, RowOptions};
use spanwise_analyze::RowOrder;
use spanwise_model::table::{Cell, SortKey};
use spanwise_model::{Result, Table};
use std::cmp::Ordering;

/// A run that is being read.
struct Cursor<'m> {
    chunks: Chunks<'m>,
    chunk: Chunk,
    row: usize,
}

impl Cursor<'_> {
    fn order(&self) -> RowOrder {
        self.chunk.1[self.row]
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        self.chunk.0.columns()[column].data.cell(self.row)
    }

    /// Goes to the next row, if there is one.
    fn advance(&mut self, settling: &Settling<'_>) -> Result<bool> {
        self.row += 1;
        while self.row >= self.chunk.1.len() {
            let Some(chunk) = self.chunks.next() else {
                return Ok(false);
            };
            let (table, order) = chunk?;
            self.chunk = (settling.settled(table), order);
            self.row = 0;
        }
        Ok(true)
    }
}

/// The rows of runs in order, in chunks.
pub(super) struct Merge<'m> {
    settling: &'m Settling<'m>,
    /// The column that rows are sorted by, where it is not their own order.
    key: Option<(usize, SortKey<'m>)>,
    chunk_rows: usize,
    cursors: Vec<Cursor<'m>>,
    /// The cursors that have a row, by the order of these, the first one last.
    waiting: Vec<usize>,
}

impl<'m> Merge<'m> {
    /// Merges runs, each of which is sorted as the options say.
    pub(super) fn of(
        runs: impl Iterator<Item = Chunks<'m>>,
        settling: &'m Settling<'m>,
        options: &'m RowOptions,
        chunk_rows: usize,
    ) -> Result<Self> {
        let key = options.sort.as_deref().map(SortKey::parse);
        let mut merge = Self {
            settling,
            key: key.and_then(|key| Some((settling.columns().position(key.column)?, key))),
            chunk_rows,
            cursors: Vec::new(),
            waiting: Vec::new(),
        };
        for (at, chunks) in runs.enumerate() {
            let (chunk, row) = (Chunk::default(), 0);
            merge.cursors.push(Cursor { chunks, chunk, row });
            merge.advance(at)?;
        }
        Ok(merge)
    }

    /// Moves a cursor on, and lets it wait for its turn.
    fn advance(&mut self, cursor: usize) -> Result<()> {
        if self.cursors[cursor].advance(self.settling)? {
            let later = |&other: &usize| self.order(other, cursor) == Ordering::Greater;
            let place = self.waiting.partition_point(later);
            self.waiting.insert(place, cursor);
        }
        Ok(())
    }

    /// The order of the rows of two cursors.
    fn order(&self, a: usize, b: usize) -> Ordering {
        let (left, right) = (&self.cursors[a], &self.cursors[b]);
        let own = || left.order().cmp(&right.order()).then(a.cmp(&b));
        self.key.map_or_else(own, |(column, key)| {
            let order = key.order(left.cell(column), right.cell(column));
            order.then_with(own)
        })
    }

    fn take(&mut self) -> Result<Option<Chunk>> {
        if let [only] = self.waiting[..] {
            if self.cursors[only].row == 0 {
                return self.take_chunk(only).map(Some);
            }
        }
        let mut taken = (self.settling.columns().clone(), Vec::new());
        while taken.1.len() < self.chunk_rows {
            let Some(next) = self.waiting.pop() else {
                break;
            };
            let cursor = &self.cursors[next];
            taken.0.push_row(&cursor.chunk.0, cursor.row);
            taken.1.push(cursor.order());
            self.advance(next)?;
        }
        Ok(Some(taken).filter(|(_, order)| !order.is_empty()))
    }

    /// Takes a whole chunk of the only run that is left.
    fn take_chunk(&mut self, only: usize) -> Result<Chunk> {
        self.waiting.clear();
        let cursor = &mut self.cursors[only];
        let chunk = std::mem::take(&mut cursor.chunk);
        self.advance(only)?;
        Ok(chunk)
    }
}

impl Iterator for Merge<'_> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take().transpose()
    }
}

/// The rows of a listing in order, in tables.
pub struct Tables<'t> {
    merge: Merge<'t>,
    /// How many rows are still wanted.
    left: usize,
    /// The columns, where no table was given yet.
    columns: Option<&'t Table>,
}

impl<'t> Tables<'t> {
    pub(super) fn of(listed: &'t Listed<'_>) -> Result<Self> {
        let Listed {
            runs,
            settling,
            options,
            ..
        } = listed;
        let all = (0..runs.len()).map(|run| runs.chunks(run));
        Ok(Self {
            merge: Merge::of(all, settling, options, runs.chunk_rows())?,
            left: options.limit.unwrap_or(usize::MAX),
            columns: Some(settling.columns()),
        })
    }
}

impl Iterator for Tables<'_> {
    type Item = Result<Table>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = (self.left > 0).then(|| self.merge.next()).flatten();
        let columns = self.columns.take();
        let Some(chunk) = chunk else {
            return columns.cloned().map(Ok);
        };
        Some(chunk.map(|(table, order)| {
            let wanted = order.len().min(self.left);
            self.left -= wanted;
            match wanted < order.len() {
                true => table.head(wanted),
                false => table,
            }
        }))
    }
}

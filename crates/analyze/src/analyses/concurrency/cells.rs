//! The cells of one side of an instance: what begins and ends in each slice, of
//! each operation.
//!
//! Cells stand in a dense grid of slices and operations as long as that is not
//! much larger than the spans are many: most places are taken then, and none is
//! asked whether it is. Over a longer time those in which something begins or ends
//! stand in a list that is searched.

use super::ran::{AllSums, OwnSums, Ran, Spans, Sums};
use crate::analyses::slices::{rest_of_slice, slice_of, SLICE_NANO};

/// A grid may have so many places for each span, and some besides where it is no
/// longer than its side: of sides there may be as many as spans.
const PLACES_A_SPAN: u128 = 4;
const FREE_PLACES: u128 = 1 << 6;

/// Cells, whose memory is kept from one side to the next.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// The ranks of the operations that are there, ascending; and by rank the
    /// number of its column.
    ranks: Vec<u32>,
    columns: Vec<u32>,
    grid: Grid,
    /// By place of the grid.
    sums: Vec<Sums>,
    /// The same, where self times are told; or else nothing.
    own: Vec<OwnSums>,
}

/// Places by slice and column, in their order.
#[derive(Debug)]
enum Grid {
    /// All of them from a slice on.
    Dense { first: i64, columns: usize },
    /// Those that are needed.
    Sparse(Vec<(i64, u32)>),
}

impl Default for Grid {
    fn default() -> Self {
        Self::Sparse(Vec::new())
    }
}

impl Grid {
    #[inline]
    fn at(&self, slice: i64, column: u32) -> usize {
        match self {
            Self::Dense { first, columns } => (slice - first) as usize * columns + column as usize,
            Self::Sparse(places) => places.partition_point(|&place| place < (slice, column)),
        }
    }

    /// The slice and the column of a place.
    fn place(&self, at: usize) -> (i64, u32) {
        match self {
            Self::Dense { first, columns: 1 } => (first + at as i64, 0),
            Self::Dense { first, columns } => {
                (first + (at / columns) as i64, (at % columns) as u32)
            }
            Self::Sparse(places) => places[at],
        }
    }
}

/// Adds spans to cells. `place` tells the place of a time and a column, and how
/// long after it its slice is over.
#[inline]
fn sum(
    sums: &mut [Sums],
    spans: Spans<'_>,
    column: impl Fn(&Ran) -> u32,
    place: impl Fn(i64, u32) -> (usize, u64),
) {
    spans.iter().for_each(|ran| {
        let column = column(&ran);
        let (began, rest) = place(ran.start, column);
        let cell = &mut sums[began];
        cell.begin(rest, ran.duration);
        if ran.duration < rest {
            let lasted = ran.end().wrapping_sub(ran.start) as u64;
            cell.end(rest - lasted);
        } else {
            let (over, rest) = place(ran.end(), column);
            sums[over].end(rest);
        }
    });
}

impl Cells {
    /// Takes the cells of these spans: each has a rank less than `ranks`, and a
    /// self time where these are told.
    pub(super) fn fill(
        &mut self,
        spans: Spans<'_>,
        ranks: usize,
        rank: impl Fn(&Ran) -> u32,
        own_nano: Option<impl Fn(&Ran) -> u64>,
    ) {
        match ranks {
            1 => self.take_one_rank(),
            _ => self.rank(spans, ranks, &rank),
        }
        let places = self.lay_out(spans, &rank);
        self.sums.clear();
        self.sums.resize(places, Sums::default());
        let (sums, columns) = (self.sums.as_mut_slice(), &self.columns);
        let column = |ran: &Ran| columns[rank(ran) as usize];
        match &self.grid {
            Grid::Dense { first, columns } => {
                let origin = first.wrapping_mul(SLICE_NANO as i64);
                sum(sums, spans, column, |nano, column| {
                    let nano = nano.wrapping_sub(origin) as u64;
                    let slice = nano / SLICE_NANO;
                    let rest = (slice + 1) * SLICE_NANO - nano;
                    (slice as usize * columns + column as usize, rest)
                });
            }
            grid @ Grid::Sparse(_) => sum(sums, spans, column, |nano, column| {
                let slice = slice_of(nano);
                (grid.at(slice, column), rest_of_slice(slice, nano))
            }),
        }
        self.own.clear();
        if let Some(own_nano) = own_nano {
            self.own.resize(places, OwnSums::default());
            for ran in spans.iter() {
                let column = self.columns[rank(&ran) as usize];
                let at = self.grid.at(slice_of(ran.start), column);
                self.own[at].add(own_nano(&ran));
            }
        }
    }

    /// Takes the only rank.
    fn take_one_rank(&mut self) {
        for numbers in [&mut self.ranks, &mut self.columns] {
            numbers.clear();
            numbers.push(0);
        }
    }

    /// Takes the ranks that are there.
    fn rank(&mut self, spans: Spans<'_>, ranks: usize, rank: impl Fn(&Ran) -> u32) {
        for rank in self.ranks.drain(..) {
            self.columns[rank as usize] = 0;
        }
        self.columns.resize(ranks, 0);
        for rank in spans.iter().map(|ran| rank(&ran)) {
            let column = &mut self.columns[rank as usize];
            if std::mem::replace(column, 1) == 0 {
                self.ranks.push(rank);
            }
        }
        self.ranks.sort_unstable();
        for (column, &rank) in (0..).zip(&self.ranks) {
            self.columns[rank as usize] = column;
        }
    }

    /// Lays the places out for the slices in which these spans begin and end, and
    /// tells how many there are.
    fn lay_out(&mut self, spans: Spans<'_>, rank: impl Fn(&Ran) -> u32) -> usize {
        let dense = self.lay_out_dense(spans, spans.between, 0);
        let dense = dense.or_else(|| self.lay_out_dense(spans, spans.ends(), FREE_PLACES));
        if let Some(places) = dense {
            return places;
        }
        let both = |ran: Ran| {
            let column = self.columns[rank(&ran) as usize];
            ran.slices().map(|slice| (slice, column))
        };
        let mut places: Vec<(i64, u32)> = spans.iter().flat_map(both).collect();
        places.sort_unstable();
        places.dedup();
        let count = places.len();
        self.grid = Grid::Sparse(places);
        count
    }

    /// Lays all places out between two times, if they are not too many: so many are
    /// free.
    fn lay_out_dense(&mut self, spans: Spans<'_>, between: [i64; 2], free: u128) -> Option<usize> {
        let [first, last] = between.map(slice_of);
        let columns = self.ranks.len();
        let slices = (i128::from(last) - i128::from(first) + 1).max(0) as u128;
        let places = slices.saturating_mul(columns as u128);
        if places > spans.len() as u128 * PLACES_A_SPAN + free {
            return None;
        }
        self.grid = Grid::Dense { first, columns };
        Some(places as usize)
    }

    /// The ranks of the operations that are there.
    pub(super) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// All cells by slice and rank.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, u32, AllSums<'_>)> {
        let taken = self.sums.iter().enumerate();
        let taken = taken.filter(|(_, sums)| !sums.is_empty());
        taken.map(|(at, sums)| {
            let (slice, column) = self.grid.place(at);
            let own = self.own.get(at).copied().unwrap_or_default();
            (slice, self.ranks[column as usize], AllSums { sums, own })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyses::concurrency::ran::Side;
    use crate::analyses::concurrency::{
        ARRIVALS, COMPLETIONS, REST_OF_ARRIVALS, REST_OF_COMPLETIONS,
    };

    const SLICE: i64 = 100_000_000;

    /// The cells of spans: starts, durations and ranks, the same whether or not
    /// others begin before them or end behind them.
    fn fill(cells: &mut Cells, spans: &[(i64, u64, u32)]) {
        let mut side = Side::default();
        let durations: Vec<u64> = spans.iter().map(|span| span.1).collect();
        for (row, &(start, duration, _)) in (0..).zip(spans) {
            let ran = Ran {
                start,
                duration,
                row,
            };
            side.push_if(true, ran);
        }
        let rank = |ran: &Ran| spans[ran.row as usize].2;
        let own = side.among(&durations, [0, 0]).ends();
        let more = [own[0].saturating_sub(SLICE), own[1].saturating_add(SLICE)];
        let mut before = None;
        for between in [own, more, [i64::MIN, i64::MAX]] {
            let spans = side.among(&durations, between);
            cells.fill(spans, 4, rank, None::<fn(&Ran) -> u64>);
            let found = found(cells);
            assert_eq!(*before.get_or_insert_with(|| found.clone()), found);
        }
    }

    /// Slice, rank, and what begins and ends in it.
    fn found(cells: &Cells) -> Vec<(i64, u32, i128, i128)> {
        let cells = cells.iter().map(|(slice, rank, sums)| {
            let numbers = sums.numbers();
            (slice, rank, numbers[ARRIVALS], numbers[COMPLETIONS])
        });
        cells.collect()
    }

    #[test]
    fn spans_of_several_slices_begin_and_end() {
        let mut cells = Cells::default();
        fill(&mut cells, &[(0, 250_000_000, 3), (250_000_000, 0, 1)]);
        assert_eq!(found(&cells), [(0, 3, 1, 0), (2, 1, 1, 1), (2, 3, 0, 1)]);
        let rests = cells.iter().map(|(_, _, sums)| {
            let numbers = sums.numbers();
            [numbers[REST_OF_ARRIVALS], numbers[REST_OF_COMPLETIONS]]
        });
        let rests: Vec<[i128; 2]> = rests.collect();
        assert_eq!(rests[0], [SLICE.into(), 0]);
        assert_eq!(rests[2], [0, i128::from(SLICE) / 2]);
        fill(&mut cells, &[]);
        assert!(found(&cells).is_empty() && cells.ranks().is_empty());
    }

    #[test]
    fn a_long_time_takes_no_more_room() {
        let mut cells = Cells::default();
        let spans = [(i64::MIN, u64::MAX, 0), (-1, 2, 1), (i64::MAX, 0, 0)];
        fill(&mut cells, &spans);
        assert_eq!(cells.sums.len(), 4);
        let (first, last) = (i64::MIN.div_euclid(SLICE), i64::MAX.div_euclid(SLICE));
        assert_eq!(
            found(&cells),
            [
                (first, 0, 1, 0),
                (-1, 1, 1, 0),
                (0, 1, 0, 1),
                (last, 0, 1, 2)
            ]
        );
    }
}

//! The operations of halves by the order of their names.

use super::graph::{Names, Operation};
use super::key;
use crate::analyses::operations::operation_names;
use crate::partial::{Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, SpanTable};

/// The codes of an operation's names.
type Codes = [u64; 3];

/// Operations in the order of their names; the first one is nobody.
#[derive(Debug, Default)]
pub(super) struct Operations<'a>(Vec<Names<'a>>);

impl<'a> Operations<'a> {
    /// Those of rows of a partial, and by row the place of that of the span and of
    /// that of its root.
    pub(super) fn read(partial: &'a Partial, rows: &[Row]) -> (Self, Vec<[Operation; 2]>) {
        let mut found = Found::default();
        found.number([0; 3]);
        let [own, root] = [key::OPERATION, key::ROOT].map(|from| partial.words_of(from..from + 3));
        let places = rows.iter().map(|&row| {
            let codes = |words: &[u64]| [0, 1, 2].map(|at| words[at]);
            [codes(own(row)), codes(root(row))].map(|codes| found.number(codes))
        });
        let mut places: Vec<[Operation; 2]> = places.collect();
        let named = found.all.iter().map(|codes| partial.names_of_codes(*codes));
        let (names, ranks) = in_order(&named.collect::<Vec<_>>());
        let rank = |number: u32| ranks[number as usize];
        places.iter_mut().for_each(|pair| *pair = pair.map(rank));
        (Self(names), places)
    }

    /// Those of a table, and the place of each by its number.
    pub(super) fn of_table(table: &'a SpanTable) -> (Self, Vec<Operation>) {
        let all = (0..table.operations.len() as u32).map(OperationId);
        let nobody = std::iter::once([""; 3]);
        let named = nobody.chain(all.map(|id| operation_names(table, id)));
        let (names, mut ranks) = in_order(&named.collect::<Vec<_>>());
        ranks.remove(0);
        (Self(names), ranks)
    }

    /// Service, name and kind.
    pub(super) fn names(&self, operation: Operation) -> Names<'a> {
        self.0[operation as usize]
    }
}

/// Names in their order, and by number the place there.
fn in_order<'a>(names: &[Names<'a>]) -> (Vec<Names<'a>>, Vec<Operation>) {
    let mut numbers: Vec<usize> = (0..names.len()).collect();
    numbers.sort_unstable_by_key(|&number| names[number]);
    let (mut sorted, mut ranks) = (Vec::with_capacity(names.len()), vec![0; names.len()]);
    for number in numbers {
        if sorted.last() != Some(&names[number]) {
            sorted.push(names[number]);
        }
        ranks[number] = sorted.len() as Operation - 1;
    }
    (sorted, ranks)
}

/// Operations by number as they are found.
#[derive(Debug, Default)]
struct Found {
    all: Vec<Codes>,
    index: FxHashMap<Codes, u32>,
    /// By code of a name: the last operation of that name, so that most are not
    /// looked for.
    last: Vec<Option<(Codes, u32)>>,
}

impl Found {
    #[inline]
    fn number(&mut self, codes: Codes) -> u32 {
        match self.last.get(codes[1] as usize) {
            Some(&Some((held, number))) if held == codes => number,
            _ => self.find(codes),
        }
    }

    #[cold]
    fn find(&mut self, codes: Codes) -> u32 {
        let next = self.all.len() as u32;
        let number = *self.index.entry(codes).or_insert(next);
        if number == next {
            self.all.push(codes);
        }
        let at = codes[1] as usize;
        self.last.resize(self.last.len().max(at + 1), None);
        self.last[at] = Some((codes, number));
        number
    }
}

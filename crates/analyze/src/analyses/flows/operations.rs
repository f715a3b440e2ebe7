//! The operations of halves by the order of their names.

use super::graph::{Names, Operation};
use super::key;
use crate::partial::{Partial, Row};
use rustc_hash::FxHashMap;

/// The codes of an operation's names.
type Codes = [u64; 3];

/// The operations of a partial in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Operations<'a> {
    names: Vec<Names<'a>>,
    /// By row in the order of keys: of the span, and of the root.
    places: Vec<[Operation; 2]>,
}

impl<'a> Operations<'a> {
    pub(super) fn read(partial: &'a Partial, rows: &[Row]) -> Self {
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
        Self { names, places }
    }

    /// Service, name and kind.
    pub(super) fn names(&self, operation: Operation) -> Names<'a> {
        self.names[operation as usize]
    }

    /// The operation of the span of the row at this place, and that of its root.
    pub(super) fn of(&self, at: usize) -> [Operation; 2] {
        self.places[at]
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

//! The numbers of one state column, of 128 bits where one of them needs as many
//! and of 64 until then.

use super::schema::Merge;

/// Numbers that merge.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    merge: Merge,
    cells: Cells,
}

#[derive(Clone, Debug)]
enum Cells {
    /// The outermost number stands for the identity of minima and maxima.
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl Numbers {
    /// No numbers.
    pub(super) fn new(merge: Merge) -> Self {
        Self {
            merge,
            cells: Cells::Narrow(Vec::new()),
        }
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, count: usize) {
        match &mut self.cells {
            Cells::Narrow(cells) => cells.reserve(count),
            Cells::Wide(cells) => cells.reserve(count),
        }
    }

    /// Appends the identity.
    pub(super) fn push_identity(&mut self) {
        self.push(identity(self.merge));
    }

    /// Appends a number.
    #[inline]
    pub(super) fn push(&mut self, number: i128) {
        match (&mut self.cells, narrow(self.merge, number)) {
            (Cells::Narrow(cells), Some(number)) => cells.push(number),
            (Cells::Narrow(_), None) => self.widen(|cells| cells.push(number)),
            (Cells::Wide(cells), _) => cells.push(number),
        }
    }

    /// The number at a row.
    #[inline]
    pub(super) fn get(&self, row: usize) -> i128 {
        match &self.cells {
            Cells::Narrow(cells) => wide(self.merge, cells[row]),
            Cells::Wide(cells) => cells[row],
        }
    }

    /// Merges a number into that of a row.
    #[inline]
    pub(super) fn add(&mut self, row: usize, number: i128) {
        let sum = combine(self.merge, self.get(row), number);
        match (&mut self.cells, narrow(self.merge, sum)) {
            (Cells::Narrow(cells), Some(sum)) => cells[row] = sum,
            (Cells::Narrow(_), None) => self.widen(|cells| cells[row] = sum),
            (Cells::Wide(cells), _) => cells[row] = sum,
        }
    }

    /// The same numbers in another order.
    pub(super) fn take(&mut self, rows: &[usize]) {
        match &mut self.cells {
            Cells::Narrow(cells) => *cells = rows.iter().map(|&row| cells[row]).collect(),
            Cells::Wide(cells) => *cells = rows.iter().map(|&row| cells[row]).collect(),
        }
    }

    /// Changes the numbers where one of them is to have 128 bits.
    #[cold]
    fn widen(&mut self, change: impl FnOnce(&mut Vec<i128>)) {
        let mut cells = (0..self.len()).map(|row| self.get(row)).collect();
        change(&mut cells);
        self.cells = Cells::Wide(cells);
    }

    fn len(&self) -> usize {
        match &self.cells {
            Cells::Narrow(cells) => cells.len(),
            Cells::Wide(cells) => cells.len(),
        }
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.get(row) == other.get(row))
    }
}

/// What new rows begin with.
fn identity(merge: Merge) -> i128 {
    match merge {
        Merge::Min => i128::MAX,
        Merge::Max => i128::MIN,
        _ => 0,
    }
}

/// What stands for the identity in 64 bits.
#[inline]
fn narrow_identity(merge: Merge) -> i64 {
    match merge {
        Merge::Min => i64::MAX,
        Merge::Max => i64::MIN,
        _ => 0,
    }
}

/// A number in 64 bits, where it fits and does not stand for something else.
#[inline]
fn narrow(merge: Merge, number: i128) -> Option<i64> {
    match i64::try_from(number) {
        Ok(narrow) if narrow != i64::MIN && narrow != i64::MAX => Some(narrow),
        _ => narrow_end(merge, number),
    }
}

/// The same where what stands for an identity may be meant.
fn narrow_end(merge: Merge, number: i128) -> Option<i64> {
    if number == identity(merge) {
        return Some(narrow_identity(merge));
    }
    let narrow = i64::try_from(number).ok()?;
    (narrow != narrow_identity(merge)).then_some(narrow)
}

#[inline]
fn wide(merge: Merge, number: i64) -> i128 {
    if number == narrow_identity(merge) {
        identity(merge)
    } else {
        number.into()
    }
}

#[inline]
fn combine(merge: Merge, a: i128, b: i128) -> i128 {
    match merge {
        Merge::Min => a.min(b),
        Merge::Max => a.max(b),
        _ => a.saturating_add(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [i128; 9] = [
        i128::MIN,
        i64::MIN as i128 - 1,
        i64::MIN as i128,
        -1,
        0,
        1,
        i64::MAX as i128,
        i64::MAX as i128 + 1,
        i128::MAX,
    ];

    #[test]
    fn their_width_does_not_show() {
        for merge in [Merge::Sum, Merge::Min, Merge::Max] {
            for first in EDGES {
                for second in EDGES {
                    let (mut numbers, mut expected) = (Numbers::new(merge), Vec::new());
                    numbers.push_identity();
                    expected.push(identity(merge));
                    for number in [7, first] {
                        numbers.push(number);
                        expected.push(number);
                    }
                    numbers.add(2, second);
                    expected[2] = combine(merge, first, second);
                    let held: Vec<i128> = (0..3).map(|row| numbers.get(row)).collect();
                    assert_eq!(held, expected, "{merge:?}");
                    numbers.take(&[2, 0, 1]);
                    assert_eq!(numbers.get(0), expected[2]);
                    let mut wide = numbers.clone();
                    wide.widen(|_| ());
                    assert!(wide == numbers);
                }
            }
        }
    }
}

//! The order of a span's attributes, as text: the numbers of their columns,
//! with a mark for each that stands among the others.

use super::keys::MOST_KEYS;
use super::leaf::{Cell, Leaf, NOWHERE};
use super::leaves::{Leaves, REQUIRED};
use super::physical::Text;
use super::Short;
use crate::json::write::push;
use crate::parquet::file::Stop;

/// The orders of rows. Those that repeat are read once.
pub(super) struct Orders<'f> {
    texts: Leaf<'f, Text>,
    /// By place.
    known: Vec<Option<Order>>,
    /// The last one that has no place.
    last: Order,
}

/// Where the attributes of a row stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub(super) steps: Vec<Step>,
    /// True where all stand in columns.
    pub(super) is_plain: bool,
    /// Its place in the dictionary.
    pub(super) place: u32,
}

impl<'f> Orders<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            texts: leaves.leaf(REQUIRED)?,
            known: Vec::new(),
            last: Order::default(),
        })
    }

    /// The order of the next row among so many columns.
    #[inline]
    pub(super) fn next(&mut self, columns: usize) -> Result<&Order, Stop> {
        let cell = self.texts.value().ok_or(Short)?;
        if cell.place == NOWHERE {
            self.last = order(cell, columns)?;
            return Ok(&self.last);
        }
        let place = cell.place as usize;
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        match &mut self.known[place] {
            Some(known) => Ok(known),
            slot => Ok(slot.insert(order(cell, columns)?)),
        }
    }
}

fn order(cell: Cell<&[u8]>, columns: usize) -> Result<Order, Stop> {
    let steps = read(cell.value, columns);
    let steps = steps.ok_or_else(|| Stop::broken("an order of attributes is none"))?;
    Ok(Order {
        is_plain: !steps.contains(&Step::Other),
        place: cell.place,
        steps,
    })
}

/// Where an attribute of a span stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// In the column of this number.
    Column(u16),
    /// Next among those that have no column.
    Other,
}

impl Step {
    /// The number of the column; one that no column has where there is none.
    #[inline(always)]
    pub(super) fn column(self) -> usize {
        match self {
            Self::Column(number) => usize::from(number),
            Self::Other => usize::MAX,
        }
    }
}

const OTHER: &str = "+";

/// Appends a step to an order.
pub(super) fn write(step: Step, order: &mut String) {
    if !order.is_empty() {
        order.push(' ');
    }
    match step {
        Step::Column(number) => push(order, format_args!("{number}")),
        Step::Other => order.push_str(OTHER),
    }
}

/// The steps of an order among so many columns, each of which it names at most
/// once; `None` where it is no such order.
fn read(order: &[u8], columns: usize) -> Option<Vec<Step>> {
    let order = std::str::from_utf8(order).ok()?;
    let mut named = [false; MOST_KEYS];
    let named = named.get_mut(..columns)?;
    let words = order.split(' ').filter(|_| !order.is_empty());
    words
        .map(|word| match word {
            OTHER => Some(Step::Other),
            word => {
                let number: u16 = word.parse().ok()?;
                let named = named.get_mut(usize::from(number))?;
                (!std::mem::replace(named, true)).then_some(Step::Column(number))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_comes_back() {
        let steps = [Step::Column(5), Step::Other, Step::Other, Step::Column(0)];
        for count in 0..=steps.len() {
            let mut text = String::new();
            steps[..count]
                .iter()
                .for_each(|&step| write(step, &mut text));
            let back = read(text.as_bytes(), 6).expect("an order");
            assert_eq!(back, steps[..count], "{text}");
        }
    }

    #[test]
    fn what_is_no_order_is_told() {
        for text in ["0 0", "6", "-1", "x", " ", "0 ", "65536"] {
            assert!(read(text.as_bytes(), 6).is_none(), "{text}");
        }
        assert!(read(&[0xff], 6).is_none());
        assert!(read(b"", MOST_KEYS + 1).is_none());
    }
}

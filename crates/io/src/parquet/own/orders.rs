//! The orders of rows, and what an order makes of a row.

use super::column::Column;
use super::leaf::{Cell, Leaf};
use super::leaves::{Leaves, REQUIRED};
use super::order::{ReadOrder, Step};
use super::physical::Text;
use super::ready::NOWHERE;
use super::Short;
use crate::parquet::file::Stop;
use spanwise_model::SpelledRows;

/// The orders of rows. Those that repeat are read once.
pub(super) struct Orders<'f> {
    texts: Leaf<'f, Text>,
    read: ReadOrder,
    /// By place.
    known: Vec<Option<Order>>,
    /// The last one that has no place.
    last: Order,
}

/// Where the attributes of a row stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub(super) steps: Vec<Step>,
    /// The same, where all stand in columns or here: what becomes of a row.
    pub(super) legs: Vec<Leg>,
    /// True where all stand in columns or here.
    pub(super) is_plain: bool,
    /// Its place in the dictionary.
    pub(super) place: u32,
}

/// Steps that are gone at once.
#[derive(Clone, Debug)]
pub(super) enum Leg {
    /// Values that the order gives.
    Given(SpelledRows),
    /// The next value of the column of this number.
    Column(u16),
}

impl<'f> Orders<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>, read: ReadOrder) -> Option<Self> {
        Some(Self {
            texts: leaves.leaf(REQUIRED)?,
            read,
            known: Vec::new(),
            last: Order::default(),
        })
    }

    /// The order of the next row among these columns.
    #[inline]
    pub(super) fn next(&mut self, columns: &mut [Column<'_>]) -> Result<&Order, Stop> {
        let cell = self.texts.value().ok_or(Short)?;
        if cell.place == NOWHERE {
            self.last = order(cell, self.read, columns)?;
            return Ok(&self.last);
        }
        let place = cell.place as usize;
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        match &mut self.known[place] {
            Some(known) => Ok(known),
            slot => Ok(slot.insert(order(cell, self.read, columns)?)),
        }
    }
}

#[cold]
fn order(cell: Cell<&[u8]>, read: ReadOrder, columns: &mut [Column<'_>]) -> Result<Order, Stop> {
    let steps = read(cell.value, columns.len());
    let steps = steps.ok_or_else(|| Stop::broken("an order of attributes is none"))?;
    for step in &steps {
        if let Some(column) = columns.get_mut(step.column()) {
            column.is_given |= matches!(step, Step::Given(..));
            column.is_stepped_on |= matches!(step, Step::Column(_));
        }
    }
    Ok(Order {
        is_plain: !steps.contains(&Step::Other),
        place: cell.place,
        legs: legs(&steps, columns),
        steps,
    })
}

fn legs(steps: &[Step], columns: &[Column<'_>]) -> Vec<Leg> {
    let (mut legs, mut rows) = (Vec::new(), SpelledRows::default());
    for step in steps {
        let column = columns.get(step.column());
        match (step, column) {
            (Step::Given(_, given), Some(column)) if column.is_kept => {
                let _is_spelled = rows.push(column.key, given.value());
            }
            (&Step::Column(number), _) => {
                if !rows.is_empty() {
                    legs.push(Leg::Given(std::mem::take(&mut rows)));
                }
                legs.push(Leg::Column(number));
            }
            _ => {}
        }
    }
    if !rows.is_empty() {
        legs.push(Leg::Given(rows));
    }
    legs
}

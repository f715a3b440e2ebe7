//! Attributes of spans, which follow the steps of their order.

use super::cells::Said;
use super::column::Column;
use super::leaves::Leaves;
use super::order::{Given, ReadOrder, Step};
use super::orders::{Leg, Order, Orders};
use super::others::Others;
use super::ready::NOWHERE;
use super::trails::Trails;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::{EvidenceId, Result, SpanBatch, Symbol};

/// Attributes of rows.
pub(super) struct Attributes<'f> {
    orders: Orders<'f>,
    others: Others<'f>,
    columns: Vec<Column<'f>>,
    trails: Trails,
    /// How many attributes there may still be.
    left: u64,
}

impl<'f> Attributes<'f> {
    /// Takes the columns of attributes; nothing inside where one is of another
    /// type, or claims too much.
    pub(super) fn of(
        leaves: &mut Leaves<'f>,
        read: ReadOrder,
        open: &mut Open<'_>,
    ) -> Result<Option<Self>> {
        let (orders, others) = (Orders::of(leaves, read), Others::of(leaves));
        let mut columns = Vec::new();
        while let Some(key) = leaves.next_name() {
            let key = open.intern(key)?;
            let Some(column) = Column::of(leaves, key, open.batch.key_use(key)) else {
                return Ok(None);
            };
            columns.push(column);
        }
        let both = orders.zip(others);
        Ok(both.map(|(orders, others)| Self {
            orders,
            others,
            columns,
            trails: Trails::default(),
            left: leaves.values(),
        }))
    }

    /// Adds those of the next row, which has this name.
    #[inline(always)]
    pub(super) fn next(&mut self, name: Symbol, open: &mut Open<'_>) -> Result<(), Stop> {
        let order = self.orders.next(&mut self.columns)?;
        self.others.begin()?;
        self.left = self
            .left
            .checked_sub(order.steps.len() as u64)
            .ok_or_else(too_many)?;
        if !order.is_plain {
            self.trails.begin(NOWHERE);
            follow(order, &mut self.columns, &mut self.others, open)?;
            return self.others.end();
        }
        self.trails.begin(order.place);
        for leg in &order.legs {
            match leg {
                Leg::Given(rows) => open.batch.rows_spelled(rows),
                &Leg::Column(number) => {
                    if let Some(column) = self.columns.get_mut(usize::from(number)) {
                        column.next(&mut self.trails, open.batch)?;
                    }
                }
            }
        }
        match self.trails.evidence() {
            Some(evidence) => open.batch.add_evidence(evidence),
            None => say(name, order, &self.columns, open.batch),
        }
        self.others.end()
    }

    /// Learns what the last row said, which is in the set of `evidence`.
    #[inline]
    pub(super) fn learn(&mut self, evidence: EvidenceId) {
        self.trails.learn(evidence);
    }

    /// True where nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.columns.iter().all(Column::is_over)
    }
}

fn too_many() -> Stop {
    Stop::broken("more attributes than can be")
}

/// Adds attributes of which some have no column.
fn follow(
    order: &Order,
    columns: &mut [Column<'_>],
    others: &mut Others<'_>,
    open: &mut Open<'_>,
) -> Result<(), Stop> {
    for step in &order.steps {
        let Some(column) = columns.get_mut(step.column()) else {
            others.next(open)?;
            continue;
        };
        if let Step::Column(_) = step {
            column.pass()?;
        }
        match said(step, column) {
            Some(Said::Text(text)) => open.batch.attribute_of_bytes(column.key, text),
            Some(Said::Other(value)) => open.batch.attribute_of(column.key, value),
            None => {
                open.batch.note_key(column.key);
            }
        }
    }
    Ok(())
}

/// Says what is not known of a row that has an order like this.
#[inline(never)]
fn say(name: Symbol, order: &Order, columns: &[Column<'_>], batch: &mut SpanBatch) {
    batch.expect_name(name);
    for step in &order.steps {
        let Some(column) = columns.get(step.column()) else {
            continue;
        };
        batch.note_key(column.key);
        match said(step, column).filter(|_| column.is_evidence) {
            Some(Said::Text(text)) => batch.evidence_of_bytes(column.key, text),
            Some(Said::Other(value)) => batch.evidence_of(column.key, value),
            None => {}
        }
    }
}

/// What a step that has a column says, which was passed; `None` where nobody
/// wants it.
fn said<'s, 'f: 's>(step: &'s Step, column: &Column<'f>) -> Option<Said<'s>> {
    match step {
        Step::Given(_, Given::Text(text)) => Some(Said::Text(text.as_bytes())),
        Step::Given(_, Given::Other(value)) => Some(Said::Other(*value)),
        Step::Column(_) | Step::Other => column.last(),
    }
}

//! Attributes of spans, which follow the steps of their order.

use super::leaf::{Leaf, NOWHERE};
use super::leaves::{Leaves, OPTIONAL};
use super::order::{Order, Orders};
use super::others::Others;
use super::physical::{Double, Flag, Long, Text};
use super::trails::Trails;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;
use parquet::basic::Type;
use spanwise_model::{EvidenceId, Result, SpanBatch, Symbol, Value};

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
    pub(super) fn of(leaves: &mut Leaves<'f>, open: &mut Open<'_>) -> Result<Option<Self>> {
        let (orders, others) = (Orders::of(leaves), Others::of(leaves));
        let mut columns = Vec::new();
        while let Some(key) = leaves.next_name() {
            let key = open.intern(key)?;
            let key_use = open.batch.key_use(key);
            let Some(cells) = Cells::of(leaves, key_use.is_read()) else {
                return Ok(None);
            };
            let is_kept = key_use.is_kept();
            let is_evidence = key_use.is_evidence();
            columns.push(Column {
                key,
                cells,
                is_kept,
                is_evidence,
            });
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
        let order = self.orders.next(self.columns.len())?;
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
        for &step in &order.steps {
            let Some(column) = self.columns.get_mut(step.column()) else {
                continue;
            };
            column.next(&mut self.trails, open.batch)?;
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
        self.columns.iter().all(|column| column.cells.is_over())
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
    for &step in &order.steps {
        let Some(column) = columns.get_mut(step.column()) else {
            others.next(open)?;
            continue;
        };
        column.cells.pass().ok_or(Short)?;
        match column.cells.last() {
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
    let steps = order.steps.iter();
    for column in steps.filter_map(|step| columns.get(step.column())) {
        batch.note_key(column.key);
        match column.cells.last().filter(|_| column.is_evidence) {
            Some(Said::Text(text)) => batch.evidence_of_bytes(column.key, text),
            Some(Said::Other(value)) => batch.evidence_of(column.key, value),
            None => {}
        }
    }
}

/// The values of a key.
struct Column<'f> {
    key: Symbol,
    cells: Cells<'f>,
    is_kept: bool,
    is_evidence: bool,
}

impl Column<'_> {
    /// Adds the next value, if it is kept, to the rows of the open record, and
    /// goes on behind it.
    #[inline(always)]
    fn next(&mut self, trails: &mut Trails, batch: &mut SpanBatch) -> Result<(), Short> {
        let place = match &mut self.cells {
            Cells::Texts(texts) => {
                let cell = texts.value().ok_or(Short)?;
                if self.is_kept {
                    batch.row_of_bytes(self.key, cell.value);
                }
                cell.place
            }
            Cells::Ints(ints) => {
                let cell = ints.value().ok_or(Short)?;
                if self.is_kept {
                    batch.row(self.key, Value::Int(cell.value));
                }
                cell.place
            }
            Cells::Unread => return Ok(()),
            cells => {
                cells.pass().ok_or(Short)?;
                if let Some(Said::Other(value)) = cells.last().filter(|_| self.is_kept) {
                    batch.row(self.key, value);
                }
                NOWHERE
            }
        };
        if self.is_evidence {
            trails.go(place);
        }
        Ok(())
    }
}

/// Values of a type.
enum Cells<'f> {
    Texts(Leaf<'f, Text>),
    Ints(Leaf<'f, Long>),
    Doubles(Leaf<'f, Double>),
    Flags(Leaf<'f, Flag>),
    /// Nobody wants them.
    Unread,
}

/// A value that a span has of an attribute.
#[derive(Clone, Copy, Debug)]
enum Said<'f> {
    /// Bytes that should be UTF-8.
    Text(&'f [u8]),
    Other(Value<'static>),
}

impl<'f> Cells<'f> {
    fn of(leaves: &mut Leaves<'f>, is_read: bool) -> Option<Self> {
        if !is_read {
            leaves.skip();
            return Some(Self::Unread);
        }
        Some(match leaves.next_type()? {
            Type::BYTE_ARRAY => Self::Texts(leaves.leaf(OPTIONAL)?),
            Type::INT64 => Self::Ints(leaves.leaf(OPTIONAL)?),
            Type::DOUBLE => Self::Doubles(leaves.leaf(OPTIONAL)?),
            Type::BOOLEAN => Self::Flags(leaves.leaf(OPTIONAL)?),
            _ => return None,
        })
    }

    /// Goes on behind the next value; `None` where there is none.
    fn pass(&mut self) -> Option<()> {
        match self {
            Self::Texts(texts) => texts.value().map(drop),
            Self::Ints(ints) => ints.value().map(drop),
            Self::Doubles(doubles) => doubles.value().map(drop),
            Self::Flags(flags) => flags.value().map(drop),
            Self::Unread => Some(()),
        }
    }

    /// The last value; `None` where nobody wants it.
    fn last(&self) -> Option<Said<'f>> {
        Some(match self {
            Self::Texts(texts) => Said::Text(texts.last()?),
            Self::Ints(ints) => Said::Other(Value::Int(ints.last()?)),
            Self::Doubles(doubles) => Said::Other(Value::Double(doubles.last()?)),
            Self::Flags(flags) => Said::Other(Value::Bool(flags.last()?)),
            Self::Unread => return None,
        })
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Texts(texts) => texts.is_over(),
            Self::Ints(ints) => ints.is_over(),
            Self::Doubles(doubles) => doubles.is_over(),
            Self::Flags(flags) => flags.is_over(),
            Self::Unread => true,
        }
    }
}

//! A row of a table: cells become a record.

use super::attributes::{Sink, Target};
use super::cell::{word, Cell};
use super::draft::Draft;
use super::events::{count, side_by_side, structures, Kind};
use super::field::{Field, Form, Member, Owner, Typed, Unit};
use crate::decimal::Fit;
use crate::flaws::Flaw;
use crate::json::{Open, Rooms};
use spanwise_model::{Result, SpanKind, StatusCode, Symbol, Value};

/// A row that is read cell by cell, in whatever order.
pub(crate) struct Row<C> {
    draft: Draft,
    /// Cells that say something only together with others.
    pairs: Vec<(Owner, Typed, Option<C>, Option<C>)>,
    events: Vec<(Member, C)>,
    links: Vec<(Member, C)>,
    /// The service that attributes of the resource name.
    named: Option<Symbol>,
}

impl<C> Default for Row<C> {
    fn default() -> Self {
        Self {
            draft: Draft::default(),
            pairs: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            named: None,
        }
    }
}

impl<'a, C: Cell<'a>> Row<C> {
    /// Takes what the cell of a column says.
    pub(crate) fn take(
        &mut self,
        (field, unit): (Field, Option<Unit>),
        cell: C,
        open: &mut Open<'_>,
        rooms: &mut Rooms,
    ) -> Result<()> {
        match field {
            Field::Start => self.draft.start = time(cell, unit, open, rooms),
            Field::End => self.draft.end = time(cell, unit, open, rooms),
            Field::Duration => self.draft.duration = time(cell, unit, open, rooms),
            Field::Attributes(owner, Form::Whole) => {
                self.attributes(owner, None, open, |sink| sink.whole(cell, rooms))?;
            }
            Field::Attributes(owner, Form::Keys(typed)) => {
                *self.pair(owner, typed).0 = Some(cell);
            }
            Field::Attributes(owner, Form::Values(typed)) => {
                *self.pair(owner, typed).1 = Some(cell);
            }
            Field::Events => self.draft.inside += structures(cell, Kind::Event, open, rooms)?,
            Field::Links => self.draft.inside += structures(cell, Kind::Link, open, rooms)?,
            Field::EventPart(member) => self.events.push((member, cell)),
            Field::LinkPart(member) => self.links.push((member, cell)),
            field => self.draft.take(field, cell.value(rooms), open)?,
        }
        Ok(())
    }

    /// Takes a cell that is an attribute by itself.
    pub(crate) fn attribute(&self, key: Symbol, cell: C, open: &mut Open<'_>, rooms: &mut Rooms) {
        let value = cell.value(rooms);
        if value != Value::Empty {
            open.batch.attribute_of(key, value);
        }
    }

    /// Closes the record; false where the row is no span and was dropped.
    pub(crate) fn close(mut self, open: &mut Open<'_>, rooms: &mut Rooms) -> Result<bool> {
        for (owner, typed, keys, values) in std::mem::take(&mut self.pairs) {
            let (Some(keys), Some(values)) = (keys, values) else {
                continue;
            };
            self.attributes(owner, Some(typed), open, |sink| {
                zipped(sink, (keys, values), rooms)
            })?;
        }
        self.draft.inside += side_by_side(&self.events, Kind::Event, open, rooms)?;
        self.draft.inside += side_by_side(&self.links, Kind::Link, open, rooms)?;
        if self.draft.service == Symbol::EMPTY {
            self.draft.service = self.named.unwrap_or_default();
        }
        if !self.draft.has_id() {
            open.abandon();
            return Ok(false);
        }
        self.draft.close(open)?;
        Ok(true)
    }

    fn pair(&mut self, owner: Owner, typed: Typed) -> (&mut Option<C>, &mut Option<C>) {
        let found = self
            .pairs
            .iter()
            .position(|pair| (pair.0, pair.1) == (owner, typed));
        let at = found.unwrap_or_else(|| {
            self.pairs.push((owner, typed, None, None));
            self.pairs.len() - 1
        });
        let (_, _, keys, values) = &mut self.pairs[at];
        (keys, values)
    }

    fn attributes(
        &mut self,
        owner: Owner,
        typed: Option<Typed>,
        open: &mut Open<'_>,
        put: impl FnOnce(&mut Sink<'_, '_>) -> Result<()>,
    ) -> Result<()> {
        let mut sink = Sink {
            open,
            target: Target::Of(owner),
            typed,
            service: None,
        };
        put(&mut sink)?;
        self.named = sink.service.or(self.named);
        Ok(())
    }
}

/// Puts attributes of one type, whose keys and values stand side by side.
fn zipped<'a, C: Cell<'a>>(
    sink: &mut Sink<'_, '_>,
    (keys, values): (C, C),
    rooms: &mut Rooms,
) -> Result<()> {
    let (keys, values) = (keys.items(), values.items());
    let pairs = keys
        .unwrap_or_default()
        .into_iter()
        .zip(values.unwrap_or_default());
    for (key, value) in pairs {
        sink.typed(key, value, rooms)?;
    }
    Ok(())
}

fn time<'a, C: Cell<'a>>(
    cell: C,
    unit: Option<Unit>,
    open: &mut Open<'_>,
    rooms: &mut Rooms,
) -> Option<i64> {
    let Some((nanos, fit)) = cell.nanos(unit, rooms) else {
        if !matches!(cell.value(rooms), Value::Empty | Value::Str("")) {
            open.flaw(Flaw::Malformed);
        }
        return None;
    };
    if fit == Fit::Clipped {
        open.flaw(Flaw::TimeOutOfRange);
    }
    Some(nanos)
}

impl Draft {
    /// Takes a field that is one value.
    fn take(&mut self, field: Field, value: Value<'_>, open: &mut Open<'_>) -> Result<()> {
        match field {
            Field::TraceId => self.trace_id = open.trace_id_of(value),
            Field::SpanId => self.span_id = open.span_id_of(value),
            Field::ParentId => self.parent_id = open.span_id_of(value),
            Field::Operation => {
                self.name = open.intern(&word(value))?;
                open.batch.expect_name(self.name);
            }
            Field::Service => self.service = open.intern(&word(value))?,
            Field::Instance if value != Value::Empty => {
                let key = open.intern("service.instance.id")?;
                open.batch.resources.push(key, value);
            }
            Field::ScopeName => self.scope.0 = open.intern(&word(value))?,
            Field::ScopeVersion => self.scope.1 = open.intern(&word(value))?,
            Field::TraceState => text(value, open, |open, text| open.batch.trace_state(text))?,
            Field::StatusMessage => {
                text(value, open, |open, text| open.batch.status_message(text))?;
            }
            Field::Flags => self.flags = count(value) as u32,
            Field::Kind => self.kind = kind(value, open),
            Field::Status => self.status = status(value, open),
            Field::StatusError => self.error = value.as_bool(),
            Field::DroppedAttributes => self.dropped[0] += count(value),
            Field::DroppedEvents => self.dropped[1] += count(value),
            Field::DroppedLinks => self.dropped[2] += count(value),
            _ => {}
        }
        Ok(())
    }
}

fn text(
    value: Value<'_>,
    open: &mut Open<'_>,
    set: impl FnOnce(&mut Open<'_>, &str),
) -> Result<()> {
    let text = word(value);
    open.batch.guard.check_text(text.len())?;
    set(open, &text);
    Ok(())
}

/// A kind by its name or OTLP's number.
fn kind(value: Value<'_>, open: &mut Open<'_>) -> SpanKind {
    let known = match (value, value.as_int()) {
        (Value::Empty | Value::Str("") | Value::Bytes([]), _) => return SpanKind::Unspecified,
        (_, Some(number)) => SpanKind::from_number(number),
        (value, None) => SpanKind::from_name(&word(value)),
    };
    known.unwrap_or_else(|| {
        open.flaw(Flaw::UnknownEnum);
        SpanKind::Unspecified
    })
}

/// A status by its name or OTLP's number.
fn status(value: Value<'_>, open: &mut Open<'_>) -> StatusCode {
    let known = match (value, value.as_int()) {
        (Value::Empty | Value::Str("") | Value::Bytes([]), _) => return StatusCode::Unset,
        (_, Some(number)) => StatusCode::from_number(number),
        (value, None) => StatusCode::from_name(&word(value)),
    };
    known.unwrap_or_else(|| {
        open.flaw(Flaw::UnknownEnum);
        StatusCode::Unset
    })
}

//! The values of an attribute by the type that its column has.

use super::held::Held;
use super::leaves::{Leaves, OPTIONAL};
use super::physical::{Double, Flag, Long, Physical, Text};
use super::ready::{Among, Ready};
use parquet::basic::Type;
use spanwise_model::{Spelled, Symbol, Value};

/// A value that a span has of an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'f> {
    /// Bytes that should be UTF-8.
    Text(&'f [u8]),
    Other(Value<'static>),
}

/// The values of a column, of whatever type.
pub(super) trait Cells<'f> {
    /// See [`Held::make_ready`].
    fn make_ready(&mut self, ready: &mut Ready) -> Option<()>;

    /// See [`Held::learned`].
    fn learned(&self) -> usize;

    /// See [`Held::is_over`].
    fn is_over(&self) -> bool;

    /// A value that is held.
    fn value(&self, among: Among, place: u32) -> Option<Said<'f>>;

    /// No value of this key, but room for them as a batch has them.
    fn spelled(&self, key: Symbol) -> Spelled;

    /// Adds the values that are held to these.
    fn spell(&self, among: Among, to: &mut Spelled) -> Option<()>;
}

/// The next column, whose values some want; `None` where it is of a type that
/// attributes have not, or does not stand in the file.
pub(super) fn of<'f>(leaves: &mut Leaves<'f>) -> Option<Box<dyn Cells<'f> + 'f>> {
    Some(match leaves.next_type()? {
        Type::BYTE_ARRAY => Box::new(held::<Text>(leaves)?),
        Type::INT64 => Box::new(held::<Long>(leaves)?),
        Type::DOUBLE => Box::new(held::<Double>(leaves)?),
        Type::BOOLEAN => Box::new(held::<Flag>(leaves)?),
        _ => return None,
    })
}

fn held<'f, P: Physical>(leaves: &mut Leaves<'f>) -> Option<Held<'f, P>> {
    leaves.pages::<P>(OPTIONAL).map(Held::new)
}

/// A type that values of attributes have.
trait Attribute: Physical {
    fn said<'f>(value: Self::Value<'f>) -> Said<'f>;

    fn spelled(key: Symbol) -> Spelled;
}

impl<'f, P: Attribute> Cells<'f> for Held<'f, P> {
    fn make_ready(&mut self, ready: &mut Ready) -> Option<()> {
        self.make_ready(ready)
    }

    fn learned(&self) -> usize {
        self.learned()
    }

    fn is_over(&self) -> bool {
        self.is_over()
    }

    fn value(&self, among: Among, place: u32) -> Option<Said<'f>> {
        let value = self.values(among).get(place as usize)?;
        Some(P::said(*value))
    }

    fn spelled(&self, key: Symbol) -> Spelled {
        P::spelled(key)
    }

    fn spell(&self, among: Among, to: &mut Spelled) -> Option<()> {
        let mut values = self.values(among).iter();
        values.try_for_each(|&value| match P::said(value) {
            Said::Text(text) => to.push_text(text),
            Said::Other(value) => to.push(value),
        })
    }
}

impl Attribute for Text {
    fn said<'f>(value: Self::Value<'f>) -> Said<'f> {
        Said::Text(value)
    }

    fn spelled(key: Symbol) -> Spelled {
        Spelled::texts(key)
    }
}

impl Attribute for Long {
    fn said<'f>(value: Self::Value<'f>) -> Said<'f> {
        Said::Other(Value::Int(value))
    }

    fn spelled(key: Symbol) -> Spelled {
        Spelled::ints(key)
    }
}

impl Attribute for Double {
    fn said<'f>(value: Self::Value<'f>) -> Said<'f> {
        Said::Other(Value::Double(value))
    }

    fn spelled(key: Symbol) -> Spelled {
        Spelled::doubles(key)
    }
}

impl Attribute for Flag {
    fn said<'f>(value: Self::Value<'f>) -> Said<'f> {
        Said::Other(Value::Bool(value))
    }

    fn spelled(key: Symbol) -> Spelled {
        Spelled::flags(key)
    }
}

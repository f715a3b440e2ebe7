//! The order of a span's attributes, as text: an object of JSON with the numbers
//! of their columns, and a mark for each that stands among the others.
//!
//! A value that few orders have stands beside its number
//! ([`super::given`]), `null` beside the others. In layout 2 there were numbers
//! and marks with blanks between.

use super::keys::MOST_KEYS;
use super::object;
use crate::json::write::push;
use spanwise_model::Value;

/// Reads the steps of an order among so many columns, each of which it names at
/// most once; `None` where it is no such order.
pub(super) type ReadOrder = fn(&[u8], usize) -> Option<Vec<Step>>;

/// How orders of a layout are read; `None` for one that is not known.
pub(super) fn reader(layout: &str) -> Option<ReadOrder> {
    match layout {
        "2" => Some(read_words),
        super::LAYOUT => Some(read),
        _ => None,
    }
}

/// Where an attribute of a span stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// In the column of this number.
    Column(u16),
    /// There, and here too.
    Given(u16, Given),
    /// Next among those that have no column.
    Other,
}

/// A value that an order gives.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    Text(Box<str>),
    Other(Value<'static>),
}

impl Given {
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Str(text),
            Self::Other(value) => *value,
        }
    }
}

impl Step {
    /// The number of the column; one that no column has where there is none.
    pub(super) fn column(&self) -> usize {
        match self {
            Self::Column(number) | Self::Given(number, _) => usize::from(*number),
            Self::Other => usize::MAX,
        }
    }
}

const OTHER: &str = "+";

/// Appends an attribute to an order: the number of its column, if it has one,
/// and its value, if the order gives it.
pub(super) fn write(column: Option<u16>, given: Option<Value<'_>>, order: &mut String) {
    order.push(if order.is_empty() { '{' } else { ',' });
    match column {
        Some(number) => push(order, format_args!("\"{number}\":")),
        None => push(order, format_args!("\"{OTHER}\":")),
    }
    object::push_value(given.unwrap_or(Value::Empty), order);
}

/// Ends an order.
pub(super) fn end(order: &mut String) {
    order.push_str(if order.is_empty() { "{}" } else { "}" });
}

fn read(order: &[u8], columns: usize) -> Option<Vec<Step>> {
    let order = std::str::from_utf8(order).ok()?;
    let (mut named, mut steps) = (Named::among(columns)?, Vec::new());
    let whole = object::read(order, |name, value| {
        let step = step(&mut named, name, value);
        step.map(|step| steps.push(step)).ok_or(())
    });
    (whole == Ok(true)).then_some(steps)
}

fn step(named: &mut Named, name: &str, value: Value<'_>) -> Option<Step> {
    if name == OTHER {
        return (value == Value::Empty).then_some(Step::Other);
    }
    let number = named.number(name)?;
    let given = match value {
        Value::Empty => return Some(Step::Column(number)),
        Value::Str(text) => Given::Text(text.into()),
        Value::Int(whole) => Given::Other(Value::Int(whole)),
        Value::Bool(flag) => Given::Other(Value::Bool(flag)),
        _ => return None,
    };
    Some(Step::Given(number, given))
}

fn read_words(order: &[u8], columns: usize) -> Option<Vec<Step>> {
    let order = std::str::from_utf8(order).ok()?;
    let mut named = Named::among(columns)?;
    let words = order.split(' ').filter(|_| !order.is_empty());
    words
        .map(|word| match word {
            OTHER => Some(Step::Other),
            word => named.number(word).map(Step::Column),
        })
        .collect()
}

/// The columns that an order has named.
struct Named {
    columns: usize,
    named: [bool; MOST_KEYS],
}

impl Named {
    fn among(columns: usize) -> Option<Self> {
        let named = [false; MOST_KEYS];
        (columns <= MOST_KEYS).then_some(Self { columns, named })
    }

    /// The number of a column that was not named before.
    fn number(&mut self, word: &str) -> Option<u16> {
        let number: u16 = word.parse().ok()?;
        let named = self.named.get_mut(..self.columns)?;
        let named = named.get_mut(usize::from(number))?;
        (!std::mem::replace(named, true)).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_comes_back() {
        let text = Given::Text("a \"b\"".into());
        let steps = [
            Step::Column(5),
            Step::Other,
            Step::Given(3, text),
            Step::Other,
            Step::Given(4, Given::Other(Value::Int(-1))),
            Step::Given(1, Given::Other(Value::Bool(true))),
            Step::Column(0),
        ];
        for count in 0..=steps.len() {
            let mut text = String::new();
            for step in &steps[..count] {
                match step {
                    Step::Column(number) => write(Some(*number), None, &mut text),
                    Step::Given(number, given) => {
                        write(Some(*number), Some(given.value()), &mut text);
                    }
                    Step::Other => write(None, None, &mut text),
                }
            }
            end(&mut text);
            let back = read(text.as_bytes(), 6).expect("an order");
            assert_eq!(back, steps[..count], "{text}");
        }
    }

    #[test]
    fn an_order_of_layout_2_is_read() {
        let read_words = reader("2").expect("known");
        let steps = [Step::Column(5), Step::Other, Step::Column(0)];
        assert_eq!(read_words(b"5 + 0", 6).as_deref(), Some(&steps[..]));
        assert_eq!(read_words(b"", 6).as_deref(), Some(&[][..]));
    }

    #[test]
    fn what_is_no_order_is_told() {
        for text in ["0 0", "6", "-1", "x", " ", "0 ", "65536"] {
            assert!(read_words(text.as_bytes(), 6).is_none(), "{text}");
        }
        for text in [
            "",
            "{",
            "[]",
            "{\"0\":null,\"0\":1}",
            "{\"6\":null}",
            "{\"x\":null}",
            "{\"+\":1}",
            "{\"0\":1.5}",
            "{\"0\":[1]}",
            "{\"0\":null}x",
        ] {
            assert!(read(text.as_bytes(), 6).is_none(), "{text}");
        }
        for read in [read, read_words] {
            assert!(read(&[0xff], 6).is_none());
            assert!(read(b"", MOST_KEYS + 1).is_none());
        }
    }
}

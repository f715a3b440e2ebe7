//! What is asked of a value.

use super::literal::regex;
use super::number::Number;
use super::syntax::{Compare, Literal};
use regex::Regex;
use spanwise_model::Value;

/// What is asked of a value.
pub(super) enum ValueTest {
    Exists,
    Text(Compare, String),
    Regex(Compare, Regex),
    Number(Compare, Number),
    Duration(Compare, u64),
    Flag(Compare, bool),
}

impl ValueTest {
    pub(super) fn of(compare: Compare, literal: &Literal) -> Self {
        match literal {
            Literal::Text(text) => match regex(text) {
                Ok(regex) if compare.is_regex() => Self::Regex(compare, regex),
                _ => Self::Text(compare, text.clone()),
            },
            Literal::Number(number) => Self::Number(compare, *number),
            Literal::Duration(nano) => Self::Duration(compare, *nano),
            Literal::Flag(flag) => Self::Flag(compare, *flag),
        }
    }

    pub(super) fn text(&self, text: &str) -> bool {
        match self {
            Self::Exists => true,
            Self::Text(compare, wanted) => compare.holds(&text, &wanted.as_str()),
            Self::Regex(compare, regex) => regex.is_match(text) == (*compare == Compare::Matches),
            _ => false,
        }
    }

    pub(super) fn whole(&self, n: i64) -> bool {
        match self {
            Self::Exists => true,
            Self::Number(compare, Number::Whole(wanted)) => compare.holds(&n, wanted),
            Self::Number(compare, Number::Fraction(wanted)) => compare.holds(&(n as f64), wanted),
            Self::Duration(compare, wanted) => compare.holds(&i128::from(n), &i128::from(*wanted)),
            _ => false,
        }
    }

    fn fraction(&self, n: f64) -> bool {
        match self {
            Self::Number(compare, Number::Whole(wanted)) => compare.holds(&n, &(*wanted as f64)),
            Self::Number(compare, Number::Fraction(wanted)) => compare.holds(&n, wanted),
            _ => false,
        }
    }

    pub(super) fn flag(&self, flag: bool) -> bool {
        match self {
            Self::Exists => true,
            Self::Flag(compare, wanted) => compare.holds(&flag, wanted),
            _ => false,
        }
    }

    /// Whatever its type, a value is asked as what it is compared with.
    pub(super) fn value(&self, value: Value<'_>) -> bool {
        match self {
            Self::Exists => true,
            Self::Text(..) | Self::Regex(..) => self.text(&value.to_text()),
            Self::Number(..) | Self::Duration(..) => self.number(value),
            Self::Flag(..) => value.as_bool().is_some_and(|flag| self.flag(flag)),
        }
    }

    fn number(&self, value: Value<'_>) -> bool {
        match value {
            Value::Int(n) => self.whole(n),
            Value::Double(n) => self.fraction(n),
            Value::Str(text) => match (text.trim().parse(), text.trim().parse::<f64>()) {
                (Ok(n), _) => self.whole(n),
                (_, Ok(n)) => n.is_finite() && self.fraction(n),
                _ => false,
            },
            _ => false,
        }
    }
}
